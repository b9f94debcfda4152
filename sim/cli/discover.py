"""``corridor discover``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    MOST_MEMBERS,
    Changes,
    Days,
    Out,
    ScenarioName,
    Seed,
    Workers,
    command_line,
    in_range,
    of_members,
    overrides,
    raise_all,
)
from sim.errors import InputError, Problem
from sim.progress import progress_bar

if TYPE_CHECKING:
    from sim.sensitivity.discover import Wanted


LEAST_MEMBERS = 20


def discover(
    scenario: ScenarioName,
    outcome: Annotated[
        str,
        typer.Argument(metavar="OUTCOME", help='A planner\'s output and a number, as "persons_remaining_share > 0.5".'),
    ],
    members: Annotated[int, typer.Option("--members", metavar="N", help="Runs, each with its own assumptions.")] = 200,
    finished: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Use the members of a finished `corridor compare` or `ensemble`."),
    ] = None,
    seed: Seed = 0,
    workers: Workers = None,
    days: Days = None,
    changes: Changes = None,
    out: Out = None,
) -> None:
    """Find in which region of the assumptions an outcome comes about, as a plain rule, or that there is none.

    Plays 200 members. Outputs: see `corridor sensitivity`.
    """
    from sim.results.folder import check_target

    changed, problems = overrides(days, changes or [])
    wanted, unknown = _outcome(outcome)
    problems += unknown
    problems += in_range("--members", members, LEAST_MEMBERS, MOST_MEMBERS)
    problems += of_members(LEAST_MEMBERS, seed, workers)
    if finished is not None and changed:
        problems.append(
            Problem("command line", "--from", "changes to the scenario too", "finished members as they are")
        )
    raise_all(problems)
    assert wanted is not None
    folder = out or Path("results") / f"discover-{Path(scenario).stem}-{wanted.output}-seed{seed}"
    check_target(folder)

    from sim.sensitivity.discover import discover as play
    from sim.sensitivity.discover import discover_in
    from sim.sensitivity.report_discovery import show_discovery, write_discovery

    if finished is not None:
        found = discover_in(finished, scenario, wanted, seed)
    else:
        from sim.scenario.load import load

        definition = load(scenario, changed)
        with progress_bar("discover") as progress:
            found = play(definition, wanted, members, seed, workers, progress)
    write_discovery(found, folder, seed, command_line())
    typer.echo(show_discovery(found))
    typer.echo(f"Written to {folder}: table.md, members.csv, assumed.csv, discovery.json, figures/")


def _outcome(text: str) -> tuple[Wanted | None, list[Problem]]:
    """Return the outcome, or what is wrong with it."""
    from sim.sensitivity.discover import parse

    try:
        return parse(text), []
    except InputError as error:
        return None, list(error.problems)
