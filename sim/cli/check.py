"""``corridor check``."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.options import raise_all
from sim.errors import InputError, Problem

FINE_MINUTES = 60
COARSE = "over an hour, queues and waits come out too short, and over a day they are of no use (docs/odd.md, Scales)"


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files, or names of shipped ones.")],
) -> None:
    """Check scenario files, and say everything that is wrong with them."""
    from sim.scenario.load import load

    problems: list[Problem] = []
    for file in files:
        try:
            scenario = load(file)
        except InputError as error:
            problems += error.problems
        else:
            typer.echo(f"{file}: good ({scenario.title})")
            if scenario.time.step_minutes > FINE_MINUTES and scenario.place.network is None:
                typer.echo(f"{file}: note: steps of {scenario.time.step_minutes} min; {COARSE}")
    raise_all(problems)
