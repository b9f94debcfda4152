"""Datasets as tidy tables: one row for each time, variable and place."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import xarray as xr

COLUMNS = ("time", "variable", "place", "value", "unit")


def tidy(dataset: xr.Dataset, variables: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the variables over time as rows of time, variable, place, value and unit.

    ``place`` joins the labels of all dimensions but time by ``|``; it is ``all`` where there are none.
    """
    names = [str(name) for name in dataset.data_vars] if variables is None else list(variables)
    parts = [_rows(name, dataset[name]) for name in names if "time" in dataset[name].dims]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(parts, ignore_index=True)


def columns(dataset: xr.Dataset, variables: Iterable[str] | None = None) -> pd.DataFrame:
    """Return the variables as columns over time, by default those without further dimensions.

    Labels of further dimensions follow the variable's name after ``|``; ``attrs["units"]`` maps columns to units.
    """
    if variables is None:
        variables = [str(name) for name, array in dataset.data_vars.items() if array.dims == ("time",)]
    table = tidy(dataset, variables)
    whole = table["place"] == "all"
    table["column"] = table["variable"].where(whole, table["variable"] + "|" + table["place"])
    wide = table.pivot(index="time", columns="column", values="value")[list(dict.fromkeys(table["column"]))]
    wide.attrs["units"] = dict(zip(table["column"], table["unit"], strict=True))
    return wide.rename_axis(columns=None)


def condensed(dataset: xr.Dataset) -> pd.DataFrame:
    """Return the tidy table that is written beside a result: values by place or kind once a day, totals always."""
    totals = [str(name) for name, array in dataset.data_vars.items() if array.dims == ("time",)]
    others = [str(name) for name in dataset.data_vars if name not in totals]
    return pd.concat([tidy(dataset, totals), tidy(last_of_days(dataset), others)], ignore_index=True)


def last_of_days(dataset: xr.Dataset) -> xr.Dataset:
    """Keep the first time and the last time of each calendar day."""
    days = pd.DatetimeIndex(dataset["time"].to_numpy()).normalize()
    last = np.flatnonzero(np.append(days[1:] != days[:-1], True))
    return dataset.isel(time=np.union1d([0], last))


def _rows(name: str, array: xr.DataArray) -> pd.DataFrame:
    dims = [dim for dim in array.dims if dim != "time"]
    labels = [""]
    for dim in dims:
        labels = [f"{label}|{value}" for label in labels for value in array[dim].to_numpy()]
    places = np.array([label.removeprefix("|") for label in labels]) if dims else np.array(["all"])
    values = array.transpose("time", *dims).to_numpy().reshape(array.sizes["time"], -1)
    return pd.DataFrame(
        {
            "time": np.repeat(array["time"].to_numpy(), len(places)),
            "variable": name,
            "place": np.tile(places, array.sizes["time"]),
            "value": values.ravel().astype(float),
            "unit": str(array.attrs.get("units", "")),
        }
    )
