"""The event-driven kernel against a list that is searched from end to end, and against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest

from sim.population.risk import RiskSet
from sim.population.streams import Streams
from sim.population.synthesis import gamma_frailty

N_STRATA = 5
ENTER = st.tuples(st.just("enter"), st.integers(0, 1500), st.integers(0, 2**32 - 1))
ADVANCE = st.tuples(st.just("advance"), st.integers(0, 3), st.integers(0, 2**32 - 1))
OPERATIONS = st.lists(ENTER | ADVANCE, max_size=25)


class Naive:
    """What a RiskSet must do, done by looking at everybody."""

    def __init__(self, n_strata: int) -> None:
        self.level = np.zeros(n_strata)
        self.entries: list[tuple[int, float, int]] = []

    def enter(self, ids: np.ndarray, strata: np.ndarray, thresholds: np.ndarray) -> None:
        due = self.level[strata] + thresholds
        self.entries += list(zip(strata.tolist(), due.tolist(), ids.tolist(), strict=True))

    def advance(self, increments: np.ndarray) -> list[int]:
        self.level = self.level + increments
        due = sorted(entry for entry in self.entries if entry[1] <= self.level[entry[0]])
        self.entries = [entry for entry in self.entries if entry[1] > self.level[entry[0]]]
        return [number for _, _, number in due]


def coming(n: int, seed: int, first: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return numbers, strata and thresholds; on a coarse grid, so that many fall due together."""
    generator = np.random.default_rng(seed)
    ids = first + generator.permutation(n)
    return ids, generator.integers(0, N_STRATA, n), generator.integers(1, 64, n) / 8.0


def steps(n: int, seed: int) -> np.ndarray:
    """Return the increments of a step; ``n`` strata or so stand still."""
    generator = np.random.default_rng(seed)
    return np.where(generator.random(N_STRATA) < n / N_STRATA, 0.0, generator.integers(0, 8, N_STRATA) / 8.0)


@settings(max_examples=60, deadline=None)
@given(OPERATIONS)
def test_same_households_in_the_same_step_as_a_search_of_all(operations: list[tuple[str, int, int]]) -> None:
    risk, naive, n_entered = RiskSet(N_STRATA), Naive(N_STRATA), 0
    for what, n, seed in operations:
        if what == "enter":
            batch = coming(n, seed, n_entered)
            risk.enter(*batch)
            naive.enter(*batch)
            n_entered += n
        else:
            increments = steps(n, seed)
            assert risk.advance(increments).tolist() == naive.advance(increments)
    rest = risk.advance(np.full(N_STRATA, 1e6))
    assert rest.tolist() == naive.advance(np.full(N_STRATA, 1e6))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 4000), st.lists(st.integers(1, 1500), max_size=8), st.integers(0, 2**32 - 1))
def test_the_order_and_the_batches_of_entry_do_not_matter(n: int, cuts: list[int], seed: int) -> None:
    ids, strata, thresholds = coming(n, seed, 0)
    whole, parts = RiskSet(N_STRATA), RiskSet(N_STRATA)
    whole.enter(ids, strata, thresholds)
    order = np.random.default_rng(seed).permutation(n)
    for part in np.split(order, np.minimum(np.cumsum(cuts), n).astype(int)):
        parts.enter(ids[part], strata[part], thresholds[part])
    for step in range(12):
        increments = steps(2, seed + step)
        assert whole.advance(increments).tolist() == parts.advance(increments).tolist()


def test_who_enters_later_bears_the_threshold_from_then_on() -> None:
    risk = RiskSet(1)
    risk.enter(np.array([0]), np.array([0]), np.array([1.0]))
    assert risk.advance(np.array([0.75])).tolist() == []
    risk.enter(np.array([1]), np.array([0]), np.array([1.0]))
    assert risk.advance(np.array([0.25])).tolist() == [0]
    assert risk.advance(np.array([0.5])).tolist() == []
    assert risk.advance(np.array([0.25])).tolist() == [1]


def test_nobody_falls_due_without_a_hazard() -> None:
    risk = RiskSet(3)
    ids, strata, _ = coming(500, 1, 0)
    risk.enter(ids, strata % 3, np.full(500, 1e-9))
    assert all(risk.advance(np.zeros(3)).size == 0 for _ in range(20))


def test_a_threshold_without_end_is_never_reached() -> None:
    risk = RiskSet(1)
    risk.enter(np.array([4]), np.array([0]), np.array([np.inf]))
    assert risk.advance(np.array([1e300])).size == 0


def departure_levels(thresholds: np.ndarray, hazard_per_step: float, n_steps: int) -> np.ndarray:
    """Return the cumulative hazard at which each household falls due, ``inf`` if later than the last step."""
    risk = RiskSet(2)
    n = thresholds.size
    risk.enter(np.arange(n), np.arange(n) % 2, thresholds)
    level = np.full(n, np.inf)
    for step in range(1, n_steps + 1):
        level[risk.advance(np.full(2, hazard_per_step))] = step * hazard_per_step
    return level


def test_survival_is_exponential_at_a_constant_hazard() -> None:
    levels = departure_levels(Streams(5).exponential(20_000, "survival"), 0.002, 6000)
    assert np.isfinite(levels).all()
    assert kstest(levels, "expon").pvalue > 0.01


@pytest.mark.parametrize("variance", [0.1, 0.5, 2.0])
def test_survival_with_gamma_frailty(variance: float) -> None:
    streams = Streams(8)
    frailty = gamma_frailty(variance, streams.uniform(20_000, "frailty"))
    levels = departure_levels(streams.exponential(20_000, "leave") / frailty, 0.002, 2000)
    reached = np.isfinite(levels)
    leaving_share = 1.0 - (1.0 + variance * 4.0) ** (-1.0 / variance)
    assert reached.mean() == pytest.approx(leaving_share, abs=0.01)

    def share_due(hazard: np.ndarray) -> np.ndarray:
        return (1.0 - (1.0 + variance * hazard) ** (-1.0 / variance)) / leaving_share

    assert kstest(levels[reached], share_due).pvalue > 0.01
