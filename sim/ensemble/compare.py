"""Paired comparison of scenarios in memory: an ensemble whose files are not kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.ensemble.comparison import Comparison, check
from sim.ensemble.draw import draw_members
from sim.ensemble.folder import EnsembleFolder
from sim.ensemble.gather import in_memory
from sim.ensemble.run import run_missing
from sim.errors import InputError, Problem
from sim.scenario.schema import Scenario

MOST_IN_MEMORY = 4_000
"""Runs of a comparison, of some 2 MB each."""

NO_SPACE = "Free space there, set TMPDIR to another folder, or use `corridor ensemble`"
"""Remedy where the members don't fit into the folder of temporary files."""


def compare(
    scenarios: Sequence[Scenario],
    members: int = 16,
    seed: int = 0,
    workers: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Comparison:
    """Run every scenario on the same members.

    Parameters and errors are those of :func:`sim.ensemble.run.run_ensemble`; more than :data:`MOST_IN_MEMORY` runs are
    refused.
    """
    check(scenarios)
    names = [scenario.name for scenario in scenarios]
    runs = members * len(names)
    if runs > MOST_IN_MEMORY:
        remedy = "Use `corridor ensemble`, whose memory does not grow with members"
        raise InputError(Problem("command line", "--members", f"{runs:,} runs", f"at most {MOST_IN_MEMORY:,}", remedy))
    drawn = draw_members(scenarios, members, seed)
    with TemporaryDirectory(prefix="corridor-") as folder:
        files = run_missing(EnsembleFolder(Path(folder), NO_SPACE), scenarios, drawn, workers, progress=progress)
        dataset, table = in_memory(files, names, members)
    return Comparison(dataset, table, dict(zip(names, scenarios, strict=True)), tuple(drawn), seed)
