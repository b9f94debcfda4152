"""Where members run: any executor; by default processes on this machine."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from multiprocessing import active_children, parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import TypeVar

from sim.errors import InputError, Problem, SimError

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

PER_CORE = 16
"""Most processes for each core: more only take memory, some 150 MB each."""

LEAST_PATIENCE, FIRST_PATIENCE, TIMES_LONGEST = 600.0, 86_400.0, 20.0
"""Seconds that a task may always take; seconds while none has ended yet; multiple of the longest so far."""

DIED = "a worker process died (killed, or out of memory)"


class Overdue(SimError):
    """Work did not come back in twenty times the time that the longest other took: a worker hangs."""


def most_workers() -> int:
    """Return how many processes this machine can sensibly hold."""
    return PER_CORE * (os.cpu_count() or 1)


@contextmanager
def worker_pool(n: int | None) -> Iterator[Executor | None]:
    """Yield an executor of ``n`` processes (as many as there are cores if None), or None for this process alone.

    Raises
    ------
    InputError : if there are more than :func:`most_workers`
    """
    n = n or os.cpu_count() or 1
    if not 1 <= n <= most_workers():
        expected = f"a whole number from 1 to {most_workers()} ({PER_CORE} for each core)"
        raise InputError(Problem("command line", "--workers", str(n), expected))
    if n == 1:
        yield None
        return
    others = active_children()
    with ProcessPoolExecutor(n, mp_context=_Workers(), initializer=_begin_work) as executor:
        try:
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            ours = [process for process in active_children() if process not in others]
            for process in ours:
                process.kill()  # they hold nothing that is lost, and one that hangs would keep us from ending
            for process in ours:
                process.join()
            raise


class _Worker(SpawnProcess):
    """A process that doesn't import the script that started it, so that scripts need no ``__main__`` guard."""

    def start(self) -> None:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            super().start()
        finally:
            sys.modules["__main__"] = script


class _Workers(SpawnContext):
    """Where such processes come from."""

    Process = _Worker


def run_all(
    work: Callable[[Task], Outcome],
    tasks: Sequence[Task],
    executor: Executor | None,
    progress: Callable[[float], None] | None = None,
) -> list[Outcome]:
    """Return the outcome of every task, in the order of the tasks, whoever did them.

    Raises
    ------
    SimError : if a worker dies
    """
    found: list[Outcome] = []
    try:
        for outcome in map(work, tasks) if executor is None else executor.map(work, tasks):
            found.append(outcome)
            if progress is not None:
                progress(len(found) / len(tasks))
    except BrokenExecutor as error:
        raise SimError(f"{DIED}; run it again, with fewer `--workers` if memory is short") from error
    return found


def as_done(
    work: Callable[[Task], Outcome], tasks: Iterable[Task], executor: Executor | None, most: int
) -> Iterator[tuple[Task, Outcome]]:
    """Yield task and outcome in the order in which they are done; at most ``most`` are under way at a time.

    Raises
    ------
    Overdue : if a task is under way for much longer than any other was; it names the tasks that are
    """
    if executor is None:
        yield from ((task, work(task)) for task in tasks)
        return
    ahead = iter(tasks)
    under_way: dict[Future[Outcome], tuple[Task, float]] = {}
    longest = 0.0
    try:
        while True:
            now = time.monotonic()
            under_way |= {executor.submit(work, task): (task, now) for task in islice(ahead, most - len(under_way))}
            if not under_way:
                return
            patience = max(LEAST_PATIENCE, TIMES_LONGEST * longest) if longest else FIRST_PATIENCE
            due = min(began for _, began in under_way.values()) + patience
            done = wait(under_way, max(0.0, due - now), return_when=FIRST_COMPLETED).done
            if not done:
                late = [str(task) for task, began in under_way.values() if began + patience <= due]
                raise Overdue(f"{', '.join(late)} did not come back within {patience / 60.0:,.0f} minutes")
            for future in done:
                task, began = under_way.pop(future)
                longest = max(longest, time.monotonic() - began)
                yield task, future.result()
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
