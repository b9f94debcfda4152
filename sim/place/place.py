"""The place of a simulation: settlements, provinces that receive, the roads between, and who is who."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem, SeedError, did_you_mean
from sim.place.facilities import Facilities, read_facilities
from sim.place.read import (
    Column,
    Row,
    choice,
    dataset_folder,
    flag,
    inherited,
    lineage,
    name,
    number,
    read_tables,
    read_toml,
    shown,
    text,
)
from sim.place.roads import Graph, crossing_problems, read_roads, shortest, unconnected, unknown_nodes

BASIS = choice("reported", "measured", "estimated", "derived", "assumed")
SETTLEMENT_COLUMNS: Mapping[str, Column] = {
    "name": name(),
    "alt_name": text(),
    "district": name(),
    "kind": choice("city", "town", "village"),
    "lat": number(-90.0, 90.0),
    "lon": number(-180.0, 180.0),
    "residents_weight": number(0.0),
    "urban": flag(),
    "source_id": name(),
    "basis": BASIS,
    "note": text(),
}
PROVINCE_COLUMNS: Mapping[str, Column] = {
    "name": name(),
    "centre": name(),
    "lat": number(-90.0, 90.0),
    "lon": number(-180.0, 180.0),
    "residents": number(1.0),
    "source_id": name(),
    "basis": BASIS,
    "note": text(),
}


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where residents live; ``weight`` is its share of all residents."""

    name: str
    alt_name: str
    district: str
    kind: str
    lat: float
    lon: float
    weight: float
    urban: bool

    @property
    def title(self) -> str:
        """Both forms of the name, such as ``Stepanakert / Khankendi``."""
        return f"{self.name} / {self.alt_name}" if self.alt_name not in ("", self.name) else self.name


@dataclass(frozen=True, slots=True)
class Province:
    """A province that receives the displaced, reached at its ``centre``.

    ``capacity`` is how many it takes in as far as people know, ``persons`` who had come there before the start.
    """

    name: str
    centre: str
    lat: float
    lon: float
    residents: float
    km_from_reception: float
    capacity: float = math.inf
    persons: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What ``place.toml`` says: titles, clock, the nodes with a part to play."""

    title: str
    utc_offset_hours: float
    crossing: str
    reception: str
    registration: tuple[str, ...]
    host_country: str
    aid_heads: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Place:
    """All that the model knows of the ground.

    Attributes
    ----------
    roads : nodes are names; edges have ``km``, ``kmh`` (or None), ``road`` and ``queue``
    crossing : the checkpoint whose capacity queues; empty where people choose among ways on an open network
    reception : the first node beyond the crossing that receives people
    registration : the nodes with a registration centre
    district_index : shape (n_settlements,), number of each settlement's district in ``districts``
    aid_heads : name of an aid road → node from which its convoys start
    facilities : what serves the settlements, and what depends on what
    """

    name: str
    title: str
    utc_offset_hours: float
    settlements: tuple[Settlement, ...]
    provinces: tuple[Province, ...]
    roads: Graph
    crossing: str
    reception: str
    registration: tuple[str, ...]
    host_country: str
    districts: tuple[str, ...]
    district_index: NDArray[np.int64]
    aid_heads: Mapping[str, str]
    facilities: Facilities

    @property
    def open_network(self) -> bool:
        """Whether people travel straight to destinations, without a crossing that all must pass."""
        return not self.crossing

    def by_district(self, values: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum ``values``, shape (n_settlements, ...), to shape (n_districts, ...)."""
        sums = np.zeros((len(self.districts), *values.shape[1:]), dtype=np.int64)
        np.add.at(sums, self.district_index, values)
        return sums

    def index(self, settlement: str) -> int:
        """Return the number of ``settlement``."""
        names = [item.name for item in self.settlements]
        if settlement not in names:
            raise _unknown("settlements.csv", self.name, settlement, names)
        return names.index(settlement)

    def path(self, a: str, b: str, free_flow_kmh: float | None = None) -> tuple[str, ...]:
        """Return the nodes of the shortest way, or of the fastest one where a speed on empty roads is given."""
        for node in (a, b):
            if node not in self.roads:
                raise _unknown("roads.csv", self.name, node, self.roads)
        return tuple(shortest(self.roads, a, b, free_flow_kmh))

    def km(self, a: str, b: str) -> float:
        """Return the length of the shortest way [km]."""
        return float(sum(self.roads.edges[link]["km"] for link in pairwise(self.path(a, b))))

    def hours(self, a: str, b: str, free_flow_kmh: float) -> float:
        """Return the travel time of the fastest way on empty roads [h]."""
        links = [self.roads.edges[link] for link in pairwise(self.path(a, b, free_flow_kmh))]
        return float(sum(link["km"] / (link["kmh"] or free_flow_kmh) for link in links))


def _unknown(file: str, dataset: str, found: str, known: Iterable[str]) -> SeedError:
    """Return the error for a name that the dataset doesn't have."""
    return SeedError(Problem(f"seeds/{dataset}/{file}", "", f"`{found}`", "a known name", did_you_mean(found, known)))


def load_place(dataset: str) -> Place:
    """Read the dataset of that name in ``seeds/``.

    Raises
    ------
    SeedError
        If a file is missing or malformed, a name isn't unique or unknown, weights don't add up, or no road leads
        from a settlement to the crossing.
    """
    return read_place(dataset_folder(dataset))


def read_place(folder: Path) -> Place:
    """Read the place whose files lie in ``folder``, and in those it extends; see :func:`load_place`."""
    folders = lineage(folder)
    setting = _setting([each / "place.toml" for each in folders])
    rows = read_tables(inherited(folders, "settlements.csv"), SETTLEMENT_COLUMNS, lambda row: row["name"])
    province_rows = read_tables(inherited(folders, "provinces.csv"), PROVINCE_COLUMNS, lambda row: row["name"])
    roads = read_roads(inherited(folders, "roads.csv"))
    problems = list(_problems(folder, setting, rows, province_rows, roads))
    if problems:
        raise SeedError(problems)
    districts = tuple(dict.fromkeys(row["district"] for row in rows))
    district_index = np.array([districts.index(row["district"]) for row in rows], dtype=np.int64)
    district_index.flags.writeable = False
    settlements = _settlements(rows)
    return Place(
        name=folder.name,
        settlements=settlements,
        provinces=_provinces(province_rows, roads, setting.reception),
        roads=roads,
        districts=districts,
        district_index=district_index,
        facilities=read_facilities(folders, settlements, roads),
        **{item.name: getattr(setting, item.name) for item in fields(Setting)},
    )


def _settlements(rows: list[Row]) -> tuple[Settlement, ...]:
    """Return the settlements with weights that sum to 1."""
    total = sum(row["residents_weight"] for row in rows)
    keys = ("name", "alt_name", "district", "kind", "lat", "lon", "urban")
    return tuple(Settlement(**{key: row[key] for key in keys}, weight=row["residents_weight"] / total) for row in rows)


def _provinces(rows: list[Row], roads: Graph, reception: str) -> tuple[Province, ...]:
    """Return the provinces with their distance by road from the reception node."""
    km = nx.single_source_dijkstra_path_length(roads, reception, weight="km")
    keys = ("name", "centre", "lat", "lon", "residents")
    return tuple(
        Province(**{key: row[key] for key in keys}, km_from_reception=float(km[row["centre"]])) for row in rows
    )


def _problems(folder: Path, setting: Setting, rows: list[Row], provinces: list[Row], roads: Graph) -> Iterable[Problem]:
    """Yield everything wrong across the files of a dataset."""
    files = {stem: shown(folder / stem) for stem in ("place.toml", "settlements.csv", "provinces.csv", "roads.csv")}
    homes = [row["name"] for row in rows]
    centres = [row["centre"] for row in provinces]
    heads = (setting.crossing, setting.reception, *setting.registration, *setting.aid_heads.values())
    yield from _repeated(files["settlements.csv"], homes)
    yield from _repeated(files["provinces.csv"], [row["name"] for row in provinces])
    if sum(row["residents_weight"] for row in rows) <= 0.0:
        yield Problem(files["settlements.csv"], "residents_weight", "a sum of 0", "a sum above 0")
    yield from unknown_nodes(files["settlements.csv"], "name", homes, roads)
    yield from unknown_nodes(files["provinces.csv"], "centre", centres, roads)
    yield from unknown_nodes(files["place.toml"], "", heads, roads)
    yield from unconnected(files["roads.csv"], dict.fromkeys((*homes, *centres, *heads)), roads, setting.crossing)
    yield from crossing_problems(files["roads.csv"], setting.crossing, roads)


def _repeated(file: str, names: list[str]) -> Iterable[Problem]:
    """Yield the names that stand more than once."""
    for word, times in Counter(names).items():
        if times > 1:
            yield Problem(file, word, f"the name {times} times", "unique names")


def _setting(paths: list[Path]) -> Setting:
    """Read ``place.toml`` against its closed list of keys; later files of a lineage give what they change."""
    raw: dict[str, Any] = {}
    for path in paths:
        raw |= read_toml(path)
    raw.pop("extends", None)
    file, known = shown(paths[-1]), [item.name for item in fields(Setting)]
    checks: dict[str, tuple[bool, str]] = {key: (_is_text(raw.get(key)), "a text that isn't empty") for key in known}
    offset, stops, heads = raw.get("utc_offset_hours"), raw.get("registration"), raw.get("aid_heads")
    within = isinstance(offset, int | float) and not isinstance(offset, bool) and -14 <= offset <= 14
    checks["utc_offset_hours"] = (within, "a number from -14 to 14")
    checks["registration"] = (isinstance(stops, list) and stops != [] and all(map(_is_text, stops)), "a list of names")
    named = isinstance(heads, dict) and all(map(_is_text, heads.values()))
    checks["aid_heads"] = (named, "a table of road name = node")
    problems = [
        Problem(file, key, repr(raw[key]) if key in raw else "nothing", expected)
        for key, (fine, expected) in checks.items()
        if not fine
    ]
    problems += [
        Problem(file, key, "an unknown key", "only known keys", did_you_mean(key, known))
        for key in raw
        if key not in known
    ]
    if problems:
        raise SeedError(problems)
    return Setting(**{**raw, "registration": tuple(raw["registration"])})


def _is_text(value: Any) -> bool:
    """Whether ``value`` is a text that isn't empty."""
    return isinstance(value, str) and value.strip() != ""
