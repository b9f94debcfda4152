"""``corridor calibrate``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import LARGEST_SEED, MOST_WORKERS, ScenarioName, Seed, in_range, raise_all
from sim.cli.progress import progress_bar


def calibrate(
    scenario: ScenarioName = "as_reported",
    particles: Annotated[int, typer.Option("--particles", metavar="N", help="Draws from the posterior.")] = 200,
    seed: Seed = 0,
    workers: Annotated[int, typer.Option("--workers", metavar="W", help="Processes to share the runs.")] = 2,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="CSV file to write the draws to.")] = Path(
        "posterior.csv"
    ),
) -> None:
    """Fit the uncertain numbers to the early counts of the scenario's place, and write the posterior.

    Where the counts are of displaced persons rather than arrivals, rows of the scenario's posterior are kept whole, and
    only what that posterior can't know is fitted.
    """
    raise_all(
        in_range("--particles", particles, 20, 100_000)
        + in_range("--seed", seed, 0, LARGEST_SEED)
        + in_range("--workers", workers, 1, MOST_WORKERS)
    )
    from sim.ensemble.pool import worker_pool
    from sim.evaluation.calibrate import calibrate as fit
    from sim.evaluation.condition import condition
    from sim.evaluation.counts import fitting_counts
    from sim.evaluation.displaced import early_counts, has_displaced_counts
    from sim.evaluation.posterior import data_hash, write_posterior
    from sim.results.file import check_file
    from sim.scenario.load import load

    check_file(out)
    definition = load(scenario)
    command = f"corridor calibrate {scenario} --particles {particles} --seed {seed} --out {out.name}"
    if has_displaced_counts(definition.place.dataset):
        early = early_counts(definition.place.dataset)
        with progress_bar("calibrate") as progress, worker_pool(workers) as executor:
            posterior = condition(
                definition, early, particles=particles, seed=seed, executor=executor, progress=progress
            )
        header = {
            "conditioned draws of": f"every uncertain number of {definition.name}, one column each",
            "scenario": f"{definition.name}, priors of hash {definition.hash()[:16]}",
            "rows kept whole": f"of {definition.posterior}",
            "data": f"counts/fit, {len(early)} counts up to {early['when'].max():%Y-%m-%d}",
            "method": f"sequential Monte Carlo, {particles} particles, {len(posterior.temperatures) - 1} temperatures",
            "command": command,
        }
        write_posterior(posterior.draws, out, header)
        typer.echo(f"Written to {out}: {len(posterior.draws)} draws of {posterior.draws.shape[1]} uncertain numbers")
        return
    counts = fitting_counts(definition.place.dataset)
    with progress_bar("calibrate") as progress, worker_pool(workers) as executor:
        posterior = fit(definition, counts, particles=particles, seed=seed, executor=executor, progress=progress)
    header = {
        "posterior of": f"every uncertain number of {definition.name}, one column each",
        "scenario": f"{definition.name}, priors of hash {definition.hash()[:16]}",
        "data": f"{counts.file.parent.name}/{counts.file.name}, {len(counts.persons)} counts up to {counts.times[-1]}",
        "data_sha256": data_hash(counts.file),
        "method": f"sequential Monte Carlo, {particles} particles, {len(posterior.temperatures) - 1} temperatures",
        "command": command,
    }
    write_posterior(posterior.draws, out, header)
    typer.echo(f"Written to {out}: {len(posterior.draws)} draws of {posterior.draws.shape[1]} uncertain numbers")
