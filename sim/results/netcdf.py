"""NetCDF as Corridor writes it: compressed, and the same bytes for the same values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr


def write_dataset(dataset: xr.Dataset, path: Path) -> None:
    """Write ``dataset`` through h5netcdf; numbers are compressed and times count minutes from the first."""
    dataset.to_netcdf(path, engine="h5netcdf", encoding=_encoding(dataset))


def read_dataset(path: Path) -> xr.Dataset:
    """Read a file of :func:`write_dataset` wholly into memory."""
    return xr.load_dataset(path, engine="h5netcdf")


def _encoding(dataset: xr.Dataset) -> dict[str, dict[str, Any]]:
    encoding: dict[str, dict[str, Any]] = {
        str(name): {"zlib": True, "complevel": 4, "shuffle": True}
        for name, array in dataset.data_vars.items()
        if array.ndim > 0 and np.issubdtype(array.dtype, np.number)
    }
    return encoding | time_encoding(dataset)


def time_encoding(dataset: xr.Dataset, dtype: str = "int64") -> dict[str, dict[str, Any]]:
    """Return how ``time`` is written: as minutes from the first; nothing if there is none."""
    if "time" not in dataset.coords or dataset.sizes.get("time", 0) == 0:
        return {}
    first = pd.Timestamp(dataset["time"].to_numpy()[0])
    return {"time": {"units": f"minutes since {first:%Y-%m-%d %H:%M}", "dtype": dtype}}
