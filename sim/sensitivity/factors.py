"""The uncertain numbers of a scenario as independent factors, each moved along the shares of its distribution.

Elementary effects and variance shares need inputs that vary independently. What the counts of 2023 were seen to inform
(:func:`sim.evaluation.posterior.core_of`) moves along its own posterior distribution, so that values which the counts
speak against stay out, but its ties with other calibrated numbers are cut; everything else moves along its prior.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats.qmc import LatinHypercube

from sim.ensemble.draw import Member, priors
from sim.evaluation.posterior import core_of, read_posterior
from sim.population.streams import Streams
from sim.scenario.parameters import SPECS
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]

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
        spec = SPECS.get(self.path.removeprefix("parameters."))
        low, high = (spec.low, spec.high) if spec else (-np.inf, np.inf)
        return float(self.prior.quantile(np.array([share]), low, high)[0])


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


def draw_independent(scenario: Scenario, n: int, seed: int) -> list[Member]:
    """Draw ``n`` members whose assumptions are independent, but for the calibrated ones, which come as posterior rows.

    Each number has a value in every one of ``n`` equal strata of its distribution, from a stream of its own name.
    """
    streams = Streams(seed)
    seeds = np.random.SeedSequence(seed).generate_state(n, np.uint64) >> np.uint64(1)
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
        Member(number, int(own), {str(path): float(value) for path, value in row.items()})
        for number, (own, row) in enumerate(zip(seeds, table.to_dict("records"), strict=True))
    ]


def _strata(streams: Streams, name: str, n: int) -> Floats:
    """Return one number in each of ``n`` equal strata of (0, 1), shuffled."""
    return np.asarray(LatinHypercube(d=1, rng=streams.generator("independent member", name)).random(n)[:, 0])


def _posterior(scenario: Scenario) -> pd.DataFrame:
    """Return the posterior draws of what the counts inform, one row each; no columns where there is no posterior."""
    if scenario.posterior is None:
        return pd.DataFrame()
    draws = read_posterior(scenario.posterior)
    core = core_of(scenario.posterior)
    return draws[[path for path in draws if path in core]]
