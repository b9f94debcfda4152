"""Locks on folders, so that of two processes one knows of the other; freed however a process ends."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

WITHOUT_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)


@contextmanager
def locked(folder: Path) -> Iterator[bool]:
    """Hold an advisory lock on ``folder`` itself; give False where another process holds it.

    Where the system or the file system has no such locks, it is given unheld.
    """
    try:
        import fcntl
    except ImportError:
        yield True
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield _lock(descriptor, fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB) is not False
    finally:
        os.close(descriptor)


def _lock(descriptor: int, flock: Callable[[int, int], None], how: int) -> bool | None:
    """Return whether the lock could be had; None where the file system has none (some network file systems)."""
    try:
        flock(descriptor, how)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno in WITHOUT_LOCKS:
            return None
        raise
    return True


def abandoned(folder: Path) -> bool:
    """Whether no process holds the lock on ``folder`` any more; False where nobody can tell."""
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return False
    try:
        return _lock(descriptor, fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB) is True
    except OSError:
        return False
    finally:
        os.close(descriptor)
