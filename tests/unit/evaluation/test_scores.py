"""Scores and what is predicted beside arrivals, each against what is known by construction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim.errors import SeedError
from sim.evaluation import predicted
from sim.evaluation.counts import planning_figures
from sim.evaluation.predicted import QUANTITIES, also_asked, other_counts, predict, summarise
from sim.evaluation.scores import coverage, crps, errors
from sim.model.run import run
from sim.place.place import load_place
from sim.scenario.load import load


def test_crps_of_a_normal_sample_is_that_of_its_closed_form() -> None:
    draws = norm.ppf((np.arange(4000) + 0.5) / 4000)
    for counted in (0.0, 0.7, -2.0):
        exact = counted * (2 * norm.cdf(counted) - 1) + 2 * norm.pdf(counted) - 1 / np.sqrt(np.pi)
        assert crps(draws[None, :], np.array([counted])) == pytest.approx(exact, abs=1e-3)


def test_crps_without_spread_is_the_absolute_error() -> None:
    assert crps(np.array([[3.0], [8.0]]), np.array([5.0, 8.5])) == pytest.approx(1.25)
    assert errors(np.array([3.0, 8.0]), np.array([5.0, 8.0])) == (1.0, 0.2)


def test_coverage_of_exchangeable_counts_is_the_interval_s_own() -> None:
    generator = np.random.default_rng(1)
    found = coverage(pd.DataFrame(generator.standard_normal((2000, 200))), generator.standard_normal(2000))
    assert found["50%"] == pytest.approx(0.5, abs=0.04)
    assert found["90%"] == pytest.approx(0.9, abs=0.03)


def test_every_quantity_is_read_off_a_run() -> None:
    scenario = load("as_reported").vary({"time.days": 14.0, "time.step_minutes": 120})
    data, place = run(scenario, 1).dataset, load_place("karabakh_2023")
    when = pd.Timestamp("2023-09-30T12:00")
    rows = [(name, when, "", np.nan, "") for name in QUANTITIES if name not in ("province_share", "origin_share")]
    rows += [("province_share", when, province.name, np.nan, "") for province in place.provinces]
    asked = pd.DataFrame(rows, columns=["quantity", "when", "place", "value", "source_id"])
    asked = pd.concat([asked, also_asked(place, when)], ignore_index=True)
    said = pd.Series(predict(data, asked, place), index=pd.MultiIndex.from_frame(asked[["quantity", "place"]]))
    assert said["province_share"].sum() == pytest.approx(1.0)
    assert said["origin_share"].sum() == pytest.approx(1.0)
    assert said["vehicles", ""] == pytest.approx(float(data.vehicles_crossed_cumulative.sel(time=when)))
    arrived = data.arrivals_cumulative.sel(time=[when, when + pd.Timedelta(days=1)]).to_numpy()
    assert said["daily_arrivals", ""] == pytest.approx(arrived[1] - arrived[0])
    assert said["state_accommodation", ""] == float(data.persons_in_state_shelter.sel(time=when).sum())
    assert 0.0 < said["countryside_share", ""] < 1.0
    assert said["journey_hours", ""] > float(data.wait_hours.max())


def test_a_report_inside_the_draws_interval_is_said_to_be() -> None:
    asked = other_counts("karabakh_2023").iloc[:2]
    draws = np.outer(asked["value"], [0.9, 1.0, 1.1])
    assert summarise(asked, draws)["inside"].tolist() == [True, True]
    table = summarise(asked, draws * [[1.0], [2.0]])
    assert table["inside"].tolist() == [True, False]
    assert table["median"].tolist() == [10985.0, 2 * 15914.0]


def test_a_place_without_later_counts_has_none_and_a_broken_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicted, "seeds_folder", lambda: tmp_path)
    assert other_counts("nowhere").empty
    folder = tmp_path / "here" / "counts" / "score"
    folder.mkdir(parents=True)
    (folder / "other.csv").write_text(
        "quantity,timestamp_local,place,value,origin,confidence,source_id,note\ncamels,2023-09-27,,3,sourced,high,A01,\n"
    )
    with pytest.raises(SeedError, match="camels"):
        other_counts("here")


def test_planning_figures_are_those_of_the_day() -> None:
    assert set(planning_figures("karabakh_2023")["persons"]) == {40_000.0, 120_000.0}
