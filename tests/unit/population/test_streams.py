"""Random streams: named, apart from one another, and the same however much is drawn."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kstest, pearsonr

from sim.population.streams import Streams

NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**63 - 1), NAMES, st.integers(0, 60), st.integers(0, 60))
def test_fewer_numbers_are_the_first_of_more(seed: int, name: list[str], m: int, n: int) -> None:
    few, many = sorted((m, n))
    assert np.array_equal(Streams(seed).uniform(few, *name), Streams(seed).uniform(many, *name)[:few])
    assert np.array_equal(Streams(seed).exponential(few, *name), Streams(seed).exponential(many, *name)[:few])


def test_a_stream_does_not_depend_on_what_was_drawn_before() -> None:
    fresh, used = Streams(3), Streams(3)
    used.uniform(17, "other")
    used.generator("leave", "Askeran").random(5)
    assert np.array_equal(fresh.uniform(9, "leave", "Askeran"), used.uniform(9, "leave", "Askeran"))


def test_other_names_and_seeds_give_other_numbers() -> None:
    streams = Streams(3)
    drawn = [
        streams.uniform(2000, "leave", 0),
        streams.uniform(2000, "leave", 1),
        streams.uniform(2000, "leave", "Askeran"),
        streams.uniform(2000, "leave Askeran"),
        Streams(4).uniform(2000, "leave", 0),
    ]
    for i, a in enumerate(drawn):
        for b in drawn[:i]:
            assert not np.intersect1d(a, b).size
            assert abs(pearsonr(a, b).statistic) < 0.08


def test_numbers_lie_within_0_and_1_and_are_uniform() -> None:
    drawn = Streams(0).uniform(100_000, "any")
    assert drawn.min() > 0.0
    assert drawn.max() < 1.0
    assert kstest(drawn, "uniform").pvalue > 0.01
    assert kstest(Streams(0).exponential(100_000, "other"), "expon").pvalue > 0.01
