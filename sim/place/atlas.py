"""Where things are drawn: points of a dataset with both forms of their names, the roads between, and outlines.

Nothing here enters a simulation. Outlines take no position on borders, status or names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sim.errors import Problem, SeedError
from sim.library import seeds_folder
from sim.place.given import given_place
from sim.place.place import BASIS, Place, load_place
from sim.place.read import Column, choice, dataset_folder, inherited, lineage, name, number, read_tables, text

if TYPE_CHECKING:
    from sim.scenario.schema import PlaceRef

WAYPOINTS = "waypoints.csv"
WAYPOINT_COLUMNS: Mapping[str, Column] = {
    "name": name(),
    "alt_name": text(),
    "kind": choice("crossing", "reception", "registration", "aid road", "district"),
    "lat": number(-90.0, 90.0),
    "lon": number(-180.0, 180.0),
    "source_id": name(),
    "basis": BASIS,
    "note": text(),
}
NOTE = (
    "Outlines: Natural Earth, public domain, drawn for orientation; they take no position on borders, status or names. "
    "Lines between places join them straight and are not the course of roads."
)
"""What every map says below itself."""

UNREADABLE = (OSError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""What a file that is no GeoJSON, or another kind of it, may raise."""

Line = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the map; ``title`` has both forms of its name, ``district`` is empty but for settlements."""

    name: str
    title: str
    kind: str
    lon: float
    lat: float
    district: str = ""


@dataclass(frozen=True, slots=True)
class Road:
    """A link drawn straight; ``corridor`` if it belongs to the road with the crossing."""

    line: Line
    corridor: bool


@dataclass(frozen=True)
class Atlas:
    """What a map of a dataset needs.

    Attributes
    ----------
    points : every settlement, province (at its centre) and waypoint, in that order; names are unique within a kind
    roads : links between nodes
    provinces : name → outlines of a province [degrees]
    lines : other line work, for orientation [degrees]
    """

    points: tuple[Point, ...]
    roads: tuple[Road, ...]
    provinces: Mapping[str, tuple[Line, ...]]
    lines: tuple[Line, ...]

    def of_kind(self, *kinds: str) -> tuple[Point, ...]:
        """Return the points of these kinds."""
        return tuple(point for point in self.points if point.kind in kinds)

    def district(self, district: str) -> Point | None:
        """Return the point that stands for a district: its own, the settlement of its name, or its first one."""
        own = [point for point in self.of_kind("district", "settlement") if point.name == district]
        own.sort(key=lambda point: point.kind)
        return next((point for point in (*own, *self.points) if district in (point.name, point.district)), None)


def atlas_of(reference: PlaceRef) -> Atlas:
    """Return the atlas of the place that a scenario refers to, or that it carries: then without outlines."""
    if reference.network is None:
        return load_atlas(reference.dataset)
    place = given_place(reference.network)
    points = (*_settlements(place), *_provinces(place))
    return Atlas(points, tuple(_roads(place, points)), {}, ())


@lru_cache(maxsize=8)
def load_atlas(dataset: str) -> Atlas:
    """Return the atlas of ``seeds/<dataset>``; nodes without a position are left out.

    Raises
    ------
    SeedError
        If the dataset, its waypoints or the outlines are missing or malformed.
    """
    place = load_place(dataset)
    points = (*_settlements(place), *_provinces(place), *_waypoints(dataset))
    provinces, lines = _outlines()
    known = {item.name for item in place.provinces}
    return Atlas(points, tuple(_roads(place, points)), {k: v for k, v in provinces.items() if k in known}, lines)


def _settlements(place: Place) -> Iterator[Point]:
    for item in place.settlements:
        yield Point(item.name, item.title, "settlement", item.lon, item.lat, item.district)


def _provinces(place: Place) -> Iterator[Point]:
    for item in place.provinces:
        yield Point(item.name, item.name, "province", item.lon, item.lat)


def _waypoints(dataset: str) -> Iterator[Point]:
    paths = [path for path in inherited(lineage(dataset_folder(dataset)), WAYPOINTS) if path.exists()]
    for row in read_tables(paths, WAYPOINT_COLUMNS, lambda row: (row["name"], row["kind"])):
        both = row["alt_name"] not in ("", row["name"])
        title = f"{row['name']} / {row['alt_name']}" if both else row["name"]
        yield Point(row["name"], title, row["kind"], row["lon"], row["lat"])


def _roads(place: Place, points: tuple[Point, ...]) -> Iterator[Road]:
    at = {point.name: (point.lon, point.lat) for point in points if point.kind not in ("province", "district")}
    nodes = {**{item.centre: (item.lon, item.lat) for item in place.provinces}, **at}
    links = list(place.roads.edges(data=True))
    corridor = next((str(edge["road"]) for *_, edge in links if edge["queue"]), "")
    for a, b, edge in links:
        if a in nodes and b in nodes:
            yield Road((nodes[a], nodes[b]), bool(corridor) and edge["road"] == corridor)


def _outlines() -> tuple[dict[str, tuple[Line, ...]], tuple[Line, ...]]:
    path = seeds_folder() / "outlines" / "south_caucasus.geojson"
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        shapes = {f["properties"]["name"]: _rings(f) for f in features if f["properties"]["kind"] == "province"}
        lines = [_line(part) for f in features if f["properties"]["kind"] == "line" for part in _parts(f)]
    except UNREADABLE as error:
        found = f"unreadable ({error})"
        raise SeedError(Problem(f"seeds/outlines/{path.name}", "", found, "GeoJSON", "Restore it")) from error
    return shapes, tuple(lines)


def _parts(feature: Mapping[str, Any]) -> list[Any]:
    return list(feature["geometry"]["coordinates"])


def _rings(feature: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(_line(polygon[0]) for polygon in _parts(feature))


def _line(part: list[Any]) -> Line:
    return tuple((float(lon), float(lat)) for lon, lat in part)
