"""Where members run: any executor; by default processes on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")


@contextmanager
def worker_pool(n: int | None) -> Iterator[Executor | None]:
    """Yield an executor of ``n`` processes (as many as there are cores if None), or None for this process alone."""
    n = n or os.cpu_count() or 1
    if n == 1:
        yield None
        return
    with ProcessPoolExecutor(n, mp_context=get_context("spawn")) as executor:
        try:
            yield executor
        except BrokenExecutor:
            raise
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            raise


def run_all(work: Callable[[Task], Outcome], tasks: Sequence[Task], executor: Executor | None) -> Iterator[Outcome]:
    """Yield the outcome of every task, in the order of the tasks, whoever did them."""
    if executor is None:
        yield from map(work, tasks)
    else:
        yield from executor.map(work, tasks)
