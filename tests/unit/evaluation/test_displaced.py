"""Counts of the displaced, conditioning on the early ones, and the monthly prediction, against known cases."""

from __future__ import annotations

import builtins
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sim
from sim.ensemble.draw import draw_members
from sim.ensemble.posterior import fitted_scenario, read_posterior
from sim.errors import ScenarioError
from sim.evaluation import prediction as prediction_module
from sim.evaluation.condition import condition
from sim.evaluation.displaced import (
    early_counts,
    has_displaced_counts,
    later_counts,
    log_likelihood,
    modelled_at,
    series_of,
)
from sim.evaluation.prediction import (
    CONDITIONED,
    UNFITTED,
    at_month_ends,
    predict,
    shipped_draws,
    since_first_return,
)
from sim.evaluation.prediction_report import show_prediction, write_prediction
from sim.model.run import run

SMALL: dict[str, Any] = {
    "parameters.residents_total": 3000,
    "time.days": 97,
    "time.step_minutes": 720,
    "time.output_minutes": 1440,
}
COUNTS = pd.DataFrame(
    {
        "when": pd.to_datetime(["2020-10-07 18:00", "2020-11-13 18:00", "2020-11-20 18:00"]),
        "series": ["all", "back", "back"],
        "persons": [1000.0, 0.0, 2000.0],
    }
)


def test_early_and_later_counts_lie_apart() -> None:
    early, later = early_counts("karabakh_2020"), later_counts("karabakh_2020")
    assert has_displaced_counts("karabakh_2020")
    assert not has_displaced_counts("karabakh_2023")
    assert early["when"].is_monotonic_increasing
    assert early["when"].max() == pd.Timestamp("2020-12-03 18:00")
    assert set(early["series"]) == {"all", "host", "back"}
    assert later.empty
    assert list(later.columns) == list(early.columns)


def test_the_likelihood_is_normal_in_counts_and_in_returns_between_counts() -> None:
    assert log_likelihood(COUNTS, COUNTS["persons"].to_numpy()) == 0.0
    assert log_likelihood(COUNTS, np.array([1100.0, 0.0, 2000.0])) == pytest.approx(-0.5)
    off_by_one_error = 2000.0 + np.hypot(500.0, 250.0)
    assert log_likelihood(COUNTS, np.array([1000.0, 0.0, off_by_one_error])) == pytest.approx(-0.5)
    assert log_likelihood(COUNTS, np.array([1000.0, 700.0, 2700.0])) == 0.0, "only what came back since counts"


def test_a_run_without_a_recorder_says_the_same() -> None:
    scenario = sim.load("karabakh_2020", SMALL)
    counts = early_counts("karabakh_2020")
    recorded = series_of(run(scenario.vary({"time.output_minutes": 720}), 4).dataset)
    expected = [
        np.interp(when.timestamp(), [time.timestamp() for time in recorded.index], recorded[name])
        for when, name in zip(counts["when"], counts["series"], strict=True)
    ]
    assert modelled_at(scenario, counts, 4) == pytest.approx(expected)


def test_month_ends_are_midnights_after_the_last_day() -> None:
    times = pd.date_range("2020-09-26", "2020-12-01", freq="D")
    path = pd.DataFrame({0: np.arange(len(times), dtype=float)}, index=times)
    ends = at_month_ends(path)
    assert [f"{end:%m-%d}" for end in ends.index] == ["09-30", "10-31", "11-30"]
    assert ends[0].tolist() == [5.0, 36.0, 66.0]


def test_returns_are_counted_from_the_first_count_on() -> None:
    times = pd.date_range("2020-11-12", "2020-11-16", freq="D")
    path = pd.DataFrame({0: [10.0, 20.0, 30.0, 40.0, 50.0]}, index=times)
    since = since_first_return(path, COUNTS)
    assert since.index[0] == pd.Timestamp("2020-11-14")
    assert since[0].tolist() == pytest.approx([2.5, 12.5, 22.5])


def test_conditioning_keeps_rows_whole_and_reads_nothing_that_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    real_open, real_path_open = builtins.open, Path.open

    def watched(file: Any, *args: Any, **keys: Any) -> Any:
        opened.append(str(file))
        return real_open(file, *args, **keys)

    def path_watched(self: Path, *args: Any, **keys: Any) -> Any:
        opened.append(str(self))
        return real_path_open(self, *args, **keys)

    monkeypatch.setattr(builtins, "open", watched)
    monkeypatch.setattr(Path, "open", path_watched)
    scenario = sim.load("karabakh_2020", {**SMALL, "parameters.residents_total": 1500, "time.days": 20})
    monkeypatch.setattr("sim.evaluation.displaced.DISPLACED_ERROR", 2.0)
    counts = early_counts("karabakh_2020").iloc[:1].assign(persons=725.0)
    posterior = condition(scenario, counts, particles=4, seed=2)
    monkeypatch.undo()
    assert any("counts" in name for name in opened)
    assert not any("score" in name for name in opened)
    rows = read_posterior("posterior_2023.csv")
    left_open = re.compile(r"parameters\.(return|hr_return|residents_total|stock_days)|shocks|interventions")
    kept = [path for path in rows if not left_open.match(path)]
    assert set(kept) <= set(posterior.draws)
    assert len(kept) > 100
    known = {tuple(row) for row in rows[kept].round(9).itertuples(index=False)}
    assert {tuple(row) for row in posterior.draws[kept].round(9).itertuples(index=False)} <= known


def test_a_prior_of_its_own_wins_over_the_posterior() -> None:
    assert fitted_scenario("posterior_2023.csv") == "as_reported"
    drawn = [member.values for member in draw_members([sim.load("karabakh_2020")], 16, 1)]
    rows = read_posterior("posterior_2023.csv")
    assert all(145_000 <= values["parameters.residents_total"] <= 151_000 for values in drawn)
    assert all(values["parameters.return_persons_per_day"] <= 300 for values in drawn)
    assert all(values["parameters.hr_threat"] in rows["parameters.hr_threat"].to_numpy() for values in drawn)


@pytest.fixture(scope="module")
def outcome() -> Any:
    scenario = sim.load("karabakh_2020", SMALL)
    rows = pd.DataFrame([member.values for member in draw_members([scenario], 2, 7)])
    return scenario, predict(scenario, members=3, seed=1, workers=1, conditioned=rows)


def test_a_prediction_has_both_sets_of_draws_and_every_month(outcome: Any) -> None:
    _, found = outcome
    assert list(found.paths) == [UNFITTED, CONDITIONED]
    assert found.best == CONDITIONED
    monthly = found.monthly()
    assert monthly["month_end"].tolist() == ["2020-09-30", "2020-10-31", "2020-11-30", "2020-12-31"] * 2
    for row in monthly.itertuples():
        assert row.p05 <= row.p25 <= row.median <= row.p75 <= row.p95


def test_counts_stand_beside_what_the_draws_say(outcome: Any) -> None:
    _, found = outcome
    table = found.at_counts(found.early)
    assert (table["persons"] == found.early["persons"]).all()
    assert (table.loc[table["persons"] == 0.0, f"{CONDITIONED}_median"] == 0.0).all()
    text = show_prediction(found)
    assert "28,000" in text
    assert "Counts that only judge: none are given." in text


def test_later_counts_judge_where_there_are_some(outcome: Any, tmp_path: Path) -> None:
    scenario, found = outcome
    later = pd.DataFrame({"when": [pd.Timestamp("2020-12-20 18:00")], "series": ["host"], "persons": [1234.0]})
    judged = prediction_module.Prediction(found.paths, found.early, later)
    assert "1,234" in show_prediction(judged).split("Counts that only judge")[1]
    write_prediction(judged, tmp_path / "out", scenario, 1, "corridor hindcast")
    names = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert names >= {"table.md", "predicted.csv", "members.csv", "counts.csv", "hindcast.json", "figures/hindcast.png"}
    counts = pd.read_csv(tmp_path / "out" / "counts.csv")
    assert counts["used"].tolist() == ["conditioned on"] * len(found.early) + ["judges only"]


def test_a_run_too_short_for_the_early_counts_is_refused() -> None:
    with pytest.raises(ScenarioError, match="a time that covers the counts of 2020-10-07 to 2020-12-03"):
        predict(sim.load("karabakh_2020", {**SMALL, "time.days": 40}), members=2)


@pytest.mark.skipif(shipped_draws("karabakh_2020") is None, reason="no conditioned draws are shipped")
def test_shipped_draws_are_rows_of_the_posterior_that_the_scenario_names() -> None:
    draws, rows = shipped_draws("karabakh_2020"), read_posterior("posterior_2023.csv")
    assert draws is not None
    path = "parameters.hr_insecurity"
    assert set(draws[path].round(4)) <= set(rows[path].round(4)), "condition anew: corridor calibrate karabakh_2020"
