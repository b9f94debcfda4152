"""The uncertain numbers of a scenario as independent factors, each moved along the shares of its distribution.

Elementary effects and variance shares need inputs that vary independently. What the counts behind the scenario's
posterior hang on moves along its own posterior distribution, so that values which they speak against stay out, but its
ties with other calibrated numbers are cut; everything else moves along its prior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats.qmc import LatinHypercube

from sim.ensemble.draw import Member, given_anew, member_seeds
from sim.ensemble.posterior import core_of, read_posterior
from sim.population.streams import Streams
from sim.scenario.schema import Scenario
from sim.scenario.uncertain import priors, values_of

Floats = NDArray[np.float64]

TIED = 0.5
"""Rank correlation from which calibrated numbers are said to be tied."""

LEAST_SHARE = 1e-6
"""Shares of a distribution are cut to this distance from 0 and 1."""


@dataclass(frozen=True, eq=False)
class Factor:
    """One uncertain number: its path and either its prior or the sorted draws of its posterior."""

    path: str
    prior: Any
    draws: Floats | None = None

    @property
    def calibrated(self) -> bool:
        """Whether it moves along its posterior."""
        return self.draws is not None

    def at(self, share: float) -> float:
        """Return the value below which ``share`` of its distribution lies."""
        share = min(max(share, LEAST_SHARE), 1.0 - LEAST_SHARE)
        if self.draws is not None:
            return float(np.quantile(self.draws, share))
        return float(values_of(self.prior, self.path, np.array([share]))[0])


def factors_of(scenario: Scenario) -> tuple[Factor, ...]:
    """Return the uncertain numbers of ``scenario`` in the order of its file; what was set by hand is none."""
    draws = _posterior(scenario)
    return tuple(
        Factor(path, prior, np.sort(draws[path].to_numpy(dtype=float)) if path in draws else None)
        for path, prior in priors(scenario).items()
    )


def values_at(factors: Sequence[Factor], shares: Sequence[float] | Floats) -> dict[str, float]:
    """Return path → value of every factor at its share."""
    return {factor.path: factor.at(float(share)) for factor, share in zip(factors, shares, strict=True)}


def ties(scenario: Scenario, least: float = TIED) -> list[tuple[str, str, float]]:
    """Return pairs of calibrated numbers that go together in the posterior, with their rank correlation."""
    table = _posterior(scenario)
    correlation = table.corr(method="spearman").to_numpy(dtype=float)
    names = [str(path) for path in table]
    found = [(names[a], names[b], float(correlation[a, b])) for a, b in combinations(range(len(names)), 2)]
    return sorted((pair for pair in found if abs(pair[2]) >= least), key=lambda pair: -abs(pair[2]))


def draw_independent(scenario: Scenario, n: int, seed: int) -> list[Member]:
    """Draw ``n`` members whose assumptions are independent, but for the calibrated ones, which come as posterior rows.

    Each number has a value in every one of ``n`` equal strata of its distribution, from a stream of its own name.
    """
    streams = Streams(seed)
    draws = _posterior(scenario)
    rows = np.minimum((_strata(streams, "posterior", n) * len(draws)).astype(int), len(draws) - 1)
    columns = {
        factor.path: draws[factor.path].to_numpy(dtype=float)[rows]
        if factor.calibrated
        else [factor.at(share) for share in _strata(streams, factor.path, n)]
        for factor in factors_of(scenario)
    }
    table = pd.DataFrame(columns, index=range(n))
    return [
        Member(number, own, {str(path): float(value) for path, value in row.items()})
        for number, (own, row) in enumerate(zip(member_seeds(seed, n), table.to_dict("records"), strict=True))
    ]


def _strata(streams: Streams, name: str, n: int) -> Floats:
    """Return one number in each of ``n`` equal strata of (0, 1), shuffled."""
    return np.asarray(LatinHypercube(d=1, rng=streams.generator("independent member", name)).random(n)[:, 0])


def _posterior(scenario: Scenario) -> pd.DataFrame:
    """Return the posterior draws of what the counts hang on, one row each; no columns where there is no posterior.

    Where the posterior's file does not say what that is, it is all that the file holds.
    """
    if scenario.posterior is None:
        return pd.DataFrame()
    draws = read_posterior(scenario.posterior)
    core = core_of(scenario.posterior) or tuple(map(str, draws))
    given = given_anew([scenario], scenario.posterior)
    return draws[[path for path in draws if path in core and path not in given]]
