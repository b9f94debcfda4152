"""A progress bar on stderr for what takes more than two seconds, and none where nobody watches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

PATIENCE_SECONDS = 2.0

Report = Callable[[float], None]


@contextmanager
def progress_bar(label: str) -> Iterator[Report | None]:
    """Give a function to call with the share that is done, or None where stderr is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, transient=True)
    task = bar.add_task(label, total=1.0)
    began = time.monotonic()

    def report(share: float) -> None:
        bar.update(task, completed=share)
        if not bar.live.is_started and time.monotonic() - began > PATIENCE_SECONDS:
            bar.start()

    try:
        yield report
    finally:
        bar.stop()
