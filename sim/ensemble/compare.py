"""Paired comparison of scenarios: the same members, the same seeds, so that differences are the scenarios' own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from sim.ensemble.draw import Member, draw_members
from sim.ensemble.pool import run_all, worker_pool
from sim.errors import Problem, ScenarioError
from sim.model.run import run
from sim.results.shown import Shown
from sim.results.summary import Summary
from sim.scenario.schema import Scenario

Progress = Callable[[float], None]

MOST_TIMES = 1000
"""Output times kept of each member, and the last."""


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown):
    """Paired members of several scenarios.

    Attributes
    ----------
    dataset : the runs' series, dims scenario, member, time, …; settlements are summed, or averaged by residents
    summaries : one row for each scenario and member
    scenarios : the scenarios, by name; the first is the baseline
    members : what each member assumed
    """

    dataset: xr.Dataset
    summaries: pd.DataFrame
    scenarios: dict[str, Scenario]
    members: tuple[Member, ...]
    seed: int

    @property
    def baseline(self) -> str:
        """Name of the scenario that the others are compared with."""
        return next(iter(self.scenarios))

    def differences(self) -> xr.Dataset:
        """Return each scenario less the baseline, member by member."""
        base = self.dataset.sel(scenario=self.baseline, drop=True)
        others = [name for name in self.scenarios if name != self.baseline]
        return self.dataset.sel(scenario=others) - base


@dataclass(frozen=True)
class Task:
    """One run of a comparison."""

    scenario: Scenario
    member: Member


def compare(
    scenarios: Sequence[Scenario],
    members: int = 16,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run every scenario on the same members.

    Parameters
    ----------
    scenarios : at least one, of different names, on one clock; the first is the baseline
    members : draws from the priors; 1 takes the scenarios' own values
    seed : root seed of members and runs
    workers : processes; as many as cores if None; the result does not depend on it
    progress : called with the share of runs that are done

    Raises
    ------
    ScenarioError : if there is none, names repeat or clocks differ
    """
    _check(scenarios)
    drawn = draw_members(scenarios, members, seed)
    tasks = [Task(scenario, member) for scenario in scenarios for member in drawn]
    series, rows = [], []
    with worker_pool(min(workers, len(tasks)) if workers else _few(len(tasks))) as executor:
        for done, (dataset, summary) in enumerate(run_all(run_member, tasks, executor), 1):
            series.append(dataset)
            rows.append(summary)
            if progress is not None:
                progress(done / len(tasks))
    names = [scenario.name for scenario in scenarios]
    n = len(drawn)
    joined = [xr.concat(series[i * n : (i + 1) * n], "member", join="exact") for i in range(len(names))]
    dataset = xr.concat(joined, pd.Index(names, name="scenario"), join="exact")
    table = pd.DataFrame(rows)
    table.insert(0, "member", [task.member.number for task in tasks])
    table.insert(0, "scenario", [task.scenario.name for task in tasks])
    return Comparison(dataset, table, dict(zip(names, scenarios, strict=True)), tuple(drawn), seed)


def run_member(task: Task) -> tuple[xr.Dataset, Summary]:
    """Run one member of one scenario; return its thinned series and summary."""
    result = run(task.member.of(task.scenario), task.member.seed)
    return thin(result.dataset), dict(result.summary)


def thin(dataset: xr.Dataset) -> xr.Dataset:
    """Keep about :data:`MOST_TIMES` times, the last among them, and totals in place of each settlement."""
    n_times = dataset.sizes["time"]
    stride = -(-n_times // MOST_TIMES)
    weights = dataset.persons_home.isel(time=0)
    kept = dataset.isel(time=np.union1d(np.arange(0, n_times, stride), [n_times - 1]))
    data = {}
    for name, variable in kept.data_vars.items():
        if "settlement" not in variable.dims:
            data[name] = variable
        elif variable.attrs["aggregates"] == "level":
            data[name] = variable.weighted(weights).mean("settlement").assign_attrs(variable.attrs)
        else:
            data[name] = variable.sum("settlement").assign_attrs(variable.attrs)
    return xr.Dataset(data).drop_vars("settlement", errors="ignore").assign_attrs(dataset.attrs)


def _few(tasks: int) -> int | None:
    """Return 1 where starting processes would cost more than it saves."""
    return 1 if tasks < 4 else None


def _check(scenarios: Sequence[Scenario]) -> None:
    if not scenarios:
        raise ScenarioError(Problem("compare", "", "no scenario", "at least one scenario"))
    names = [scenario.name for scenario in scenarios]
    problems = [
        Problem(name, "name", "the same name twice", "scenarios of different names")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    first = scenarios[0].time
    for scenario in scenarios[1:]:
        same = (scenario.time.start, scenario.time.days, scenario.time.step_minutes, scenario.time.output_minutes) == (
            first.start,
            first.days,
            first.step_minutes,
            first.output_minutes,
        )
        if not same:
            problems.append(Problem(scenario.name, "time", "another clock", f"the clock of {names[0]}", "align [time]"))
    if problems:
        raise ScenarioError(problems)
