"""An ensemble on a real Dask cluster: a scheduler and two workers, each a process, one of which is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from pathlib import Path

import pytest

import sim.ensemble.cluster
from sim.ensemble.cluster import cluster
from sim.ensemble.run import run_ensemble
from sim.errors import InputError, SimError
from sim.scenario.load import load

pytest.importorskip("distributed", reason="needs the extra `cluster`")
pytestmark = pytest.mark.filterwarnings("ignore")  # Dask's own

ROOT = Path(__file__).resolve().parents[3]
SMALL = load("as_reported").vary({"time.days": 2.0, "parameters.residents_total": 300.0})


def start(folder: Path, *words: object) -> subprocess.Popen[bytes]:
    """Start a part of the cluster; the scheduler, on a machine without Corridor."""
    lacking = "sys.modules['sim'] = None" if words[0] == "scheduler" else ""
    code = f"import sys; {lacking}; from dask.__main__ import main; main()"
    command = [sys.executable, "-c", code.replace("; ;", ";"), *map(str, words)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / f"{words[0]}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Give the address of a scheduler, and the processes: two workers, then the scheduler."""
    file = tmp_path / "scheduler.json"
    options = ("--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--scheduler-file", file)
    started = [start(tmp_path, "scheduler", *options)]
    try:
        until = time.monotonic() + 60.0
        while not file.exists() and time.monotonic() < until:
            time.sleep(0.05)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        started = [
            start(tmp_path, "worker", address, "--nthreads", 1, "--no-nanny", "--no-dashboard") for _ in "12"
        ] + started
        yield address, started
    finally:
        for process in started:
            process.kill()
            process.wait()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_lost_worker_changes_no_byte_and_a_lost_scheduler_loses_no_member(processes, tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    address, (one, two, scheduler) = processes
    keys = {"members": 6, "seed": 2, "figures": False}
    with cluster(address) as (_, threads):
        until = time.monotonic() + 60.0
        while threads < 2 and time.monotonic() < until:
            with cluster(address) as (_, threads):
                time.sleep(0.05)
    assert threads == 2

    def kill_one(share: float) -> None:
        assert two.poll() is None
        one.kill()

    run_ensemble([SMALL], tmp_path / "cluster", **keys, scheduler=address, progress=kill_one)
    assert one.wait(10) != 0
    run_ensemble([SMALL], tmp_path / "local", **keys, workers=1)
    assert contents(tmp_path / "cluster") == contents(tmp_path / "local")

    monkeypatch.setattr(sim.ensemble.cluster, "SCHEDULER_SECONDS", 5)  # also the time to come back
    with pytest.raises(SimError, match=r"the scheduler or .* lost; the [1-5] of 6 runs that are finished are kept"):
        run_ensemble([SMALL], tmp_path / "lost", **keys, scheduler=address, progress=lambda _: scheduler.kill())
    run_ensemble([SMALL], tmp_path / "lost", **keys, workers=1)
    assert contents(tmp_path / "lost") == contents(tmp_path / "local")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("nonsense", r"--scheduler nonsense: found no scheduler \(missing port number.*start `dask scheduler`"),
        ("tcp://127.0.0.1:9", r"found no scheduler \(Timed out .*expected the address of one"),
    ],
)
def test_an_address_where_no_scheduler_listens_is_wrong_input(
    address: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sim.ensemble.cluster, "SCHEDULER_SECONDS", 0.2)
    with pytest.raises(InputError, match=message), cluster(address):
        raise BrokenExecutor


def test_without_dask_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(InputError, match=r"no package `distributed`.*pip install 'corridor-sim\[cluster\]'"),
        cluster("x"),
    ):
        raise BrokenExecutor
