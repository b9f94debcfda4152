"""Locks on folders, where there are any."""

from __future__ import annotations

import errno
import fcntl
from pathlib import Path

import pytest

from sim.results.lock import abandoned, locked


def test_a_second_one_is_told(tmp_path: Path) -> None:
    with locked(tmp_path) as first, locked(tmp_path) as second:
        assert first
        assert not second
        assert not abandoned(tmp_path)
    assert abandoned(tmp_path)


def test_without_locks_a_folder_is_given_and_nobody_calls_it_abandoned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOSYS, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with locked(tmp_path) as free:
        assert free
    assert not abandoned(tmp_path)


def test_a_failing_disk_is_no_missing_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(descriptor: int, how: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(OSError, match="Input/output"), locked(tmp_path):
        pass
