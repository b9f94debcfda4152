"""The table of households: head counts follow every move, and nobody is created or lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import StateError
from sim.population.households import DEAD, DISPLACED, HOME, READY, RETURNED, TRANSIT, Households
from sim.population.streams import Streams
from sim.population.synthesis import Columns

SETTLEMENTS = ("Upper", "Empty", "Lower")
PLACES = ("border", "north", "south", "abroad")


def table(n: int = 40, seed: int = 0) -> Households:
    generator = np.random.default_rng(seed)
    size = generator.integers(1, 7, n)
    columns = Columns(
        home=np.sort(generator.choice([0, 2], n)),
        size=size,
        children=size // 3,
        older=np.zeros(n, dtype=np.int64),
        female=size // 2,
        disability=np.zeros(n, dtype=np.int64),
        vehicle=generator.random(n) < 0.5,
        kin=np.full(n, -1),
    )
    return Households(columns, SETTLEMENTS, PLACES, Streams(seed))


def counted(households: Households, state: int) -> np.ndarray:
    """Count the persons in ``state`` by home from the rows."""
    rows = households.status == state
    return np.bincount(households.columns.home[rows], weights=households.persons[rows], minlength=len(SETTLEMENTS))


MOVES = st.lists(
    st.tuples(st.sampled_from([HOME, READY, TRANSIT, DISPLACED, RETURNED]), st.integers(0, 2**32 - 1)), max_size=12
)


@settings(max_examples=100, deadline=None)
@given(MOVES, st.integers(0, 40), st.integers(0, 1000))
def test_head_counts_are_those_of_the_rows(moves: list[tuple[int, int]], deaths: int, seed: int) -> None:
    households = table(seed=seed)
    for to, pick in moves:
        generator = np.random.default_rng(pick)
        living = np.flatnonzero(households.status != DEAD)
        ids = generator.choice(living, generator.integers(0, living.size + 1), replace=False)
        households.move(ids, to, generator.integers(0, len(PLACES), ids.size) if to == DISPLACED else -1)
        households.take_deaths(deaths // 12, np.arange(len(households)), generator)
        households.check()
        assert np.array_equal(households.at_home, counted(households, HOME))
        assert np.array_equal(households.ready, counted(households, READY))
        assert np.array_equal(households.returned, counted(households, RETURNED))
        assert households.in_transit == counted(households, TRANSIT).sum()
        rows = households.status == DISPLACED
        at = np.bincount(households.place[rows], weights=households.persons[rows], minlength=len(PLACES))
        assert np.array_equal(households.displaced, at)
        assert households.deaths == households.columns.size.sum() - households.persons.sum()
        assert ((households.persons == 0) == (households.status == DEAD)).all()


def test_a_person_too_many_is_noticed() -> None:
    households = table()
    households.at_home[0] += 1
    with pytest.raises(StateError, match="not conserved"):
        households.check()


def test_no_more_die_than_live() -> None:
    households = table()
    alive = int(households.persons.sum())
    assert households.take_deaths(10**6, np.arange(len(households)), np.random.default_rng(0)) == alive
    assert households.take_deaths(3, np.arange(len(households)), np.random.default_rng(0)) == 0
    assert households.take_deaths(3, np.empty(0, dtype=np.int64), np.random.default_rng(0)) == 0
    assert (households.status == DEAD).all()
    assert households.deaths == alive


def test_each_living_person_is_as_likely_to_die() -> None:
    died = np.zeros(40)
    for seed in range(400):
        households = table()
        households.take_deaths(10, np.arange(40), np.random.default_rng(seed))
        died += households.columns.size - households.persons
    expected = 400 * 10 * households.columns.size / households.columns.size.sum()
    chi_square = float(((died - expected) ** 2 / expected).sum())
    assert chi_square < 70.0


def test_a_household_is_seen_as_a_user_expects() -> None:
    households = table()
    first = households[0]
    assert (first.home, first.status, first.place) == ("Upper", "home", "")
    assert first.size == first.persons == households.columns.size[0]
    households.move(np.array([39]), DISPLACED, 3)
    assert (households[-1].number, households[-1].status, households[-1].place) == (39, "displaced", "abroad")
    assert len(households) == 40
    with pytest.raises(IndexError):
        households[40]
    with pytest.raises(AttributeError):
        first.status = "dead"  # type: ignore[misc]


def test_those_present_are_at_home_ready_or_returned() -> None:
    households = table()
    households.move(np.arange(0, 10), READY)
    households.move(np.arange(10, 20), TRANSIT)
    households.move(np.arange(10, 15), RETURNED)
    assert households.present.sum() == households.persons.sum() - households.in_transit
    lower = households.living_at(2)
    assert set(lower) == set(np.flatnonzero((households.columns.home == 2) & (households.status != TRANSIT)))
    assert households.living_at(1).size == 0


def test_groups_keep_order_and_leave_nobody_out() -> None:
    households = table()
    ids = np.array([39, 3, 20, 1, 7])
    by_home = households.by_home(ids)
    assert sorted(np.concatenate([part for _, part in by_home]).tolist()) == sorted(ids.tolist())
    assert all((households.columns.home[part] == home).all() for home, part in by_home)
    households.spell[[3, 7]] = 300
    assert {spell: part.tolist() for spell, part in households.by_spell(ids)} == {0: [39, 20, 1], 300: [3, 7]}
    assert households.by_spell(ids[:0]) == households.by_home(ids[:0]) == []


def test_thresholds_are_a_households_own_and_fresh_in_each_spell() -> None:
    few, many = table(), table()
    first = few.thresholds("leave", 0, 0.5)
    assert np.array_equal(first, many.thresholds("leave", 0, 0.5))
    assert np.array_equal(first, few.thresholds("leave", 0, 0.5))
    assert not np.intersect1d(first, few.thresholds("leave", 1, 0.5)).size
    assert not np.intersect1d(first, few.thresholds("return", 0, 0.5)).size
    assert (first > 0.0).all()
