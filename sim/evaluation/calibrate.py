"""Calibration: which values of the uncertain numbers agree with the early counts.

A sequential Monte Carlo sampler (Del Moral, Doucet & Jasra 2006) moves particles from the priors to the posterior
by tempering the likelihood, each temperature chosen so that half of the particles stay effective. Every uncertain
number of the scenario is sampled, as the normal score of its prior, so that draws keep all correlations and what the
counts do not inform keeps its prior. Two moves take turns: a random walk shaped like the cloud on the numbers that
shape the first days, and a preconditioned Crank-Nicolson step (Cotter et al. 2013), which leaves the prior alone
however many numbers there are, on the others. The likelihood is normal, of the counts' own errors and the crossing's
chance deviations added up along the curve (particles are run without those), times that of the reference case. Only
counts handed in are seen: this module reads no file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from sim.errors import Problem, ScenarioError
from sim.evaluation import reference
from sim.evaluation.counts import Counts
from sim.evaluation.simulate import arrivals_at
from sim.model.timeline import local_start
from sim.place.place import load_place
from sim.population.streams import Streams
from sim.scenario.parameters import Parameters
from sim.scenario.schema import Scenario
from sim.scenario.uncertain import priors as uncertain
from sim.scenario.uncertain import values_of

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Progress = Callable[[float], None]

NOISE = ("parameters.crossing_noise_share", "parameters.crossing_noise_hours")
"""Integrated out by the likelihood, so not sampled."""

MOVES = (True, False, True)
"""Moves at each temperature: of the core, or of the others."""

PCN_STEP = 0.8
"""Near 1, where a proposal is a fresh draw from the prior: the counts hardly hang on the numbers that this moves."""

LAST_SWEEPS = 5
"""Rounds of moves at the last temperature, so that copies of a particle part."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws from the posterior, one row each and one column for each path, and how the sampler got there."""

    draws: pd.DataFrame
    log_likelihood: Floats
    temperatures: tuple[float, ...]
    acceptance: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Cloud:
    """Particles as normal scores, shape (n, n_scores), their log-likelihoods, and how the sampler got there."""

    scores: Floats
    fits: Floats
    temperatures: tuple[float, ...]
    acceptance: tuple[float, ...]


@dataclass(frozen=True)
class Target:
    """What particles are judged by."""

    scenario: Scenario
    priors: dict[str, Any]
    hours: Floats
    persons: Floats
    precision: Floats
    seed: int

    def values(self, scores: Floats) -> dict[str, float]:
        """Turn normal scores, shape (n_paths,), into values by path."""
        return values_at(self.priors, scores)

    def arrivals(self, shares: Floats) -> Floats:
        """Return arrivals at the hours of the counts, each number at that share of its prior, shape (n_paths,)."""
        return arrivals_at(self.scenario.vary(self.values(norm.ppf(shares))), self.hours, self.seed)

    def log_likelihood(self, scores: Floats) -> float:
        """Return the log-likelihood of the counts and of the reference case under one particle, up to a constant."""
        scenario = self.scenario.vary(self.values(scores))
        error = arrivals_at(scenario, self.hours, self.seed) - self.persons
        known = reference.log_likelihood(Parameters.from_values(scenario.values()).decisions)
        return float(-0.5 * error @ self.precision @ error) + known


def calibrate(
    scenario: Scenario,
    counts: Counts,
    *,
    core: Sequence[str],
    particles: int = 200,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Posterior:
    """Fit every uncertain number of ``scenario`` to ``counts``; a value set by hand stays.

    Parameters
    ----------
    scenario : the scenario that the counts belong to
    counts : cumulative arrivals that may be seen
    core : paths of the numbers that the counts hang on, as a screening finds them
    particles : number of draws
    executor : where particles run; in this process if None
    progress : called with the temperature reached, 0 to 1

    Raises
    ------
    ScenarioError : if a number of the core has no prior
    """
    bare = [path for path in core if path not in scenario.priors()]
    if bare:
        raise ScenarioError(Problem(scenario.name, path, "no prior", "a prior to fit") for path in bare)
    target = target_of(scenario, counts, seed)
    in_core = np.array([path in core for path in target.priors])
    evaluate = partial(_evaluate, target, executor=executor)
    cloud = temper(evaluate, particles, in_core, Streams(seed).generator("calibration"), progress)
    draws = pd.DataFrame([target.values(row) for row in cloud.scores])
    return Posterior(draws, cloud.fits, cloud.temperatures, cloud.acceptance)


def temper(
    evaluate: Callable[[Floats], Floats],
    particles: int,
    in_core: Flags,
    generator: np.random.Generator,
    progress: Progress | None = None,
    *,
    pcn_step: float = PCN_STEP,
    last_sweeps: int = LAST_SWEEPS,
) -> Cloud:
    """Move particles from a standard normal prior to the posterior.

    Parameters
    ----------
    evaluate : gives the log-likelihood, shape (n,), of scores, shape (n, n_scores)
    in_core : shape (n_scores,), whether each score is moved by the random walk or by the other move
    progress : called with the temperature reached, 0 to 1
    pcn_step : of the other move, 0 to 1
    last_sweeps : rounds of moves at the last temperature, so that copies of a particle part
    """
    scores = generator.standard_normal((particles, in_core.size))
    fits = evaluate(scores)
    temperatures: list[float] = [0.0]
    acceptance: list[float] = []
    while temperatures[-1] < 1.0:
        temperature = _next_temperature(fits, temperatures[-1])
        scores, fits = _resample(scores, fits, temperature - temperatures[-1], generator)
        moves = MOVES * (last_sweeps if temperature == 1.0 else 1)
        for of_core in (move for move in moves if move or not in_core.all()):
            proposed, log_prior_ratio = (
                _walk(scores, in_core, generator) if of_core else _crank(scores, in_core, generator, pcn_step)
            )
            proposed_fits = evaluate(proposed)
            accept = np.log(generator.random(particles)) < temperature * (proposed_fits - fits) + log_prior_ratio
            scores = np.where(accept[:, None], proposed, scores)
            fits = np.where(accept, proposed_fits, fits)
            acceptance.append(float(accept.mean()))
        temperatures.append(temperature)
        if progress is not None:
            progress(temperature)
    return Cloud(scores, fits, tuple(temperatures), tuple(acceptance))


def target_of(scenario: Scenario, counts: Counts, seed: int) -> Target:
    """Return what particles of ``scenario`` are judged by."""
    priors = {path: prior for path, prior in uncertain(scenario).items() if path not in NOISE}
    noise = (scenario.parameters[path.removeprefix("parameters.")].value for path in NOISE)
    precision: Floats = np.asarray(np.linalg.inv(counts.covariance(*noise)), dtype=np.float64)
    start = pd.Timestamp(local_start(scenario, load_place(scenario.place.dataset)))
    quiet = scenario.vary({NOISE[0]: 0.0})
    return Target(quiet, priors, counts.hours(start), counts.persons, precision, seed)


def values_at(priors: Mapping[str, Any], scores: Floats) -> dict[str, float]:
    """Turn normal scores, shape (n_paths,), into values of ``priors``, by path."""
    return {
        path: float(values_of(prior, path, [u])[0])
        for (path, prior), u in zip(priors.items(), norm.cdf(scores), strict=True)
    }


def _evaluate(target: Target, scores: Floats, executor: Executor | None) -> Floats:
    """Return the log-likelihood of each particle, shape (n,)."""
    if executor is None:
        return np.array([target.log_likelihood(row) for row in scores])
    return np.array(list(executor.map(partial(Target.log_likelihood, target), scores, chunksize=8)))


def _next_temperature(fits: Floats, now: float) -> float:
    """Return the temperature at which half of the particles stay effective, at most 1."""

    def surplus(temperature: float) -> float:
        weight = np.exp((temperature - now) * (fits - fits.max()))
        return float(weight.sum() ** 2 / (weight**2).sum() - 0.5 * fits.size)

    return 1.0 if surplus(1.0) >= 0.0 else float(brentq(surplus, now, 1.0, xtol=1e-9))


def _resample(scores: Floats, fits: Floats, rise: float, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw particles in proportion to their weights (systematic resampling)."""
    weight = np.exp(rise * (fits - fits.max()))
    upto = np.cumsum(weight) / weight.sum()
    points = (np.arange(fits.size) + generator.random()) / fits.size
    rows = np.minimum(np.searchsorted(upto, points), fits.size - 1)
    return scores[rows], fits[rows]


def _walk(scores: Floats, in_core: Flags, generator: np.random.Generator) -> tuple[Floats, Floats]:
    """Propose a random-walk step of the core, shaped like the cloud; return it and the log ratio of priors."""
    core = scores[:, in_core]
    n, k = core.shape
    spread = np.linalg.cholesky(np.cov(core.T).reshape(k, k) + 1e-6 * np.eye(k)) * (2.38 / np.sqrt(k) * 0.7)
    proposed = scores.copy()
    proposed[:, in_core] = core + generator.standard_normal((n, k)) @ spread.T
    return proposed, np.asarray(0.5 * ((core**2).sum(1) - (proposed[:, in_core] ** 2).sum(1)))


def _crank(scores: Floats, in_core: Flags, generator: np.random.Generator, step: float) -> tuple[Floats, Floats]:
    """Propose a preconditioned Crank-Nicolson step of the others; it leaves the ratio of priors at one."""
    proposed = scores.copy()
    others = scores[:, ~in_core]
    proposed[:, ~in_core] = np.sqrt(1 - step**2) * others + step * generator.standard_normal(others.shape)
    return proposed, np.zeros(len(scores))
