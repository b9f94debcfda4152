"""Many members' files become one dataset, in memory or in a file, read a few members at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import h5netcdf
import numpy as np
import pandas as pd
import xarray as xr

from sim.ensemble.folder import Key
from sim.ensemble.member import series_and_summary, unpacked
from sim.results.netcdf import netcdf4, write_dataset

AT_ONCE = 32
"""Members held in memory at a time; also members in a chunk of the file."""

TIMES_IN_CHUNK = 128

Files = Mapping[Key, Path]
Target = Mapping[str, Any]
"""Variable → what holds it, indexed by scenario and member."""


def in_memory(files: Files, scenarios: Sequence[str], members: int) -> tuple[xr.Dataset, pd.DataFrame]:
    """Return all members' series, dims scenario, member, time, …, and their summaries, a row each."""
    made: dict[str, xr.Variable] = {}
    coords: dict[Any, Any] = {}

    def prepare(first: xr.Dataset) -> Target:
        coords.update(_coords(first, scenarios, members))
        for name, array in first.data_vars.items():
            values = np.empty((len(scenarios), members, *array.shape), dtype=_dtype(array))
            made[str(name)] = xr.Variable(("scenario", "member", *array.dims), values, array.attrs)
        return {name: variable.values for name, variable in made.items()}

    table = _fill(prepare, files, scenarios, members)
    return xr.Dataset(made, coords), table


def to_file(files: Files, scenarios: Sequence[str], members: int, path: Path) -> pd.DataFrame:
    """Write all members' series to ``path`` and return their summaries; memory does not grow with members."""
    with ExitStack() as opened:

        def prepare(first: xr.Dataset) -> Target:
            write_dataset(xr.Dataset(coords=_coords(first, scenarios, members)), path)
            file = opened.enter_context(netcdf4(path, "r+"))
            return {str(name): _created(file, array, members) for name, array in first.data_vars.items()}

        return _fill(prepare, files, scenarios, members)


def _fill(
    prepare: Callable[[xr.Dataset], Target], files: Files, scenarios: Sequence[str], members: int
) -> pd.DataFrame:
    target: Target = {}
    rows: list[dict[str, Any]] = []
    for place, scenario in enumerate(scenarios):
        for begin in range(0, members, AT_ONCE):
            numbers = range(begin, min(begin + AT_ONCE, members))
            contents = [files[(scenario, number)].read_bytes() for number in numbers]
            target = target or prepare(unpacked(contents[0]))
            series, found = zip(*map(series_and_summary, contents), strict=True)
            for name, variable in target.items():
                variable[place, begin : begin + len(series)] = np.stack([one[name] for one in series])
            rows += [
                {"scenario": scenario, "member": number, **summary}
                for number, summary in zip(numbers, found, strict=True)
            ]
    return pd.DataFrame(rows)


def _coords(first: xr.Dataset, scenarios: Sequence[str], members: int) -> dict[Any, Any]:
    labels = {name: array.variable for name, array in first.coords.items()}
    return {"scenario": list(scenarios), "member": np.arange(members), **labels}


def _created(file: h5netcdf.File, array: xr.DataArray, members: int) -> Any:
    """Return a new, compressed variable for one of the members' series."""
    n_times, *others = array.shape
    dtype = _dtype(array)
    variable = file.create_variable(
        str(array.name),
        ("scenario", "member", *map(str, array.dims)),
        dtype,
        chunks=(1, min(members, AT_ONCE), min(n_times, TIMES_IN_CHUNK), *others),
        compression="gzip",
        compression_opts=4,
        shuffle=True,
        fillvalue=np.nan if dtype == np.float64 else None,
    )
    for key, value in array.attrs.items():
        variable.attrs[key] = value
    return variable


def _dtype(array: xr.DataArray) -> np.dtype[Any]:
    return np.dtype(np.int64 if np.issubdtype(array.dtype, np.integer) else np.float64)
