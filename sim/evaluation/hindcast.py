"""Hindcast: the calibrated model against counts it has not seen, beside simple rivals fitted to the same data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ensemble.draw import Member, draw_members
from sim.ensemble.pool import run_all, worker_pool
from sim.evaluation.baselines import BASELINES
from sim.evaluation.counts import Counts, fitting_counts, planning_figures, scoring_counts
from sim.evaluation.predicted import also_asked, other_counts, predict, summarise
from sim.evaluation.scores import coverage, crps, errors
from sim.model.run import run
from sim.model.timeline import local_start
from sim.place.atlas import atlas_of
from sim.place.place import load_place
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]
Progress = Callable[[float], None]

DAYS_BEYOND = 1.0
"""Days played after the last count."""


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Members' arrivals and how they and the rivals score.

    Attributes
    ----------
    arrivals : hourly, rows are times, columns members [persons]
    observed : members' arrivals with the counts' own error added, for the coverage of counts
    fit, score : counts seen and not seen by the calibration
    baselines : name → persons at the times of ``arrivals``
    table : a row for the model and for each rival: errors on seen and unseen counts [persons, share]
    coverage : interval → share of unseen counts inside it
    others : what was predicted beside arrivals, with what was reported of it
    planners : what planners of the day made ready for, beside what came
    """

    arrivals: pd.DataFrame
    observed: pd.DataFrame
    fit: Counts
    score: Counts
    baselines: dict[str, Floats]
    table: pd.DataFrame
    coverage: dict[str, float]
    others: pd.DataFrame
    planners: pd.DataFrame

    def quantiles(self, levels: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95)) -> dict[float, Floats]:
        """Return level → persons at the times of ``arrivals``."""
        return {level: self.arrivals.quantile(level, axis=1).to_numpy() for level in levels}


@dataclass(frozen=True)
class Task:
    """One draw of the scenario, and what it is asked beside arrivals."""

    scenario: Scenario
    member: Member
    asked: pd.DataFrame


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
    place = load_place(scenario.place.dataset)
    fit, score = fitting_counts(place.name), scoring_counts(place.name)
    start = pd.Timestamp(local_start(scenario, place))
    days = min(scenario.time.days, float(score.hours(start)[-1]) / 24.0 + DAYS_BEYOND)
    played = scenario.vary({"time.days": days})
    asked = pd.concat([other_counts(place.name), also_asked(place, score.times[-1])], ignore_index=True)
    atlas = atlas_of(scenario.place)
    titles = {name: point.title for name in place.districts if (point := atlas.district(name))}
    asked["title"] = asked["place"].replace(titles)
    drawn = draw_members([played], members, seed)
    with worker_pool(workers) as executor:
        found = run_all(play, [Task(played, member, asked) for member in drawn], executor, progress)
    arrivals = pd.concat([series for series, _ in found], axis=1, keys=[member.number for member in drawn])
    answers = [answer for _, answer in found]
    baselines = _baselines(fit, start, arrivals.index, scenario.parameters["residents_total"].value)
    observed = _at(arrivals, score.times) + _errors(score, members, seed)
    return Hindcast(
        arrivals,
        observed,
        fit,
        score,
        baselines,
        _table(arrivals, observed, baselines, fit, score),
        coverage(observed, score.persons),
        summarise(asked, np.array(answers).T),
        _planners(place.name, arrivals, score),
    )


def play(task: Task) -> tuple[pd.Series, list[float]]:
    """Run one draw; return its arrivals and its answers to what else is asked."""
    result = run(task.member.of(task.scenario), task.member.seed)
    series: pd.Series = result.dataset.arrivals_cumulative.to_series()
    return series, predict(result.dataset, task.asked, load_place(task.scenario.place.dataset))


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


def _table(
    arrivals: pd.DataFrame, observed: pd.DataFrame, baselines: dict[str, Floats], fit: Counts, score: Counts
) -> pd.DataFrame:
    """Return the errors of the model's median and of each rival; a rival has no spread, so its CRPS is its error."""
    curves = pd.DataFrame({"model (median)": arrivals.median(axis=1), **baselines}, index=arrivals.index)
    seen, unseen = _at(curves, fit.times), _at(curves, score.times)
    rows = {}
    for name in curves:
        mae, relative = errors(unseen[name].to_numpy(), score.persons)
        spread = observed if name == "model (median)" else unseen[[name]]
        rows[name] = {
            "mae_fitted_counts": errors(seen[name].to_numpy(), fit.persons)[0],
            "mae_later_counts": mae,
            "relative_later_counts": relative,
            "crps_later_counts": crps(spread.to_numpy(), score.persons),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _planners(dataset: str, arrivals: pd.DataFrame, score: Counts) -> pd.DataFrame:
    """Return who made ready for how many, and how far that was from the last count; so for the model."""
    table = planning_figures(dataset)
    came = float(score.persons[-1])
    own = _at(arrivals, score.times).iloc[-1]
    model = {"date": "", "who": "Corridor", "statement": "median of the draws", "persons": float(own.median())}
    table = pd.concat([table, pd.DataFrame([model])], ignore_index=True)
    return table.assign(came=came, relative_error=table["persons"] / came - 1.0)
