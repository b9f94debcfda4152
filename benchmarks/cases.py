"""What is timed: each case is a function of plain values that is run in a process of its own."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kernels import KERNELS

import sim
from sim.model.displacement import DisplacementModel
from sim.model.recorder import Recorder

DAYS = 180
RESIDENTS = 101_700
COMMAND = [str(Path(sys.executable).with_name("corridor"))]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of one run and the greatest memory of its process [MiB]; ``seconds`` may be split into named parts."""

    seconds: float
    memory: float
    parts: dict[str, float]


def peak() -> float:
    """Return the greatest memory of this process so far [MiB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def model(name: str, changes: dict[str, Any], most_times: int | None = None) -> Measured:
    """Play one scenario; setting up, steps with recording, and the labelled result with its summary apart."""
    scenario = sim.load(name).vary(changes)
    sim.run(scenario.vary({"time.days": 1, "parameters.residents_total": 1000}))  # imports and first uses
    start = time.process_time()
    built = DisplacementModel(scenario, 1)
    ready = time.process_time()
    recorder = Recorder(built, most_times)
    while built.running:
        built.step()
        recorder.observe(built)
    played = time.process_time()
    recorder.dataset(built)
    done = time.process_time()
    parts = {"set up": ready - start, "steps": played - ready, "labels": done - played}
    return Measured(done - start, peak(), parts)


def kernel(name: str, n: int, steps: int) -> Measured:
    """Play the trivial kernel."""
    KERNELS[name](10, 1)
    start = time.process_time()
    KERNELS[name](n, steps)
    return Measured(time.process_time() - start, peak(), {})


def ensemble(members: int, workers: int, days: int) -> Measured:
    """Play an ensemble into a folder, figures and tables included; wall time."""
    scenario = sim.load("as_reported").vary({"time.days": days})
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        sim.run_ensemble([scenario], Path(folder) / "out", members, workers=workers)
        return Measured(time.perf_counter() - start, peak(), {})


def command(words: list[str]) -> Measured:
    """Run the command line once; wall time of the whole process."""
    with tempfile.TemporaryDirectory() as folder:
        out = ["--out", f"{folder}/out"] if words[0] == "run" else []
        start = time.perf_counter()
        subprocess.run([*COMMAND, *words, *out], check=True, stdout=subprocess.DEVNULL)
        return Measured(time.perf_counter() - start, 0.0, {})
