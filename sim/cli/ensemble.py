"""``corridor ensemble``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import (
    Changes,
    Days,
    Members,
    ScenarioNames,
    Seed,
    Workers,
    default_folder,
    load_all,
    of_members,
    overrides,
    raise_all,
)
from sim.cli.show import show_comparison
from sim.errors import Problem
from sim.progress import progress_bar


def ensemble(
    scenarios: ScenarioNames,
    members: Members = 64,
    seed: Seed = 0,
    workers: Workers = None,
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers run the members instead."),
    ] = None,
    days: Days = None,
    changes: Changes = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder to write, or to continue in if it was begun.")
    ] = None,
) -> None:
    """Run many members of scenarios, one file each; cut off at any moment, the same command continues."""
    changed, problems = overrides(days, changes or [])
    problems += of_members(members, seed, workers)
    if workers is not None and scheduler is not None:
        problems.append(Problem("command line", "--workers", "`--scheduler` beside it", "one of the two"))
    raise_all(problems)
    definitions = load_all(scenarios, changed)
    folder = out or default_folder("ensemble", [item.name for item in definitions], seed)

    from sim.ensemble.run import run_ensemble

    try:
        with progress_bar("ensemble") as progress:
            outcome = run_ensemble(definitions, folder, members, seed, workers, scheduler, progress)
    except KeyboardInterrupt:
        remedy = "the runs that are finished are kept, and the same command continues"
        raise KeyboardInterrupt(f"interrupted; {remedy}") from None
    show_comparison(outcome, definitions)
    typer.echo(
        f"Written to {folder}: ensemble.nc, members/, fan.nc, fan.csv, members.csv, assumed.csv, table.md, table.csv, "
        "claims.csv, ensemble.json, brief.pdf, planner.xlsx, planner/ and figures/; "
        f"`corridor report {folder}` makes one page of it"
    )
