"""Options that verbs share, and checks of their values in the words of the house."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

LARGEST_SEED = 2**63 - 1
MOST_MEMBERS = 100_000

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="Name of a shipped scenario (see `corridor list`), or a .toml file.")
]
ScenarioNames = Annotated[
    list[str], typer.Argument(metavar="SCENARIO...", help="Names or files; the others are compared with the first.")
]
Members = Annotated[int, typer.Option("--members", metavar="N", help="Paired runs of each scenario.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="W", help="Processes to share the runs (default: one for each core).")
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Root of all chance: the same seed, the same result.")]
Days = Annotated[
    float | None, typer.Option("--days", metavar="D", help="Length of the run, in place of the scenario's.")
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change one value, such as parameters.hr_threat=3 or interventions.monitors.strength=0.5; repeatable.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder to write; an earlier result there is replaced.")
]


def overrides(days: float | None, changes: Sequence[str]) -> tuple[dict[str, object], list[Problem]]:
    """Return path → value of ``--days`` and ``--set``, and what is wrong with how they were written."""
    found: dict[str, object] = {} if days is None else {"time.days": days}
    problems = []
    for text in changes:
        path, equals, value = (part.strip() for part in text.partition("="))
        if not equals or not path or not value:
            problems.append(_problem("--set", f"`{text}`", "PATH=VALUE", "For example parameters.hr_threat=3"))
        elif path in found:
            problems.append(_problem("--set", f"`{path}` twice", "each path once"))
        else:
            found[path] = value
    return found, problems


def in_range(option: str, value: int, low: int, high: int) -> list[Problem]:
    """Return the problem of a whole number outside ``[low, high]``, if there is one."""
    if low <= value <= high:
        return []
    return [_problem(option, str(value), f"a whole number from {low:,} to {high:,}")]


def of_members(members: int, seed: int, workers: int | None) -> list[Problem]:
    """Return what is wrong with ``--members``, ``--seed`` and ``--workers``."""
    return (
        in_range("--seed", seed, 0, LARGEST_SEED)
        + in_range("--members", members, 1, MOST_MEMBERS)
        + of_workers(1 if workers is None else workers)
    )


def of_workers(workers: int) -> list[Problem]:
    """Return what is wrong with ``--workers``."""
    from sim.ensemble.pool import most_workers

    return in_range("--workers", workers, 1, most_workers())


def load_all(names: Sequence[str], changed: Mapping[str, object]) -> list[Scenario]:
    """Load scenarios of different names, or raise the problems of all."""
    from sim.scenario.load import load

    loaded: list[Scenario] = []
    problems: list[Problem] = []
    for name in names:
        try:
            loaded.append(load(name, changed))
        except InputError as error:
            problems += error.problems
    twice = [name for name, times in Counter(item.name for item in loaded).items() if times > 1]
    problems += [_problem(name, "this name twice", "scenarios of different names") for name in twice]
    raise_all(list(dict.fromkeys(problems)))
    return loaded


def default_folder(verb: str, names: Sequence[str], seed: int) -> Path:
    """Return the folder of a result of several scenarios where ``--out`` is not given."""
    joined = "-".join(names)
    named = joined if len(joined) <= 60 else f"{names[0]}-and-{len(names) - 1}-more"
    return Path("results") / f"{verb}-{named}-seed{seed}"


def raise_all(problems: list[Problem]) -> None:
    """Raise InputError if there are problems."""
    if problems:
        raise InputError(problems)


def command_line() -> str:
    """Return the command as it was typed, for the record beside a result."""
    import shlex
    import sys

    return shlex.join(["corridor", *sys.argv[1:]])


def _problem(option: str, found: str, expected: str, remedy: str = "") -> Problem:
    return Problem("command line", option, found, expected, remedy)
