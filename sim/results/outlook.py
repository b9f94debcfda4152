"""The planner's outputs: the few numbers of a run on which scenarios are compared and assumptions weighed."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from sim.results.words import MEASURES, Measure

PLANNER_OUTPUTS: dict[str, Measure] = {
    "persons_remaining_share": Measure("share of residents who remain", "remaining share", "share", 3),
    "persons_left": MEASURES["persons_left"],
    "persons_arrived": MEASURES["persons_arrived"],
    "persons_returned": MEASURES["persons_returned"],
    "hours_to_half_arrived": MEASURES["hours_to_half_arrived"],
    "peak_queue_vehicles": MEASURES["peak_queue_vehicles"],
    "peak_wait_hours": MEASURES["peak_wait_hours"],
    "peak_unsheltered": Measure("most persons without shelter at once", "without shelter", "persons"),
    "need_person_days": Measure("time in need in the worst sector", "in need", "person-days"),
    "deaths": MEASURES["deaths"],
}
"""Name → what it is, in the order in which readers meet them."""

FEWER_IS_BETTER = frozenset(
    ("peak_queue_vehicles", "peak_wait_hours", "peak_unsheltered", "need_person_days", "deaths")
)
"""Outputs of which less is better; whether people leave, arrive, stay or return is not judged."""

DAY = np.timedelta64(1, "D")


MEMBERS_AT_ONCE = 256
"""Members whose series are held in memory at a time."""


def planner_outputs(dataset: xr.Dataset, summary: Mapping[str, float | None]) -> dict[str, float]:
    """Return name → number of each of :data:`PLANNER_OUTPUTS` for one run.

    Parameters
    ----------
    dataset : the run's series, thinned or not
    summary : its headline numbers

    Notes
    -----
    Hours until half had arrived are infinite where that never happened, and a wait that never happened is 0. Time in
    need counts, at each time, the persons at severity 3 and above in the sector where they are most: a lower bound.
    """
    derived = {
        "persons_remaining_share": _number(summary["persons_remaining"]) / _number(summary["persons_initial"]),
        "hours_to_half_arrived": _number(summary["hours_to_half_arrived"], absent=math.inf),
        "peak_wait_hours": _number(summary["peak_wait_hours"], absent=0.0),
        **{name: float(value) for name, value in _of_series(dataset).items()},
    }
    return {name: derived[name] if name in derived else _number(summary[name]) for name in PLANNER_OUTPUTS}


def outputs_of_members(dataset: xr.Dataset, summaries: pd.DataFrame) -> pd.DataFrame:
    """Return scenario, member and :data:`PLANNER_OUTPUTS` of each run of an ensemble.

    Parameters
    ----------
    dataset : series with dims scenario and member, in memory or in a file
    summaries : one row for each, with both as columns; members count from 0
    """
    parts = [
        _of_part(dataset.sel(scenario=name), rows.iloc[begin : begin + MEMBERS_AT_ONCE])
        for name, rows in summaries.groupby("scenario", sort=False)
        for begin in range(0, len(rows), MEMBERS_AT_ONCE)
    ]
    return pd.concat(parts, ignore_index=True)


def _of_part(dataset: xr.Dataset, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the outputs of some members of one scenario."""
    series = _of_series(dataset.isel(member=rows["member"].to_numpy()))
    table = rows.assign(
        persons_remaining_share=rows["persons_remaining"] / rows["persons_initial"],
        hours_to_half_arrived=rows["hours_to_half_arrived"].astype(float).fillna(math.inf),
        peak_wait_hours=rows["peak_wait_hours"].astype(float).fillna(0.0),
        **{name: values.to_numpy() for name, values in series.items()},
    )
    numbers = table[list(PLANNER_OUTPUTS)].astype(float)
    return pd.concat([table[["scenario", "member"]], numbers], axis=1)


def _of_series(dataset: xr.Dataset) -> dict[str, xr.DataArray]:
    """Return the outputs that are no headline numbers, over the dims of ``dataset`` that stay: those of members."""
    days = (dataset["time"].to_numpy() - dataset["time"].to_numpy()[0]) / DAY
    in_need = dataset["people_in_need"].max("sector_of_need").assign_coords(time=days)
    return {
        "peak_unsheltered": dataset["persons_unsheltered"].sum("province").max("time"),
        "need_person_days": in_need.integrate("time"),
    }


def _number(value: float | None, absent: float = math.nan) -> float:
    """Return a number of a summary, and ``absent`` where there is none."""
    return absent if value is None or math.isnan(value) else float(value)
