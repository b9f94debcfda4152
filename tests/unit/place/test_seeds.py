"""The shipped tables: derived numbers are derived again, and every source that is named exists."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

import pytest

from sim.library import scenarios_folder, seeds_folder

FOLDER = seeds_folder() / "karabakh_2023"
EARTH_RADIUS_KM = 6371.0
DETOUR = 1.3
GROWTH = 1.05
SOURCE_ID = re.compile(r"\b[A-I]\d\d\b")
Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def straight_km(a: Row, b: Row) -> float:
    lat_a, lon_a, lat_b, lon_b = (math.radians(float(row[key])) for row in (a, b) for key in ("lat", "lon"))
    chord = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2.0 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))


def latest(row: Row) -> float:
    return float(row["residents_2015"] or row["residents_other"] or row["residents_2005"])


def test_weights_follow_from_district_totals_and_censuses() -> None:
    districts = {row["district"]: float(row["residents_2005"]) for row in table("districts.csv")}
    censuses = {row["settlement"]: latest(row) for row in table("censuses.csv")}
    rows = [row for row in table("settlements.csv") if row["district"] not in ("Stepanakert", "Shushi")]
    assert {row["name"] for row in rows} == set(censuses)
    for row in rows:
        listed = sum(censuses[other["name"]] for other in rows if other["district"] == row["district"])
        expected = districts[row["district"]] * GROWTH * censuses[row["name"]] / listed
        assert float(row["residents_weight"]) == pytest.approx(expected, abs=0.5)


def test_two_weights_are_given_rather_than_derived() -> None:
    given = {row["name"]: (float(row["residents_weight"]), row["basis"]) for row in table("settlements.csv")}
    assert given["Stepanakert"] == (58300.0, "estimated")
    assert given["Lisagor"] == (600.0, "assumed")


def test_growth_lies_between_none_and_that_of_settlements_with_two_censuses() -> None:
    both = [row for row in table("censuses.csv") if row["residents_2005"] and row["residents_2015"]]
    measured = sum(float(row["residents_2015"]) for row in both) / sum(float(row["residents_2005"]) for row in both)
    assert len(both) == 13
    assert measured == pytest.approx(1.144, abs=0.001)
    assert 1.0 < GROWTH < measured


def test_assumed_roads_are_straight_lines_with_a_detour() -> None:
    points = {row["name"]: row for row in table("settlements.csv")} | {
        row["centre"]: row for row in table("provinces.csv")
    }
    checked = 0
    for row in table("roads.csv"):
        if row["source_id"] == "DER" and {row["from"], row["to"]} <= points.keys():
            assert row["basis"] == "assumed"
            assert float(row["km"]) == pytest.approx(
                DETOUR * straight_km(points[row["from"]], points[row["to"]]), abs=0.06
            )
            checked += 1
    assert checked > 25


def test_fitting_and_scoring_counts_share_nothing() -> None:
    fit, score = table("counts/fit/arrivals.csv"), table("counts/score/arrivals.csv")
    assert len(fit) == 10
    assert len(score) == 23
    assert max(row["timestamp_local"] for row in fit) == "2023-09-27T00:00"
    assert min(row["timestamp_local"] for row in score) > "2023-09-27T00:00"
    vehicles = [row for row in table("counts/score/other.csv") if row["quantity"] == "vehicles"]
    assert min(row["timestamp_local"] for row in vehicles) > "2023-09-27T00:00"


@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("counts/fit/arrivals.csv", "cumulative_persons"),
        ("counts/score/arrivals.csv", "cumulative_persons"),
    ],
)
def test_counts_rise_in_time(file: str, column: str) -> None:
    rows = table(file)
    times, counts = [row["timestamp_local"] for row in rows], [int(row[column]) for row in rows]
    assert times == sorted(set(times))
    assert counts == sorted(counts)


def sources() -> set[str]:
    with (seeds_folder() / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_id"] for row in csv.DictReader(file)}


def files_that_name_sources() -> list[Path]:
    tables = [path for path in seeds_folder().rglob("*.csv") if path.name != "sources.csv"]
    outlines = seeds_folder().rglob("*.geojson")
    return [*tables, *outlines, seeds_folder() / "article.toml", *scenarios_folder().glob("*.toml")]


def test_every_source_that_is_named_is_listed_and_the_other_way_round() -> None:
    named: set[str] = set()
    for path in files_that_name_sources():
        text = path.read_text(encoding="utf-8")
        found = set(SOURCE_ID.findall(text)) | {word for word in ("MEM", "DER") if re.search(rf"\b{word}\b", text)}
        assert found <= sources(), path
        named |= found
    assert named == sources()


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.csv")), ids=lambda path: path.name)
def test_every_row_names_its_sources(path: Path) -> None:
    for row in table(str(path.relative_to(FOLDER))):
        assert set(row["source_id"].split(";")) <= sources(), row


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.csv")), ids=lambda path: path.name)
def test_what_is_from_memory_is_marked_as_assumed(path: Path) -> None:
    for row in table(str(path.relative_to(FOLDER))):
        if "MEM" in row["source_id"].split(";"):
            assert "assumed" in (row.get("basis"), row.get("origin")), row
            assert "from memory" in row["note"], row
