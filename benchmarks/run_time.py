"""Time the model against residents and horizon, and print ratios: machines are noisy, ratios less so.

python benchmarks/run_time.py [--repeats N]
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from multiprocessing import get_context

import sim

CASES = {
    "as_reported, 120 days": {},
    "as_reported, 240 days": {"time.days": 240},
    "as_reported, 120 days, 10 x residents": {"parameters.residents_total": 1_017_000},
    "blockade, 120 days": {},
}


def once(case: str) -> tuple[float, float]:
    """Return the seconds of model time and the greatest memory [MiB] of one run in a process of its own."""
    scenario = sim.load(case.split(",")[0]).vary(CASES[case])
    sim.run(scenario.vary({"time.days": 2}))
    began = time.perf_counter()
    result = sim.run(scenario, seed=1)
    seconds = time.perf_counter() - began
    del result
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    """Print a table of medians and of ratios to the first case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    first = None
    print("| case | model time, median [s] | min–max [s] | ratio | peak memory [MiB] |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for case in CASES:
        with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
            runs = [pool.apply(once, (case,)) for _ in range(repeats)]
        seconds = [run[0] for run in runs]
        median = statistics.median(seconds)
        first = first or median
        memory = max(run[1] for run in runs)
        print(
            f"| {case} | {median:.2f} | {min(seconds):.2f}–{max(seconds):.2f} | {median / first:.2f} | {memory:.0f} |"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
