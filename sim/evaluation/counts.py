"""Real counts of arrivals, fitting and scoring kept apart: each lies in a folder of its own.

Calibration imports :func:`fitting_counts` only. :func:`scoring_counts` is for what judges a finished fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import Problem, SeedError
from sim.library import seeds_folder
from sim.place.read import Column, Row, moment, name, number, optional, read_table, shown, text

Floats = NDArray[np.float64]

_GRID_HOURS = 0.25
MOST_PERSONS = 1e9
ARRIVAL_COLUMNS: Mapping[str, Column] = {
    "timestamp_local": moment(),
    "cumulative_persons": number(0.0, MOST_PERSONS),
    "registered": optional(number(0.0, MOST_PERSONS)),
    "time_basis": name(),
    "origin": name(),
    "confidence": name(),
    "source_id": name(),
    "note": text(),
}
PLANNER_COLUMNS: Mapping[str, Column] = {
    "date": moment(),
    "who": name(),
    "statement": name(),
    "persons": number(0.0, MOST_PERSONS),
    "source_id": name(),
    "note": text(),
}


@dataclass(frozen=True, eq=False)
class Counts:
    """Cumulative arrivals by local time, each of shape (n,); ``tolerance`` is the count's standard error [persons]."""

    times: pd.DatetimeIndex
    persons: Floats
    tolerance: Floats
    file: Path

    def covariance(self, noise_share: float, noise_hours: float) -> Floats:
        """Return the covariance of the errors about a noiseless model, shape (n, n) [persons²].

        The counts' own errors are independent; the deviations of the flow, of standard deviation ``noise_share``
        and lasting ``noise_hours``, add up along the curve (an integrated Ornstein-Uhlenbeck process).
        """
        hours = self.hours(self.times[0])
        grid = np.arange(hours[0], hours[-1] + _GRID_HOURS, _GRID_HOURS)
        flow = np.interp(grid, hours, np.gradient(self.persons, hours)) * noise_share * _GRID_HOURS
        alike = np.exp(-np.abs(grid[:, None] - grid) / noise_hours)
        upto = (grid <= hours[:, None]).astype(float)
        return np.asarray(upto @ (np.outer(flow, flow) * alike) @ upto.T + np.diag(self.tolerance**2))

    def hours(self, start: pd.Timestamp) -> Floats:
        """Return the hours from ``start``, shape (n,)."""
        return ((self.times - start) / pd.Timedelta(hours=1)).to_numpy(dtype=float)


def fitting_counts(dataset: str) -> Counts:
    """Return the counts that a calibration may see."""
    return _read(seeds_folder() / dataset / "counts" / "fit" / "arrivals.csv")


def scoring_counts(dataset: str) -> Counts:
    """Return the later counts that a finished fit is judged by."""
    return _read(seeds_folder() / dataset / "counts" / "score" / "arrivals.csv")


def counted(dataset: str) -> pd.Series | None:
    """Return all counts by local time, to be drawn beside finished results; None where a dataset has none."""
    folder = seeds_folder() / dataset / "counts"
    if not dataset:
        return None
    files = [folder / part / "arrivals.csv" for part in ("fit", "score")]
    found = [_read(path) for path in files if path.exists()]
    if not found:
        return None
    return pd.concat([pd.Series(counts.persons, counts.times) for counts in found]).sort_index(kind="stable")


def planning_figures(dataset: str) -> pd.DataFrame:
    """Return what planners of the day made ready for: date, who, statement, persons, source_id."""
    path = seeds_folder() / dataset / "counts" / "score" / "planners.csv"
    columns = [column for column in PLANNER_COLUMNS if column != "note"]
    rows = read_table(path, PLANNER_COLUMNS) if path.exists() else []
    table = pd.DataFrame([[row[column] for column in columns] for row in rows], columns=columns)
    return table.assign(date=[f"{when:%Y-%m-%d}" for when in table["date"]])


def _read(path: Path) -> Counts:
    rows = read_table(path, ARRIVAL_COLUMNS)
    problems = list(_out_of_order(shown(path), rows))
    if problems:
        raise SeedError(problems)
    times = pd.DatetimeIndex([row["timestamp_local"] for row in rows])
    persons = np.array([row["cumulative_persons"] for row in rows], dtype=float)
    basis = np.array([row["time_basis"] for row in rows], dtype=str)
    return Counts(times, persons, _tolerance(basis, times, persons), path)


def _out_of_order(file: str, rows: list[Row]) -> Iterator[Problem]:
    """Yield counts that no one has seen grow: too few, not later than the count before, or fewer persons."""
    if len(rows) < 2:
        yield Problem(file, "", "a single count", "at least two")
    for before, row in pairwise(rows):
        for column in ("timestamp_local", "cumulative_persons"):
            if row[column] < before[column] or (row[column] == before[column] and column == "timestamp_local"):
                found = f"{row[column]} after {before[column]}"
                yield Problem(file, f"line {row['line']}, {column}", found, "counts in the order of time, cumulative")


def _tolerance(basis: NDArray[np.str_], times: pd.DatetimeIndex, persons: Floats) -> Floats:
    """Return the standard error of each count, shape (n,) [persons]: a count is right, but its clock is not quite.

    A quarter of an hour of the flow since the count before where the hour is stated, an hour where it was
    inferred, and 500 persons of rounding at a day's boundary; 50 persons in any case. Assumed: see ADR 0003.
    """
    hours = ((times - times[0]) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    flow = np.gradient(persons, hours)
    slack = np.where(np.char.startswith(basis, "stated"), 0.25, 1.0)
    boundary = basis == "day boundary"
    return np.asarray(50.0 + np.where(boundary, 500.0, slack * flow))
