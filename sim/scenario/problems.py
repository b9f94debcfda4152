"""Says in plain words what is wrong with a scenario: every pydantic error becomes a :class:`sim.errors.Problem`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.errors import Problem, did_you_mean
from sim.scenario.fields import Unexpected
from sim.scenario.interventions import AnyIntervention, Milestone
from sim.scenario.priors import Prior
from sim.scenario.schema import Parameter, PlaceRef, Scenario, Time, Uncertainty
from sim.scenario.shocks import Shock

Loc = tuple[str | int, ...]
"""Where in a scenario something lies, such as ``("interventions", 0, "strength")``."""

Origins = Mapping[Loc, str]
"""Which file gave what: the longest location that leads to a value decides."""

OVERRIDE = "override"
"""What takes the place of the file's name where a value was overridden."""

FILE_KEYS = ("extends", "remove")
"""Keys of the file form that are gone once a scenario is resolved."""


def by_kind(union: Any) -> dict[str, type[BaseModel]]:
    """Return kind → model of a union whose members are told apart by ``kind``."""
    members = get_args(get_args(union)[0])
    return {get_args(model.model_fields["kind"].annotation)[0]: model for model in members}


KINDS = {"shocks": by_kind(Shock), "interventions": by_kind(AnyIntervention), "prior": by_kind(Prior)}
"""Section → kind → model."""


_TABLES: dict[str, type[BaseModel]] = {
    "time": Time,
    "place": PlaceRef,
    "parameters": Parameter,
    "uncertainties": Uncertainty,
}


def shown(value: object) -> str:
    """Return ``value`` as its author would write it, cut to a readable length.

    >>> shown(True), shown("monitors"), shown([1, 2])
    ('true', '`monitors`', 'a list of 2')
    """
    if isinstance(value, BaseModel | Mapping):
        return "a table"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**18 else "a whole number of more than 18 digits"
    if isinstance(value, date | time):
        return value.isoformat()
    text = " ".join(str(value).split())
    return f"`{text[:57]}...`" if len(text) > 60 else f"`{text}`"


def listed(words: Iterable[str], most: int = 12) -> str:
    """Return the words in a row, the rest of a long list counted."""
    known = list(words)
    rest = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(f"`{word}`" for word in known[:most]) + rest


def origin(loc: Loc, origins: Origins) -> str:
    """Return the file that gave what lies at ``loc``."""
    prefixes = (loc[:length] for length in range(len(loc), -1, -1))
    return next((origins[prefix] for prefix in prefixes if prefix in origins), "scenario")


def dotted(loc: Loc, data: object) -> str:
    """Return ``loc`` as a key, entries of lists by their id: ``interventions.monitors.strength``."""
    parts: list[str] = []
    at = data
    for step in loc:
        at = _child(at, step)
        parts.append(_entry_name(at, step) if isinstance(step, int) else step)
    return ".".join(parts)


def _child(container: object, step: str | int) -> object:
    if isinstance(container, Mapping):
        return container.get(step)
    if isinstance(container, list | tuple) and isinstance(step, int) and step < len(container):
        return container[step]
    return None


def _entry_name(entry: object, index: int) -> str:
    name = None
    if isinstance(entry, Mapping):
        name = entry.get("id", entry.get("path"))
    return name if isinstance(name, str) and name else f"#{index + 1}"


def problem(loc: Loc, data: object, origins: Origins, found: str, expected: str, remedy: str = "") -> Problem:
    """Return a problem with what lies at ``loc`` of ``data``."""
    return Problem(origin(loc, origins), dotted(loc, data), found, expected, remedy)


def translate(error: ValidationError, data: object, origins: Origins) -> list[Problem]:
    """Return every error that pydantic found in ``data`` in plain words."""
    return [_translate_one(item, data, origins) for item in error.errors() if not _echo(item)]


def _echo(error: ErrorDetails) -> bool:
    """Whether a list is called too short only because its entries, reported already, are broken."""
    least = error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and len(error["input"]) >= least


def _translate_one(error: ErrorDetails, data: object, origins: Origins) -> Problem:
    kind, context = error["type"], error.get("ctx", {})
    loc, tags = _without_tags(error["loc"])
    found = shown(error["input"])
    if kind == "extra_forbidden":
        return _unknown_key(loc, tags, data, origins)
    if kind == "missing":
        key = str(loc[-1])
        table = loc in (("time",), ("place",), ("parameters",))
        add = f'add `extends = "base"`, which has it, or a table `[{key}]`' if table else f"add `{key} = ...`"
        return problem(loc, data, origins, "nothing", "this key, which is required", add)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _unknown_kind(loc, error["input"], data, origins)
    if kind == "literal_error":
        known = re.findall(r"'([^']*)'", str(context["expected"]))
        word = error["input"] if isinstance(error["input"], str) else ""
        return problem(loc, data, origins, found, f"one of {listed(known)}", did_you_mean(word, known))
    raised = context.get("error")
    if isinstance(raised, Unexpected):
        return problem(loc, data, origins, raised.found or found, raised.expected, raised.remedy)
    return problem(loc, data, origins, found, _expectation(kind, context))


def _without_tags(loc: Loc) -> tuple[Loc, dict[int, str]]:
    """Split pydantic's location into ours and, by its depth, the kind of each member of a union on the way."""
    ours: list[str | int] = []
    tags: dict[int, str] = {}
    for step in loc:
        union = ours[-1] if ours and ours[-1] == "prior" else ours[0] if len(ours) == 2 else None
        tagged = union in KINDS and len(ours) not in tags
        if step == "[key]":
            continue
        if tagged and isinstance(step, str) and step in KINDS[str(union)]:
            tags[len(ours)] = step
        else:
            ours.append(step)
    return tuple(ours), tags


def _known_keys(loc: Loc, tags: Mapping[int, str]) -> list[str]:
    """Return the keys that the table at ``loc`` may hold."""
    if loc and loc[-1] == "prior" and len(loc) in tags:
        return list(KINDS["prior"][tags[len(loc)]].model_fields)
    if not loc:
        return [*FILE_KEYS, *Scenario.model_fields]
    if loc[0] in ("shocks", "interventions"):
        return list((KINDS[str(loc[0])][tags[2]] if len(loc) == 2 else Milestone).model_fields)
    return list(_TABLES[str(loc[0])].model_fields)


def _unknown_key(loc: Loc, tags: Mapping[int, str], data: object, origins: Origins) -> Problem:
    known = [key for key in _known_keys(loc[:-1], tags) if not key.startswith("file_")]
    expected = f"one of {listed(known, most=20)}"
    return problem(loc, data, origins, "an unknown key", expected, did_you_mean(str(loc[-1]), known))


def _unknown_kind(loc: Loc, value: object, data: object, origins: Origins) -> Problem:
    section = "prior" if loc[-1] == "prior" else str(loc[0])
    known = list(KINDS[section])
    kind = value.get("kind") if isinstance(value, Mapping) else None
    found = "nothing" if kind is None else shown(kind)
    remedy = did_you_mean(str(kind), known)
    for other in ("shocks", "interventions"):
        if other != section != "prior" and str(kind) in KINDS[other]:
            remedy = f"write it under `[[{other}]]`"
    return problem((*loc, "kind"), data, origins, found, f"one of {listed(known, most=20)}", remedy)


_BOUNDS = {
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "string_too_long": "at most {max_length:g} characters",
    "too_long": "at most {max_length:g} entries",
    "too_short": "a list that isn't empty",
}
_TYPES = {
    "bool": "true or false",
    "dict": "a table",
    "finite": "a finite number",
    "float": "a number",
    "int": "a whole number",
    "mapping": "a table",
    "model": "a table",
    "string": "a text",
    "tuple": "a list",
}


def _expectation(kind: str, context: Mapping[str, Any]) -> str:
    """Return what was expected, for one of pydantic's kinds of error."""
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    if kind == "string_pattern_mismatch":
        return f"{_pattern_words(str(context['pattern']))}"
    return _TYPES.get(kind.split("_")[0], "a value that this key can hold")


def _pattern_words(pattern: str) -> str:
    if "shocks" in pattern:
        return "`shocks.<id>.<key>` or `interventions.<id>.<key>`"
    if "A-Z" in pattern:
        return "the name of a file, without a folder"
    return "small letters, digits and `_`, a letter first"
