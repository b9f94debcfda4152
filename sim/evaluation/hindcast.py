"""Hindcast: the calibrated model against counts it has not seen, beside simple rivals fitted to the same data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ensemble.draw import draw_members
from sim.ensemble.pool import run_all, worker_pool
from sim.evaluation.baselines import BASELINES
from sim.evaluation.counts import Counts, fitting_counts, scoring_counts
from sim.model.run import run
from sim.model.timeline import local_start
from sim.place.place import load_place
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]
Progress = Callable[[float], None]

DAYS_BEYOND = 1.0
"""Days played after the last count."""

INTERVALS = {"50%": (0.25, 0.75), "90%": (0.05, 0.95)}


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Members' arrivals and how they and the rivals score.

    Attributes
    ----------
    arrivals : hourly, rows are times, columns members [persons]
    observed : members' arrivals with the counts' own error added, for the coverage of counts
    fit, score : counts seen and not seen by the calibration
    baselines : name → persons at the times of ``arrivals``
    table : a row for the model and for each rival: mean absolute error on seen and unseen counts [persons]
    coverage : interval → share of unseen counts inside it
    """

    arrivals: pd.DataFrame
    observed: pd.DataFrame
    fit: Counts
    score: Counts
    baselines: dict[str, Floats]
    table: pd.DataFrame
    coverage: dict[str, float]

    def quantiles(self, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> dict[float, Floats]:
        """Return level → persons at the times of ``arrivals``."""
        return {level: self.arrivals.quantile(level, axis=1).to_numpy() for level in levels}


def hindcast(
    scenario: Scenario,
    members: int = 64,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Hindcast:
    """Play ``scenario`` on draws from the posterior and score it on the counts of its place.

    Parameters
    ----------
    scenario : the scenario that plays out what happened
    members : draws
    seed, workers, progress : as for an ensemble
    """
    fit, score = fitting_counts(scenario.place.dataset), scoring_counts(scenario.place.dataset)
    start = pd.Timestamp(local_start(scenario, load_place(scenario.place.dataset)))
    days = min(scenario.time.days, float(score.hours(start)[-1]) / 24.0 + DAYS_BEYOND)
    played = scenario.vary({"time.days": days})
    drawn = draw_members([played], members, seed)
    columns = []
    with worker_pool(workers) as executor:
        tasks = [(played, member) for member in drawn]
        for done, series in enumerate(run_all(_arrivals, tasks, executor), 1):
            columns.append(series)
            if progress is not None:
                progress(done / len(tasks))
    arrivals = pd.concat(columns, axis=1, keys=[member.number for member in drawn])
    baselines = _baselines(fit, start, arrivals.index, scenario.parameters["residents_total"].value)
    observed = _at(arrivals, score.times) + _errors(score, members, seed)
    return Hindcast(
        arrivals, observed, fit, score, baselines, _table(arrivals, baselines, fit, score), _coverage(observed, score)
    )


def _arrivals(task: tuple[Scenario, object]) -> pd.Series:
    scenario, member = task
    result = run(member.of(scenario), member.seed)  # type: ignore[attr-defined]
    series: pd.Series = result.dataset.arrivals_cumulative.to_series()
    return series


def _at(hourly: pd.DataFrame, times: pd.DatetimeIndex) -> pd.DataFrame:
    """Interpolate hourly columns at ``times``."""
    at, known = (index.to_numpy().astype("datetime64[s]").astype(float) for index in (times, hourly.index))
    return pd.DataFrame({name: np.interp(at, known, column) for name, column in hourly.items()}, index=times)


def _errors(counts: Counts, members: int, seed: int) -> Floats:
    """Return a draw of the counts' own errors for each member, shape (n_counts, members) [persons]."""
    return np.random.default_rng([seed, 7]).standard_normal((counts.persons.size, members)) * counts.tolerance[:, None]


def _baselines(fit: Counts, start: pd.Timestamp, times: pd.Index, residents: float) -> dict[str, Floats]:
    hours = ((pd.DatetimeIndex(times) - start) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    return {name: build(fit.hours(start), fit.persons, residents)(hours) for name, build in BASELINES.items()}


def _table(arrivals: pd.DataFrame, baselines: dict[str, Floats], fit: Counts, score: Counts) -> pd.DataFrame:
    curves = pd.DataFrame({"model (median)": arrivals.median(axis=1), **baselines}, index=arrivals.index)
    seen, unseen = _at(curves, fit.times), _at(curves, score.times)
    return pd.DataFrame(
        {
            "mae_fitted_counts": seen.sub(fit.persons, axis=0).abs().mean(),
            "mae_later_counts": unseen.sub(score.persons, axis=0).abs().mean(),
        }
    )


def _coverage(observed: pd.DataFrame, score: Counts) -> dict[str, float]:
    found = {}
    for name, (low, high) in INTERVALS.items():
        lower, upper = observed.quantile(low, axis=1), observed.quantile(high, axis=1)
        found[name] = float(((lower <= score.persons) & (score.persons <= upper)).mean())
    return found
