"""A Dask cluster as an executor (the extra ``cluster``); imported when an address is given and not before."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from sim.errors import InputError, Problem

SCHEDULER_SECONDS, WORKER_SECONDS = 10, 60
"""Longest wait for the scheduler, and then for a first worker."""


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """Yield an executor on the cluster whose scheduler listens at ``address``, and the number of its threads.

    A task whose worker is lost runs again on another one.

    Raises
    ------
    InputError : if there is no Dask, no scheduler at that address or no worker
    BrokenExecutor : if the scheduler or too many workers are lost while work is under way
    """
    dask = _distributed()
    try:
        dask.comm.get_address_host_port(dask.comm.normalize_address(address))
        client = dask.Client(address, timeout=SCHEDULER_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise _problem(address, f"no scheduler ({str(error).splitlines()[0]})", "the address of one") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise _problem(address, "no worker", "one at least", "Start `dask worker` with it") from error
        try:
            yield _Sealed(client.get_executor(pure=False)), sum(client.nthreads().values())
        except (CancelledError, dask.scheduler.KilledWorker, dask.comm.CommClosedError) as error:
            raise BrokenExecutor("the scheduler or too many of its workers were lost") from error


class _Sealed(Executor):
    """Hands work over as bytes that workers open: the scheduler opens all else, and would need Corridor for it."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, work: Callable[..., Any], /, *arguments: Any, **keys: Any) -> Future[Any]:
        def opened(sealed: bytes) -> Any:  # within a function, so that it travels as code and not by name
            import pickle

            work, arguments, keys = pickle.loads(sealed)
            return work(*arguments, **keys)

        return self._executor.submit(opened, pickle.dumps((work, arguments, keys)))


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        remedy = "Install it by `pip install 'corridor-sim[cluster]'`"
        raise InputError(Problem("command line", "--scheduler", "no package `distributed`", "it", remedy)) from error


def _problem(address: str, found: str, expected: str, remedy: str = "Start `dask scheduler`") -> InputError:
    return InputError(Problem("command line", f"--scheduler {address}", found, expected, remedy))
