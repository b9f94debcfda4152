"""One instance in FLEE's format, as its files say; places and names are theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sim.errors import Problem, SeedError, did_you_mean
from sim.flee.counts import Count, read_counts
from sim.flee.tables import Findings, Line, as_date, data_rows, header_of, read_lines

CAMPS = ("camp", "idpcamp")
ZONES = ("conflict_zone", "conflict")
TYPES = (*CAMPS, *ZONES, "town", "forwarding_hub", "marker")
CLOSURES = ("country", "location", "camp", "idpcamp", "links", "link", "remove_forced_redirection")
LONGEST = 3653
FIELDS = ("name", "region", "country", "lat", "lon", "type", "conflict_date", "population")
POSITIONS = {key: index for index, key in enumerate(FIELDS)}
ALIASES = {
    "latitude": "lat", "gps_x": "lat", "longitude": "lon", "gps_y": "lon", "location_type": "type",
    "conflict_period": "conflict_date", "pop/cap": "population", "pop": "population", "capacity": "population",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Location:
    """One row of locations.csv; ``population`` of a camp is its capacity, and 0 stands for none given."""

    name: str
    region: str
    country: str
    lat: float
    lon: float
    kind: str
    conflict_day: float | None
    population: float

    @property
    def is_camp(self) -> bool:
        """Whether it takes the displaced in."""
        return self.kind in CAMPS


@dataclass(frozen=True, slots=True)
class Route:
    """One row of routes.csv; ``redirects`` names the end from which people are sent on to the other, if any."""

    a: str
    b: str
    km: float
    redirects: str


@dataclass(frozen=True, slots=True)
class Closure:
    """One row of closures.csv, in force on days ``start <= day < end``; without ``end`` for good."""

    kind: str
    name: str
    other: str
    start: float
    end: float | None


@dataclass(frozen=True, slots=True)
class Instance:
    """All that a folder in FLEE's format holds.

    Attributes
    ----------
    conflicts : location → intensity on each day, from day 0 on
    counts : camp → day and persons, corrected; None where the instance has no data
    notes : what was mended or left out on reading
    """

    name: str
    start: date
    days: int
    locations: dict[str, Location]
    routes: tuple[Route, ...]
    closures: tuple[Closure, ...]
    conflicts: dict[str, list[float]]
    counts: dict[str, list[Count]] | None
    notes: list[str] = field(default_factory=list)


def read_instance(folder: Path) -> Instance:
    """Read the instance in ``folder``: ``input_csv/`` and, where there is any, ``source_data/``.

    Raises
    ------
    SeedError
        With every problem found in its files: file, line, what was found and expected, and the remedy.
    """
    inputs = folder / "input_csv" if (folder / "input_csv").is_dir() else folder
    if not inputs.is_dir():
        what = "a file" if inputs.exists() else "no such folder"
        raise SeedError(Problem(str(folder), "", what, "the folder of a FLEE instance"))
    found = Findings()
    start, days = _period(inputs, found)
    locations = _locations(inputs, found, start)
    found.stop()
    routes = _routes(inputs, found, locations)
    closures = _closures(inputs, found, locations, start)
    conflicts = _conflicts(inputs, found, locations, days)
    counts = read_counts(folder, inputs, found, {name for name, item in locations.items() if item.is_camp}, start)
    found.stop()
    return Instance(folder.resolve().name, start, days, locations, routes, closures, conflicts, counts, found.notes)


def _rows(inputs: Path, name: str, optional: bool = False) -> list[Line]:
    path = inputs / name
    return [] if optional and not path.exists() else read_lines(path, f"{inputs.name}/{name}")


def _period(inputs: Path, found: Findings) -> tuple[date, int]:
    rows = _rows(inputs, "sim_period.csv")
    given = {row.cells[0].lower(): row for row in rows if len(row.cells) > 1}
    start_row, length_row = given.get("startdate"), given.get("length")
    file = f"{inputs.name}/sim_period.csv"
    for key, row in (("StartDate", start_row), ("Length", length_row)):
        if row is None:
            found.problems.append(Problem(file, key, "no such row", f"a row such as {_EXAMPLES[key]}"))
    start = as_date(start_row.cell(1)) if start_row else date(2000, 1, 1)
    if start is None and start_row is not None:
        found.problem(start_row, f"`{start_row.cell(1)}`", "a date such as 2012-02-29")
    days = found.whole(length_row, 1, "length in days", 1, LONGEST) if length_row else 1
    found.stop()
    assert start is not None
    return start, days


_EXAMPLES = {"StartDate": "StartDate,2012-02-29", "Length": "Length,300"}


def _locations(inputs: Path, found: Findings, start: date) -> dict[str, Location]:
    rows = _rows(inputs, "locations.csv")
    heads = [ALIASES.get(head.lower(), head.lower()) for head in header_of(rows)]
    named = "name" in heads and "type" in heads
    at = {key: heads.index(key) if key in heads else -1 for key in FIELDS} if named else POSITIONS
    locations: dict[str, Location] = {}
    for row in data_rows(rows, lambda first: named):
        name, kind = row.cell(at["name"]), row.cell(at["type"]).lower()
        if not name:
            found.problem(row, "no name", "the name of a location")
        elif name in locations:
            found.problem(row, f"`{name}` a second time", "each location once")
        if kind not in TYPES:
            remedy = did_you_mean(kind, TYPES)
            found.problem(row, f"`{kind}` as type" if kind else "no type", f"one of {', '.join(TYPES)}", remedy)
        dated = bool(row.cell(at["conflict_date"]))
        locations[name] = Location(
            name=name,
            region=row.cell(at["region"]),
            country=row.cell(at["country"]),
            lat=found.number(row, at["lat"], "latitude", -90, 90, 0.0),
            lon=found.number(row, at["lon"], "longitude", -180, 180, 0.0),
            kind=kind,
            conflict_day=found.day(row, at["conflict_date"], "day of conflict", start) if dated else None,
            population=found.number(row, at["population"], "population or capacity", 0, 1e10, 0.0),
        )
    kinds = {item.kind for item in locations.values()}
    for what, wanted in (("camp", CAMPS), ("town or conflict zone", (*ZONES, "town"))):
        if not kinds & {*wanted} and not found.problems:
            found.problems.append(Problem(f"{inputs.name}/locations.csv", "", f"no {what}", f"at least one {what}"))
    return locations


def _routes(inputs: Path, found: Findings, locations: dict[str, Location]) -> tuple[Route, ...]:
    routes: dict[frozenset[str], Route] = {}
    for row in data_rows(_rows(inputs, "routes.csv"), lambda first: first.cell(0).lower() == "name1"):
        good = [found.known(row, index, tuple(locations), "a name in locations.csv") for index in (0, 1)]
        km = found.number(row, 2, "distance in km", 0, 20_000)
        way = found.whole(row, 3, "forced redirection", 0, 2, 0)
        if not all(good):
            continue
        a, b = row.cell(0), row.cell(1)
        if a == b:
            found.notes.append(f"{row.file}, line {row.number}: a road from {a} to itself is left out.")
            continue
        if km <= 0.0:
            found.notes.append(f"{row.file}, line {row.number}: a road without length counts as 0.1 km.")
        route = Route(a, b, max(0.1, km), ("", b, a)[way])
        earlier = routes.get(frozenset((a, b)))
        if earlier is not None:
            found.notes.append(f"{row.file}, line {row.number}: {a}–{b} is there twice; the shorter counts.")
        if earlier is None or route.km < earlier.km:
            routes[frozenset((a, b))] = route
    return tuple(routes.values())


def _closures(inputs: Path, found: Findings, locations: dict[str, Location], start: date) -> tuple[Closure, ...]:
    countries = tuple(dict.fromkeys(item.country for item in locations.values()))
    closures = []
    rows = _rows(inputs, "closures.csv", optional=True)
    for row in data_rows(rows, lambda first: first.cell(0).lower() == "closure_type"):
        kind = row.cell(0).lower()
        if kind not in CLOSURES:
            remedy = did_you_mean(kind, CLOSURES)
            found.problem(row, f"`{row.cell(0)}` as type of closure", f"one of {', '.join(CLOSURES)}", remedy)
            continue
        names = countries if kind == "country" else tuple(locations)
        pair = kind in ("country", "links", "link", "remove_forced_redirection")
        where = "a country in locations.csv" if kind == "country" else "a name in locations.csv"
        good = found.known(row, 1, names, where) and (not pair or found.known(row, 2, names, where))
        begin = found.day(row, 3, "first day", start, 0.0)
        end = found.day(row, 4, "last day", start, 0.0)
        if good:
            closures.append(Closure(kind, row.cell(1), row.cell(2), begin, end if end > begin else None))
    return tuple(closures)


def _conflicts(inputs: Path, found: Findings, locations: dict[str, Location], days: int) -> dict[str, list[float]]:
    """Return intensities by day; without conflicts.csv, 1 from each zone's date (or the start) on."""
    rows = _rows(inputs, "conflicts.csv", optional=True)
    if not rows:
        zones = {item.name: item.conflict_day or 0.0 for item in locations.values() if item.kind in ZONES}
        return {name: [float(day >= begin) for day in range(days)] for name, begin in zones.items() if begin < days}
    heads = header_of(rows)[1:]
    names = [(index, head) for index, head in enumerate(heads, 1) if head]
    for _, head in names:
        if head not in locations:
            remedy = did_you_mean(head, locations) or "correct the name, or add it to locations.csv"
            found.problem(rows[0], f"the column `{head}`", "a name in locations.csv", remedy)
    table: dict[str, dict[int, float]] = {head: {} for _, head in names}
    for row in rows[1:]:
        if not row.cells[0].startswith("#"):
            day = found.whole(row, 0, "day", -100_000, 100_000)
            for index, head in names:
                table[head][day] = found.number(row, index, f"intensity in {head}", 0, 1e6)
    filled = {head: _filled(given, days) for head, given in table.items() if head in locations}
    return {head: series for head, series in filled.items() if any(series)}


def _filled(given: dict[int, float], days: int) -> list[float]:
    """Return a value for each day; days without one have that of the last day before."""
    series, last = [], 0.0
    for day in range(days):
        last = given.get(day, last)
        series.append(last)
    return series
