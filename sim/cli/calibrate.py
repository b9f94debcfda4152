"""``corridor calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import LARGEST_SEED, Out, ScenarioName, Seed, command_line, in_range, of_workers, raise_all
from sim.progress import progress_bar

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sim.scenario.schema import Scenario


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
    """Find the uncertain numbers that the early counts hang on, fit all to the counts, and write the posterior.

    Where the counts are of displaced persons rather than arrivals, rows of the scenario's posterior are kept whole, and
    only what that posterior can't know is fitted.
    """
    raise_all(
        in_range("--particles", particles, 2, 100_000)
        + in_range("--trajectories", trajectories, 2, 1000)
        + in_range("--seed", seed, 0, LARGEST_SEED)
        + of_workers(workers)
    )
    from sim.ensemble.pool import worker_pool
    from sim.evaluation.displaced import has_displaced_counts
    from sim.results.folder import check_target
    from sim.scenario.load import load

    folder = out or Path("results") / f"calibrate-{Path(scenario).stem}-seed{seed}"
    check_target(folder)
    definition = load(scenario)
    with worker_pool(workers) as executor:
        if has_displaced_counts(definition.place.dataset):
            _condition(folder, definition, particles, seed, executor)
        else:
            _fit(folder, definition, particles, trajectories, seed, executor)


def _fit(
    folder: Path, scenario: Scenario, particles: int, trajectories: int, seed: int, executor: Executor | None
) -> None:
    """Screen and fit all uncertain numbers to early counts of arrivals."""
    from sim.evaluation.calibrate import calibrate as fit
    from sim.evaluation.calibration_report import show_calibration, write_calibration
    from sim.evaluation.counts import fitting_counts
    from sim.evaluation.screening import kept, screening

    free = scenario.model_copy(update={"posterior": None})
    counts = fitting_counts(scenario.place.dataset)
    with progress_bar("screen") as progress:
        screened = screening(free, counts, trajectories, seed, executor, progress)
    with progress_bar("calibrate") as progress:
        core = kept(screened)
        posterior = fit(free, counts, core=core, particles=particles, seed=seed, executor=executor, progress=progress)
    write_calibration(folder, free, counts, screened, posterior, seed, command_line())
    typer.echo(show_calibration(free, screened, posterior))
    typer.echo(
        f"Written to {folder}: table.md, posterior.csv, screening.csv, identified.csv, correlations.csv, "
        "calibrate.json and figures/"
    )


def _condition(folder: Path, scenario: Scenario, particles: int, seed: int, executor: Executor | None) -> None:
    """Fit what the scenario's posterior can't know to early counts of displaced persons."""
    from sim.evaluation.calibration_report import write_conditioned
    from sim.evaluation.condition import condition
    from sim.evaluation.displaced import early_counts

    early = early_counts(scenario.place.dataset)
    with progress_bar("calibrate") as progress:
        posterior = condition(scenario, early, particles=particles, seed=seed, executor=executor, progress=progress)
    write_conditioned(folder, scenario, early, posterior, seed, command_line())
    typer.echo(f"Written to {folder}: posterior.csv and calibrate.json")
