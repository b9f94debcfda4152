"""Where members run: any executor; by default processes on this machine."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context, parent_process
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
    with ProcessPoolExecutor(n, mp_context=get_context("spawn"), initializer=_begin_work) as executor:
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


def as_done(
    work: Callable[[Task], Outcome], tasks: Iterable[Task], executor: Executor | None, most: int
) -> Iterator[tuple[Task, Outcome]]:
    """Yield task and outcome in the order in which they are done; at most ``most`` are under way at a time."""
    if executor is None:
        yield from ((task, work(task)) for task in tasks)
        return
    ahead = iter(tasks)
    under_way: dict[Future[Outcome], Task] = {}
    try:
        while True:
            under_way |= {executor.submit(work, task): task for task in islice(ahead, most - len(under_way))}
            if not under_way:
                return
            for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                yield under_way.pop(future), future.result()
    finally:
        for future in under_way:
            future.cancel()


def _begin_work() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends: a worker must not outlive what it works for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
