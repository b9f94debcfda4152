"""``corridor compare``."""

from __future__ import annotations

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
from sim.cli.progress import progress_bar
from sim.cli.show import show_comparison


def compare(
    scenarios: ScenarioNames,
    members: Members = 16,
    seed: Seed = 0,
    workers: Workers = None,
    days: Days = None,
    changes: Changes = None,
    out: Out = None,
) -> None:
    """Run scenarios under the same chance, member by member, and write how they differ to a folder."""
    from sim.results.folder import check_target

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
    show_comparison(comparison)
    typer.echo(
        f"Written to {folder}: comparison.nc, fan.nc, fan.csv, members.csv, assumed.csv, table.md, table.csv, "
        "compare.json and figures/"
    )
