from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sim.figures import gallery
from sim.results import planner_compared
from sim.results.compared import COMPARED, by_member, cell, differences, markdown, outcomes, table
from sim.results.folder import files_in
from sim.results.netcdf import read_dataset
from sim.results.words import MEASURES
from sim.results.write_comparison import write_comparison


@pytest.fixture
def summaries() -> pd.DataFrame:
    """Five members; in the second scenario 10 fewer leave in four of them, and half never arrive."""
    rows = []
    for member in range(5):
        usual = dict.fromkeys(COMPARED, 100.0 + member)
        fewer = usual | {"persons_left": usual["persons_left"] + (-10.0 if member else 5.0)}
        never = fewer | {"hours_to_half_arrived": None if member < 4 else 7.0}
        rows += [{"scenario": "first", "member": member, **usual}, {"scenario": "second", "member": member, **never}]
    return pd.DataFrame(rows)


def test_outcomes_are_medians_and_intervals_of_members(summaries):
    row = outcomes(summaries).set_index(["scenario", "measure"]).loc[("first", "deaths")]
    assert (row["median"], row["n"]) == (102.0, 5)
    assert row["p05"] == pytest.approx(100.2)
    assert row["p95"] == pytest.approx(103.8)


def test_differences_are_paired_and_count_how_often_lower(summaries):
    row = differences(summaries, "first").set_index(["scenario", "measure"]).loc[("second", "persons_left")]
    assert row["median"] == -10.0
    assert row["p_lower"] == pytest.approx(0.8)


def test_pairs_without_a_value_on_both_sides_are_left_out(summaries):
    row = differences(summaries, "first").set_index(["scenario", "measure"]).loc[("second", "hours_to_half_arrived")]
    assert row["n"] == 1
    assert row["median"] == 7.0 - 104.0


def test_the_order_of_rows_does_not_matter(summaries):
    shuffled = summaries.sample(frac=1.0, random_state=3).sort_values("scenario", kind="stable")
    pd.testing.assert_frame_equal(differences(shuffled, "first"), differences(summaries, "first"))


def test_summaries_may_have_scenario_and_member_as_index(summaries):
    indexed = summaries.set_index(["scenario", "member"])
    pd.testing.assert_frame_equal(by_member(indexed), summaries)


def test_table_has_quantiles_of_outcomes_and_of_differences(summaries):
    rows = table(summaries, "first").set_index(["scenario", "what", "measure"])
    assert list(rows.columns) == ["unit", "p05", "p25", "p50", "p75", "p95", "n", "of", "p_lower"]
    deaths = rows.loc[("first", "outcome", "deaths")]
    assert deaths[["p05", "p25", "p50", "p75", "p95"]].tolist() == pytest.approx([100.2, 101, 102, 103, 103.8])
    assert (deaths["unit"], deaths["n"], deaths["of"]) == ("persons", 5, 5)
    left = rows.loc[("second", "difference", "persons_left")]
    assert (left["p50"], left["p_lower"]) == (-10.0, pytest.approx(0.8))
    assert math.isnan(deaths["p_lower"])
    assert ("first", "difference", "deaths") not in rows.index


def test_one_scenario_alone_has_outcomes_but_no_differences(summaries):
    alone = summaries[summaries["scenario"] == "first"]
    assert differences(alone, "first").empty
    assert "Difference" not in markdown(alone, "first")
    assert set(table(alone, "first")["what"]) == {"outcome"}


def test_markdown_has_a_table_of_outcomes_and_one_of_differences(summaries):
    lines = markdown(summaries, "first").splitlines()
    assert lines[0] == "Median [5–95% of 5 members]"
    assert lines[2].startswith("| scenario | left (persons) | arrived (persons) |")
    assert lines[4].startswith("| first | 102 [100–104] |")
    assert any(line.startswith("| second | -10 [-10 to 2], P 0.80 |") for line in lines)
    assert {line.count("|") for line in lines if line.startswith("|")} == {len(COMPARED) + 2}


def test_what_never_happens_is_written_as_never():
    row = {"median": np.nan, "p05": np.nan, "p95": np.nan, "n": 0}
    assert cell(row, MEASURES["hours_to_half_arrived"]) == "never"


def test_a_cell_can_be_broken_into_lines():
    row = {"median": 90.0, "p05": 80.0, "p95": 95.0, "n": 5, "of": 5}
    assert cell(row, MEASURES["deaths"], "\n") == "90\n80–95"


def test_what_some_members_lack_is_written_with_their_number():
    row = {"median": 90.0, "p05": 80.0, "p95": 95.0, "n": 3, "of": 5}
    assert cell(row, MEASURES["hours_to_half_arrived"]) == "90.0 [80.0–95.0] (3 of 5)"


def test_a_comparison_is_written_with_its_tables_figures_and_scenarios(
    made_up_comparison, made_up_result, tmp_path, monkeypatch
):
    figure = made_up_result.plot("queue").figure
    monkeypatch.setattr(gallery, "comparison_figures", lambda *_: {"only": figure})
    scenarios = [type(made_up_result.scenario)(name) for name in made_up_comparison.dataset["scenario"].to_numpy()]
    folder = write_comparison(made_up_comparison, tmp_path / "out", scenarios, 3, command="corridor compare")
    manifest = json.loads((folder / "compare.json").read_text(encoding="utf-8"))
    assert [item["name"] for item in manifest["scenarios"]] == [item.name for item in scenarios]
    assert (manifest["members"], manifest["seed"], manifest["baseline"]) == (12, 3, "as_reported")
    assert list(manifest["files"]) == sorted(
        [
            *("assumed.csv", "claims.csv", "comparison.nc", "fan.csv", "fan.nc", "members.csv"),
            "brief.pdf",
            "planner.xlsx",
            *(f"planner/{name}.csv" for name in planner_compared.tables(made_up_comparison)),
            "planner/places.geojson",
            "planner/provinces.geojson",
            "table.csv",
            "table.md",
            "figures/only.png",
            "figures/only.svg",
        ]
    )
    xr.testing.assert_identical(read_dataset(folder / "comparison.nc"), made_up_comparison.dataset)
    assert len(pd.read_csv(folder / "members.csv")) == 4 * 12
    assert list(pd.read_csv(folder / "assumed.csv").columns) == ["member", "seed", "path", "value"]
    assert "runtime_s" not in pd.read_csv(folder / "members.csv")


def test_a_comparison_replaces_an_earlier_one(made_up_comparison, made_up_result, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "comparison_figures", lambda *_: {})
    scenarios = [type(made_up_result.scenario)("ceasefire")]
    folder = write_comparison(made_up_comparison, tmp_path / "out", scenarios, 3)
    names = [name for name in files_in(folder) if name != "compare.json"]
    before = {name: (folder / name).read_bytes() for name in names}
    write_comparison(made_up_comparison, folder, scenarios, 3)
    assert {name: (folder / name).read_bytes() for name in names} == before
