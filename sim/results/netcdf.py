"""NetCDF as Corridor writes it: compressed, and the same bytes for the same values."""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5netcdf
import numpy as np
import pandas as pd
import xarray as xr
from xarray.backends import H5NetCDFStore

if TYPE_CHECKING:
    from typing_extensions import Buffer

MOST_TIMES_SMALLER = 1032
"""Largest factor by which DEFLATE makes anything smaller."""


def write_dataset(dataset: xr.Dataset, path: Path) -> None:
    """Write ``dataset`` as netCDF 4; numbers are compressed and times count minutes from the first."""
    with netcdf4(path, "w") as file:
        dataset.dump_to_store(H5NetCDFStore(file), encoding=_encoding(dataset))


@contextmanager
def netcdf4(path: Path, mode: str) -> Iterator[h5netcdf.File]:
    """Give a netCDF 4 file to write (``w``) or to add to (``r+``); Ctrl-C and SIGTERM wait until it is closed.

    Raises
    ------
    OSError : if something could not be written
    """
    with _signals_wait(), _Patient(path, mode) as raw:
        try:
            with h5netcdf.File(raw, mode) as file:
                yield file
        except Exception:
            if raw.failure is None:
                raise
        if raw.failure is not None:
            raise raw.failure


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Hold signals back while HDF5 is at work: an exception raised by a handler within it would bring it down."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    struck: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    kept = {number: handler for number, handler in handlers.items() if callable(handler)}
    try:
        for number in kept:
            signal.signal(number, lambda number, _: struck.append(number))
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        if struck:
            signal.raise_signal(struck[0])


def read_dataset(path: Path) -> xr.Dataset:
    """Read a file of :func:`write_dataset` wholly into memory."""
    with open_dataset(path) as dataset:
        return dataset.load()


def open_dataset(path: Path) -> xr.Dataset:
    """Open a file of :func:`write_dataset`; its series are read when they are asked for.

    Raises
    ------
    OSError, ValueError : if it is no such file, or claims to hold more than it can
    """
    dataset = xr.open_dataset(path, engine="h5netcdf")
    claimed, size = dataset.nbytes, path.stat().st_size
    if claimed > MOST_TIMES_SMALLER * size:
        dataset.close()
        raise ValueError(f"{path.name} claims {claimed:,} bytes of numbers, which its {size:,} bytes can't hold")
    return dataset


class _Patient(io.FileIO):
    """A file that keeps its first failure for the end: HDF5 brings the whole process down where a write fails.

    What comes after the failure is held in memory, so that HDF5 reads what it wrote and closes the file in peace.
    """

    def __init__(self, path: Path, mode: str) -> None:
        super().__init__(path, {"w": "w+"}.get(mode, mode))
        self.failure: OSError | None = None
        self._unwritten: list[tuple[int, bytes]] = []

    def write(self, content: Buffer) -> int:
        """Write all of ``content``, or remember why not."""
        rest = memoryview(content).cast("B")
        size, start = len(rest), self.tell()
        try:
            while rest and self.failure is None:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.failure = error
        if rest:
            self._unwritten.append((start + size - len(rest), bytes(rest)))
            self.seek(start + size)
        return size

    def readinto(self, buffer: Buffer) -> int:
        """Read what was written, on the disk or not."""
        if self.failure is None:
            return super().readinto(buffer) or 0
        view, start = memoryview(buffer).cast("B"), self.tell()
        found = super().readinto(view) or 0
        view[found:] = bytes(len(view) - found)
        for at, content in self._unwritten:
            first, last = max(at, start), min(at + len(content), start + len(view))
            if first < last:
                view[first - start : last - start] = content[first - at : last - at]
        self.seek(start + len(view))
        return len(view)

    def truncate(self, size: int | None = None) -> int:
        """Give the file this size, or remember why not."""
        try:
            return super().truncate(size)
        except OSError as error:
            self.failure = self.failure or error
            return size or 0


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
