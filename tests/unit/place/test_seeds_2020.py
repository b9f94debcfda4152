"""The tables of 2020: totals agree with what is reported, early and later counts share nothing, sources exist."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest

from sim.library import seeds_folder
from sim.place.place import load_place

FOLDER = seeds_folder() / "karabakh_2020"
LAST_SEEN = "2020-12-03"
TABLES = sorted(path for path in FOLDER.rglob("*.csv") if path.name != "conditioned.csv")
Row = dict[str, str]


def table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_residents_add_up_to_the_official_count_before_the_war() -> None:
    rows = {row["name"]: row for folder in ("karabakh_2023", "karabakh_2020")
            for row in table(seeds_folder() / folder / "settlements.csv")}  # fmt: skip
    total = sum(float(row["residents_weight"]) for row in rows.values())
    assert total == pytest.approx(150_932, rel=0.005)


def test_residents_of_2005_from_memory_add_up_to_the_sourced_sum() -> None:
    sourced = {
        row["district"]: float(row["residents_2005"]) for row in table(FOLDER.parent / "karabakh_2023/districts.csv")
    }
    weights = {row["name"]: float(row["residents_weight"]) for row in table(FOLDER / "settlements.csv")}
    lisagor = 600.0
    in_2005 = (weights["Shushi"] + lisagor + weights["Hadrut"] + weights["Karvachar"]) / 1.05
    assert in_2005 == pytest.approx(sourced["Other (Shushi, Hadrut, Shahumyan, Kashatagh, unknown)"], abs=2.0)


def test_assumed_roads_are_straight_lines_with_a_detour() -> None:
    place = load_place("karabakh_2020")
    at = {item.name: (math.radians(item.lat), math.radians(item.lon)) for item in place.settlements}
    checked = 0
    for row in table(FOLDER / "roads.csv"):
        if "DER" in row["source_id"].split(";"):
            (lat_a, lon_a), (lat_b, lon_b) = at[row["from"]], at[row["to"]]
            chord = (
                math.sin((lat_b - lat_a) / 2) ** 2
                + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
            )
            assert float(row["km"]) == pytest.approx(1.3 * 2 * 6371 * math.asin(math.sqrt(chord)), abs=0.06)
            checked += 1
    assert checked == 5


def test_counts_to_fit_end_where_those_to_score_begin() -> None:
    fit = [row["date"] for file in ("displaced.csv", "returns.csv") for row in table(FOLDER / "counts" / "fit" / file)]
    score = [row["date"] for row in table(FOLDER / "counts" / "score" / "displaced.csv")]
    assert len(fit) == 11
    assert max(fit) == LAST_SEEN
    assert all(date > LAST_SEEN for date in score)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_every_row_names_sources_and_says_what_is_from_memory(path: Path) -> None:
    known = {row["source_id"] for row in table(seeds_folder() / "sources.csv")}
    for row in table(path):
        ids = set(row["source_id"].split(";"))
        assert ids <= known, row
        if "MEM" in ids:
            assert row["basis"] == "assumed", row
            assert "from memory" in row["note"], row
