"""One member of an ensemble: run, reduced to totals, and packed as the bytes of a file of its own."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.io import netcdf_file

from sim.ensemble.draw import Member
from sim.errors import SimError
from sim.model.run import run
from sim.results.netcdf import time_encoding
from sim.results.provenance import fingerprint
from sim.results.summary import Summary
from sim.results.write import TIMED
from sim.scenario.schema import Scenario

MOST_TIMES = 1000
"""Output times kept of each member, and the last."""

COMPRESSION = 1
"""Level of gzip: the higher ones take longer and save little."""


@dataclass(frozen=True)
class Task:
    """One run: a scenario, what the member assumes, and the software that is to play it (any, if empty)."""

    scenario: Scenario
    member: Member
    software: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """Scenario and number."""
        return self.scenario.name, self.member.number

    def __str__(self) -> str:
        return f"member {self.member.number} of {self.scenario.name} (seed {self.member.seed})"


def run_member(task: Task) -> tuple[xr.Dataset, Summary]:
    """Run one member of one scenario; return its thinned series and its summary."""
    result = run(task.member.of(task.scenario), task.member.seed, most_times=MOST_TIMES)
    return totals(result.dataset), dict(result.summary)


def packed_member(task: Task) -> bytes:
    """Run one member and return its file: netCDF 3, gzipped, the same bytes whoever ran it.

    Raises
    ------
    SimError : if this process plays with other software than the task asks for, or the run fails
    """
    if task.software and task.software != fingerprint():
        raise SimError("a worker has another Corridor, or other packages or seeds; install the same everywhere")
    try:
        dataset, summary = run_member(task)
    except Exception as error:
        raise SimError(f"{task} failed: {type(error).__name__}: {error}") from error
    return packed(
        dataset.assign_attrs(
            scenario=task.scenario.name,
            member=task.member.number,
            seed=str(task.member.seed),
            summary=json.dumps({key: value for key, value in summary.items() if key not in TIMED}),
        )
    )


def packed(dataset: xr.Dataset) -> bytes:
    """Return ``dataset`` as gzipped netCDF 3, without the time at which that was done."""
    netcdf: Any = dataset.to_netcdf(engine="scipy", encoding=time_encoding(dataset, "int32"))
    return gzip.compress(bytes(netcdf), COMPRESSION, mtime=0)


def unpacked(content: bytes) -> xr.Dataset:
    """Return the dataset of :func:`packed`."""
    return xr.load_dataset(io.BytesIO(gzip.decompress(content)), engine="scipy")


def series_and_summary(content: bytes) -> tuple[dict[str, NDArray[Any]], Summary]:
    """Return name → values of the series in a member's file, and its summary, without labels: many times faster."""
    with netcdf_file(io.BytesIO(gzip.decompress(content)), "r", mmap=False) as file:
        arrays = {name: variable[:] for name, variable in file.variables.items() if hasattr(variable, "aggregates")}
        series = {name: np.asarray(array, dtype=array.dtype.newbyteorder("=")) for name, array in arrays.items()}
        return series, json.loads(file.summary)


def totals(dataset: xr.Dataset) -> xr.Dataset:
    """Put the total in place of settlements, or for levels the mean weighted by residents at the start."""
    residents = dataset["persons_home"].to_numpy()[0].astype(float)
    data = {name: _total(array.variable, residents / residents.sum()) for name, array in dataset.data_vars.items()}
    coords = {name: array.variable for name, array in dataset.coords.items() if name != "settlement"}
    return xr.Dataset(data, coords, dataset.attrs)


def _total(variable: xr.Variable, weights: NDArray[np.float64]) -> xr.Variable:
    if "settlement" not in variable.dims:
        return variable
    axis = variable.get_axis_num("settlement")
    values = np.moveaxis(variable.to_numpy(), int(axis), -1)
    summed = (values * weights if variable.attrs["aggregates"] == "level" else values).sum(axis=-1)
    return xr.Variable([dim for dim in variable.dims if dim != "settlement"], summed, variable.attrs)
