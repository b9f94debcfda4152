"""``corridor calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import LARGEST_SEED, MOST_WORKERS, Out, ScenarioName, Seed, command_line, in_range, raise_all
from sim.cli.progress import progress_bar


def calibrate(
    scenario: ScenarioName = "as_reported",
    particles: Annotated[int, typer.Option("--particles", metavar="N", help="Draws from the posterior.")] = 200,
    trajectories: Annotated[
        int, typer.Option("--trajectories", metavar="N", help="Of the screening; each plays every uncertain number.")
    ] = 4,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option("--workers", metavar="W", help="Processes to share the runs.")] = 2,
    out: Out = None,
) -> None:
    """Find the uncertain numbers that the early counts hang on, fit all to the counts, and write the posterior."""
    raise_all(
        in_range("--particles", particles, 2, 100_000)
        + in_range("--trajectories", trajectories, 2, 1000)
        + in_range("--seed", seed, 0, LARGEST_SEED)
        + in_range("--workers", workers, 1, MOST_WORKERS)
    )
    from sim.ensemble.pool import worker_pool
    from sim.evaluation.calibrate import calibrate as fit
    from sim.evaluation.calibration_report import show_calibration, write_calibration
    from sim.evaluation.counts import fitting_counts
    from sim.evaluation.screening import kept, screening
    from sim.results.folder import check_target
    from sim.scenario.load import load

    folder = out or Path("results") / f"calibrate-{Path(scenario).stem}-seed{seed}"
    check_target(folder)
    definition = load(scenario).model_copy(update={"posterior": None})
    counts = fitting_counts(definition.place.dataset)
    with worker_pool(workers) as executor:
        with progress_bar("screen") as progress:
            screened = screening(definition, counts, trajectories, seed, executor, progress)
        with progress_bar("calibrate") as progress:
            posterior = fit(
                definition,
                counts,
                core=kept(screened),
                particles=particles,
                seed=seed,
                executor=executor,
                progress=progress,
            )
    write_calibration(folder, definition, counts, screened, posterior, seed, command_line())
    typer.echo(show_calibration(definition, screened, posterior))
    typer.echo(
        f"Written to {folder}: table.md, posterior.csv, screening.csv, correlations.csv, calibrate.json, figures/"
    )
