"""People in need and the planner's tables: known cases, totals that add up, tags and bytes."""

from __future__ import annotations

import csv

import numpy as np
import openpyxl
import pandas as pd
import pytest
import xarray as xr

from sim.errors import OutputError
from sim.results import hxl
from sim.results.needs import (
    SECTORS_OF_NEED,
    area_severity,
    in_need,
    people_by_severity,
    people_in_need,
    severity,
    worst,
)
from sim.results.planner import NOTES, SPHERE_RATES, TAGS, tables, weeks


def test_severity_rises_at_its_thresholds() -> None:
    unmet = np.array([0.0, 0.049, 0.05, 0.2, 0.5, 0.8, 1.0])
    assert severity(unmet).tolist() == [1, 1, 2, 3, 4, 5, 5]


def test_everybody_who_is_not_abroad_has_a_severity_in_each_sector(made_up_result) -> None:
    data = made_up_result.dataset
    people = people_by_severity(data)
    here = 101_700 - data["deaths_cumulative"] - data["persons_displaced"].sel(place="abroad")
    for sector in SECTORS_OF_NEED:
        counted = people.sel(sector_of_need=sector).sum(["location", "severity"])
        assert np.allclose(counted, here)
    assert float(people.min()) >= -1e-6


def test_the_series_is_the_same_as_the_sum_of_severities_3_to_5(made_up_result) -> None:
    slow = in_need(people_by_severity(made_up_result.dataset)).sum("location")
    assert np.allclose(people_in_need(made_up_result.dataset), slow)


def test_persons_without_shelter_are_in_need_of_it(made_up_result) -> None:
    data = made_up_result.dataset
    people = people_by_severity(data).sel(location="Yerevan", sector_of_need="shelter")
    assert np.allclose(people.sel(severity=4), data["persons_unsheltered"].sel(province="Yerevan"))


def two_sectors() -> xr.DataArray:
    people = np.array([[[80.0, 0.0, 20.0, 0.0, 0.0], [50.0, 40.0, 0.0, 10.0, 0.0]]])
    coords = {"location": ["here"], "sector_of_need": ["food", "water"], "severity": [1, 2, 3, 4, 5]}
    return xr.DataArray(people, coords, list(coords))


def test_the_worst_sector_counts_nobody_twice() -> None:
    together = worst(two_sectors()).sel(location="here")
    assert together.to_numpy().tolist() == [50.0, 30.0, 10.0, 10.0, 0.0]


def test_an_area_has_the_severity_of_a_fifth_of_its_people() -> None:
    assert area_severity(two_sectors()).to_numpy().tolist() == [[3, 2]]
    assert area_severity(two_sectors() * 0).to_numpy().tolist() == [[1, 1]]


def test_weeks_are_whole_and_start_with_the_run(made_up_result) -> None:
    starts = pd.DatetimeIndex(np.unique(weeks(made_up_result.dataset)))
    assert starts.tolist() == [pd.Timestamp("2023-09-19"), pd.Timestamp("2023-09-26")]


def test_stocks_are_persons_times_sphere_rates(made_up_result) -> None:
    table = tables(made_up_result.dataset)["stocks_needed"]
    assert len(table) == 2 * 2 * len(SPHERE_RATES)
    water = table[table["item"] == "water"]
    assert water["for_60_days"].to_numpy() == pytest.approx(water["persons_mean"].to_numpy() * 15.0 * 60)
    assert table["for_90_days"].to_numpy() == pytest.approx(3 * table["for_30_days"].to_numpy())


def test_tables_are_written_with_hashtags_below_their_heads(made_up_result, tmp_path) -> None:
    found = tables(made_up_result.dataset)
    hxl.write_workbook(tmp_path / "planner.xlsx", found, TAGS, NOTES)
    book = openpyxl.load_workbook(tmp_path / "planner.xlsx", read_only=True)
    assert book.sheetnames == ["read me", *found]
    for name, table in found.items():
        hxl.write_table(tmp_path / f"{name}.csv", table, TAGS)
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == list(table.columns)
        assert all(tag.startswith("#") for tag in rows[1])
        assert len(rows) == len(table) + 2
        sheet = [list(row) for row in book[name].iter_rows(values_only=True)]
        assert sheet[:2] == rows[:2]
        assert len(sheet) == len(rows)


def test_equal_tables_are_equal_files(made_up_result, tmp_path) -> None:
    found = tables(made_up_result.dataset)
    for name in ("a.xlsx", "b.xlsx"):
        hxl.write_workbook(tmp_path / name, found, TAGS, NOTES)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_column_without_a_hashtag_is_refused(tmp_path) -> None:
    with pytest.raises(OutputError, match="HXL: strange: found a column without a hashtag"):
        hxl.write_table(tmp_path / "x.csv", pd.DataFrame({"strange": [1]}), TAGS)
