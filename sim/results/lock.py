"""Locks on folders, so that of two processes one knows of the other; freed however a process ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Hold an advisory lock on ``folder`` itself; give False where another process holds it.

    Where the system has no such locks, it is given unheld.
    """
    try:
        import fcntl
    except ImportError:
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def abandoned(folder: Path) -> bool:
    """Whether no process holds the lock on ``folder`` any more; False where nobody can tell."""
    if os.name != "posix":
        return False
    try:
        with locked(folder) as free:
            return free
    except OSError:
        return False
