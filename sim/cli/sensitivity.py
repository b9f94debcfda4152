"""``corridor sensitivity``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import (
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
from sim.errors import Problem, did_you_mean
from sim.progress import progress_bar

OUTPUTS = (
    "persons_remaining_share,persons_left,persons_arrived,hours_to_half_arrived,"
    "peak_queue_vehicles,peak_wait_hours,peak_unsheltered,need_person_days"
)


def sensitivity(
    scenario: ScenarioName,
    outputs: Annotated[
        str, typer.Option("--outputs", metavar="NAME,NAME", help="Planner's outputs; also persons_returned and deaths.")
    ] = OUTPUTS,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="PATH",
            help="Screen only the numbers whose path begins so, such as interventions or parameters.hr_; repeatable.",
        ),
    ] = None,
    trajectories: Annotated[
        int, typer.Option("--trajectories", metavar="R", help="Screening runs for each uncertain number.")
    ] = 2,
    keep: Annotated[int, typer.Option("--keep", metavar="K", help="Numbers that get shares of variance.")] = 4,
    base: Annotated[
        int, typer.Option("--base", metavar="N", help="Points for these, a power of two; N x (K + 4) runs.")
    ] = 32,
    seed: Seed = 0,
    workers: Workers = None,
    days: Days = None,
    changes: Changes = None,
    out: Out = None,
) -> None:
    """Find the assumptions that a scenario's outputs hang on: screening, swings and shares of variance.

    Screens all uncertain numbers by elementary effects, moves the leading dozen one at a time, and gives the leading
    few their shares of each output's variance. A shipped scenario takes some 600 runs; `--days 30` halves their
    length, and `--only interventions`, which screens a dozen numbers, their number.
    """
    from sim.results.folder import check_target

    changed, problems = overrides(days, changes or [])
    names, unknown = _outputs(outputs)
    problems += unknown
    problems += in_range("--trajectories", trajectories, 2, 1_000)
    problems += in_range("--keep", keep, 1, 12)
    problems += in_range("--base", base, 2, 65_536)
    if 2 <= base <= 65_536 and base & (base - 1):
        problems.append(Problem("command line", "--base", str(base), "a power of two, such as 16, 32 or 64"))
    problems += of_members(1, seed, workers)
    raise_all(problems)

    from sim.scenario.load import load

    definition = load(scenario, changed)
    folder = out or Path("results") / f"sensitivity-{definition.name}-seed{seed}"
    check_target(folder)

    from sim.sensitivity.analyse import analyse, screened_paths
    from sim.sensitivity.plan import Plan
    from sim.sensitivity.report import show_sensitivity, write_sensitivity

    plan = Plan(trajectories=trajectories, keep=keep, base=base)
    n_screened = len(screened_paths(definition, only or ()))
    typer.echo(f"{n_screened} uncertain numbers, {plan.runs(n_screened)} runs", err=True)
    with progress_bar("sensitivity") as progress:
        outcome = analyse(definition, names, plan, seed, workers, progress, only or ())
    write_sensitivity(outcome, folder, command_line())
    typer.echo(show_sensitivity(outcome))
    typer.echo(
        f"Written to {folder}: table.md, screening.csv, swings.csv, variance_shares.csv, sensitivity.json, figures/"
    )


def _outputs(text: str) -> tuple[list[str], list[Problem]]:
    """Return the outputs named, and what is wrong with them."""
    from sim.results.outlook import PLANNER_OUTPUTS

    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    expected = "one of " + ", ".join(f"`{name}`" for name in PLANNER_OUTPUTS)
    problems = [
        Problem("command line", "--outputs", f"`{name}`", expected, did_you_mean(name, PLANNER_OUTPUTS))
        for name in names
        if name not in PLANNER_OUTPUTS
    ]
    if not names:
        problems.append(Problem("command line", "--outputs", "no name", expected))
    return names, problems
