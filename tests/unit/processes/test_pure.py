"""The processes' pure functions: their limits, directions and known values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.place.place import load_place
from sim.population.households import Households
from sim.population.streams import Streams
from sim.population.synthesis import synthesize
from sim.processes.decisions import household_ratio, leaving_hazard
from sim.processes.guarantees import combine, gain, lose
from sim.processes.perception import remember
from sim.processes.reception import choose
from sim.processes.returns import return_hazard
from sim.processes.traffic import crossing_capacity
from sim.processes.violence import protection
from sim.scenario.load import load
from sim.scenario.parameters import Parameters

VALUES = load("as_reported").values()
SHARE = st.floats(0.0, 1.0)


def parameters(**changes: float) -> Parameters:
    return Parameters.from_values(VALUES | changes)


def leaving(p: Parameters, road_known: float = 0.0, **covariates: float) -> float:
    names = ("insecurity", "threat", "deprivation", "service_loss", "gone")
    given_ = {name: np.array([covariates.get(name, 0.0)]) for name in names}
    return float(leaving_hazard(p.decisions, **given_, road_known=road_known)[0])


@settings(deadline=None)
@given(SHARE, SHARE)
def test_with_no_driver_nobody_is_forced_to_leave(gone: float, road_known: float) -> None:
    assert leaving(parameters(), gone=gone, road_known=road_known) == 0.0


def test_the_hazard_of_leaving_is_what_the_formula_says() -> None:
    p = parameters(leave_base_per_day=0.002, hr_insecurity=100.0, hr_threat=3.0, hr_peers=2.0, hr_road_known_open=1.5)
    assert leaving(p, insecurity=1.0) == pytest.approx(0.002 * 99.0)
    assert leaving(p, insecurity=0.5, threat=1.0) == pytest.approx(0.002 * (10.0 * 3.0 - 1.0))
    assert leaving(p, insecurity=1.0, gone=1.0, road_known=1.0) == pytest.approx(0.002 * 99.0 * 2.0 * 1.5)


@settings(deadline=None)
@given(st.sampled_from(["insecurity", "threat", "deprivation", "service_loss"]), SHARE, SHARE)
def test_more_of_a_driver_never_means_less_leaving(driver: str, a: float, b: float) -> None:
    p = parameters(hr_deprivation=1.6, hr_service_loss=1.4)
    low, high = sorted((a, b))
    others = {"insecurity": 0.3} if driver != "insecurity" else {"threat": 0.3}
    assert leaving(p, **{driver: low}, **others) <= leaving(p, **{driver: high}, **others)


def test_a_protective_ratio_never_makes_a_negative_hazard() -> None:
    assert leaving(parameters(hr_service_loss=0.1), service_loss=1.0) == 0.0


def test_households_differ_by_the_product_of_their_ratios() -> None:
    p = parameters(
        hr_children=2.0, hr_older=3.0, hr_disability=5.0, hr_vehicle=7.0, hr_kin=11.0, residents_total=2000.0
    )
    place = load_place("karabakh_2023")
    columns = synthesize(place, p, Streams(0))
    households = Households(columns, tuple(s.name for s in place.settlements), ("here", "abroad"), Streams(0))
    flags = {
        2.0: columns.children > 0,
        3.0: columns.older > 0,
        5.0: columns.disability > 0,
        7.0: columns.vehicle,
        11.0: columns.kin >= 0,
    }
    expected = np.prod([np.where(flag, ratio, 1.0) for ratio, flag in flags.items()], axis=0)
    assert np.allclose(household_ratio(p.decisions, households), expected)
    assert len(np.unique(np.round(expected))) > 10


MATRIX = st.lists(st.tuples(SHARE, SHARE, SHARE), min_size=1, max_size=8)


@settings(deadline=None)
@given(MATRIX)
def test_guarantees_lie_in_0_to_1_and_each_assurance_adds_to_them(rows: list[tuple[float, float, float]]) -> None:
    strength, activation, credibility = (np.array(column) for column in zip(*rows, strict=True))
    whole = combine(strength, activation[:, None], credibility[:, None])[0]
    fewer = combine(strength[1:], activation[1:, None], credibility[1:, None])[0]
    assert 0.0 <= fewer <= whole + 1e-15
    assert whole <= 1.0
    assert whole >= (strength * activation * credibility).max() - 1e-12


def test_belief_grows_slowly_and_is_lost_fast() -> None:
    half = np.array([0.5])
    assert gain(half, 24.0 * 60.0, 60.0) == pytest.approx(1.0 - 0.5 * np.exp(-1.0))
    assert gain(gain(half, 5.0, 60.0), 7.0, 60.0) == pytest.approx(gain(half, 12.0, 60.0))
    assert lose(half, np.array([2.0]), 0.25) == pytest.approx(0.5 * 0.75**2)
    assert lose(half, np.array([0.0]), 0.25) == half
    a_day_kept = float(gain(half, 24.0, 60.0)[0]) - 0.5
    assert 0.5 - float(lose(half, np.array([1.0]), 0.25)[0]) > 10 * a_day_kept


def test_memory_of_violence_fades_and_news_travel() -> None:
    p = parameters(threat_per_incident=0.2, threat_elsewhere_share=0.1, threat_memory_days=60.0).violence
    threat = remember(np.zeros(3), np.array([2.0, 0.0, 1.0]), 1.0, p)
    assert threat == pytest.approx(1.0 - np.exp(-0.2 * np.array([2.1, 0.3, 1.2])))
    assert remember(threat, np.zeros(3), 24.0 * 60.0, p) == pytest.approx(threat / np.e)
    more = remember(threat, np.array([0.0, 1.0, 0.0]), 0.0, p)
    assert more[1] == pytest.approx(1.0 - (1.0 - threat[1]) * np.exp(-0.2))


def test_protection_is_the_ratio_at_full_coverage_and_none_at_none() -> None:
    p = parameters(hr_monitors_violence=0.9, hr_peacekeepers_violence=0.4).violence
    shares = np.array([0.0, 1.0])
    assert protection(p, shares, np.zeros(2)) == pytest.approx([1.0, 0.9])
    assert protection(p, np.zeros(2), shares) == pytest.approx([1.0, 0.4])
    assert protection(p, shares, shares) == pytest.approx([1.0, 0.36])


def test_the_crossing_grows_by_a_constant_factor_and_slows_at_night() -> None:
    p = parameters(
        checkpoint_initial_per_hour=50.0,
        checkpoint_full_per_hour=200.0,
        checkpoint_ramp_hours=40.0,
        night_capacity_share=0.5,
    ).traffic
    noon = np.full(4, 12.0)
    assert crossing_capacity(p, np.array([0.0, 20.0, 40.0, 400.0]), noon) == pytest.approx([50.0, 100.0, 200.0, 200.0])
    clock = np.array([7.99, 8.0, 19.99, 20.0, 0.0])
    assert crossing_capacity(p, np.full(5, 100.0), clock) == pytest.approx([100.0, 200.0, 200.0, 100.0, 100.0])
    shut = parameters(checkpoint_initial_per_hour=0.0, checkpoint_full_per_hour=200.0, checkpoint_ramp_hours=40.0)
    assert crossing_capacity(shut.traffic, np.array([0.0, 39.0, 40.0]), noon[:3]) == pytest.approx([0.0, 0.0, 200.0])


def test_the_hazard_of_return_is_what_the_formula_says() -> None:
    p = parameters(
        return_base_per_day=0.03, hr_return_insecurity=0.002, hr_return_threat=0.2, hr_return_service_loss=0.3,
        hr_return_peers=2.0, hr_return_home_damage=0.1,
    ).returns  # fmt: skip
    zero, one = np.zeros(1), np.ones(1)
    assert return_hazard(p, zero, zero, zero, zero, zero) == pytest.approx(0.03)
    assert return_hazard(p, one, zero, zero, zero, zero) == pytest.approx(0.03 * 0.002)
    assert return_hazard(p, zero, one, one, one, zero) == pytest.approx(0.03 * 0.2 * 0.3 * 2.0)
    assert return_hazard(p, zero, zero, zero, zero, one) == pytest.approx(0.03 * 0.1)


def test_choices_follow_the_shares_of_the_table() -> None:
    uniform = Streams(1).uniform(100_000, "choice")
    chosen = choose(np.tile(np.cumsum([0.5, 0.3, 0.2]), (uniform.size, 1)), uniform)
    assert np.bincount(chosen, minlength=3) / uniform.size == pytest.approx([0.5, 0.3, 0.2], abs=0.005)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1e-9, 1.0), min_size=1, max_size=11))
def test_a_choice_is_always_one_of_the_alternatives(weights: list[float]) -> None:
    edges = np.array([2**-54, 0.5, 1.0 - 2**-53])
    table = np.cumsum(np.array(weights) / sum(weights))
    chosen = choose(np.tile(table, (3, 1)), edges)
    assert ((chosen >= 0) & (chosen < len(weights))).all()
    assert (np.diff(chosen) >= 0).all()
