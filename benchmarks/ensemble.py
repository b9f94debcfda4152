"""Run an ensemble and print memory as it grows (or not) and CPU time for each member.

python benchmarks/ensemble.py [--members N] [--days D] [--workers W] [--scenario NAME] [--out DIR]
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import sim


def resident(pid: int | None) -> int:
    """Return the memory that a process holds now [MiB]; needs /proc."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its finished children [s]."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> int:
    """Print a row for each tenth of the members, and the sum."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=1000)
    parser.add_argument("--days", type=float, default=120.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--scenario", default="as_reported")
    parser.add_argument("--out", default="")
    options = parser.parse_args()
    began, due = time.perf_counter(), options.members // 10 or 1
    print("| runs done | main process [MiB] | workers [MiB] | wall time [s] |\n| ---: | ---: | --- | ---: |")

    def told(share: float) -> None:
        done = round(share * options.members)
        if done % due == 0:
            workers = ", ".join(str(resident(child.pid)) for child in multiprocessing.active_children())
            seconds = time.perf_counter() - began
            print(f"| {done} | {resident(os.getpid())} | {workers} | {seconds:.0f} |", flush=True)

    scenario = sim.load(options.scenario).vary({"time.days": options.days})
    with tempfile.TemporaryDirectory() as folder:
        sim.run_ensemble([scenario], options.out or folder, options.members, workers=options.workers, progress=told)
    peaks = [resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"CPU {cpu_seconds() / options.members:.2f} s for each member, files, tables and figures included; ", end="")
    print(f"wall {time.perf_counter() - began:.0f} s; peak memory {peaks[0]} MiB, of a worker {peaks[1]} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
