"""Facilities of a place: what serves whom, what each needs to work, and how long repair takes; read from tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, SeedError, did_you_mean
from sim.library import seeds_folder
from sim.place.read import Column, Row, choice, inherited, name, number, read_table, read_tables, shown, text
from sim.place.roads import Graph, unknown_nodes
from sim.place.sectors import SECTORS, STATES

if TYPE_CHECKING:
    DiGraph = nx.DiGraph[int]
else:
    DiGraph = nx.DiGraph

ALL = "all"
BASIS = choice("reported", "measured", "estimated", "derived", "assumed")
CITED: Mapping[str, Column] = {"source_id": name(), "basis": BASIS, "note": text()}
COLUMNS: Mapping[str, Column] = {
    "name": name(),
    "sector": choice(*SECTORS),
    "kind": name(),
    "node": name(),
    "serves": text(),
    "capacity_share": number(1e-6, 1.0),
    "depends_on": text(),
    "generator_kg_per_day": number(0.0, 1e6),
    **CITED,
}
RESERVOIR_COLUMNS: Mapping[str, Column] = {
    "facility": name(),
    "capacity_million_m3": number(1e-6, 1e6),
    "dead_million_m3": number(0.0, 1e6),
    "storage_million_m3": number(0.0, 1e6),
    "inflow_million_m3_per_day": number(0.0, 1e6),
    "release_million_m3_per_day": number(1e-6, 1e6),
    **CITED,
}
RESTORATION_COLUMNS: Mapping[str, Column] = {
    "kind": name(),
    "state": choice(*STATES[1:]),
    "repair_days": number(0.01, 10000.0),
    "functionality": number(0.0, 1.0),
    **CITED,
}


class Home(Protocol):
    """As much of a settlement as facilities need to know."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def district(self) -> str:
        """Its district."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """One facility.

    Attributes
    ----------
    kind : the row of the restoration table that it follows
    serves : numbers of the settlements that it serves itself; a source that others draw on serves none
    capacity : share of the sector's normal service that it gives (to those it serves, or to those drawing on it)
    requires : groups of facilities, by number; it works as far as its worst group does, and in a group capacities add
    generator_tonnes_per_day : fuel that its generator burns without any power from the grid; 0 if it has none [t/day]
    """

    name: str
    sector: str
    kind: str
    node: str
    serves: tuple[int, ...]
    capacity: float
    requires: tuple[tuple[int, ...], ...]
    generator_tonnes_per_day: float


@dataclass(frozen=True, slots=True)
class Reservoir:
    """Water behind a dam [million m³, million m³/day]; ``site`` is the number of its power plant."""

    site: int
    capacity: float
    dead: float
    storage: float
    inflow: float
    release: float


@dataclass(frozen=True, eq=False)
class Facilities:
    """All facilities of a place.

    Attributes
    ----------
    generations : numbers of facilities, each generation after all that it depends on
    repair_days : shape (n_sites, n_states) [day], mean work of one crew; 0 for no damage
    functionality : shape (n_sites, n_states), share, just after damage
    """

    sites: tuple[Site, ...]
    reservoirs: tuple[Reservoir, ...]
    generations: tuple[tuple[int, ...], ...]
    repair_days: NDArray[np.float64]
    functionality: NDArray[np.float64]

    def index(self, facility: str) -> int:
        """Return the number of ``facility``."""
        names = [site.name for site in self.sites]
        if facility not in names:
            raise SeedError(_unknown("facilities.csv", "", facility, names))
        return names.index(facility)

    def graph(self) -> DiGraph:
        """Return who depends on whom: an edge leads from a facility to each that needs it."""
        return dependencies([site.requires for site in self.sites])


def dependencies(requires: Sequence[Sequence[Iterable[int]]]) -> DiGraph:
    """Return the graph of dependencies by number, from what is needed to what needs it."""
    graph: DiGraph = nx.DiGraph()
    graph.add_nodes_from(range(len(requires)))
    graph.add_edges_from((need, i) for i, groups in enumerate(requires) for group in groups for need in group)
    return graph


def read_facilities(folders: Sequence[Path], settlements: Sequence[Home], roads: Graph) -> Facilities:
    """Read ``facilities.csv`` and ``reservoirs.csv`` in ``folders``, and ``restoration.csv`` in ``seeds/``.

    Without ``facilities.csv`` there is one facility for each sector, which serves everybody.

    Raises
    ------
    SeedError
        If a table is malformed, a name is unknown or not unique, facilities depend on one another in a circle, or
        a settlement's services don't add up to 1.
    """
    paths = inherited(folders, "facilities.csv")
    if not paths[-1].exists():
        return plain_facilities(settlements)
    rows, file = read_tables(paths, COLUMNS, lambda row: row["name"]), shown(paths[-1])
    names = [row["name"] for row in rows]
    problems = [Problem(file, word, "the name more than once", "unique names") for word in _repeated(names)]
    problems += unknown_nodes(file, "node", (row["node"] for row in rows), roads)
    sites = tuple(_site(row, names, settlements, file, problems) for row in rows)
    problems += _coverage(file, sites, settlements)
    problems += _circles(file, sites)
    reservoirs = _reservoirs(inherited(folders, "reservoirs.csv"), names, problems)
    if problems:
        raise SeedError(problems)
    return _assembled(sites, reservoirs, file)


def plain_facilities(settlements: Sequence[Home]) -> Facilities:
    """Return one facility for each sector, which serves everybody."""
    return _assembled(_plain(settlements), (), "facilities.csv")


def _plain(settlements: Sequence[Home]) -> tuple[Site, ...]:
    """Return one facility for each sector; water, health and telecom need power."""
    everybody = tuple(range(len(settlements)))
    needs = {sector: ((SECTORS.index("electricity"),),) for sector in ("water", "health", "telecom")}
    return tuple(
        Site(f"{sector} service", sector, _KINDS.get(sector, sector), settlements[0].name, everybody, 1.0,
             needs.get(sector, ()), 0.0)
        for sector in SECTORS
    )  # fmt: skip


_KINDS = {"electricity": "power"}


def _site(row: Row, names: list[str], homes: Sequence[Home], file: str, problems: list[Problem]) -> Site:
    """Return the facility of one row; note unknown names in ``problems``."""
    line = f"line {row['line']}"
    requires = []
    for group in _split(row["depends_on"], ";"):
        words = _split(group, "+")
        problems += [_unknown(file, f"{line}, depends_on", word, names) for word in words if word not in names]
        requires.append(tuple(names.index(word) for word in words if word in names))
    served: set[int] = set()
    for word in _split(row["serves"], ";"):
        found = _served(word, homes)
        if not found:
            known = [ALL, *(home.district for home in homes), *(home.name for home in homes)]
            problems.append(_unknown(file, f"{line}, serves", word, known))
        served |= found
    return Site(
        name=row["name"],
        sector=row["sector"],
        kind=row["kind"],
        node=row["node"],
        serves=tuple(sorted(served)),
        capacity=row["capacity_share"],
        requires=tuple(requires),
        generator_tonnes_per_day=row["generator_kg_per_day"] / 1000.0,
    )


def _split(cell: str, mark: str) -> list[str]:
    return [word.strip() for word in cell.split(mark) if word.strip()]


def _served(word: str, homes: Sequence[Home]) -> set[int]:
    """Return the settlements meant by ``word``: all, a district, or (if no district is called so) a settlement."""
    district = {i for i, home in enumerate(homes) if word in (ALL, home.district)}
    return district or {i for i, home in enumerate(homes) if home.name == word}


def _coverage(file: str, sites: Iterable[Site], homes: Sequence[Home]) -> Iterable[Problem]:
    """Yield the settlements whose services in a sector don't add up to 1."""
    total = {(sector, i): 0.0 for sector in SECTORS for i in range(len(homes))}
    for site in sites:
        for i in site.serves:
            total[site.sector, i] += site.capacity
    for (sector, i), capacity in total.items():
        if abs(capacity - 1.0) > 1e-6:
            found = f"{sector} of {capacity:g} for {homes[i].name}"
            yield Problem(file, "capacity_share", found, "shares that add up to 1 for each settlement and sector")


def _circles(file: str, sites: Sequence[Site]) -> Iterable[Problem]:
    """Yield a circle of facilities that depend on one another, if there is any."""
    try:
        circle = nx.find_cycle(dependencies([site.requires for site in sites]))
    except nx.NetworkXNoCycle:
        return
    way = " → ".join(sites[i].name for i in [circle[0][0], *(edge[1] for edge in circle)])
    yield Problem(file, "depends_on", f"a circle: {way}", "no circle", "Take one of these dependencies out")


def _reservoirs(paths: Sequence[Path], names: list[str], problems: list[Problem]) -> tuple[Reservoir, ...]:
    """Read the reservoirs of a place, if it has any."""
    path = paths[-1]
    rows = read_tables(paths, RESERVOIR_COLUMNS, lambda row: row["facility"]) if path.exists() else []
    found = []
    for row in rows:
        key = f"line {row['line']}"
        if row["facility"] not in names:
            problems.append(_unknown(shown(path), f"{key}, facility", row["facility"], names))
            continue
        levels = [row[f"{word}_million_m3"] for word in ("dead", "storage", "capacity")]
        if levels != sorted(levels):
            problems.append(Problem(shown(path), key, f"{levels}", "dead volume ≤ storage ≤ capacity"))
        flows = [row[f"{word}_million_m3_per_day"] for word in ("inflow", "release")]
        found.append(Reservoir(names.index(row["facility"]), levels[2], levels[0], levels[1], *flows))
    return tuple(found)


def _assembled(sites: tuple[Site, ...], reservoirs: tuple[Reservoir, ...], file: str) -> Facilities:
    """Return facilities with their order and their rows of the restoration table."""
    path = seeds_folder() / "restoration.csv"
    table = {(row["kind"], row["state"]): row for row in read_table(path, RESTORATION_COLUMNS)}
    kinds = sorted({kind for kind, _ in table})
    missing = [_unknown(file, site.name, site.kind, kinds) for site in sites if site.kind not in kinds]
    missing += [
        Problem(shown(path), kind, f"no row for {state}", "a row for each state")
        for kind in kinds
        for state in STATES[1:]
        if (kind, state) not in table
    ]
    if missing:
        raise SeedError(missing)
    days = np.array([[0.0, *(table[site.kind, state]["repair_days"] for state in STATES[1:])] for site in sites])
    works = np.array([[1.0, *(table[site.kind, state]["functionality"] for state in STATES[1:])] for site in sites])
    order = nx.topological_generations(dependencies([site.requires for site in sites]))
    return Facilities(sites, reservoirs, tuple(tuple(sorted(generation)) for generation in order), days, works)


def _unknown(file: str, key: str, word: str, known: Iterable[str]) -> Problem:
    known = list(known)
    return Problem(file, key, f"`{word}`", "a known name", did_you_mean(word, known))


def _repeated(names: Iterable[str]) -> list[str]:
    return [word for word, times in Counter(names).items() if times > 1]
