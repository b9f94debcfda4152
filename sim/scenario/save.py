"""Writes a scenario as a file that extends a shipped one and says only what differs from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from sim.errors import InputError, OutputError, Problem
from sim.files import write_file
from sim.library import shipped_scenarios
from sim.scenario.load import load
from sim.scenario.merge import LISTS, OWN_KEYS
from sim.scenario.schema import NAME_PATTERN, Scenario

HEAD = "# Written by Corridor. A conditional exploration, not a forecast.\n\n"


def save(
    scenario: Scenario,
    path: Path | str,
    *,
    title: str | None = None,
    extends: str | None = None,
    replace: bool = False,
) -> Path:
    """Write ``scenario`` as a TOML file, named after it, that loads as the same scenario; return its path.

    Parameters
    ----------
    scenario : what to write
    path : a ``.toml`` file; its stem becomes the scenario's name
    title : in place of the scenario's own
    extends : the shipped scenario to build on; by default the one it was made from, or else ``base``
    replace : whether an earlier file may be replaced

    Raises
    ------
    OutputError
        If the name does not fit, or there is such a file.
    InputError
        If the file could not say what the scenario holds.
    """
    path = Path(path)
    _check(path, replace)
    content = difference(scenario, path.stem, title or scenario.title, extends)
    write_file(path, HEAD + tomli_w.dumps(content, multiline_strings=True))
    return path


def difference(scenario: Scenario, name: str, title: str, extends: str | None = None) -> dict[str, Any]:
    """Return the content of a file of that name and title that extends a shipped scenario and loads as ``scenario``."""
    parent_name = extends or (scenario.name if scenario.name in shipped_scenarios() else "base")
    named = scenario.model_copy(update={"name": name, "title": title})
    whole, parent = named.model_dump(), load(parent_name).model_dump()
    content: dict[str, Any] = {"extends": parent_name} | {key: whole[key] for key in OWN_KEYS}
    removed = _removed(whole, parent)
    content |= {"remove": removed} if removed else {}
    for table in ("time", "place"):
        content[table] = _changed(whole[table], parent[table])
    content["posterior"] = whole["posterior"] if whole["posterior"] != parent["posterior"] else None
    entries = {key: _changed(value, parent["parameters"][key]) for key, value in whole["parameters"].items()}
    content["parameters"] = {key: changed for key, changed in entries.items() if changed}
    brief = named.model_dump(exclude_defaults=True)
    for section, key in LISTS.items():
        inherited = {entry[key]: entry for entry in parent[section]}
        pairs = zip(brief.get(section, ()), whole[section], strict=True)
        content[section] = [short for short, entry in pairs if inherited.get(entry[key]) != entry]
    content = {key: value for key, value in content.items() if value not in (None, {}, [], ())}
    _check_same(content, named)
    return content


def _check(path: Path, replace: bool) -> None:
    problems = []
    if path.suffix != ".toml" or not re.fullmatch(NAME_PATTERN, path.stem) or len(path.stem) > 64:
        expected = "a file such as my_ceasefire.toml: small letters, digits and _"
        problems.append(Problem(str(path), "", "a name that no scenario can have", expected))
    elif path.stem in shipped_scenarios():
        problems.append(Problem(str(path), "", "the name of a shipped scenario", "a name of its own"))
    if path.exists() and not replace:
        problems.append(Problem(str(path), "", "a file that is there already", "a new file", "Choose another name"))
    if problems:
        raise OutputError(problems)


def _removed(whole: Mapping[str, Any], parent: Mapping[str, Any]) -> list[str]:
    """Return the ids of actions and the paths of uncertainties that ``parent`` has and ``whole`` does not."""
    missing = {
        section: [entry[key] for entry in parent[section] if entry[key] not in {item[key] for item in whole[section]}]
        for section, key in LISTS.items()
    }
    ids = missing["shocks"] + missing["interventions"]
    return ids + [path for path in missing["uncertainties"] if path.split(".")[1] not in ids]


def _changed(table: Mapping[str, Any], inherited: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None and value != inherited.get(key)}


def _check_same(content: Mapping[str, Any], scenario: Scenario) -> None:
    """Raise InputError unless ``content`` loads as ``scenario``."""
    if load(content) != scenario:
        found = "a change that a file can't express beside what it inherits"
        remedy = "Keep the resolved form, which `json.dumps(scenario.resolved())` gives"
        raise InputError(Problem(scenario.name, "", found, "changes of values", remedy))
