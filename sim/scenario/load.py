"""Loads scenarios: a shipped name, a file or plain data becomes a complete, checked, frozen scenario."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from sim import library
from sim.errors import Problem
from sim.scenario.checks import build, plain
from sim.scenario.merge import merged
from sim.scenario.read import File, lineage, read_file, shipped
from sim.scenario.schema import Scenario
from sim.scenario.vary import apply_changes

Source = str | Path | Mapping[str, object]


def load(source: Source, overrides: Mapping[str, object] | None = None) -> Scenario:
    """Return the scenario of a shipped name, a ``.toml`` file, a resolved ``.json`` file, or plain data.

    Parameters
    ----------
    source
        Shipped names win over files of the same name. Data may use ``extends`` and ``remove`` as files do.
    overrides
        Dotted path → value, such as ``{"parameters.hr_threat": "3", "interventions.monitors.strength": 0.5}``;
        texts are read as TOML values where they are such.

    Raises
    ------
    ScenarioError
        With every problem of the scenario and of the overrides.

    Examples
    --------
    >>> load("ceasefire", {"time.days": "30"}).time.days
    30.0
    """
    file = _find(source)
    draft = merged(lineage(file))
    draft.problems += _misnamed(file)
    if overrides:
        changes = {str(path): toml_value(value) for path, value in overrides.items()}
        draft.problems += apply_changes(draft.data, changes, draft.origins)
    return build(draft.data, draft.origins, tuple(draft.problems))


def _find(source: Source) -> File:
    """Return the file that ``source`` means."""
    if isinstance(source, Mapping):
        return File("scenario", None, plain(source, {(): "scenario"}))
    if isinstance(source, str) and (source in library.shipped_scenarios() or not _looks_like_path(source)):
        return shipped(source)
    return read_file(Path(source), str(source).replace("\0", "\\0"))


def _looks_like_path(source: str) -> bool:
    try:
        return source.endswith((".toml", ".json")) or "/" in source or "\\" in source or Path(source).is_file()
    except (OSError, ValueError):
        return False


def _misnamed(file: File) -> list[Problem]:
    """Return the problem of a shipped scenario whose name isn't its file's."""
    if file.path is None or file.path.parent != library.scenarios_folder():
        return []
    name, stem = file.data.get("name"), file.path.stem
    if not isinstance(name, str) or name == stem:
        return []
    return [Problem(file.label, "name", f"`{name}`", f"`{stem}`, as the file is called")]


def toml_value(value: object) -> object:
    """Return the TOML value that a text stands for, or the text itself.

    >>> toml_value("3"), toml_value("monitors"), toml_value(0.5)
    (3, 'monitors', 0.5)
    """
    if not isinstance(value, str) or "\n" in value:
        return value
    try:
        parsed = tomllib.loads(f"value = {value}")
    except (ValueError, RecursionError):
        return value
    return parsed["value"]
