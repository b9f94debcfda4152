from __future__ import annotations

import contextlib
import io

from sim import progress
from sim.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nobody_watching_means_no_bar():
    with contextlib.redirect_stderr(io.StringIO()) as stderr, progress_bar("run") as report:
        assert report is None
    assert stderr.getvalue() == ""


def test_what_is_quick_shows_no_bar(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    with contextlib.redirect_stderr(Terminal()) as stderr, progress_bar("ceasefire") as report:
        assert report is not None
        report(0.5)
    assert "ceasefire" not in stderr.getvalue()


def test_what_is_slow_shows_a_bar_with_the_share_done(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", -1.0)
    with contextlib.redirect_stderr(Terminal()) as stderr, progress_bar("ceasefire") as report:
        assert report is not None
        report(0.25)
    assert "ceasefire" in stderr.getvalue()
    assert "25%" in stderr.getvalue()
