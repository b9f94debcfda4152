"""``corridor hindcast``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    LARGEST_SEED,
    MOST_MEMBERS,
    Out,
    ScenarioName,
    Seed,
    command_line,
    in_range,
    of_workers,
    raise_all,
)
from sim.progress import progress_bar

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def hindcast(
    scenario: ScenarioName = "as_reported",
    members: Annotated[int, typer.Option("--members", metavar="N", help="Draws from the posterior.")] = 64,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option("--workers", metavar="W", help="Processes to share the runs.")] = 2,
    out: Out = None,
    reference: Annotated[
        bool,
        typer.Option("--reference", help="Play the reference extremes instead: two cases' institutions, one model."),
    ] = False,
) -> None:
    """Score the calibrated model on counts it has not seen, beside simple curves fitted to the same early counts.

    Where a place's counts are of displaced persons, such as karabakh_2020, predict by month how many still are.
    """
    raise_all(
        in_range("--members", members, 2, MOST_MEMBERS)
        + in_range("--seed", seed, 0, LARGEST_SEED)
        + of_workers(workers)
    )
    if reference:
        _extremes(members, seed, workers, out)
        return
    from sim.evaluation.displaced import has_displaced_counts
    from sim.results.folder import check_target
    from sim.scenario.load import load

    definition = load(scenario)
    folder = out or Path("results") / f"hindcast-{definition.name}-seed{seed}"
    check_target(folder)
    play = _displaced if has_displaced_counts(definition.place.dataset) else _arrivals
    play(definition, members, seed, workers, folder)


def _arrivals(definition: Scenario, members: int, seed: int, workers: int, folder: Path) -> None:
    """Score arrivals on held-back counts."""
    from sim.evaluation.hindcast import hindcast as play
    from sim.evaluation.report import show_hindcast, write_hindcast

    with progress_bar("hindcast") as progress:
        outcome = play(definition, members, seed, workers, progress)
    write_hindcast(outcome, folder, definition, seed, command_line())
    typer.echo(show_hindcast(outcome))
    typer.echo(f"Written to {folder}: table.md, arrivals.csv, predicted.csv, hindcast.json and figures/")


def _displaced(definition: Scenario, members: int, seed: int, workers: int, folder: Path) -> None:
    """Predict who is still displaced, by month."""
    from sim.evaluation.prediction import predict
    from sim.evaluation.prediction_report import show_prediction, write_prediction

    with progress_bar("hindcast") as progress:
        outcome = predict(definition, members, seed, workers, progress)
    write_prediction(outcome, folder, definition, seed, command_line())
    typer.echo(show_prediction(outcome))
    typer.echo(f"Written to {folder}: table.md, predicted.csv, members.csv, counts.csv, hindcast.json and figures/")


def _extremes(members: int, seed: int, workers: int, out: Path | None) -> None:
    """Play the reference extremes."""
    from sim.evaluation.extremes import play_extremes, show_extremes, write_extremes
    from sim.results.folder import check_target

    folder = out or Path("results") / f"reference-seed{seed}"
    check_target(folder)
    with progress_bar("reference extremes") as progress:
        left = play_extremes(members, seed, workers, progress)
    write_extremes(left, folder, seed, command_line())
    typer.echo(show_extremes(left))
    typer.echo(f"Written to {folder}: table.md, left.csv, hindcast.json and figures/")
