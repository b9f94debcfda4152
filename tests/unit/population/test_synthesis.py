"""Synthetic households add up and have the reported structure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.place.place import Place, load_place
from sim.population.streams import Streams
from sim.population.synthesis import MAX_SIZE, Columns, apportion, gamma_frailty, household_sizes, synthesize
from sim.scenario.load import load
from sim.scenario.parameters import Parameters

PLACE = load_place("karabakh_2023")
VALUES = load("as_reported").values()


def columns(changes: dict[str, float], seed: int = 0, place: Place = PLACE) -> Columns:
    return synthesize(place, Parameters.from_values(VALUES | changes), Streams(seed))


WEIGHTS = arrays(float, st.integers(1, 40), elements=st.floats(0.0, 1e6)).filter(lambda w: w.sum() > 1e-3)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**7), WEIGHTS)
def test_apportioned_persons_add_up_and_are_fair(total: int, weights: np.ndarray) -> None:
    parts = apportion(total, weights)
    assert parts.sum() == total
    assert np.abs(parts - total * weights / weights.sum()).max() < 1.0
    assert (parts[weights == 0.0] == 0).all()


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 3000), st.floats(1.0, 12.0), st.integers(0, 1000))
def test_household_sizes_add_up(persons: int, mean: float, seed: int) -> None:
    most = min(persons, int(persons / mean * 1.2) + 60)
    sizes = household_sizes(persons, mean, Streams(seed).uniform(most, "size"))
    assert sizes.sum() == persons
    assert 1 <= sizes.min() <= sizes.max() <= MAX_SIZE


def test_more_persons_in_a_settlement_leave_the_first_households_as_they_were() -> None:
    few = household_sizes(1000, 3.3, Streams(1).uniform(400, "size"))
    many = household_sizes(1003, 3.3, Streams(1).uniform(420, "size"))
    assert np.array_equal(few[:-1], many[: few.size - 1])


def test_the_reported_structure_is_met() -> None:
    drawn = columns({"residents_total": 101_700.0})
    persons, n = drawn.size.sum(), drawn.size.size
    assert persons == 101_700
    assert persons / n == pytest.approx(VALUES["household_size_mean"], rel=0.01)
    for name, share in (
        ("children", "child_share"),
        ("older", "older_share"),
        ("female", "female_share"),
        ("disability", "disability_share"),
    ):
        assert getattr(drawn, name).sum() / persons == pytest.approx(VALUES[share], abs=0.006), name
    assert drawn.vehicle.mean() == pytest.approx(VALUES["vehicle_household_share"], abs=0.012)
    assert (drawn.kin >= 0).mean() == pytest.approx(VALUES["kin_household_share"], abs=0.012)


def test_settlements_have_their_share_of_residents() -> None:
    drawn = columns({"residents_total": 50_000.0})
    persons = np.bincount(drawn.home, weights=drawn.size, minlength=len(PLACE.settlements))
    assert np.abs(persons - 50_000 * np.array([s.weight for s in PLACE.settlements])).max() < 1.0
    assert (np.diff(drawn.home) >= 0).all()


def test_every_household_has_an_adult_and_no_more_members_than_its_size() -> None:
    drawn = columns({"residents_total": 20_000.0, "child_share": 0.6, "older_share": 0.4})
    assert (drawn.children < drawn.size).all()
    assert (drawn.children + drawn.older <= drawn.size).all()
    assert (drawn.female <= drawn.size).all()


def test_kin_live_where_people_live() -> None:
    drawn = columns({"residents_total": 101_700.0, "kin_household_share": 1.0})
    residents = np.array([province.residents for province in PLACE.provinces])
    shares = np.bincount(drawn.kin, minlength=residents.size) / drawn.kin.size
    assert np.abs(shares - residents / residents.sum()).max() < 0.01


@pytest.mark.parametrize("persons", [1, 2, 3, 7, 20, 50])
def test_the_smallest_territories(persons: int) -> None:
    drawn = columns({"residents_total": float(persons)}, seed=persons)
    assert drawn.size.sum() == persons
    assert drawn.size.min() >= 1


def test_a_settlement_without_residents_has_no_households() -> None:
    empty = (replace(PLACE.settlements[0], weight=0.0), *PLACE.settlements[1:])
    drawn = columns({"residents_total": 5000.0}, place=replace(PLACE, settlements=empty))
    assert drawn.home.min() == 1
    assert drawn.size.sum() == 5000


def test_frailties_have_mean_1_and_the_variance_asked_for() -> None:
    uniform = Streams(2).uniform(200_000, "frailty")
    for variance in (0.1, 0.5, 2.0):
        frailty = gamma_frailty(variance, uniform)
        assert frailty.mean() == pytest.approx(1.0, abs=0.02)
        assert frailty.var() == pytest.approx(variance, rel=0.05)
    for variance in (0.0, 5e-324, 1e-300):
        assert (gamma_frailty(variance, uniform) == 1.0).all()
