"""Workers that die or hang, and scripts that start some without a guard."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import pytest

from sim.ensemble import pool
from sim.ensemble.pool import as_done, most_workers, run_all, worker_pool
from sim.ensemble.run import run_ensemble
from sim.errors import InputError, SimError
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parents[2]


def running() -> list[int]:
    """Return the processes that are still there of all that this one started."""
    return [process.pid for process in active_children() if process.pid and Path(f"/proc/{process.pid}").exists()]


def done(tasks: list[float], seen: list[float]) -> None:
    """Sleep as long as the tasks say, in two other processes, and note each that has ended."""
    with worker_pool(2) as executor:
        for task, _ in as_done(time.sleep, tasks, executor, 6):
            seen.append(task)


def test_a_worker_that_hangs_is_given_up_and_ended(monkeypatch):
    monkeypatch.setattr(pool, "LEAST_PATIENCE", 1.0)
    monkeypatch.setattr(pool, "TIMES_LONGEST", 2.0)
    seen: list[float] = []
    with pytest.raises(pool.Overdue, match=r"^3600 did not come back within"):
        done([0.02, 0.01, 3600, 0.03], seen)
    assert sorted(seen) == [0.01, 0.02, 0.03]
    assert running() == []


def test_as_long_as_nothing_has_ended_patience_is_greater(monkeypatch):
    monkeypatch.setattr(pool, "LEAST_PATIENCE", 0.001)
    seen: list[float] = []
    done([0.1], seen)
    assert seen == [0.1]


def test_an_ensemble_names_the_member_that_hangs_and_keeps_the_others(monkeypatch, tmp_path):
    monkeypatch.setattr(pool, "LEAST_PATIENCE", 2.0)
    small = load("as_reported").vary({"time.days": 1.0, "parameters.residents_total": 300.0})

    def stop_one(_share: float) -> None:
        monkeypatch.setattr(pool, "TIMES_LONGEST", 0.0)
        for process in active_children():
            assert process.pid
            os.kill(process.pid, signal.SIGSTOP)

    found = r"member \d of as_reported \(seed \d+\).* did not come back within .*; the \d of 4 runs .* are kept in .*"
    with pytest.raises(SimError, match=found):
        run_ensemble([small], tmp_path / "out", 4, 1, workers=2, figures=False, progress=stop_one)
    assert 1 <= len(list(tmp_path.glob("out/members/*/*.nc.gz"))) < 4
    assert running() == []


def test_a_worker_that_dies_is_reported_whatever_it_worked_for():
    def die() -> None:
        with worker_pool(2) as executor:
            list(run_all(os._exit, [1, 1, 1], executor))

    with pytest.raises(SimError, match=r"a worker process died \(killed, or out of memory\); run it again"):
        die()
    assert running() == []


def test_more_workers_than_the_machine_can_hold_are_refused():
    assert most_workers() >= 16
    found = r"--workers: found 1000000, expected a whole number from 1 to .*each core"
    with pytest.raises(InputError, match=found), worker_pool(1_000_000):
        raise AssertionError


def test_a_script_needs_no_guard_and_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sim\n"
        "print('begun', flush=True)\n"
        "names = ('as_reported', 'ceasefire')\n"
        "small = {'time.days': 1.0, 'parameters.residents_total': 300.0}\n"
        "comparison = sim.compare([sim.load(name).vary(small) for name in names], members=2, workers=2)\n"
        "print(len(comparison.summaries))\n",
        encoding="utf-8",
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "begun\n4\n", "")
