"""Counts, rivals, posteriors and the hindcast, each against what is known by construction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.ensemble import draw
from sim.ensemble import posterior as posterior_module
from sim.ensemble.posterior import data_hash, read_posterior, write_posterior
from sim.errors import SeedError
from sim.evaluation import hindcast as hindcast_module
from sim.evaluation.baselines import BASELINES, constant_rate, logistic, persistence
from sim.evaluation.calibrate import _next_temperature, _resample
from sim.evaluation.counts import Counts, fitting_counts, scoring_counts
from sim.evaluation.hindcast import hindcast
from sim.evaluation.simulate import arrivals_at
from sim.model.run import run
from sim.scenario.load import load

HOURS = np.arange(100.0, 160.0, 6.0)
RESIDENTS = 100_000.0


def test_a_server_of_constant_rate_is_found_again() -> None:
    curve = constant_rate(HOURS, 900.0 * (HOURS - 95.0), RESIDENTS)
    assert curve(np.array([95.0, 120.0])) == pytest.approx([0.0, 22_500.0], abs=5.0)
    assert curve(np.array([0.0, 1000.0])).tolist() == [0.0, RESIDENTS]


def test_a_logistic_curve_is_found_again() -> None:
    def truth(t: np.ndarray) -> np.ndarray:
        return RESIDENTS / (1.0 + np.exp(-0.06 * (t - 170.0)))

    curve = logistic(HOURS, truth(HOURS), RESIDENTS)
    later = np.arange(160.0, 400.0, 10.0)
    assert curve(later) == pytest.approx(truth(later), rel=1e-3)


def test_persistence_goes_on_at_the_last_days_rate() -> None:
    persons = np.concatenate([np.zeros(5), np.arange(1, 6) * 3000.0])
    curve = persistence(HOURS, persons, RESIDENTS)
    assert curve(HOURS) == pytest.approx(persons)
    assert curve(np.array([HOURS[-1] + 10.0])) == pytest.approx(persons[-1] + 10.0 * (persons[-1] - persons[-5]) / 24.0)
    assert curve(np.array([1e6]))[0] == RESIDENTS


def test_no_rival_loses_people_or_lets_more_arrive_than_there_are() -> None:
    counts = fitting_counts("karabakh_2023")
    hours = counts.hours(counts.times[0])
    times = np.linspace(0.0, 400.0, 800)
    for name, build in BASELINES.items():
        arrived = build(hours, counts.persons, RESIDENTS)(times)
        assert (np.diff(arrived) >= -1e-6).all(), name
        assert arrived.min() >= 0.0
        assert arrived.max() <= RESIDENTS + 1e-6


def counts(n: int = 6) -> Counts:
    times = pd.date_range("2023-09-24T15:00", periods=n, freq="8h")
    return Counts(times, 1000.0 * np.arange(1.0, n + 1), np.full(n, 100.0), Path("made up"))


def test_errors_of_counts_are_independent_and_those_of_the_flow_add_up() -> None:
    own = counts().covariance(0.0, 3.0)
    assert own == pytest.approx(100.0**2 * np.eye(6))
    whole = counts().covariance(0.2, 3.0)
    assert whole == pytest.approx(whole.T)
    assert (np.linalg.eigvalsh(whole) > 0.0).all()
    assert (np.diff(np.diag(whole)) > 0.0).all()
    # of a flow of 125 persons/h over 40 h whose deviations last 3 h: about 2 · 3 h · 40 h · (0.2 · 125)²
    exact = 2.0 * (0.2 * 125.0) ** 2 * (3.0 * 40.0 - 9.0 * (1.0 - np.exp(-40.0 / 3.0)))
    assert whole[-1, -1] - 100.0**2 == pytest.approx(exact, rel=0.05)


def test_fitting_and_scoring_counts_do_not_overlap() -> None:
    fit, score = fitting_counts("karabakh_2023"), scoring_counts("karabakh_2023")
    assert fit.file.parent.name == "fit"
    assert score.file.parent.name == "score"
    assert fit.times[-1] < score.times[0]
    for known in (fit, score):
        assert known.times.is_monotonic_increasing
        assert (np.diff(known.persons) >= 0.0).all()
        assert (known.tolerance >= 50.0).all()


def test_counts_that_are_not_there_are_told_of() -> None:
    with pytest.raises(SeedError, match=r"arrivals\.csv"):
        fitting_counts("nowhere")


def test_a_posterior_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posterior_module, "seeds_folder", lambda: tmp_path)
    draws = pd.DataFrame({"parameters.hr_threat": [2.0, 3.5], "parameters.night_capacity_share": [0.25, 0.75]})
    write_posterior(draws, tmp_path / "found.csv", {"counts": "made up"})
    assert (tmp_path / "found.csv").read_text(encoding="utf-8").startswith("# counts: made up\n")
    assert read_posterior("found.csv").equals(draws)
    before = data_hash(tmp_path / "found.csv")
    write_posterior(draws * 1.5, tmp_path / "found.csv", {})
    assert data_hash(tmp_path / "found.csv") != before
    with pytest.raises(SeedError):
        read_posterior("lost.csv")
    write_posterior(draws.assign(**{"parameters.night_capacity_share": 1.5}), tmp_path / "found.csv", {})
    with pytest.raises(SeedError, match="night_capacity_share"):
        read_posterior("found.csv")
    write_posterior(draws[:0], tmp_path / "found.csv", {})
    with pytest.raises(SeedError, match="no rows"):
        read_posterior("found.csv")


def test_arrivals_for_calibration_are_those_of_the_run() -> None:
    scenario = load("as_reported").vary({"time.days": 8.0, "parameters.residents_total": 1500.0})
    values = {"parameters.leave_base_per_day": 0.01, "parameters.fuelled_share": 0.7}
    series = run(scenario.vary(values), 5).dataset.arrivals_cumulative.to_numpy()
    assert arrivals_at(scenario.vary(values), np.array([140.0, 150.5, 190.0]), 5).tolist() == [
        series[140],
        (series[150] + series[151]) / 2,
        series[190],
    ]
    assert 0 < series[150] < series[190]


def test_temperatures_keep_half_of_the_particles_effective() -> None:
    fits = np.linspace(-400.0, 0.0, 200)
    temperature = _next_temperature(fits, 0.0)
    weight = np.exp(temperature * fits)
    assert weight.sum() ** 2 / (weight**2).sum() == pytest.approx(100.0, rel=1e-3)
    assert _next_temperature(fits * 1e-6, 0.2) == 1.0


def test_resampling_keeps_shares() -> None:
    scores, fits = np.array([[0.0], [1.0], [2.0]]), np.log([0.2, 0.3, 0.5])
    many, found = np.repeat(scores, 1000, axis=0), np.repeat(fits, 1000)
    drawn, kept = _resample(many, found, 1.0, np.random.default_rng(0))
    assert np.bincount(drawn[:, 0].astype(int)) / 3000 == pytest.approx([0.2, 0.3, 0.5], abs=0.001)
    assert kept == pytest.approx(fits[drawn[:, 0].astype(int)])


def test_a_hindcast_scores_what_was_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = counts()
    later = Counts(seen.times + pd.Timedelta(days=3), seen.persons + 6000.0, seen.tolerance, seen.file)
    monkeypatch.setattr(hindcast_module, "fitting_counts", lambda dataset: seen)
    monkeypatch.setattr(hindcast_module, "scoring_counts", lambda dataset: later)
    monkeypatch.setattr(draw, "read_posterior", lambda name: pd.DataFrame({"parameters.fuelled_share": [0.5, 0.6]}))
    scenario = load("as_reported").vary({"parameters.residents_total": 20_000.0, "time.step_minutes": 180})
    outcome = hindcast(scenario, members=3, workers=1)
    assert outcome.arrivals.shape[1] == 3
    assert outcome.arrivals.index[-1] >= later.times[-1]
    assert set(outcome.table.index) == {"model (median)", *BASELINES}
    median = np.interp(
        (later.times - outcome.arrivals.index[0]) / pd.Timedelta(hours=1),
        (outcome.arrivals.index - outcome.arrivals.index[0]) / pd.Timedelta(hours=1),
        outcome.arrivals.median(axis=1),
    )
    assert outcome.table.loc["model (median)", "mae_later_counts"] == pytest.approx(
        np.abs(median - later.persons).mean()
    )
    assert 0.0 <= outcome.coverage["50%"] <= outcome.coverage["90%"] <= 1.0
    levels = outcome.quantiles()
    assert (levels[0.05] <= levels[0.5]).all()
    assert (levels[0.5] <= levels[0.95]).all()
