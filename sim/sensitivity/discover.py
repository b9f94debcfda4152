"""In which region of the assumptions an outcome comes about: members are drawn, or read, and a box is found in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sim.ensemble.folder import read_plan
from sim.ensemble.member import Task
from sim.ensemble.pool import run_all, worker_pool
from sim.ensemble.run import SERIES
from sim.errors import InputError, Problem, did_you_mean
from sim.results.drivers import TOGETHER, drivers
from sim.results.folder import check_whole, read_manifest
from sim.results.outlook import PLANNER_OUTPUTS, outputs_of_members
from sim.scenario.schema import Scenario
from sim.sensitivity.analyse import measure
from sim.sensitivity.factors import draw_independent
from sim.sensitivity.prim import Box, find_box

Flags = NDArray[np.bool_]
Progress = Callable[[float], None]

COMPARE: dict[str, Callable[[pd.Series, float], pd.Series]] = {
    ">=": pd.Series.ge,
    "<=": pd.Series.le,
    ">": pd.Series.gt,
    "<": pd.Series.lt,
}
_RULE = re.compile(r"\s*(\w+)\s*(>=|<=|>|<)\s*(\S+)\s*")
_EXAMPLE = "For example `persons_remaining_share > 0.5`"


@dataclass(frozen=True)
class Wanted:
    """An outcome to look for: a planner's output above or below a number."""

    output: str
    sign: str
    value: float

    def of(self, outputs: pd.DataFrame) -> Flags:
        """Return in which rows it came about, shape (n_rows,)."""
        return np.asarray(COMPARE[self.sign](outputs[self.output], self.value), dtype=bool)

    def __str__(self) -> str:
        return f"{self.output} {self.sign} {self.value:g}"


@dataclass(frozen=True, eq=False)
class Discovery:
    """Members of one scenario, in which of them the outcome came about, and the region found.

    Attributes
    ----------
    assumed : one row for each member, one column for each assumption
    outputs : one row for each member, columns member, seed and the planner's outputs
    wanted : the outcome
    box : the region; None if no assumption separates the outcome better than chance
    """

    scenario: Scenario
    wanted: Wanted
    assumed: pd.DataFrame
    outputs: pd.DataFrame
    box: Box | None
    source: str

    @property
    def came_about(self) -> Flags:
        """In which members the outcome came about, shape (n_members,)."""
        return self.wanted.of(self.outputs)

    def together(self, name: str) -> list[str]:
        """Return the assumptions that go up or down with ``name`` in these members, so that either may be meant."""
        close = self.assumed.rank().corrwith(self.assumed[name].rank()).abs().drop(name)
        return [str(other) for other in close[close >= TOGETHER].sort_values(ascending=False).index]

    def axes(self) -> list[str]:
        """Return two assumptions to draw: those of the region first, then those that go most with the outcome."""
        chosen = list(self.box.limits) if self.box else []
        outcome = self.outputs[self.wanted.output].to_numpy(dtype=float)
        chosen += [driver.path for driver in drivers(self.assumed, outcome)]
        close = self.assumed.rank().corrwith(pd.Series(outcome).rank()).abs()
        chosen += [str(name) for name in close.sort_values(ascending=False).index]
        return list(dict.fromkeys(chosen))[:2]


def parse(text: str) -> Wanted:
    """Return the outcome that ``text`` names, such as ``persons_remaining_share > 0.5``.

    Raises
    ------
    InputError : if it is no rule of that form, or names no planner's output

    >>> parse("persons_remaining_share>0.5")
    Wanted(output='persons_remaining_share', sign='>', value=0.5)
    """
    match = _RULE.fullmatch(text)
    if match is None:
        raise InputError(Problem("command line", "outcome", f"`{text}`", "OUTPUT > NUMBER, or >=, < or <=", _EXAMPLE))
    output, sign, number = match.groups()
    problems = []
    if output not in PLANNER_OUTPUTS:
        known = ", ".join(f"`{name}`" for name in PLANNER_OUTPUTS)
        remedy = did_you_mean(output, PLANNER_OUTPUTS)
        problems.append(Problem("command line", "outcome", f"`{output}`", f"one of {known}", remedy))
    try:
        value = float(number)
    except ValueError:
        value = float("nan")
    if not np.isfinite(value):
        problems.append(Problem("command line", "outcome", f"`{number}`", "a number", _EXAMPLE))
    if problems:
        raise InputError(problems)
    return Wanted(output, sign, value)


def discover(
    scenario: Scenario,
    wanted: Wanted,
    members: int = 200,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Discovery:
    """Play members whose assumptions are independent, and find the region in which ``wanted`` comes about.

    Parameters
    ----------
    scenario : what is played
    wanted : the outcome
    members : draws; calibrated numbers come as rows of the posterior, all others from their priors
    seed : root of members, runs and shuffles
    workers : processes; as many as cores if None; the result does not depend on it
    progress : called with the share of runs that are done
    """
    drawn = draw_independent(scenario, members, seed)
    rows = []
    with worker_pool(workers) as executor:
        tasks = [Task(scenario, member) for member in drawn]
        for member, outcome in zip(drawn, run_all(measure, tasks, executor), strict=True):
            rows.append({"member": member.number, "seed": member.seed, **outcome})
            if progress is not None:
                progress(len(rows) / len(drawn))
    assumed = pd.DataFrame([member.values for member in drawn])
    return _discovery(scenario, wanted, assumed, pd.DataFrame(rows), seed, f"{members} members, seed {seed}")


def discover_in(folder: Path, name: str, wanted: Wanted, seed: int = 0) -> Discovery:
    """Find the region in the finished members of one scenario of a comparison or an ensemble.

    Parameters
    ----------
    folder : what ``corridor compare`` or ``corridor ensemble`` wrote
    name : which of its scenarios
    wanted : the outcome
    seed : root of the shuffles

    Raises
    ------
    InputError : if the folder holds neither, or none of that scenario
    """
    manifest = read_manifest(folder) or read_plan(folder) or {}
    series = {"comparison": "comparison.nc", "ensemble": SERIES}.get(manifest.get("kind", ""))
    if series is None:
        expected = "a folder that `corridor compare` or `corridor ensemble` wrote"
        raise InputError(Problem(str(folder), "", "no comparison and no ensemble", expected))
    check_whole(folder, manifest)
    known = {item["name"]: item["resolved"] for item in manifest["scenarios"]}
    if name not in known:
        listed = ", ".join(f"`{item}`" for item in known)
        raise InputError(Problem(str(folder), name, "no such scenario", f"one of {listed}", did_you_mean(name, known)))
    scenario = Scenario.model_validate(known[name])
    try:
        summaries = pd.read_csv(folder / "members.csv")
        rows = pd.read_csv(folder / "assumed.csv")
        with xr.open_dataset(folder / series, engine="h5netcdf") as dataset:
            outputs = outputs_of_members(dataset.sel(scenario=[name]), summaries[summaries["scenario"] == name])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            Problem(str(folder), "", f"a damaged result ({error})", "a whole one", "Run it again")
        ) from error
    outputs = outputs.drop(columns="scenario").sort_values("member", ignore_index=True)
    assumed = _own_values(rows, scenario)
    outputs.insert(1, "seed", outputs["member"].map(rows.drop_duplicates("member").set_index("member")["seed"]))
    return _discovery(scenario, wanted, assumed, outputs, seed, f"{len(outputs)} members of {folder}")


def _own_values(rows: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return members × assumptions of one scenario from rows of member, path and value."""
    wide = rows.pivot(index="member", columns="path", values="value")
    columns = {}
    for path in scenario.priors():
        key = next((key for key in (f"{scenario.name}: {path}", path) if key in wide), None)
        if key is not None:
            columns[path] = wide[key].to_numpy(dtype=float)
    return pd.DataFrame(columns)


def _discovery(
    scenario: Scenario, wanted: Wanted, assumed: pd.DataFrame, outputs: pd.DataFrame, seed: int, source: str
) -> Discovery:
    box = find_box(assumed, wanted.of(outputs), seed)
    return Discovery(scenario, wanted, assumed, outputs, box, source)
