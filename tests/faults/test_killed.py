"""Killed at any moment (``kill -9``): a folder holds the earlier result or the new one, whole; an ensemble continues.

A few kills of each command; CORRIDOR_KILLS=300 asks for more, CORRIDOR_KILL_SEED for others.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.report.material import read_material

KILLS = int(os.environ.get("CORRIDOR_KILLS", "4"))
SEED = int(os.environ.get("CORRIDOR_KILL_SEED", "1"))


def killed(start: Callable[..., Any], after_s: float, *words: object) -> bool:
    """Start a command and kill it after so many seconds; whether it was still at work."""
    process = start(*words)
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    return bool(process.end().code == -signal.SIGKILL)


def moments(corridor: Callable[..., Any], name: str, *words: object) -> list[float]:
    """Return seeded moments at which to strike, most of them in the second half, where files are written [s]."""
    began = time.monotonic()
    assert corridor(*words).code == 0
    needed, chance = time.monotonic() - began, random.Random(f"{SEED} {name}")
    n_kills = KILLS if name in ("run", "ensemble") else max(2, KILLS // 3)
    return [needed * chance.uniform(0.5 * (number % 4 != 0), 1.1) for number in range(n_kills)]


@pytest.mark.parametrize("name", ["run", "compare"])
def test_the_earlier_result_or_the_new_one_is_there_and_whole(corridor, start, commands, copied, name):
    folder, words = copied / name, commands[name]
    struck = 0
    for seed, moment in enumerate(moments(corridor, name, *words, "--out", copied / "timed"), 2):
        struck += killed(start, moment, *words, "--seed", seed, "--out", folder)
        assert read_material(folder).manifest["seed"] in range(seed + 1)
    assert struck > 0
    assert corridor(*words, "--seed", 77, "--out", folder).code == 0
    assert read_material(folder).manifest["seed"] == 77
    assert sorted(path.name for path in copied.iterdir()) == sorted([*commands, "timed"])


def test_an_ensemble_continues_to_the_same_bytes(corridor, start, commands, contents, made, tmp_path):
    words = (*commands["ensemble"], "--seed", 1, "--out")
    for number, moment in enumerate(moments(corridor, "ensemble", *words, tmp_path / "timed")):
        folder = tmp_path / str(number // 4)  # each killed up to four times
        killed(start, moment, *words, folder)
        if number % 4 == 3:
            assert corridor(*words, folder).code == 0
            assert contents(folder) == contents(made / "ensemble")


def test_a_report_is_the_earlier_one_or_the_new_one(corridor, start, commands, copied):
    folder = copied / "run"
    moment_of_each = moments(corridor, "report", "report", folder)
    page = (folder / "report.html").read_bytes()
    assert corridor("report", folder).code == 0
    listed = (folder / "report.html").read_bytes()
    for moment in moment_of_each:
        killed(start, moment, "report", folder)
        assert (folder / "report.html").read_bytes() in (page, listed)
    (folder / "report.html").unlink()
    killed(start, moment_of_each[0], "report", folder)
    assert corridor(*commands["run"], "--seed", 5, "--out", folder).code == 0, "what a kill left is known as our own"
    assert read_material(folder).manifest["seed"] == 5


def test_half_written_files_and_folders_are_cleared_away_by_the_next(corridor, commands, copied: Path):
    (copied / "run" / ".report.html.partial-123").write_text("<html")
    (copied / ".run.partial-00ff00ff").mkdir()
    (copied / ".run.partial-00ff00ff" / "result.nc").write_text("half")
    (copied / "run").rename(copied / ".run.earlier-0123abcd")
    answer = corridor(*commands["run"], "--out", "/proc/out")
    assert (copied / ".run.earlier-0123abcd").is_dir()
    answer = corridor("run", "as_reported", "--days", 0, "--out", copied / "run")
    assert answer.code == 2
    answer = corridor(*commands["run"], "--seed", 3, "--out", copied / "run")
    assert (answer.code, read_material(copied / "run").manifest["seed"]) == (0, 3)
    assert sorted(path.name for path in copied.iterdir()) == sorted(commands)
