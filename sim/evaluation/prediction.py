"""Hindcast of a place whose counts are of displaced persons: who is still displaced in the host country, by month.

Two sets of members are played: ``unfitted``, drawn from the scenario's priors and the posterior that it names, and
``conditioned``, drawn from the rows that its dataset ships as conditioned on early counts. Later counts only judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.ensemble.draw import Member, draw_members
from sim.ensemble.pool import run_all, worker_pool
from sim.ensemble.posterior import read_posterior
from sim.errors import Problem, ScenarioError
from sim.evaluation.condition import FILE
from sim.evaluation.displaced import SERIES, early_counts, later_counts, series_of
from sim.library import seeds_folder
from sim.model.run import run
from sim.model.timeline import local_start
from sim.place.place import load_place
from sim.population.streams import Streams
from sim.scenario.schema import Scenario

UNFITTED, CONDITIONED = "unfitted", "conditioned"
LEVELS = {"median": 0.5, "p25": 0.25, "p75": 0.75, "p05": 0.05, "p95": 0.95}

Paths = dict[str, pd.DataFrame]
"""Series of :data:`sim.evaluation.displaced.SERIES` → persons, rows are times, columns members."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """What members say, and the counts.

    Attributes
    ----------
    paths : ``unfitted`` and, where the dataset ships draws, ``conditioned`` → series → rows times, columns members
    early, later : counts that the draws were conditioned on, and counts that only judge; see
        :func:`sim.evaluation.displaced.early_counts`
    """

    paths: dict[str, Paths]
    early: pd.DataFrame
    later: pd.DataFrame

    @property
    def best(self) -> str:
        """The set of members to rely on: the conditioned one if there is one."""
        return CONDITIONED if CONDITIONED in self.paths else UNFITTED

    def monthly(self) -> pd.DataFrame:
        """Return persons displaced in the host country at each month's end: a row for each set and month."""
        rows = []
        for name, paths in self.paths.items():
            for end, values in at_month_ends(paths["host"]).iterrows():
                quantiles = {column: round(float(values.quantile(level))) for column, level in LEVELS.items()}
                rows.append({"month_end": f"{end:%Y-%m-%d}", "draws": name, **quantiles})
        return pd.DataFrame(rows)

    def _at(self, paths: Paths, series: str, when: pd.Timestamp) -> pd.Series:
        """Return what each member says at ``when``; returns are counted from the first count of them on."""
        found = _at(paths[series], when)
        return found - _at(paths[series], first_return(self.early)) if series == "back" else found

    def at_counts(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Return ``counts`` with each set's median and 5 and 95 per cent beside them [persons]."""
        table = counts.copy()
        for name, paths in self.paths.items():
            found = pd.DataFrame([self._at(paths, *key) for key in zip(counts["series"], counts["when"], strict=True)])
            found = found.set_axis(counts.index)
            for column in ("median", "p05", "p95"):
                values = found.quantile(LEVELS[column], axis=1) if len(found) else pd.Series(dtype=float)
                table[f"{name}_{column}"] = values.round()
        return table


def first_return(counts: pd.DataFrame) -> pd.Timestamp:
    """Return when the first count of returns was taken, which says none."""
    return pd.Timestamp(counts.loc[counts["series"] == "back", "when"].min())


def since_first_return(back: pd.DataFrame, counts: pd.DataFrame) -> pd.DataFrame:
    """Return the persons who came back after the first count of them, rows from then on."""
    first = first_return(counts)
    later: pd.DataFrame = back[back.index >= first]
    return later - _at(back, first)


def at_month_ends(path: pd.DataFrame) -> pd.DataFrame:
    """Return ``path`` at midnight after each last day of a month, rows under the date of that day."""
    times = pd.DatetimeIndex(path.index)
    after = pd.date_range(times[0].normalize() + pd.Timedelta(days=1), times[-1], freq="MS")
    return pd.DataFrame([_at(path, when) for when in after], index=after - pd.Timedelta(days=1), columns=path.columns)


def predict(
    scenario: Scenario,
    members: int = 64,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[float], None] | None = None,
    conditioned: pd.DataFrame | None = None,
) -> Prediction:
    """Play ``scenario`` on unfitted and on conditioned draws.

    Parameters
    ----------
    scenario : plays out what happened at a place with counts of displaced persons
    members : draws of each set
    seed, workers, progress : as for an ensemble
    conditioned : draws, one row each, columns paths; those that the dataset ships if None

    Raises
    ------
    ScenarioError : if the time played misses some of the early counts
    """
    early, later = early_counts(scenario.place.dataset), later_counts(scenario.place.dataset)
    _check(scenario, early)
    sets = {UNFITTED: draw_members([scenario], members, seed)}
    rows = shipped_draws(scenario.place.dataset) if conditioned is None else conditioned
    if rows is not None:
        sets[CONDITIONED] = _members(rows, sets[UNFITTED], seed)
    tasks = [(scenario, member) for drawn in sets.values() for member in drawn]
    found: list[pd.DataFrame] = []
    with worker_pool(workers) as executor:
        for path in run_all(_play, tasks, executor):
            found.append(path)
            if progress is not None:
                progress(len(found) / len(tasks))
    parts = np.split(np.arange(len(tasks)), len(sets))
    paths = {name: _columns([found[i] for i in part.tolist()]) for name, part in zip(sets, parts, strict=True)}
    return Prediction(paths, early, later)


def _check(scenario: Scenario, early: pd.DataFrame) -> None:
    """Raise ScenarioError if the time played misses some of the counts that draws were conditioned on."""
    start = pd.Timestamp(local_start(scenario, load_place(scenario.place.dataset)))
    end, first, last = start + pd.Timedelta(days=scenario.time.days), early["when"].min(), early["when"].max()
    if not start <= first <= last <= end:
        expected = f"a time that covers the counts of {first:%Y-%m-%d} to {last:%Y-%m-%d}"
        raise ScenarioError(Problem(scenario.name, "time", f"{start:%Y-%m-%d} to {end:%Y-%m-%d}", expected))


def shipped_draws(dataset: str) -> pd.DataFrame | None:
    """Return the draws that ``dataset`` ships as conditioned on its early counts, or None."""
    return read_posterior(f"{dataset}/{FILE}") if (seeds_folder() / dataset / FILE).exists() else None


def _members(rows: pd.DataFrame, drawn: Sequence[Member], seed: int) -> list[Member]:
    """Return members with the seeds of ``drawn`` and ``rows`` of draws, evenly many of each."""
    order = Streams(seed).generator("member", "conditioned").permutation(len(rows))
    picked = [int(order[member.number * len(rows) // len(drawn) % len(rows)]) for member in drawn]
    values = [{str(path): float(value) for path, value in rows.iloc[row].items()} for row in picked]
    return [Member(member.number, member.seed, own) for member, own in zip(drawn, values, strict=True)]


def _play(task: tuple[Scenario, Member]) -> pd.DataFrame:
    scenario, member = task
    return series_of(run(member.of(scenario), member.seed).dataset)


def _columns(members: Sequence[pd.DataFrame]) -> Paths:
    """Turn one table of all series for each member into one table of all members for each series."""
    return {name: pd.concat([member[name] for member in members], axis=1, keys=range(len(members))) for name in SERIES}


def _at(path: pd.DataFrame, when: pd.Timestamp) -> pd.Series:
    """Interpolate every member at ``when``."""
    known = pd.DatetimeIndex(path.index).to_numpy().astype("datetime64[s]").astype(float)
    at = float(when.timestamp())
    return pd.Series([float(np.interp(at, known, path[member].to_numpy())) for member in path], index=path.columns)
