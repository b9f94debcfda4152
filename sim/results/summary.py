"""The planner's headline numbers of one run."""

from __future__ import annotations

import numpy as np
import xarray as xr

Summary = dict[str, float | None]

HOUR = np.timedelta64(1, "h")

SUMMARISED = ("arrivals_cumulative", "queue_vehicles", "wait_hours")
"""Series of which every time counts for a summary; of all others it takes the first and the last."""


def summarise(dataset: xr.Dataset, fine: xr.Dataset, opened_hours: float, seconds: float) -> Summary:
    """Return the summary of a run.

    Parameters
    ----------
    dataset : the run's series, from its start to its end
    fine : the series of :data:`SUMMARISED` at every output time
    opened_hours : hours from the start until the road first opened; infinite if it never did
    seconds : time the run took [s]

    Notes
    -----
    ``persons_left`` counts departures, so who leaves twice counts twice. ``persons_remaining`` are at home and not
    returnees; ``persons_returned`` are home again at the end. Numbers are None where a thing never happened.
    """
    last = dataset.isel(time=-1)
    return {
        "persons_initial": int(dataset.persons_home.isel(time=0).sum()),
        "persons_left": int(last.departures_cumulative),
        "persons_arrived": int(last.arrivals_cumulative),
        "persons_returned": int(last.persons_returned.sum()),
        "persons_remaining": int(last.persons_home.sum() + last.persons_ready.sum()),
        "persons_in_transit": int(last.persons_in_transit),
        "deaths": int(last.deaths_cumulative),
        "hours_to_half_arrived": _hours_to_half(fine, dataset, opened_hours),
        "peak_queue_vehicles": round(float(fine.queue_vehicles.max()), 1),
        "peak_wait_hours": _peak(fine.wait_hours.to_numpy()),
        "runtime_s": round(seconds, 3),
    }


def _hours_to_half(fine: xr.Dataset, dataset: xr.Dataset, opened_hours: float) -> float | None:
    """Return the hours from the road's opening until half of all residents had arrived."""
    half = float(dataset.persons_home.isel(time=0).sum()) / 2
    reached = np.flatnonzero(fine.arrivals_cumulative.to_numpy() >= half)
    if not reached.size or not np.isfinite(opened_hours):
        return None
    times = fine.time.to_numpy()
    return round(float((times[reached[0]] - times[0]) / HOUR) - opened_hours, 2)


def _peak(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float | None:
    """Return the greatest number, or None if there is none."""
    known = values[np.isfinite(values)]
    return round(float(known.max()), 2) if known.size else None
