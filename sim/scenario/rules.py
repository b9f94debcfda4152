"""What makes a well-formed scenario make sense: rules across its parts, each yielding what breaks it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeGuard

from pydantic import TypeAdapter, ValidationError

from sim import library
from sim.errors import did_you_mean
from sim.scenario.actions import Action
from sim.scenario.gazetteer import names_of
from sim.scenario.parameters import SPECS, Spec
from sim.scenario.paths import descend
from sim.scenario.priors import Prior
from sim.scenario.problems import Loc, listed, shown, translate
from sim.scenario.schema import MAX_ACTIONS, MINUTES_PER_DAY, PlaceRef, Time, Uncertainty
from sim.scenario.shocks import Conflict

MAX_STEPS = 1_000_000
MAX_BYTES, BYTES_PER_PLACE = 16 * 2**30, 400
"""Of a run's series in memory; of all series for each place and output time, more than any run was seen to take."""
PRIOR_NEEDED = ("assumed", "estimated", "calibrated")
_PRIOR: TypeAdapter[Prior] = TypeAdapter(Prior)


class Finding(NamedTuple):
    """A rule that is broken: where, what was found and expected, how to mend it; what else has a part in it."""

    loc: Loc
    found: str
    expected: str
    remedy: str = ""
    along_with: tuple[Loc, ...] = ()


@dataclass(frozen=True, slots=True)
class Pieces:
    """The parts of a scenario that are well-formed, with their place in ``raw``; other parts are left out."""

    raw: Mapping[str, Any]
    time: Time | None
    place: PlaceRef | None
    actions: tuple[tuple[Loc, Action], ...]
    uncertainties: tuple[tuple[Loc, Uncertainty], ...]


def parameters(pieces: Pieces) -> Iterator[Finding]:
    """Names are known and complete; unit, value and prior are what the model takes."""
    entries = pieces.raw.get("parameters")
    if not isinstance(entries, Mapping):
        return
    for name, entry in entries.items():
        loc: Loc = ("parameters", name)
        if name not in SPECS:
            close = did_you_mean(name, SPECS)
            yield Finding(loc, "an unknown parameter", f"one of the {len(SPECS)} parameters of the model", close)
        elif isinstance(entry, Mapping):
            yield from _parameter(loc, entry, SPECS[name])
    missing = [name for name in SPECS if name not in entries]
    if missing:
        remedy = 'add `extends = "base"`, which has them all, or a table for each'
        yield Finding(("parameters",), f"nothing for {listed(missing, most=6)}", "every parameter of the model", remedy)


def _parameter(loc: Loc, entry: Mapping[str, Any], spec: Spec) -> Iterator[Finding]:
    unit, value = entry.get("unit"), entry.get("value")
    if isinstance(unit, str) and unit != spec.unit:
        remedy = f"give the value in `{spec.unit}`"
        yield Finding((*loc, "unit"), f"the unit {shown(unit)}", f"the unit `{spec.unit}`", remedy)
    within = f"{spec.low:g} to {spec.high:g} ({spec.unit})"
    if _finite(value) and not spec.low <= value <= spec.high:
        yield Finding((*loc, "value"), shown(value), within)
    if entry.get("basis") in PRIOR_NEEDED and entry.get("prior") is None:
        remedy = 'add one, such as `prior = { kind = "uniform", low = ..., high = ... }`'
        found = f"none beside the basis `{entry['basis']}`"
        yield Finding((*loc, "prior"), found, "a prior", remedy, ((*loc, "basis"),))
    prior = _prior(entry.get("prior"))
    if prior is not None and not spec.low <= prior.span[0] < prior.span[1] <= spec.high:
        yield Finding((*loc, "prior"), f"{prior.span[0]:g} to {prior.span[1]:g}", f"a range within {within}")


def _finite(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max


def _prior(raw: object) -> Prior | None:
    try:
        return _PRIOR.validate_python(raw)
    except ValidationError:
        return None


def unique_ids(pieces: Pieces) -> Iterator[Finding]:
    """No two shocks or interventions share an id; there aren't too many of them."""
    first: dict[str, Loc] = {}
    for loc, action in pieces.actions:
        if action.id in first:
            found = f"`{action.id}` a second time (first in `{first[action.id][0]}`)"
            yield Finding((*loc, "id"), found, "an id that no other shock or intervention has")
        first.setdefault(action.id, loc)
    if len(pieces.actions) > MAX_ACTIONS:
        yield Finding((), f"{len(pieces.actions)} shocks and interventions", f"at most {MAX_ACTIONS}")


def step_count(pieces: Pieces) -> Iterator[Finding]:
    """There is at least one step, and no run takes forever."""
    if pieces.time is None:
        return
    days, step = pieces.time.days, pieces.time.step_minutes
    steps = days * MINUTES_PER_DAY / step
    if not 1 <= steps <= MAX_STEPS:
        found, remedy = f"{steps:,.1f} steps in {days:g} days", "change `step_minutes` or `days`"
        yield Finding(("time", "step_minutes"), found, f"1 to {MAX_STEPS:,} steps", remedy, (("time", "days"),))


def size(pieces: Pieces) -> Iterator[Finding]:
    """The series of a run fit into memory."""
    time, place = pieces.time, pieces.place
    if time is None or time.output_minutes is None or place is None:
        return
    if place.network is not None:
        n_places = len(place.network.settlements) + len(place.network.destinations)
    else:
        n_places = len(names_of(place).settlements) if place.dataset in _datasets() else 1
    most = int(MAX_BYTES / (BYTES_PER_PLACE * n_places))
    times = time.days * MINUTES_PER_DAY / time.output_minutes
    if times > most:
        found = f"{times:,.0f} output times of {n_places:,} places"
        remedy = "make `output_minutes` longer, or `days` fewer"
        yield Finding(("time", "output_minutes"), found, f"at most {most:,}", remedy, (("time", "days"),))


def within_horizon(pieces: Pieces) -> Iterator[Finding]:
    """Every action is in force for some part of the time that the file plays."""
    time = pieces.time
    if time is None:
        return
    horizon = time.model_copy(update={"days": max(time.days, time.file_days or 0.0)})
    span = f"the time played ({horizon.start.isoformat()} to {horizon.end.isoformat()})"
    for loc, action in pieces.actions:
        if action.start >= horizon.end:
            remedy = f'lengthen `time.days`, or leave it out (`remove = ["{action.id}"]` if it is inherited)'
            yield Finding((*loc, "start"), action.start.isoformat(), f"a start within {span}", remedy)
        if action.end is not None and action.end <= horizon.start:
            yield Finding((*loc, "end"), action.end.isoformat(), f"an end within or after {span}")


def places(pieces: Pieces) -> Iterator[Finding]:
    """Districts, settlements, aid roads and facilities are those of the dataset."""
    place = pieces.place
    if place is None or (place.network is None and place.dataset not in _datasets()):
        return
    names, of = names_of(place), place.dataset or "the network"
    known = {"districts": names.districts, "settlements": names.settlements, "opens_roads": names.roads}
    known |= {"settlement": names.settlements, "road": names.roads, "provinces": names.provinces}
    known |= {"facilities": names.facilities, "reconnects": names.facilities}
    known |= {"nodes": names.nodes, "at": names.nodes, "to": names.nodes}
    for loc, action in pieces.actions:
        for key, words in known.items():
            given = getattr(action, key, ())
            for word in (given,) if isinstance(given, str) else given:
                if word not in words:
                    alias = names.aliases.get(word) if key.startswith("settlement") else None
                    remedy = f"it is called `{alias}` here" if alias else did_you_mean(word, words)
                    what = f"one of `{of}`'s {len(words)} names ({listed(words)})"
                    yield Finding((*loc, key), f"the unknown name {shown(word)}", what, remedy)
        for word in action.daily if isinstance(action, Conflict) else ():
            if word not in names.settlements:
                what = f"one of `{of}`'s {len(names.settlements)} names ({listed(names.settlements)})"
                remedy = did_you_mean(word, names.settlements)
                yield Finding((*loc, "daily"), f"the unknown name {shown(word)}", what, remedy)
        for a, b in getattr(action, "links", ()):
            if frozenset((a, b)) not in names.links:
                remedy = did_you_mean(a, names.nodes) if a not in names.nodes else did_you_mean(b, names.nodes)
                yield Finding((*loc, "links"), f"{shown(a)}–{shown(b)}", f"a road of `{of}`", remedy)


def _datasets() -> list[str]:
    return sorted(path.parent.name for path in library.seeds_folder().glob("*/place.toml"))


def files(pieces: Pieces) -> Iterator[Finding]:
    """The dataset and the posterior that are named lie in ``seeds/``."""
    seeds, posterior = library.seeds_folder(), pieces.raw.get("posterior")
    known = _datasets()
    dataset = pieces.place.dataset if pieces.place else ""
    if dataset and dataset not in known:
        close = did_you_mean(dataset, known)
        yield Finding(("place", "dataset"), shown(dataset), f"a dataset in seeds/ ({listed(known)})", close)
    if isinstance(posterior, str) and "/" not in posterior and not library.is_file(seeds / posterior):
        yield Finding(("posterior",), shown(posterior), "the name of a file in seeds/")


def uncertain_numbers(pieces: Pieces) -> Iterator[Finding]:
    """Every uncertainty leads to a number, once, and stays within what that number may be."""
    actions = {f"{loc[0]}.{action.id}": action for loc, action in pieces.actions}
    whole = {action.id for _, action in pieces.actions}
    broken = [name for name in _raw_ids(pieces.raw) if name not in whole]
    seen: set[str] = set()
    for loc, uncertainty in pieces.uncertainties:
        at: Loc = (*loc, "path")
        section, name, *keys = uncertainty.path.split(".")
        action = actions.get(f"{section}.{name}")
        if uncertainty.path in seen:
            yield Finding(at, "the same path a second time", "each path once")
        elif action is not None:
            yield from _uncertainty(loc, uncertainty, action, keys)
        elif name not in broken:
            remedy = did_you_mean(f"{section}.{name}", actions)
            yield Finding(at, f"no `{name}` in `{section}`", "the id of a shock or intervention", remedy)
        seen.add(uncertainty.path)


def _raw_ids(raw: Mapping[str, Any]) -> list[str]:
    """Return the ids of all actions, well-formed or not."""
    sections = [raw.get(section) for section in ("shocks", "interventions")]
    entries = [entry for section in sections if isinstance(section, list) for entry in section]
    return [name for entry in entries if isinstance(entry, Mapping) and isinstance(name := entry.get("id"), str)]


def _uncertainty(loc: Loc, uncertainty: Uncertainty, action: Action, keys: list[str]) -> Iterator[Finding]:
    data = action.model_dump()
    holder, last = descend(data, keys)
    value = holder[last] if holder is not None else None
    if holder is None or not isinstance(value, float):
        known = [key for key, item in data.items() if isinstance(item, float)]
        found = f"no such key in `{action.id}`" if holder is None else f"{shown(value)} there"
        remedy = did_you_mean(".".join(keys), known)
        expected = f"the path of a number that may take fractions ({listed(known)})"
        yield Finding((*loc, "path"), found, expected, remedy)
        return
    for bound in uncertainty.prior.support:
        holder[last] = bound
        try:
            type(action).model_validate(data)
        except ValidationError as error:
            expected = translate(error, data, {})[0].expected
            yield Finding((*loc, "prior"), f"values as far as {bound:g}", f"{expected}, as `{'.'.join(keys)}` needs")


RULES: tuple[Callable[[Pieces], Iterator[Finding]], ...] = (
    parameters,
    step_count,
    size,
    unique_ids,
    within_horizon,
    files,
    places,
    uncertain_numbers,
)
"""All rules, in the order in which they are reported."""
