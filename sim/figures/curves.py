"""Curves to draw, derived from a dataset: totals, flows, means over residents and quantiles over members."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

DRAWN = 1200
"""Most times that are drawn of one curve; more can't be seen and make files large."""

SHORT = 0.5
"""Share of the horizon below which the days of departure are worth a plot of their own."""

STATE_SERIES = (
    "persons_home",
    "persons_ready",
    "persons_in_transit",
    "persons_displaced",
    "persons_returned",
    "deaths_cumulative",
)
STATES = ("at home", "ready to leave", "in transit", "displaced", "returned", "dead")
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def thinned(data: xr.Dataset, n_drawn: int = DRAWN) -> xr.Dataset:
    """Keep at most about ``n_drawn`` times, evenly spaced, with the last one."""
    n_times = data.sizes["time"]
    stride = math.ceil(n_times / n_drawn)
    return data if stride <= 1 else data.isel(time=np.union1d(np.arange(0, n_times, stride), [n_times - 1]))


def peaks(array: xr.DataArray, n_drawn: int = DRAWN) -> xr.DataArray:
    """Keep at most about ``n_drawn`` values over time, the greatest of each stretch."""
    stride = math.ceil(array.sizes["time"] / n_drawn)
    if stride <= 1:
        return array
    stretches = array.coarsen(time=stride, boundary="pad", coord_func={"time": "min"})
    greatest: xr.DataArray = stretches.max()
    return greatest


def busy(data: xr.Dataset) -> xr.Dataset:
    """Keep the time from the first decisions to nearly the last arrival, and a day more, if that is short."""
    arrived, home = data["arrivals_cumulative"], total(data["persons_home"])
    begin, end = first_time_at(-home, -0.99 * float(home[0])), first_time_at(arrived, 0.99 * float(arrived[-1]))
    if begin is None or end is None or arrived[-1] < 1:
        return data
    padding = pd.Timedelta(days=1)
    window = data.sel(time=slice(begin - padding, end + padding))
    return window if window.sizes["time"] < SHORT * data.sizes["time"] else data


def busy_of(data: xr.Dataset, scenario: str) -> np.ndarray:
    """Return the times of :func:`busy` by the medians of a scenario's members."""
    members = data[["arrivals_cumulative", "persons_home"]].sel(scenario=scenario, drop=True)
    return np.asarray(busy(members.median("member"))["time"].to_numpy())


def total(array: xr.DataArray) -> xr.DataArray:
    """Sum over every dimension but time, scenario and member."""
    return array.sum([dim for dim in array.dims if dim not in ("time", "scenario", "member")])


def persons_by_state(data: xr.Dataset) -> dict[str, np.ndarray]:
    """Return state → persons, shape (time,); together they are everybody."""
    arrays = (data[name] for name in STATE_SERIES)
    return {state: total(array).to_numpy() for state, array in zip(STATES, arrays, strict=True)}


def per_hour(cumulative: xr.DataArray) -> xr.DataArray:
    """Return the flow (1/h) within each interval of a cumulative count; shape (time,), the first is zero."""
    times = cumulative["time"].to_numpy()
    hours = np.diff(times) / np.timedelta64(1, "h")
    flow = np.concatenate([[0.0], np.diff(cumulative.to_numpy()) / hours])
    return xr.DataArray(flow, coords={"time": times}, dims="time")


def residents_mean(array: xr.DataArray, data: xr.Dataset) -> xr.DataArray:
    """Average over settlements, weighted by the residents at the start."""
    return array.weighted(data["persons_home"].isel(time=0, drop=True).clip(min=1e-9)).mean("settlement")


def quantiles(array: xr.DataArray, levels: Sequence[float] = LEVELS) -> dict[float, np.ndarray]:
    """Return level → quantile over members of each time; members without a value are left out."""
    ordered = array.transpose("member", "time").to_numpy()
    return dict(zip(levels, np.nanquantile(ordered, list(levels), axis=0), strict=True))


def first_time_at(array: xr.DataArray, level: float) -> pd.Timestamp | None:
    """Return the first time at which ``array`` reaches ``level``, or None."""
    reached = np.flatnonzero(array.to_numpy() >= level)
    return pd.Timestamp(array["time"].to_numpy()[reached[0]]) if reached.size else None


def zone(data: xr.Dataset) -> str:
    """Return the name of the clock that the dataset's times follow."""
    return str(data["time"].attrs.get("time_zone") or data.attrs.get("time_zone") or "UTC+4")


def host(data: xr.Dataset) -> str:
    """Return `` in Armenia``, or whichever country receives; nothing where destinations lie in several.

    Results written before datasets said so are of Nagorno-Karabakh.
    """
    country = str(data.attrs.get("host_country", "Armenia"))
    return f" in {country}" if country else ""


def day(when: np.datetime64 | pd.Timestamp) -> str:
    """Write a date as readers do.

    >>> day(np.datetime64("2023-09-24T17:00"))
    '24 Sep 2023'
    """
    stamp = pd.Timestamp(when)
    return f"{stamp.day} {stamp:%b %Y}"
