"""Registration, shelter, homes: small cases with known answers, and what must hold at every time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.run import run
from sim.processes.homes import weathered
from sim.processes.reception import shares_of_centres
from sim.processes.shelter import crowding, fitting
from sim.results.result import Result
from sim.scenario.load import load
from sim.scenario.parameters import Homes

SMALL = {"parameters.residents_total": 3000, "time.days": 25, "time.step_minutes": 120}
KINDS = ("persons_in_state_shelter", "persons_with_hosts", "persons_in_rented_homes", "persons_unsheltered")


def played(name: str = "as_reported", **changes: object) -> Result:
    return run(load(name, {**SMALL, **{key.replace("__", "."): value for key, value in changes.items()}}), 2)


@given(
    st.floats(1.0, 1e5),
    st.lists(st.tuples(st.floats(0.0, 1e5), st.floats(1.0, 1e3)), min_size=1, max_size=5),
)
def test_newcomers_join_the_shortest_queues(persons: float, centres: list[tuple[float, float]]) -> None:
    queues, rates = np.array(centres).T
    shares = shares_of_centres(persons, queues, rates)
    assert shares.sum() == pytest.approx(1.0)
    waits = (queues + shares * persons) / rates
    joined = shares > 1e-9
    assert waits[joined].max() <= waits[joined].min() * (1 + 1e-6) + 1e-6
    assert (waits[~joined] >= waits[joined].max() * (1 - 1e-6) - 1e-6).all()


def test_a_centre_without_capacity_takes_nobody() -> None:
    assert shares_of_centres(10.0, np.zeros(2), np.array([0.0, 5.0])).tolist() == [0.0, 1.0]


def test_room_goes_to_the_first_in_each_province() -> None:
    fits = fitting(np.array([3, 4, 2, 5]), np.array([0, 0, 1, 0]), np.array([7.0, 1.0]))
    assert fits.tolist() == [True, True, False, False]


def test_crowding_counts_the_unsheltered_and_those_beyond_the_hosts_room() -> None:
    found = crowding(np.array([10, 0]), np.array([50, 5]), np.array([30.0, 30.0]), np.array([100, 0]))
    assert found.tolist() == [0.3, 0.0]


def test_homes_are_repaired_by_those_who_are_there_and_lost_by_those_who_are_not() -> None:
    p = Homes(homes_damaged_per_incident=1.0, home_repair_days=10.0, home_loss_days=100.0)
    present, empty = weathered(np.array([0.5, 0.5]), np.array([1.0, 0.0]), 10.0, p)
    assert present == pytest.approx(0.5 / np.e)
    assert empty == pytest.approx(1.0 - 0.5 * np.exp(-0.1))


@pytest.mark.parametrize("name", ["as_reported", "assisted_return"])
def test_everybody_in_a_province_is_sheltered_in_one_way_or_in_none(name: str) -> None:
    data = played(name).dataset
    together = sum(data[kind] for kind in KINDS)
    assert np.array_equal(together, data["persons_by_province"])
    assert float(data["persons_by_province"].sum()) > 0
    assert (data["persons_in_state_shelter"] <= data["state_beds"] + 1e-9).all()


def test_beds_of_the_state_take_people_off_the_street_and_ease_crowding() -> None:
    scarce = {"parameters__host_places_per_1000": 0.1, "parameters__rental_places_per_1000": 0.1}
    few, many = (
        played(**scarce, interventions__state_beds_everywhere__beds=beds).dataset.isel(time=-1) for beds in (0.0, 4e4)
    )
    assert float(many["persons_unsheltered"].sum()) < 0.8 * float(few["persons_unsheltered"].sum())
    assert float(many["crowding"].mean()) < float(few["crowding"].mean())


def test_closed_beds_leave_nobody_in_them() -> None:
    scenario = load("as_reported", SMALL)
    for name in ("state_beds_near_the_border", "state_beds_everywhere"):
        closed = {**scenario.resolved()}["interventions"]
        bed = next(item for item in closed if item["id"] == name)
        scenario = scenario.without(name).with_intervention({**bed, "end": "2023-10-08T00:00:00+04:00"})
    data = run(scenario, 2).dataset
    assert float(data["persons_in_state_shelter"].sum("province").max()) > 100
    assert float(data["persons_in_state_shelter"].isel(time=-1).sum()) == 0


def test_cash_moves_people_into_rented_homes() -> None:
    paid, unpaid = (
        played(interventions__cash_once__strength=strength).dataset.isel(time=-1) for strength in (1.0, 0.0)
    )
    assert float(paid["persons_in_rented_homes"].sum()) > 1.2 * float(unpaid["persons_in_rented_homes"].sum())


def test_hot_meals_are_counted_against_the_need_for_them() -> None:
    data = played(interventions__hot_meals_in_goris__meals_per_day=500.0).dataset
    after = data.sel(time=slice("2023-09-29", None))
    assert np.allclose(after["meals_short"], np.maximum(0.0, after["meals_needed"] - 500.0))
    assert float(after["meals_needed"].max()) > 500


def test_crowding_hastens_onward_movement() -> None:
    few_places = {"parameters__host_places_per_1000": 0.01, "parameters__rental_places_per_1000": 0.01}
    calm, driven = (played(**few_places, parameters__hr_crowding=ratio).dataset.isel(time=-1) for ratio in (1.0, 5.0))
    abroad = [float(data["persons_displaced"].sel(place="abroad")) for data in (calm, driven)]
    assert abroad[1] > abroad[0]
