"""Real counts of arrivals, fitting and scoring kept apart: each lies in a folder of its own.

Calibration imports :func:`fitting_counts` only. :func:`scoring_counts` is for what judges a finished fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import Problem, SeedError
from sim.library import seeds_folder

Floats = NDArray[np.float64]

_GRID_HOURS = 0.25
COLUMNS = ("timestamp_local", "cumulative_persons", "time_basis", "confidence")


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
    columns = ["date", "who", "statement", "persons", "source_id"]
    if not path.exists():
        return pd.DataFrame(columns=columns)
    try:
        return pd.read_csv(path).astype({"persons": float})[columns]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SeedError(Problem(str(path), "", str(error), "a readable CSV of planning figures")) from error


def _read(path: Path) -> Counts:
    try:
        table = pd.read_csv(path, comment="#")
        missing = [name for name in COLUMNS if name not in table]
        if missing:
            raise SeedError(Problem(str(path), missing[0], "no such column", f"columns {', '.join(COLUMNS)}"))
        persons = table["cumulative_persons"].to_numpy(dtype=float)
        times = pd.DatetimeIndex(table["timestamp_local"])
        if np.isnan(persons).any() or times.isna().any() or not (np.diff(times.asi8) > 0).all():
            raise ValueError("a count without a number or a time, or times that go back")
        return Counts(times, persons, _tolerance(table, times, persons), path)
    except (OSError, ValueError, TypeError, IndexError) as error:
        raise SeedError(Problem(str(path), "", str(error), "a readable CSV of counts")) from error


def _tolerance(table: pd.DataFrame, times: pd.DatetimeIndex, persons: Floats) -> Floats:
    """Return the standard error of each count, shape (n,) [persons]: a count is right, but its clock is not quite.

    A quarter of an hour of the flow since the count before where the hour is stated, an hour where it was
    inferred, and 500 persons of rounding at a day's boundary; 50 persons in any case. Assumed: see ADR 0003.
    """
    hours = ((times - times[0]) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    flow = np.gradient(persons, hours)
    basis = table["time_basis"].to_numpy(dtype=str)
    slack = np.where(np.char.startswith(basis, "stated"), 0.25, 1.0)
    boundary = basis == "day boundary"
    return np.asarray(50.0 + np.where(boundary, 500.0, slack * flow))
