"""An instance in FLEE's format as a scenario: its network, timeline of conflict, closures, departures and counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.flee.counts import interpolated
from sim.flee.instance import CAMPS, Closure, Instance, Location

MOST_RESIDENTS = 24_000_000.0
UNKNOWN_POPULATION = 10_000.0
SPARE = 1.25
"""Residents of places that see conflict, at least, against persons who are known to have left them."""

MOST_SPELLS = 100
Data = dict[str, Any]


def scenario_data(instance: Instance, base_actions: list[str], given: bool = True) -> Data:
    """Return the data of a scenario file.

    Parameters
    ----------
    instance : what was read
    base_actions : ids of the actions in the scenario that it extends; they are removed
    given : whether daily departures are taken from the counts, as in FLEE's validation, rather than simulated
    """
    departures, first = daily_departures(instance) if instance.counts else (np.zeros(0), {})
    counted = bool(instance.counts) and given
    network, scale = _network(instance, first, (float(departures.sum()) if given else 0.0) + sum(first.values()))
    shocks = [*_conflicts(instance, network), *_closures(instance, network)]
    if counted:
        daily = [round(float(persons), 3) for persons in departures]
        shocks.append(_dated(instance, "departures", "departures", 0, None) | {"daily": daily})
    forwarding = list(_forwarding(instance, network))
    residents = sum(item["residents"] for item in network["settlements"])
    return {
        **_story(instance, counted, scale),
        "extends": "base",
        "remove": base_actions,
        "time": {"start": _moment(instance.start, 0), "days": float(instance.days), "step_minutes": 1440,
                 "output_minutes": 1440},
        "place": {"network": network},
        "parameters": _parameters(residents),
        "shocks": shocks,
        "interventions": forwarding,
    }  # fmt: skip


def daily_departures(instance: Instance) -> tuple[NDArray[np.float64], dict[str, float]]:
    """Return persons who set out on each day, and those in each camp on day 0.

    As in FLEE's validation a day's departures are the growth of all camps together; where the total falls, later
    growth first makes up for it.
    """
    assert instance.counts is not None
    series = {camp: interpolated(counts, instance.days) for camp, counts in instance.counts.items()}
    total = np.sum(list(series.values()), axis=0)
    highest = np.maximum.accumulate(total)
    return np.diff(highest), {camp: float(persons[0]) for camp, persons in series.items()}


def slug(text: str) -> str:
    """Return a scenario's name made from ``text``.

    >>> slug("Mali 2012"), slug("2015-x")
    ('mali_2012', 'flee_2015_x')
    """
    word = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "instance"
    return (word if word[0].isalpha() else f"flee_{word}")[:64]


def _story(instance: Instance, counted: bool, scale: float) -> Data:
    how = "as many leave each day as all camps together grew by" if counted else "conflict makes people leave"
    notes = [f"On reading: {note}" for note in instance.notes[:40]]
    if scale != 1.0:
        notes.append(f"Residents are multiplied by {scale:.3g} so that those who left fit in, or all fit in memory.")
    return {
        "name": slug(instance.name),
        "title": f"{instance.name}, from FLEE's format",
        "summary": f"{instance.days} days from {instance.start.isoformat()}: {how}, and choose where to go.",
        "narrative": f"Read by `corridor import-flee` from the instance `{instance.name}`. A conditional exploration.",
        "assumptions": [
            "People flee from settlements in conflict by the roads given, as households.",
            "Capacities of camps are taken to be known; many equal the largest count seen later, which is hindsight.",
            *notes,
        ],
    }


def _moment(start: date, day: float) -> str:
    return f"{(start + timedelta(days=int(day))).isoformat()}T00:00:00+00:00"


def _dated(instance: Instance, name: str, kind: str, start: float, end: float | None) -> Data:
    data = {"id": name, "kind": kind, "start": _moment(instance.start, max(0.0, start)), "basis": "reported"}
    data["source"] = f"the instance {instance.name}"
    return data if end is None else data | {"end": _moment(instance.start, end)}


def _network(instance: Instance, first: dict[str, float], leaving: float) -> tuple[Data, float]:
    """Return the network, and the factor by which residents are multiplied."""
    on_roads = {end for route in instance.routes for end in (route.a, route.b)}
    there = list(instance.locations.values())
    lost = sorted(set(instance.locations) - on_roads)
    if lost:
        instance.notes.append(f"No road leads there, so nobody goes: {', '.join(lost)}.")
    peopled = [item for item in there if not item.is_camp and (item.population or _sees_conflict(instance, item))]
    known = [item.population for item in peopled if item.population and _sees_conflict(instance, item)]
    stand_in = float(np.median(known)) if known else UNKNOWN_POPULATION
    residents = {item.name: item.population or stand_in for item in peopled}
    unknown = [item.name for item in peopled if not item.population]
    if unknown:
        instance.notes.append(f"Without a population, and taken to have {stand_in:,.0f}: {', '.join(unknown)}.")
    exposed = sum(residents[item.name] for item in peopled if _sees_conflict(instance, item)) or sum(residents.values())
    scale = max(1.0, SPARE * leaving / max(1.0, exposed))
    scale = min(scale, MOST_RESIDENTS / max(1.0, sum(residents.values())))
    settlements = [
        _where(item) | {"region": item.region or "all", "residents": round(residents[item.name] * scale, 1)}
        for item in peopled
    ]
    camps = [_camp(instance, item, first) for item in there if item.is_camp]
    roads = [[route.a, route.b, round(route.km, 3)] for route in instance.routes]
    title = f"{instance.name} (FLEE)"
    return {"title": title, "settlements": settlements, "destinations": camps, "roads": roads}, scale


def _where(item: Location) -> Data:
    return {"name": item.name, "country": item.country, "lat": item.lat, "lon": item.lon}


def _camp(instance: Instance, item: Location, first: dict[str, float]) -> Data:
    data = _where(item)
    if item.population:
        data["capacity"] = item.population
    if first.get(item.name):
        data["persons"] = first[item.name]
    counts = (instance.counts or {}).get(item.name)
    return data | ({"counts": [list(count) for count in counts]} if counts else {})


def _sees_conflict(instance: Instance, item: Location) -> bool:
    return item.name in instance.conflicts


def _conflicts(instance: Instance, network: Data) -> Iterator[Data]:
    """Yield conflict by spells of the same intensity; as one daily table where that makes too many."""
    homes = [item["name"] for item in network["settlements"]]
    series = {name: instance.conflicts[name] for name in homes if name in instance.conflicts}
    spells: dict[tuple[int, int, float], list[str]] = {}
    for name, values in series.items():
        for begin, end, intensity in runs(values):
            spells.setdefault((begin, end, intensity), []).append(name)
    if len(spells) <= MOST_SPELLS:
        for number, ((begin, end, intensity), names) in enumerate(sorted(spells.items()), 1):
            data = _dated(instance, f"conflict_{number}", "conflict", begin, end if end < instance.days else None)
            yield data | {"settlements": names, "intensity": intensity}
        return
    yield _dated(instance, "conflict", "conflict", 0, None) | {"daily": series}


def runs(values: list[float]) -> Iterator[tuple[int, int, float]]:
    """Yield first day, day after the last, and value of each stretch of one value above 0.

    >>> list(runs([0.0, 1.0, 1.0, 0.5]))
    [(1, 3, 1.0), (3, 4, 0.5)]
    """
    begin = 0
    for day in range(1, len(values) + 1):
        if day == len(values) or values[day] != values[begin]:
            if values[begin] > 0.0:
                yield begin, day, values[begin]
            begin = day


def _closures(instance: Instance, network: Data) -> Iterator[Data]:
    """Yield closures, those of the same dates together."""
    camps = {item["name"] for item in network["destinations"]}
    roads: dict[tuple[float, float | None], tuple[list[list[str]], list[str]]] = {}
    doors: dict[tuple[float, float | None], list[str]] = {}
    for closure in instance.closures:
        begin, end = max(0.0, closure.start), closure.end
        if closure.kind == "remove_forced_redirection" or begin >= instance.days or (end is not None and end <= 0):
            continue
        dates = (begin, None if end is None or end >= instance.days else end)
        if closure.kind not in CAMPS:
            links, nodes = shut(instance, closure)
            if not links and not nodes:
                instance.notes.append(f"No road runs between {closure.name} and {closure.other} to be closed.")
            held = roads.setdefault(dates, ([], []))
            held[0].extend(link for link in links if link not in held[0])
            held[1].extend(node for node in nodes if node not in held[1])
        elif closure.name in camps and closure.name not in doors.setdefault(dates, []):
            doors[dates].append(closure.name)
    for number, (dates, (links, nodes)) in enumerate(roads.items(), 1):
        if links or nodes:
            yield _dated(instance, f"roads_{number}", "roads_closed", *dates) | {"links": links, "nodes": nodes}
    for number, (dates, names) in enumerate(doors.items(), 1):
        if names:
            yield _dated(instance, f"camps_{number}", "destinations_closed", *dates) | {"provinces": names}


def shut(instance: Instance, closure: Closure) -> tuple[list[list[str]], list[str]]:
    """Return the links and the nodes that a closure of a border, a link or a location shuts.

    ``location,A,B`` with a location B that a road joins to A shuts that road; else it shuts A.
    """
    where = instance.locations
    pairs = [[route.a, route.b] for route in instance.routes]
    if closure.kind == "country":
        sides = {closure.name, closure.other}
        return [[a, b] for a, b in pairs if {where[a].country, where[b].country} == sides and len(sides) == 2], []
    between = [[a, b] for a, b in pairs if {a, b} == {closure.name, closure.other}]
    if between or closure.kind in ("link", "links"):
        return between, []
    return [], [closure.name]


def _forwarding(instance: Instance, network: Data) -> Iterator[Data]:
    """Yield forwarding where routes redirect, until it is removed."""
    lifted = {
        frozenset((closure.name, closure.other)): closure.start
        for closure in instance.closures
        if closure.kind == "remove_forced_redirection"
    }
    for number, route in enumerate(instance.routes, 1):
        end = lifted.get(frozenset((route.a, route.b)))
        if not route.redirects or (end is not None and end <= 0):
            continue
        end = end if end is not None and end < instance.days else None
        to = route.b if route.redirects == route.a else route.a
        data = _dated(instance, f"forwarding_{number}", "forwarding", 0, end)
        yield data | {"at": route.redirects, "to": to}


FLEES_WORLD: tuple[tuple[str, float, str, tuple[float, float], str], ...] = (
    ("household_size_mean", 5.0, "persons/household", (3.0, 8.0), "families flee together; FLEE moves single persons"),
    ("free_flow_kmh", 16.667, "km/h", (4.0, 60.0), "400 km a day, as in the settings of FLEE's validation"),
    ("return_base_per_day", 0.0, "1/day", (0.0, 0.01), "nobody returns in FLEE's validation"),
    ("drift_per_day", 0.0, "1/day", (0.0, 0.01), "moving on did not lower the error in the training instances"),
    ("leave_base_per_day", 0.0017, "1/day", (0.0005, 0.005), "fitted to the totals of the training instances, ADR 9"),
    (
        "hr_threat",
        3.0,
        "hazard ratio",
        (1.5, 6.0),
        "with the base it makes 0.0034 a day under full threat, ADR 9",
    ),
    ("leave_frailty_variance", 3.0, "1", (0.0, 10.0), "fitted to the totals of the training instances, ADR 9"),
    ("hr_peers", 1.0, "hazard ratio", (0.5, 2.0), "fitted to a case of another kind, so left out"),
    ("hr_road_known_open", 1.0, "hazard ratio", (0.5, 2.0), "no single road opens here"),
    ("kin_household_share", 0.0, "share", (0.0, 1.0), "kin are met in the pull of those who went before"),
)
"""Name, value, unit, range and reason of what differs from the ground that all scenarios share."""


def _parameters(residents: float) -> Data:
    total = ("residents_total", residents, "persons", (0.5 * residents, 2.0 * residents), "as the instance has it")
    data = {}
    for name, value, unit, (low, high), why in (total, *FLEES_WORLD):
        prior = {"kind": "uniform", "low": low, "high": high}
        data[name] = {"value": value, "unit": unit, "basis": "assumed", "source": f"assumption: {why}", "note": "",
                      "prior": prior}  # fmt: skip
    return data
