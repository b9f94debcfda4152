from __future__ import annotations

import csv

import numpy as np
import openpyxl
import pytest

from sim.results import planner, planner_compared
from sim.results.hxl import tagged


@pytest.fixture(scope="module")
def tables(real_comparison):
    return planner_compared.tables(real_comparison, {"Stepanakert": "Stepanakert / Khankendi"})


def test_every_column_has_a_hashtag_of_its_own(tables):
    for name, table in tables.items():
        tags = tagged(table, planner_compared.TAGS)[1]
        assert all(tag.startswith("#") for tag in tags), name
        assert len(set(tags)) == len(tags), name


def test_intervals_are_in_order(tables):
    for name in ("people_in_need", "caseload", "shelter"):
        table = tables[name]
        assert (table["persons_p05"] <= table["persons_median"]).all(), name
        assert (table["persons_median"] <= table["persons_p95"]).all(), name


def test_one_member_has_the_numbers_of_its_run(real_result):
    one = real_result.dataset.expand_dims(scenario=["as_reported"], member=[0])
    needs = planner_compared.needs_by_week(one).set_index(["week", "sector"])["persons_median"]
    of_run = planner.tables(real_result.dataset)["people_in_need"]
    expected = of_run[of_run["sector"] == "food"].groupby("week")["in_need"].sum()
    assert needs.xs("food", level="sector").to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-6)


def test_everybody_but_those_abroad_is_somewhere(real_result):
    one = real_result.dataset.expand_dims(scenario=["as_reported"], member=[0])
    table = planner_compared.caseload_by_week(one)
    expected = planner.tables(real_result.dataset)["caseload"]
    for week, rows in expected.groupby("week"):
        counted = table.loc[table["week"] == week, "persons_median"].sum()
        assert counted == pytest.approx(rows["persons_mean"].sum(), rel=1e-9)


def test_stocks_follow_sphere_rates(tables):
    water = tables["stocks_needed"].query("item == 'water' and side == 'in the territory'")
    assert water["for_60_days_median"].to_numpy() == pytest.approx(2 * water["for_30_days_median"].to_numpy())
    first = water.query("scenario == 'as_reported'").iloc[0]
    caseload = tables["caseload"].query("scenario == 'as_reported' and kind == 'district'")
    persons = caseload[caseload["week"] == first["week"]]["persons_median"].sum()
    assert first["for_30_days_median"] == pytest.approx(30 * 15 * persons, rel=0.05)


def test_districts_bear_both_forms_of_their_names(folders):
    with (folders / "comparison" / "planner" / "caseload.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["location"] == "#loc+name"
    named = {row["location"] for row in rows if row["kind"] == "district"}
    assert {"Stepanakert / Khankendi", "Shushi / Shusha"} <= named
    assert all(" / " in name for name in named)


def test_the_workbook_has_a_sheet_for_each_table(folders, tables):
    book = openpyxl.load_workbook(folders / "comparison" / "planner.xlsx")
    assert book.sheetnames == ["read me", *tables]
    assert book["outcomes"]["A2"].value == "#meta+scenario"
    shares = [row[8] for row in book["differences"].iter_rows(min_row=3, values_only=True)]
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert np.isfinite(shares).all()
