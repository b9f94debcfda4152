"""How well a run splits the displaced over destinations: FLEE's own measure, beside three simple rules.

The averaged relative difference (Suleimenova, Bell & Groen 2017) of a day is the sum over camps of the absolute
difference between simulated and counted persons, over the sum of the counts; the mean over days is reported.
*Rescaled*, the simulated camps are first multiplied by what makes their total meet that of the counts, which leaves
the split alone. Days before anybody is counted are in the mean as 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sim.errors import Problem, ScenarioError
from sim.flee.counts import interpolated
from sim.scenario.network import NetworkDestination
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]

FROZEN_DAY = 30
"""Day whose shares one of the simple rules keeps for ever; it is scored from then on."""


@dataclass(frozen=True, slots=True)
class Score:
    """Errors of one run and of three rules given the same totals.

    Attributes
    ----------
    ard, rescaled : of the run, means over days [share]
    late : the run's rescaled error from day :data:`FROZEN_DAY` on; NaN for shorter runs
    equal, capacity, frozen : of the rules: camps alike, by capacity (NaN where some is unknown), shares of day 30 kept
    daily : a row for each day and camp: counted, simulated and rescaled persons
    """

    ard: float
    rescaled: float
    late: float
    equal: float
    capacity: float
    frozen: float
    daily: pd.DataFrame

    def numbers(self) -> dict[str, float | None]:
        """Return the errors by name, None where one can't be had."""
        names = ("ard", "rescaled", "late", "equal", "capacity", "frozen")
        return {name: value if np.isfinite(value := getattr(self, name)) else None for name in names}


def relative_difference(simulated: Floats, counted: Floats) -> Floats:
    """Return the error of each day; arguments have shape (n_days, n_camps) [persons].

    >>> relative_difference(np.array([[2.0, 0.0]]), np.array([[1.0, 1.0]]))
    array([1.])
    """
    total = counted.sum(axis=1)
    off = np.abs(simulated - counted).sum(axis=1)
    return np.asarray(np.divide(off, total, out=np.zeros_like(total), where=total > 0.0))


def rescaled(simulated: Floats, counted: Floats) -> Floats:
    """Return ``simulated`` multiplied so that each day's total meets that of ``counted``; days without anybody are 0.

    >>> rescaled(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
    array([[1.5, 0.5]])
    """
    total = simulated.sum(axis=1, keepdims=True)
    want = counted.sum(axis=1, keepdims=True)
    return np.asarray(simulated * np.divide(want, total, out=np.zeros_like(total), where=total > 0.0))


def score(scenario: Scenario, data: xr.Dataset) -> Score:
    """Score a run's dataset against the counts in its scenario, on each whole day from the start.

    Raises
    ------
    ScenarioError
        If the scenario has no counts.
    """
    camps = counted_camps(scenario)
    simulated = _daily(data, [camp.name for camp in camps])
    days = simulated.shape[0]
    counted = np.stack([interpolated(camp.counts, days) for camp in camps], axis=1)
    scaled = rescaled(simulated, counted)
    error = relative_difference(scaled, counted)
    room = np.array([np.nan if camp.capacity is None else camp.capacity for camp in camps])
    late = slice(FROZEN_DAY, None) if days > FROZEN_DAY else slice(0, 0)
    frozen = _of_rule(counted[min(FROZEN_DAY, days - 1)], counted)
    return Score(
        ard=float(relative_difference(simulated, counted).mean()),
        rescaled=float(error.mean()),
        late=_mean(error[late]),
        equal=float(_of_rule(np.ones(len(camps)), counted).mean()),
        capacity=float(_of_rule(room, counted).mean()) if room.sum() > 0.0 else np.nan,
        frozen=_mean(frozen[late]),
        daily=_table(data, camps, simulated, scaled, counted),
    )


def counted_camps(scenario: Scenario) -> list[NetworkDestination]:
    """Return the destinations that have counts; raise ScenarioError if there are none."""
    network = scenario.place.network
    camps = [camp for camp in network.destinations if camp.counts] if network is not None else []
    if not camps:
        remedy = "import one with `corridor import-flee`, or add `counts` to destinations"
        key = "place.network.destinations"
        raise ScenarioError(Problem(scenario.name, key, "no counts", "a scenario with counts of persons", remedy))
    return camps


def _daily(data: xr.Dataset, camps: list[str]) -> Floats:
    """Return persons in camps at the end of each whole day before the horizon's last, shape (n_days, n_camps)."""
    persons = data["persons_by_province"].sel(province=camps).transpose("time", "province")
    hours = (data["time"].to_numpy() - data["time"].to_numpy()[0]) / np.timedelta64(1, "h")
    on_the_day = np.flatnonzero(np.isclose(hours % 24.0, 0.0))
    return np.asarray(persons.to_numpy()[on_the_day], dtype=np.float64)[: max(1, on_the_day.size - 1)]


def _of_rule(shares: Floats, counted: Floats) -> Floats:
    """Return the daily error of a rule that gives each camp a fixed share of the counted total."""
    return relative_difference(rescaled(np.tile(shares, (counted.shape[0], 1)), counted), counted)


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else np.nan


def _table(
    data: xr.Dataset, camps: list[NetworkDestination], simulated: Floats, scaled: Floats, counted: Floats
) -> pd.DataFrame:
    days, n = simulated.shape
    start = pd.Timestamp(data["time"].to_numpy()[0]).normalize()
    day = np.repeat(np.arange(days), n)
    return pd.DataFrame(
        {
            "day": day,
            "date": (start + pd.to_timedelta(day, unit="D")).strftime("%Y-%m-%d"),
            "camp": np.tile([camp.name for camp in camps], days),
            "counted": counted.ravel().round(1),
            "simulated": simulated.ravel().round(1),
            "rescaled": scaled.ravel().round(1),
        }
    )
