"""Time instances in FLEE's format: reading, setting up, and the steps of the model, in seconds of one processor.

Run as ``python benchmarks/flee_time.py DIR [DIR ...]``; the least of three is kept.
"""

from __future__ import annotations

import sys
import time

from sim.flee.convert import read_scenario
from sim.model.displacement import DisplacementModel
from sim.model.run import release

REPEATS = 3


def timed(folder: str) -> tuple[float, float, float, int]:
    """Return seconds of reading, setting up and stepping, and displaced persons × days."""
    began = time.process_time()
    scenario = read_scenario(folder)
    read = time.process_time()
    model = DisplacementModel(scenario, 1)
    ready = time.process_time()
    agents = 0
    for _ in range(scenario.time.n_steps):
        model.step()
        agents += int(model.households.displaced.sum()) + model.households.in_transit
    done = time.process_time()
    release(model)
    return done - ready, read - began, ready - read, agents


def main() -> None:
    """Print a line for each folder named on the command line."""
    print("| instance | read [s] | set up [s] | steps [s] | million agent-steps/s | with reading and setting up |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for folder in sys.argv[1:]:
        steps, read, ready, agents = min(timed(folder) for _ in range(REPEATS))
        alone, whole = agents / steps / 1e6, agents / (read + ready + steps) / 1e6
        name = folder.rstrip("/").split("/")[-1]
        print(f"| {name} | {read:.2f} | {ready:.2f} | {steps:.3f} | {alone:.0f} | {whole:.0f} |")


if __name__ == "__main__":
    main()
