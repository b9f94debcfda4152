"""``corridor run``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import (
    LARGEST_SEED,
    Changes,
    Days,
    Out,
    ScenarioName,
    Seed,
    command_line,
    in_range,
    overrides,
    raise_all,
)
from sim.cli.show import show_run
from sim.progress import progress_bar

Figures = Annotated[
    bool, typer.Option("--figures/--no-figures", help="Draw the figures, which takes most of the time.")
]


def run(
    scenario: ScenarioName,
    seed: Seed = 0,
    days: Days = None,
    changes: Changes = None,
    out: Out = None,
    figures: Figures = True,
) -> None:
    """Run one scenario and write its result to a folder."""
    from sim.results.folder import check_target
    from sim.scenario.load import load

    changed, problems = overrides(days, changes or [])
    raise_all([*problems, *in_range("--seed", seed, 0, LARGEST_SEED)])
    definition = load(scenario, changed)
    folder = out or Path("results") / f"{definition.name}-seed{seed}"
    check_target(folder)

    from sim.model.run import run as play
    from sim.results.write import write

    with progress_bar(definition.name) as progress:
        result = play(definition, seed, progress)
    write(result, folder, figures=figures, command=command_line())
    show_run(result)
    typer.echo(
        f"Written to {folder}: result.nc, series.csv, summary.json, run.json, planner.xlsx, "
        f"{'planner/ and figures/' if figures else 'and planner/'}; `corridor report {folder}` makes one page of it"
    )
