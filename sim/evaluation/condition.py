"""Conditioning on early counts of the displaced what another place's posterior leaves open.

Each particle is a row of the posterior that the scenario names, kept whole, with draws of what that posterior can't
know: the scenario's own uncertain institutions, numbers to which it gives priors of its own, and everything about
return. Rows are only chosen among, never changed: what decides who leaves stays as it was fitted elsewhere. The
sampler is that of :mod:`sim.evaluation.calibrate`; the likelihood sees counts that are handed in and reads no file.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from sim.ensemble.draw import given_anew
from sim.ensemble.posterior import read_posterior
from sim.errors import Problem, ScenarioError
from sim.evaluation.calibrate import Posterior, temper, values_at
from sim.evaluation.displaced import log_likelihood, modelled_at
from sim.population.streams import Streams
from sim.scenario.parameters import SPECS
from sim.scenario.schema import Scenario
from sim.scenario.uncertain import priors

Floats = NDArray[np.float64]

FILE = "conditioned.csv"
"""Draws that a dataset ships, beside its place.toml."""

STEP_MINUTES = 720
"""Step in which particles are played: half a day moves no count of displaced persons by more than some per cent."""

PCN_STEP, LAST_SWEEPS = 0.35, 1
"""Small steps, as the counts hang on the row that is picked; runs of more than a year are too long for more rounds."""

OPEN_GROUP = "returns"
"""Group of parameters that arrivals elsewhere say nothing about."""


@dataclass(frozen=True, eq=False)
class EarlyTarget:
    """What particles are judged by: ``rows`` of a posterior, priors of what is ``open``, and early ``counts``."""

    scenario: Scenario
    rows: pd.DataFrame
    open: dict[str, Any]
    counts: pd.DataFrame
    seed: int

    def values(self, scores: Floats) -> dict[str, float]:
        """Turn normal scores, shape (1 + n_open,), the first of which picks the row, into values by path."""
        row = min(int(norm.cdf(scores[0]) * len(self.rows)), len(self.rows) - 1)
        kept = {str(path): float(value) for path, value in self.rows.iloc[row].items()}
        return kept | values_at(self.open, scores[1:])

    def log_likelihood(self, scores: Floats) -> float:
        """Return the log-likelihood of the early counts under one particle, up to a constant."""
        return log_likelihood(self.counts, modelled_at(self.scenario.vary(self.values(scores)), self.counts, self.seed))


def condition(
    scenario: Scenario,
    counts: pd.DataFrame,
    *,
    particles: int = 96,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Callable[[float], None] | None = None,
) -> Posterior:
    """Condition the open numbers of ``scenario`` on early ``counts``.

    Parameters
    ----------
    scenario : names the posterior whose rows are kept
    counts : as of :func:`sim.evaluation.displaced.early_counts`
    particles, executor, progress : as in :func:`sim.evaluation.calibrate.calibrate`

    Raises
    ------
    ScenarioError : if the scenario names no posterior
    """
    target = _target(scenario, counts, seed)
    moved = [path.startswith("shocks.") or _group(path) == OPEN_GROUP for path in target.open]
    generator = Streams(seed).generator("conditioning")
    evaluate, in_core = partial(_evaluate, target, executor), np.array([False, *moved])
    cloud = temper(evaluate, particles, in_core, generator, progress, pcn_step=PCN_STEP, last_sweeps=LAST_SWEEPS)
    draws = pd.DataFrame([target.values(row) for row in cloud.scores])
    return Posterior(draws, cloud.fits, cloud.temperatures, cloud.acceptance)


def _target(scenario: Scenario, counts: pd.DataFrame, seed: int) -> EarlyTarget:
    if scenario.posterior is None:
        raise ScenarioError(Problem(scenario.name, "posterior", "none", "the posterior whose rows are to be kept"))
    uncertain = priors(scenario)
    draws = read_posterior(scenario.posterior)
    fresh = given_anew([scenario], scenario.posterior)
    kept = [path for path in draws if path in uncertain and path not in fresh and _group(path) != OPEN_GROUP]
    coarse = scenario.vary({"time.step_minutes": STEP_MINUTES, "time.output_minutes": 2 * STEP_MINUTES})
    open_ = {path: prior for path, prior in uncertain.items() if path not in kept}
    return EarlyTarget(coarse, draws[kept], open_, counts, seed)


def _group(path: str) -> str:
    """Return the process that a parameter belongs to, or an empty text."""
    spec = SPECS.get(path.removeprefix("parameters."))
    return spec.group if spec else ""


def _evaluate(target: EarlyTarget, executor: Executor | None, scores: Floats) -> Floats:
    """Return the log-likelihood of each particle, shape (n,)."""
    if executor is None:
        return np.array([target.log_likelihood(row) for row in scores])
    return np.array(list(executor.map(partial(EarlyTarget.log_likelihood, target), scores, chunksize=4)))
