"""Crews, repair times and reservoirs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sim.place.place import load_place
from sim.population.streams import Streams
from sim.processes.hydropower import Reservoirs
from sim.processes.repair import Repairs, allot, duration, importance
from sim.scenario.load import load
from sim.scenario.parameters import Parameters

PLACE = load_place("karabakh_2023")
WEIGHTS = np.array([home.weight for home in PLACE.settlements])
VALUES = load("base").values()
N = len(PLACE.facilities.sites)
SECTOR = np.zeros(N, dtype=np.int64)


def repairs(seed: int = 0, **values: float) -> Repairs:
    p = Parameters.from_values(VALUES | values).infrastructure
    return Repairs(p, PLACE.facilities, WEIGHTS, Streams(seed))


def days_out(crews: float, own: float, damage: list[tuple[int, int]], seed: int, steps: int = 600) -> np.ndarray:
    """Return for each facility the days in which it isn't whole at first; one mended within a step counts that step."""
    work = repairs(seed, repair_crews=crews)
    for facility, state in damage:
        work.damage(facility, state)
    out = np.zeros(N)
    for _ in range(steps):
        out += 0.25 * (work.state > 0)
        work.mend(0.25, np.ones(N, dtype=bool), np.array([own]), SECTOR, 1.0)
    return out


@given(st.integers(0, 99), st.integers(1, 6), st.lists(st.tuples(st.integers(0, N - 1), st.integers(1, 4)), min_size=1))
@example(54, 1, [(12, 1)])  # slight damage that a crew mends within the first quarter of a day
@settings(max_examples=40, deadline=None)
def test_more_crews_never_mean_a_longer_outage(seed: int, crews: int, damage: list[tuple[int, int]]) -> None:
    few = days_out(crews, 0.0, damage, seed)
    assert (days_out(crews + 1, 0.0, damage, seed) <= few).all()
    assert (days_out(crews, 1.5, damage, seed) <= few).all()
    assert few.sum() > 0.0


def test_no_crew_works_at_two_facilities_and_the_most_important_come_first() -> None:
    share = allot(np.array([True, True, False, True]), 1.0, np.array([0.0, 0.5]), np.array([0, 1, 1, 1]))
    assert share == pytest.approx([1.0, 0.5, 0.0, 0.0])


def test_what_most_services_hang_on_is_mended_first() -> None:
    rank = importance(PLACE.facilities, WEIGHTS)
    index = PLACE.facilities.index
    assert rank[index("Stepanakert substation")] > rank[index("Martuni substation")] > rank[index("Martuni hospital")]


def test_repair_times_have_the_mean_of_the_table() -> None:
    drawn = [duration(7.0, 0.5, normal) for normal in np.random.default_rng(1).standard_normal(20_000)]
    assert np.mean(drawn) == pytest.approx(7.0, rel=0.02)
    assert np.std(drawn) == pytest.approx(3.5, rel=0.05)


def test_function_comes_back_with_the_work() -> None:
    work = repairs(repair_time_variation=0.0, repair_time_factor=1.0, repair_crews=1.0)
    station = PLACE.facilities.index("Stepanakert substation")
    work.damage(station, 4)
    levels = [work.function()[station]]
    for _ in range(4):
        work.mend(7.5, np.ones(N, dtype=bool), np.zeros(1), SECTOR, 1.0)
        levels.append(work.function()[station])
    assert levels == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])
    assert work.state[station] == 0


def test_nothing_is_mended_where_crews_cannot_go_and_slowly_without_parts() -> None:
    reached = np.ones(N, dtype=bool)
    for parts, reach, speed in ((1.0, True, 1.0), (0.0, True, VALUES["repair_speed_without_parts"]), (1.0, False, 0.0)):
        work = repairs(repair_time_variation=0.0)
        work.damage(0, 4)
        before = work.left[0]
        reached[0] = reach
        work.mend(2.0, reached, np.zeros(1), SECTOR, parts)
        assert before - work.left[0] == pytest.approx(2.0 * speed)


def test_more_incidents_damage_more_and_severity_worsens() -> None:
    few, many, bad = repairs(3), repairs(3), repairs(3, damage_severity=0.9)
    few.strike(np.full(N, 300.0))
    many.strike(np.full(N, 3000.0))
    bad.strike(np.full(N, 3000.0))
    assert 0 < (few.state > 0).sum() < (many.state > 0).sum()
    assert (many.state >= few.state).all()
    assert bad.state.sum() > many.state.sum()


def test_a_reservoir_falls_to_its_dead_volume_and_then_gives_what_flows_in() -> None:
    water = Reservoirs(PLACE.facilities, 1.0)
    start, given_ = water.storage.copy(), 0.0
    for _ in range(1000):
        able = water.able(0.25)
        water.run(able, 0.25)
        given_ += float(able[0]) * water.release[0] * 0.25
    assert water.storage == pytest.approx(water.dead)
    assert able == pytest.approx(water.inflow / water.release)
    assert start[0] + water.inflow[0] * 250.0 - given_ == pytest.approx(water.storage[0])


def test_without_inflow_generation_stops_at_the_dead_volume() -> None:
    water = Reservoirs(PLACE.facilities, 0.0)
    for _ in range(1000):
        water.run(water.able(0.25), 0.25)
    assert water.able(0.25) == pytest.approx(0.0, abs=1e-9)
    assert water.storage == pytest.approx(water.dead)
