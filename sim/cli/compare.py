"""``corridor compare``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import (
    LARGEST_SEED,
    MOST_MEMBERS,
    MOST_WORKERS,
    Changes,
    Days,
    Out,
    Seed,
    command_line,
    in_range,
    overrides,
    raise_all,
)
from sim.cli.progress import progress_bar
from sim.cli.show import show_comparison
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Members = Annotated[int, typer.Option("--members", metavar="N", help="Paired runs of each scenario.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="W", help="Processes to share the runs (default: one for each core).")
]


def compare(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO...", help="Names or files; the others are compared with the first.")
    ],
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
    problems += in_range("--seed", seed, 0, LARGEST_SEED)
    problems += in_range("--members", members, 1, MOST_MEMBERS)
    problems += in_range("--workers", 1 if workers is None else workers, 1, MOST_WORKERS)
    raise_all(problems)
    definitions = _load_all(scenarios, changed)
    folder = out or Path("results") / _folder_name([item.name for item in definitions], seed)
    check_target(folder)

    from sim.ensemble.compare import compare as play
    from sim.results.write_comparison import write_comparison

    with progress_bar("compare") as progress:
        comparison = play(definitions, members=members, seed=seed, workers=workers, progress=progress)
    write_comparison(comparison, folder, definitions, seed, command=command_line())
    show_comparison(comparison)
    typer.echo(
        f"Written to {folder}: comparison.nc, members.csv, assumed.csv, table.md, table.csv, compare.json, brief.pdf, "
        f"planner.xlsx, planner/ and figures/; `corridor report {folder}` makes one page of it"
    )


def _load_all(names: list[str], changed: dict[str, object]) -> list[Scenario]:
    """Load every scenario, or raise the problems of all."""
    from sim.scenario.load import load

    loaded: list[Scenario] = []
    problems: list[Problem] = []
    for name in names:
        try:
            loaded.append(load(name, changed))
        except InputError as error:
            problems += error.problems
    twice = [name for name, times in Counter(item.name for item in loaded).items() if times > 1]
    problems += [Problem("command line", name, "this name twice", "scenarios of different names") for name in twice]
    raise_all(list(dict.fromkeys(problems)))
    return loaded


def _folder_name(names: list[str], seed: int) -> str:
    joined = "-".join(names)
    return f"compare-{joined if len(joined) <= 60 else f'{names[0]}-and-{len(names) - 1}-more'}-seed{seed}"
