"""Tune by sweeping: one run, or an ensemble, for each combination of values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from itertools import product

import pandas as pd

from sim.ensemble.draw import Member, draw_members
from sim.ensemble.member import Task, run_member
from sim.ensemble.pool import run_all, worker_pool
from sim.progress import progress_bar
from sim.scenario.schema import Scenario

Progress = Callable[[float], None]


def sweep(
    scenario: Scenario,
    values: Mapping[str, Sequence[object]],
    members: int = 1,
    seed: int = 0,
    workers: int | None = 1,
    progress: Progress | bool = True,
) -> pd.DataFrame:
    """Run ``scenario`` for every combination of values and return the summaries, one row for each run.

    Parameters
    ----------
    scenario : the scenario to vary
    values : dotted path → values to try, such as ``{"parameters.hr_insecurity": [100, 800]}``; anything that
        :meth:`Scenario.vary` takes: parameters, dates, strengths, the horizon
    members : draws from the priors for each combination, the same for all; 1 takes the scenario's own values
    seed : root seed, the same for all combinations
    workers : processes
    progress : called with the share of runs that are done; True shows a bar, but only on a terminal
    """
    combinations = [dict(zip(values, row, strict=True)) for row in product(*values.values())]
    varied = [scenario.vary(combination) for combination in combinations]
    drawn = [_without(member, values) for member in draw_members([scenario], members, seed)]
    tasks = [Task(variant, member) for variant in varied for member in drawn]
    with _reporter(progress) as report, worker_pool(workers) as executor:
        rows = run_all(_summary, tasks, executor, report)
    columns = [{**combination, "member": member.number} for combination in combinations for member in drawn]
    return pd.concat([pd.DataFrame(columns), pd.DataFrame(rows)], axis=1)


def _summary(task: Task) -> Mapping[str, float | None]:
    """Play one run; its series stay where they were made."""
    return run_member(task)[1]


def _reporter(progress: Progress | bool) -> AbstractContextManager[Progress | None]:
    if progress is True:
        return progress_bar("sweep")
    return nullcontext(progress or None)


def _without(member: Member, paths: Iterable[str]) -> Member:
    """Return ``member`` without assumptions about what is swept."""
    swept = set(paths)
    return replace(member, values={path: value for path, value in member.values.items() if path not in swept})
