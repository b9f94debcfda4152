"""How far members lie apart over time: quantiles of every series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.results.series import last_of_days, tidy

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)

NUMBERS_AT_ONCE = 2_000_000
"""Held in memory at a time, 8 bytes each."""


def percent(level: float) -> str:
    """Write a level as the name of a column.

    >>> percent(0.05), percent(0.5)
    ('p05', 'p50')
    """
    return f"p{round(100 * level):02d}"


def fan(dataset: xr.Dataset, levels: Sequence[float] = LEVELS) -> xr.Dataset:
    """Return quantiles over members, with dim ``quantile`` in place of ``member``; who has no value is left out.

    Series are read a part at a time, so that a dataset in a file may be larger than memory.
    """
    series = {name: array for name, array in dataset.data_vars.items() if {"member", "time"} <= set(array.dims)}
    data = {str(name): _quantiles(array, levels) for name, array in series.items()}
    coords = {name: array.variable for name, array in dataset.coords.items() if name != "member"}
    return xr.Dataset(data, {"quantile": list(levels), **coords}, dataset.attrs)


def fan_table(fanned: xr.Dataset) -> pd.DataFrame:
    """Return :func:`fan`'s quantiles at the end of each day as rows of scenario, time, variable, place, unit, p05…."""
    daily = last_of_days(fanned)
    parts = []
    for scenario in daily["scenario"].to_numpy():
        columns = [
            tidy(daily.sel(scenario=scenario, quantile=level, drop=True)) for level in daily["quantile"].to_numpy()
        ]
        values = {
            percent(level): part["value"] for level, part in zip(daily["quantile"].to_numpy(), columns, strict=True)
        }
        parts.append(columns[0].drop(columns="value").assign(**values))
        parts[-1].insert(0, "scenario", str(scenario))
    return pd.concat(parts, ignore_index=True)


def _quantiles(array: xr.DataArray, levels: Sequence[float]) -> xr.Variable:
    ordered = array.transpose("scenario", "member", "time", ...)
    n_scenarios, n_members, n_times, *others = ordered.shape
    found = np.empty((n_scenarios, len(levels), n_times, *others))
    at_once = max(1, NUMBERS_AT_ONCE // max(1, n_members * int(np.prod(others))))
    for place in range(n_scenarios):
        for begin in range(0, n_times, at_once):
            part = ordered[place, :, begin : begin + at_once].to_numpy().astype(float)
            found[place, :, begin : begin + at_once] = _over_members(part, levels)
    return xr.Variable(("scenario", "quantile", *ordered.dims[2:]), found, array.attrs)


def _over_members(values: np.ndarray[Any, Any], levels: Sequence[float]) -> np.ndarray[Any, Any]:
    """Return quantiles along the first axis; the slow way only where values are missing."""
    found: np.ndarray[Any, Any] = np.quantile(values, levels, axis=0)
    missing = np.isnan(values)
    partly = missing.any(axis=0) & ~missing.all(axis=0)
    if partly.any():
        found[:, partly] = np.nanquantile(values[:, partly], levels, axis=0)
    return found
