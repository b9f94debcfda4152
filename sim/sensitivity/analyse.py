"""What a scenario's outputs hang on: all assumptions are screened, the leading ones moved and given their shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ensemble.draw import Member
from sim.ensemble.member import MOST_TIMES, Task
from sim.ensemble.pool import run_all, worker_pool
from sim.errors import Problem, ScenarioError, did_you_mean
from sim.model.run import run
from sim.population.streams import Streams
from sim.results.outlook import planner_outputs
from sim.scenario.schema import Scenario
from sim.scenario.uncertain import priors
from sim.sensitivity.factors import Factor, factors_of, values_at
from sim.sensitivity.plan import Plan
from sim.sensitivity.screen import HIGH, LOW, leading, screen
from sim.sensitivity.sobol import sobol

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Progress = Callable[[float], None]

MIDDLE = 0.5
REST = "all other assumptions"
CHANCE = "chance"


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """How a scenario's outputs hang on its assumptions.

    Attributes
    ----------
    screening : elementary effects of every assumption, see :func:`sim.sensitivity.screen.screen`
    swings : outputs at the 5% and 95% value of each leading assumption, see :func:`swings`
    indices : variance shares of the kept ones, of all others together and of chance, see
        :func:`sim.sensitivity.sobol.sobol`
    kept : the assumptions that screening kept, the largest first
    """

    scenario: Scenario
    outputs: tuple[str, ...]
    plan: Plan
    seed: int
    factors: tuple[Factor, ...]
    screening: pd.DataFrame
    swings: pd.DataFrame
    indices: pd.DataFrame
    kept: tuple[str, ...]


def analyse(
    scenario: Scenario,
    outputs: Sequence[str],
    plan: Plan,
    seed: int = 0,
    workers: int | None = None,
    progress: Progress | None = None,
    only: Sequence[str] = (),
) -> Sensitivity:
    """Screen the uncertain numbers of ``scenario``, then measure those that matter.

    Parameters
    ----------
    scenario : what is played; numbers set by hand stay
    outputs : names of planner's outputs
    plan : how many runs each step gets
    seed : root of designs and runs
    workers : processes; as many as cores if None; the result does not depend on it
    progress : called with the share of runs that are done
    only : beginnings of the paths that are screened; all if empty. Others stay at their medians until they vary
        together beside those that screening kept

    Raises
    ------
    ScenarioError : if nothing in the scenario is uncertain, or nothing that ``only`` names
    """
    factors = factors_of(scenario)
    screened = screened_paths(scenario, only)
    with worker_pool(workers) as executor:
        player = Player(scenario, factors, tuple(outputs), seed, executor, progress, plan.runs(len(screened)))
        screening = screen(
            screened, lambda shares, of: player.on_trajectories(shares, of, screened), plan.trajectories, seed
        )
        leaders = leading(screening, plan.swings)
        table = swings(player, leaders, plan.repeats)
        kept = strongest(screening, table, plan.keep)
        rest = [REST] if len(kept) < len(factors) else []
        indices = sobol([*kept, *rest, CHANCE], lambda shares: player.on_design(shares, kept), plan.base, seed)
    return Sensitivity(scenario, tuple(outputs), plan, seed, factors, screening, table, indices, tuple(kept))


def strongest(screening: pd.DataFrame, moved: pd.DataFrame, most: int) -> list[str]:
    """Return the assumptions with the largest mean of their shares in all effects and in all swings of the outputs.

    A few trajectories rank the leading assumptions no better than roughly; swings are exact, but from medians only.
    """
    swing = moved.assign(size=moved["swing"].abs())
    total = swing.groupby("output")["size"].transform("sum")
    swing["share"] = (swing["size"] / total.where(total > 0)).fillna(0.0)
    shares = [table.groupby("assumption", sort=False)["share"].mean() for table in (screening, swing)]
    ranked = (shares[0].reindex(shares[1].index) + shares[1]).sort_values(ascending=False, kind="stable")
    return [str(name) for name in ranked.index[:most]]


def screened_paths(scenario: Scenario, only: Sequence[str] = ()) -> list[str]:
    """Return the paths of the uncertain numbers that begin with any of ``only``, or all; see :func:`analyse`."""
    known = list(priors(scenario))
    if not known:
        raise ScenarioError(Problem(scenario.name, "", "no uncertain number", "numbers with a prior"))
    unknown = [word for word in only if not any(path.startswith(word) for path in known)]
    if unknown:
        expected = "the beginning of an uncertain number's path (see `corridor explain`)"
        raise ScenarioError(
            Problem(scenario.name, word, "no such uncertain number", expected, did_you_mean(word, known))
            for word in unknown
        )
    return [path for path in known if not only or path.startswith(tuple(only))]


@dataclass(eq=False)
class Player:
    """Plays one scenario at shares of its factors and reports how much of ``total`` runs is done."""

    scenario: Scenario
    factors: tuple[Factor, ...]
    outputs: tuple[str, ...]
    seed: int
    executor: Executor | None
    progress: Progress | None
    total: int
    done: int = 0

    def play(self, shares: Floats, seeds: Sequence[int]) -> pd.DataFrame:
        """Return a row of outputs for each row of ``shares``, shape (n_points, n_factors), run on its seed."""
        tasks = [
            Task(self.scenario, Member(number, own, values_at(self.factors, row)))
            for number, (row, own) in enumerate(zip(shares, seeds, strict=True))
        ]
        rows: list[dict[str, float]] = []
        for outcome in run_all(measure, tasks, self.executor):
            rows.append({name: outcome[name] for name in self.outputs})
            self.done += 1
            if self.progress is not None:
                self.progress(min(1.0, self.done / self.total))
        return pd.DataFrame(rows, columns=list(self.outputs))

    def on_trajectories(self, shares: Floats, trajectory: Ints, moved: Sequence[str]) -> pd.DataFrame:
        """Play points of trajectories, given as shares of ``moved``: one chance for each trajectory."""
        paths = [factor.path for factor in self.factors]
        full = np.full((len(shares), len(paths)), MIDDLE)
        full[:, [paths.index(path) for path in moved]] = shares
        return self.play(full, [self.chance("trajectory", int(number)) for number in trajectory])

    def on_design(self, shares: Floats, kept: Sequence[str]) -> pd.DataFrame:
        """Play points given as shares of ``kept``, then of all others together (if there are any) and of chance.

        Each number of the last two stands for one draw of everything they hold.
        """
        paths = [factor.path for factor in self.factors]
        columns = [paths.index(path) for path in kept]
        others = [place for place in range(len(paths)) if place not in columns]
        full = np.empty((len(shares), len(paths)))
        full[:, columns] = shares[:, : len(kept)]
        for row, point in zip(full, shares, strict=True):
            row[others] = Streams(self.seed).uniform(len(others), REST, float(point[len(kept)]))
        return self.play(full, [self.chance(CHANCE, float(point[-1])) for point in shares])

    def chance(self, *name: object) -> int:
        """Return the seed of the runs that go by ``name``."""
        return int(Streams(self.seed).generator("sensitivity", *name).integers(2**62))


def measure(task: Task) -> dict[str, float]:
    """Play one run and return its planner's outputs; what never came about counts as the whole length of the run."""
    scenario = task.member.of(task.scenario)
    result = run(scenario, task.member.seed, most_times=MOST_TIMES)
    found = planner_outputs(result.dataset, result.summary)
    return {name: 24.0 * scenario.time.days if math.isinf(value) else value for name, value in found.items()}


def swings(player: Player, assumptions: Sequence[str], repeats: int) -> pd.DataFrame:
    """Return what moving one assumption at a time does, all others at their medians, under the same chance.

    Parameters
    ----------
    assumptions : paths, in the order of the rows
    repeats : seeds on which each pair is run

    Returns
    -------
    Columns output, assumption, ``low_value`` and ``high_value`` of the assumption (5% and 95%), ``at_median``,
    ``at_low`` and ``at_high`` of the output (means over seeds), ``swing`` (high less low) and the ``least`` and
    ``greatest`` swing of any seed; the largest swing of each output first.
    """
    by_path = {factor.path: place for place, factor in enumerate(player.factors)}
    points = [np.full(len(by_path), MIDDLE)]
    for path in assumptions:
        for share in (LOW, HIGH):
            point = points[0].copy()
            point[by_path[path]] = share
            points.append(point)
    seeds = [player.chance("swing", number) for number in range(repeats)]
    played = player.play(np.repeat(points, repeats, axis=0), seeds * len(points))
    rows = []
    for output in player.outputs:
        values = played[output].to_numpy(dtype=float).reshape(len(points), repeats)
        for number, path in enumerate(assumptions):
            low, high = values[1 + 2 * number], values[2 + 2 * number]
            factor = player.factors[by_path[path]]
            rows.append(
                {
                    "output": output,
                    "assumption": path,
                    "low_value": factor.at(LOW),
                    "high_value": factor.at(HIGH),
                    "at_median": values[0].mean(),
                    "at_low": low.mean(),
                    "at_high": high.mean(),
                    "swing": (high - low).mean(),
                    "least": (high - low).min(),
                    "greatest": (high - low).max(),
                }
            )
    table = pd.DataFrame(rows)
    order = table.assign(size=-table["swing"].abs(), place=table["output"].map(player.outputs.index))
    return table.loc[order.sort_values(["place", "size"], kind="stable").index].reset_index(drop=True)
