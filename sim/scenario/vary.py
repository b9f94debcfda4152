"""Changes single values of a scenario, giving a new one that is checked like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from sim.errors import Problem, did_you_mean
from sim.scenario.actions import Action
from sim.scenario.checks import build, plain
from sim.scenario.merge import Draft, remove_actions, remove_uncertainties
from sim.scenario.parameters import SPECS
from sim.scenario.paths import descend
from sim.scenario.problems import KINDS, OVERRIDE, Loc, listed
from sim.scenario.schema import PlaceRef, Scenario, Time

ROOTS = ("parameters", "interventions", "shocks", "time", "place")
_TABLES: dict[str, type[BaseModel]] = {"time": Time, "place": PlaceRef}


def vary(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    """Return ``scenario`` with values changed by dotted path; see :meth:`Scenario.vary`.

    ``time.output_minutes`` follows ``time.step_minutes`` unless it still fits or is changed too.

    Raises
    ------
    ScenarioError
        For paths that lead nowhere and for values that don't fit.
    """
    data, origins = _opened(scenario)
    problems = apply_changes(data, plain(changes, {(): OVERRIDE}), origins)
    return build(data, origins, tuple(problems))


def with_action(scenario: Scenario, section: str, action: Action | Mapping[str, Any]) -> Scenario:
    """Return ``scenario`` with one more entry in ``section`` (``shocks`` or ``interventions``)."""
    data, origins = _opened(scenario)
    origins[(section, len(data[section]))] = OVERRIDE
    data[section].append(action)
    return build(data, origins)


def without(scenario: Scenario, ids: Iterable[str]) -> Scenario:
    """Return ``scenario`` without some actions, nor the uncertainties about them."""
    data, origins = _opened(scenario)
    known, unwanted = [action.id for _, action in scenario.actions()], list(ids)
    problems = [
        Problem(OVERRIDE, name, "no such shock or intervention", f"one of {listed(known)}", did_you_mean(name, known))
        for name in unwanted
        if name not in known
    ]
    draft = Draft(data, origins)
    remove_actions(draft, unwanted)
    return build(draft.data, draft.origins, tuple(problems))


def _opened(scenario: Scenario) -> tuple[dict[str, Any], dict[Loc, str]]:
    """Return the data of ``scenario``, free to be changed, and where its parts came from."""
    data = scenario.resolved()
    origins: dict[Loc, str] = {(): scenario.name}
    origins |= {("parameters", name): scenario.origin(f"parameters.{name}") for name in scenario.parameters}
    for section, key in (("shocks", "id"), ("interventions", "id"), ("uncertainties", "path")):
        for index, entry in enumerate(data[section]):
            origins[(section, index)] = scenario.origin(f"{section}.{entry[key]}")
    return data, origins


def apply_changes(data: dict[str, Any], changes: Mapping[str, object], origins: dict[Loc, str]) -> list[Problem]:
    """Change ``data`` and ``origins`` in place; return what is wrong with the paths."""
    problems: list[Problem] = []
    for path, value in changes.items():
        found = _change(data, path, value)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            origins[found] = OVERRIDE
    remove_uncertainties(Draft(data, origins), changes.keys())
    if "time.step_minutes" in changes and "time.output_minutes" not in changes:
        _refit_output(data)
    return problems


def _change(data: dict[str, Any], path: str, value: object) -> Loc | Problem:
    """Set one value; return its location, or the problem with its path."""
    root, *steps = path.split(".")
    if root not in ROOTS or not all(steps) or not steps:
        expected = f"a path that starts with {listed(ROOTS)}, such as `parameters.hr_threat`"
        return Problem(OVERRIDE, path, "a path that leads nowhere", expected, did_you_mean(root, ROOTS))
    if root == "parameters":
        return _change_parameter(data, path, steps, value)
    if root in _TABLES:
        return _change_table(data, root, path, steps, value)
    return _change_action(data, root, path, steps, value)


def _change_parameter(data: dict[str, Any], path: str, steps: list[str], value: object) -> Loc | Problem:
    name, *rest = steps
    if name not in SPECS:
        expected = f"one of the {len(SPECS)} parameters of the model"
        return Problem(OVERRIDE, path, "an unknown parameter", expected, did_you_mean(name, SPECS))
    entry = _table(_table(data, "parameters"), name)
    if rest in ([], ["value"]):
        _keep_file_value(entry, "value", "file_value", value)
    elif len(rest) == 1:
        entry[rest[0]] = value
    else:
        return Problem(OVERRIDE, path, "a path that leads nowhere", f"`parameters.{name}`")
    return ("parameters", name, rest[0] if rest else "value")


def _change_table(data: dict[str, Any], root: str, path: str, steps: list[str], value: object) -> Loc | Problem:
    known = [key for key in _TABLES[root].model_fields if not key.startswith("file_")]
    if len(steps) != 1 or steps[0] not in known:
        expected = listed(f"{root}.{key}" for key in known)
        return Problem(OVERRIDE, path, "an unknown key", expected, did_you_mean(steps[0], known))
    table = _table(data, root)
    if path == "time.days":
        _keep_file_value(table, "days", "file_days", value)
    else:
        table[steps[0]] = value
    return (root, steps[0])


def _table(container: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the table ``key``; a new one in place of anything else, whose keys will be found missing."""
    if not isinstance(container.get(key), dict):
        container[key] = {}
    table: dict[str, Any] = container[key]
    return table


def _keep_file_value(table: dict[str, Any], key: str, file_key: str, value: object) -> None:
    """Set ``key``, keeping the value of the file beside it as long as the two differ."""
    before = table.get(file_key) if table.get(file_key) is not None else table.get(key)
    table[key] = value
    table.pop(file_key, None)
    if isinstance(before, int | float) and not isinstance(before, bool) and before != value:
        table[file_key] = before


def _change_action(data: dict[str, Any], root: str, path: str, steps: list[str], value: object) -> Loc | Problem:
    entries = data.get(root)
    tables = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    ids = [entry.get("id") for entry in tables]
    if steps[0] not in ids:
        known = [f"{root}.{name}" for name in ids if isinstance(name, str)]
        expected = f"one of {listed(known)}" if known else f"something in `{root}`, which is empty"
        return Problem(OVERRIDE, path, "an unknown id", expected, did_you_mean(f"{root}.{steps[0]}", known))
    entry = tables[ids.index(steps[0])]
    keys = _keys(root, entry)
    holder, last = (entry, steps[1]) if len(steps) == 2 else descend(entry, steps[1:])
    if holder is None or (holder is entry and last not in keys) or last in ("id", "kind"):
        free = [key for key in keys if key not in ("id", "kind")]
        expected = f"one of {listed(free, most=20)}"
        return Problem(OVERRIDE, path, "an unknown key", expected, did_you_mean(".".join(steps[1:]), free))
    holder[last] = value
    return (root, data[root].index(entry), *(int(step) if step.isdecimal() else step for step in steps[1:]))


def _keys(root: str, entry: Mapping[str, Any]) -> list[str]:
    model = KINDS[root].get(str(entry.get("kind")))
    return list(model.model_fields) if model else list(entry)


def _refit_output(data: dict[str, Any]) -> None:
    """Let ``output_minutes`` follow a step that it isn't a multiple of."""
    time = data["time"]
    step, output = time.get("step_minutes"), time.get("output_minutes")
    if isinstance(step, int) and isinstance(output, int) and step > 0 and output % step:
        del time["output_minutes"]
