"""``corridor hindcast``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import (
    LARGEST_SEED,
    MOST_MEMBERS,
    MOST_WORKERS,
    Out,
    ScenarioName,
    Seed,
    command_line,
    in_range,
    raise_all,
)
from sim.cli.progress import progress_bar


def hindcast(
    scenario: ScenarioName = "as_reported",
    members: Annotated[int, typer.Option("--members", metavar="N", help="Draws from the posterior.")] = 64,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option("--workers", metavar="W", help="Processes to share the runs.")] = 2,
    out: Out = None,
) -> None:
    """Score the calibrated model on counts it has not seen, beside simple curves fitted to the same early counts."""
    raise_all(
        in_range("--members", members, 2, MOST_MEMBERS)
        + in_range("--seed", seed, 0, LARGEST_SEED)
        + in_range("--workers", workers, 1, MOST_WORKERS)
    )
    from sim.evaluation.hindcast import hindcast as play
    from sim.evaluation.report import show_hindcast, write_hindcast
    from sim.results.folder import check_target
    from sim.scenario.load import load

    definition = load(scenario)
    folder = out or Path("results") / f"hindcast-{definition.name}-seed{seed}"
    check_target(folder)
    with progress_bar("hindcast") as progress:
        outcome = play(definition, members, seed, workers, progress)
    write_hindcast(outcome, folder, definition, seed, command_line())
    typer.echo(show_hindcast(outcome))
    typer.echo(f"Written to {folder}: table.md, arrivals.csv, predicted.csv, hindcast.json and figures/")
