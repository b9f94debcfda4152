"""Paired members of several scenarios, so that differences are the scenarios' own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import xarray as xr

from sim.ensemble.draw import Member
from sim.errors import Problem, ScenarioError, did_you_mean
from sim.results.shown import Shown
from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Shown):
    """Paired members of several scenarios.

    Attributes
    ----------
    dataset : the runs' series, dims scenario, member, time, …; settlements are summed, or averaged by residents.
        Read from a file when asked for, where the members came from one.
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

    def select(self, names: Sequence[str]) -> Comparison:
        """Return the comparison of some of the scenarios, the first of ``names`` as baseline.

        Raises
        ------
        ScenarioError : for names that are not in it
        """
        known = list(self.scenarios)
        strange = [name for name in names if name not in known]
        if strange:
            raise ScenarioError(
                Problem(
                    name, "", "no scenario of this ensemble", f"one of {', '.join(known)}", did_you_mean(name, known)
                )
                for name in strange
            )
        chosen = dict.fromkeys(names)
        rows = [self.summaries[self.summaries["scenario"] == name] for name in chosen]
        return replace(
            self,
            dataset=self.dataset.sel(scenario=list(chosen)).drop_encoding(),
            summaries=pd.concat(rows, ignore_index=True),
            scenarios={name: self.scenarios[name] for name in chosen},
        )

    def differences(self) -> xr.Dataset:
        """Return each scenario less the baseline, member by member."""
        base = self.dataset.sel(scenario=self.baseline, drop=True)
        others = [name for name in self.scenarios if name != self.baseline]
        return self.dataset.sel(scenario=others) - base


def check(scenarios: Sequence[Scenario]) -> None:
    """Raise ScenarioError unless there are scenarios of different names, on one clock and at one place."""
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
        if scenario.place != scenarios[0].place:
            problems.append(Problem(scenario.name, "place", "another place", f"the place of {names[0]}"))
    if problems:
        raise ScenarioError(problems)
