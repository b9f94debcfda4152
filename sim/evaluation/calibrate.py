"""Calibration: which values of the uncertain parameters agree with the early counts.

A sequential Monte Carlo sampler (Del Moral, Doucet & Jasra 2006) moves particles from the priors to the posterior
by tempering the likelihood, each temperature chosen so that half of the particles stay effective. Parameters are
moved as standard normal scores of their priors, so that every prior is N(0, 1) whatever its family. The likelihood
is normal: the counts' own errors, and the crossing's chance deviations added up along the curve. Particles are run
without those deviations. Only counts handed in are seen: this module reads none itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from sim.errors import Problem, ScenarioError
from sim.evaluation.counts import Counts
from sim.evaluation.simulate import arrivals_at
from sim.model.timeline import local_start
from sim.place.place import load_place
from sim.population.streams import Streams
from sim.scenario.parameters import SPECS
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]
Progress = Callable[[float], None]

FITTED = (
    "leave_base_per_day",
    "checkpoint_initial_per_hour",
    "checkpoint_full_per_hour",
    "checkpoint_ramp_hours",
    "night_capacity_share",
    "fuelled_share",
    "station_vehicles_per_hour",
    "vehicle_household_share",
    "ride_share_probability",
)
"""Parameters that shape the first days' arrivals; the last three are nuisances that trade off with capacity."""

MOVES = 2
"""Random-walk moves of every particle at each temperature."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Draws from the posterior, one row each, and how the sampler got there."""

    draws: pd.DataFrame
    log_likelihood: Floats
    temperatures: tuple[float, ...]
    acceptance: tuple[float, ...]


@dataclass(frozen=True)
class Target:
    """What particles are judged by."""

    scenario: Scenario
    names: tuple[str, ...]
    hours: Floats
    persons: Floats
    precision: Floats
    seed: int

    def values(self, scores: Floats) -> dict[str, float]:
        """Turn normal scores, shape (n_parameters,), into parameter values."""
        priors = (self.scenario.parameters[name].prior for name in self.names)
        uniform = norm.cdf(scores)
        return {
            name: float(prior.quantile(np.array([u]), SPECS[name].low, SPECS[name].high)[0])
            for name, prior, u in zip(self.names, priors, uniform, strict=True)
            if prior is not None
        }

    def log_likelihood(self, scores: Floats) -> float:
        """Return the log-likelihood of the counts under one particle, up to a constant."""
        error = arrivals_at(self.scenario, self.values(scores), self.hours, self.seed) - self.persons
        return float(-0.5 * error @ self.precision @ error)


def calibrate(
    scenario: Scenario,
    counts: Counts,
    *,
    names: Sequence[str] = FITTED,
    particles: int = 200,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Posterior:
    """Fit ``names`` to ``counts``.

    Parameters
    ----------
    scenario : the scenario that the counts belong to
    counts : cumulative arrivals that may be seen
    names : parameters with priors
    particles : number of draws
    executor : where particles run; in this process if None
    progress : called with the temperature reached, 0 to 1

    Raises
    ------
    ScenarioError : if a parameter has no prior
    """
    bare = [name for name in names if scenario.parameters[name].prior is None]
    if bare:
        raise ScenarioError([Problem(scenario.name, f"parameters.{name}", "no prior", "a prior to fit") for name in bare])
    start = pd.Timestamp(local_start(scenario, load_place(scenario.place.dataset)))
    noise = (scenario.parameters[name].value for name in ("crossing_noise_share", "crossing_noise_hours"))
    quiet = scenario.vary({"parameters.crossing_noise_share": 0.0})
    precision = np.linalg.inv(counts.covariance(*noise))
    target = Target(quiet, tuple(names), counts.hours(start), counts.persons, precision, seed)
    generator = Streams(seed).generator("calibration")
    scores = generator.standard_normal((particles, len(names)))
    fits = _evaluate(target, scores, executor)
    temperatures, acceptance = [0.0], []
    while temperatures[-1] < 1.0:
        temperature = _next_temperature(fits, temperatures[-1])
        scores, fits = _resample(scores, fits, temperature - temperatures[-1], generator)
        for _ in range(MOVES):
            scores, fits, accepted = _move(target, scores, fits, temperature, generator, executor)
            acceptance.append(accepted)
        temperatures.append(temperature)
        if progress is not None:
            progress(temperature)
    draws = pd.DataFrame([target.values(row) for row in scores])
    return Posterior(draws, fits, tuple(temperatures), tuple(acceptance))


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


def _move(
    target: Target,
    scores: Floats,
    fits: Floats,
    temperature: float,
    generator: np.random.Generator,
    executor: Executor | None,
) -> tuple[Floats, Floats, float]:
    """Move each particle once by a random-walk Metropolis step shaped like the cloud."""
    n, k = scores.shape
    spread = np.linalg.cholesky(np.cov(scores.T) + 1e-6 * np.eye(k)) * (2.38 / np.sqrt(k) * 0.7)
    proposed = scores + generator.standard_normal((n, k)) @ spread.T
    proposed_fits = _evaluate(target, proposed, executor)
    log_ratio = temperature * (proposed_fits - fits) + 0.5 * ((scores**2).sum(1) - (proposed**2).sum(1))
    accept = np.log(generator.random(n)) < log_ratio
    return (
        np.where(accept[:, None], proposed, scores),
        np.where(accept, proposed_fits, fits),
        float(accept.mean()),
    )
