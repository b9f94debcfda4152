"""``corridor compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    Changes,
    Days,
    Members,
    Out,
    ScenarioNames,
    Seed,
    Workers,
    command_line,
    default_folder,
    load_all,
    of_members,
    overrides,
    raise_all,
)
from sim.cli.show import show_comparison
from sim.errors import Problem
from sim.progress import progress_bar

if TYPE_CHECKING:
    from sim.results.compared import Compared
    from sim.scenario.schema import Scenario

RUNNING = {"members": "--members", "seed": "--seed", "workers": "--workers", "days": "--days", "changes": "--set"}
"""Parameter → option of what tells how members run, which is no choice where they have run."""


def compare(
    context: typer.Context,
    scenarios: ScenarioNames,
    members: Members = 16,
    seed: Seed = 0,
    workers: Workers = None,
    days: Days = None,
    changes: Changes = None,
    ensemble: Annotated[
        Path | None, typer.Option("--ensemble", metavar="DIR", help="Take the runs of this ensemble, and run nothing.")
    ] = None,
    out: Out = None,
) -> None:
    """Run scenarios under the same chance, member by member, and write how they differ to a folder."""
    from sim.results.folder import check_target

    if ensemble is not None:
        _check_unused(context)
        _of_ensemble(ensemble, scenarios, out)
        return
    changed, problems = overrides(days, changes or [])
    raise_all([*problems, *of_members(members, seed, workers)])
    definitions = load_all(scenarios, changed)
    folder = out or default_folder("compare", [item.name for item in definitions], seed)
    check_target(folder)

    from sim.ensemble.compare import compare as play
    from sim.results.write_comparison import write_comparison

    with progress_bar("compare") as progress:
        comparison = play(definitions, members=members, seed=seed, workers=workers, progress=progress)
    write_comparison(comparison, folder, definitions, seed, command=command_line())
    _show(comparison, folder, definitions)


def _check_unused(context: typer.Context) -> None:
    """Raise InputError for options that tell how members run."""
    given = {option: context.get_parameter_source(name) for name, option in RUNNING.items()}
    raise_all(
        [
            Problem("command line", option, "`--ensemble` beside it", "one of the two")
            for option, source in given.items()
            if source is not None and source.name != "DEFAULT"
        ]
    )


def _of_ensemble(source: Path, names: list[str], out: Path | None) -> None:
    """Compare scenarios of an ensemble that has been run."""
    from sim.ensemble.run import open_ensemble
    from sim.results.folder import check_target
    from sim.results.write_comparison import write_comparison

    comparison = open_ensemble(source).select(names)
    folder = out or default_folder("compare", names, comparison.seed)
    check_target(folder)
    definitions = list(comparison.scenarios.values())
    write_comparison(comparison, folder, definitions, comparison.seed, command=command_line())
    _show(comparison, folder, definitions)


def _show(comparison: Compared, folder: Path, scenarios: list[Scenario]) -> None:
    show_comparison(comparison, scenarios)
    typer.echo(
        f"Written to {folder}: comparison.nc, fan.nc, fan.csv, members.csv, assumed.csv, table.md, table.csv, "
        "claims.csv, compare.json, brief.pdf, planner.xlsx, planner/ and figures/; "
        f"`corridor report {folder}` makes one page of it"
    )
