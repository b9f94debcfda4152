"""Builds a scenario from plain data, or says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.functional_validators import ModelWrapValidatorHandler

from sim.errors import CONTROL, Problem, ScenarioError
from sim.scenario.actions import Action
from sim.scenario.interventions import AnyIntervention
from sim.scenario.parameters import SPECS
from sim.scenario.problems import OVERRIDE, Loc, Origins, dotted, origin, translate
from sim.scenario.rules import RULES, Finding, Pieces
from sim.scenario.schema import PlaceRef, Scenario, Time, Uncertainty
from sim.scenario.shocks import Shock

S = TypeVar("S", bound=Scenario)
M = TypeVar("M")
MAX_DEPTH = 20

_ACTIONS: dict[str, TypeAdapter[Action]] = {
    "shocks": TypeAdapter(Shock),
    "interventions": TypeAdapter(AnyIntervention),
}
_TIME, _PLACE, _UNCERTAINTY = TypeAdapter(Time), TypeAdapter(PlaceRef), TypeAdapter(Uncertainty)


@dataclass(frozen=True, slots=True)
class Context:
    """What the loader knows beyond the data: where each part came from, and problems met on the way."""

    origins: Origins = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def build(data: Mapping[str, Any], origins: Origins, problems: tuple[Problem, ...] = ()) -> Scenario:
    """Return the scenario of ``data``.

    Raises
    ------
    ScenarioError
        With ``problems`` and all others.
    """
    return Scenario.model_validate(data, context=Context(origins, problems))


def validated(data: object, handler: ModelWrapValidatorHandler[S], context: object) -> S:
    """Return what ``handler`` makes of ``data``; called by :class:`Scenario` itself, however it is built."""
    known = context if isinstance(context, Context) else Context()
    raw = plain(data, known.origins)
    problems = list(known.problems)
    scenario: S | None = None
    try:
        scenario = handler(raw)
    except ValidationError as error:
        problems += [item for item in translate(error, raw, known.origins) if not _of_unknown_parameter(item)]
    if isinstance(raw, dict):
        pieces = _pieces(raw) if scenario is None else _pieces_of(scenario, raw)
        for rule in RULES:
            problems += [_problem(finding, raw, known.origins) for finding in rule(pieces)]
    if problems or scenario is None:
        raise ScenarioError(dict.fromkeys(problems))
    scenario._origins = dict(_origins_by_key(scenario, raw, known.origins)) if known.origins else {}
    return scenario


def _problem(finding: Finding, raw: dict[str, Any], origins: Origins) -> Problem:
    """Return the problem of a finding; of several files with a part in it, the youngest is named."""
    loc, found, expected, remedy, along_with = finding
    files = [origin(item, origins) for item in (loc, *along_with)]
    youngest = next((file for file in (OVERRIDE, origin((), origins)) if file in files), files[0])
    return Problem(youngest, dotted(loc, raw), found, expected, remedy)


def _of_unknown_parameter(item: Problem) -> bool:
    """Whether the problem lies within a parameter that doesn't exist, which is the one thing to report."""
    section, _, rest = item.key.partition(".")
    return section == "parameters" and "." in rest and rest.split(".")[0] not in SPECS


def plain(value: object, origins: Origins, loc: Loc = ()) -> Any:
    """Return ``value`` with tables as dicts, sequences as lists and NumPy numbers as Python's."""
    if len(loc) > MAX_DEPTH:
        raise ScenarioError(
            Problem(origin(loc, origins), str(loc[0]), f"tables nested more than {MAX_DEPTH} deep", "fewer")
        )
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, Mapping):
        return {_text(key, origins, loc): plain(item, origins, (*loc, str(key))) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, origins, (*loc, index)) for index, item in enumerate(value)]
    if isinstance(value, np.generic):
        return value.item()
    return _text(value, origins, loc) if isinstance(value, str) else value


def _text(value: object, origins: Origins, loc: Loc) -> str:
    """Return ``value`` as a text that can be written to a file."""
    text = str(value)
    if not text.isascii() and text.encode(errors="replace") != text.encode(errors="surrogatepass"):
        key = ".".join(map(str, loc)).encode(errors="replace").decode()
        raise ScenarioError(Problem(origin(loc, origins), key, "half of a character (a surrogate)", "text"))
    control = CONTROL.search(text)
    if control is not None:
        found = f"the control character U+{ord(control[0]):04X}"
        raise ScenarioError(Problem(origin(loc, origins), ".".join(map(str, loc)), found, "text without any"))
    return text


def _pieces_of(scenario: Scenario, raw: dict[str, Any]) -> Pieces:
    sections = {"shocks": scenario.shocks, "interventions": scenario.interventions}
    actions = tuple(((name, index), action) for name, items in sections.items() for index, action in enumerate(items))
    uncertainties = tuple((("uncertainties", index), item) for index, item in enumerate(scenario.uncertainties))
    return Pieces(raw, scenario.time, scenario.place, actions, uncertainties)


def _pieces(raw: dict[str, Any]) -> Pieces:
    """Return the parts of broken data that are well-formed all the same."""
    place = _attempt(_PLACE, raw.get("place"))
    actions = tuple(found for name, kind in _ACTIONS.items() for found in _entries(raw, name, kind))
    return Pieces(
        raw=raw,
        time=_attempt(_TIME, raw.get("time")),
        place=place,
        actions=actions,
        uncertainties=tuple(_entries(raw, "uncertainties", _UNCERTAINTY)),
    )


def _attempt(kind: TypeAdapter[M], data: object) -> M | None:
    try:
        return kind.validate_python(data)
    except ValidationError:
        return None


def _entries(raw: dict[str, Any], section: str, kind: TypeAdapter[M]) -> Iterator[tuple[Loc, M]]:
    entries = raw.get(section)
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        found = _attempt(kind, entry)
        if found is not None:
            yield (section, index), found


def _origins_by_key(scenario: Scenario, raw: dict[str, Any], origins: Origins) -> Iterator[tuple[str, str]]:
    """Yield dotted key and file of every parameter, shock, intervention and uncertainty."""
    yield from ((f"parameters.{name}", origin(("parameters", name, "value"), origins)) for name in scenario.parameters)
    for section in ("shocks", "interventions", "uncertainties"):
        for index in range(len(cast(list[object], raw.get(section, [])))):
            yield dotted((section, index), raw), origin((section, index), origins)
