"""From the decision to leave to the crossing: fuel, seats, buses, the queue, and what can go wrong on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model.displacement import DisplacementModel
from sim.model.run import run
from sim.population.households import DEAD, DISPLACED, READY, TRANSIT
from sim.processes.traffic import PETROL_LITRES_PER_TONNE
from sim.scenario.load import load
from sim.scenario.schema import Scenario

START = "2023-09-19T00:00:00+04:00"
NEVER_FULL = {"parameters.checkpoint_initial_per_hour": 1e5, "parameters.checkpoint_full_per_hour": 1e5}
BARE = load("as_reported")
BARE = (
    BARE.without(*(action.id for _, action in BARE.actions()))
    .vary(
        {
            "time.days": 6.0,
            "parameters.residents_total": 3000.0,
            "parameters.leave_base_per_day": 10.0,
            "parameters.crossing_noise_share": 0.0,
            "parameters.transit_deaths_per_million_person_hours": 0.0,
            "parameters.news_delay_hours": 0.0,
            "parameters.return_base_per_day": 0.0,
            "parameters.night_capacity_share": 1.0,
        }
    )
    .with_shock({"kind": "control_change", "id": "control", "start": START})
)


def road(start: str = START, **keys: Any) -> dict[str, Any]:
    return {"kind": "corridor_open", "id": "road", "start": start, **keys}


def buses(n: int, **keys: Any) -> dict[str, Any]:
    return {"kind": "buses", "id": "buses", "n_buses": n, "start": START, **keys}


def stepped(scenario: Scenario, hours: float, seed: int = 0) -> DisplacementModel:
    model = DisplacementModel(scenario, seed)
    while model.hours < hours:
        model.step()
    model.households.check()
    return model


def test_nobody_leaves_by_a_closed_road() -> None:
    model = stepped(BARE, 48.0)
    assert model.traffic.departed == model.households.in_transit == 0
    assert model.households.ready.sum() == 3000


def test_the_blocked_leave_when_the_road_opens_and_stay_when_it_closes() -> None:
    opening = road("2023-09-20T00:00:00+04:00", end="2023-09-20T03:00:00+04:00")
    cars = {"parameters.fuelled_share": 1.0, "parameters.vehicle_household_share": 1.0, **NEVER_FULL}
    decided_late = {"parameters.leave_base_per_day": 0.001}
    scenario = BARE.vary(cars | decided_late).with_intervention(opening)
    model = stepped(scenario, 24.0)
    ready = int(model.households.ready.sum())
    assert 0 < ready < 3000
    assert model.traffic.departed == 0
    model.step()
    assert model.traffic.departed >= ready
    while model.hours < 27.0:
        model.step()
    departed = model.traffic.departed
    while model.hours < 72.0:
        model.step()
    assert model.traffic.departed == departed
    assert model.households.ready.sum() > 0
    assert model.households.in_transit > 0, "who is on the way waits in front of the closed crossing"


def test_news_of_the_opening_takes_its_time() -> None:
    cars = {"parameters.fuelled_share": 1.0, "parameters.vehicle_household_share": 1.0, **NEVER_FULL}
    opening = road("2023-09-20T00:00:00+04:00")
    model = stepped(BARE.vary(cars | {"parameters.news_delay_hours": 10.0}).with_intervention(opening), 24.0)
    shares = []
    for _ in range(30):
        model.step()
        shares.append(model.traffic.departed / 3000)
    expected = 1.0 - np.exp(-np.arange(30) / 10.0)
    assert np.abs(np.array(shares) - expected).max() < 0.05
    assert model.traffic.road_known(model.hours) == pytest.approx(1.0 - np.exp(-3.0))


def test_a_road_open_for_long_is_known_and_at_its_fullest() -> None:
    slow = {
        "parameters.checkpoint_initial_per_hour": 1.0,
        "parameters.checkpoint_full_per_hour": 30.0,
        "parameters.checkpoint_ramp_hours": 40.0,
        "parameters.news_delay_hours": 10.0,
        "parameters.fuelled_share": 1.0,
    }
    model = stepped(BARE.vary(slow).with_intervention(road("2023-06-01T00:00:00+04:00")), 6.0)
    assert model.traffic.road_known(0.0) == pytest.approx(1.0)
    assert model.traffic.capacity(model) == pytest.approx(30.0)
    assert model.traffic.first_opened == 0.0


def test_vehicles_without_fuel_wait_for_it_and_petrol_runs_out() -> None:
    dry = {
        "parameters.fuelled_share": 0.0,
        "parameters.vehicle_household_share": 1.0,
        "parameters.fuel_litres_per_vehicle": 13.0,
        **NEVER_FULL,
    }
    scenario = BARE.vary(dry).with_intervention(road())
    assert stepped(scenario, 24.0).traffic.departed == 0
    petrol = {"kind": "fuel_release", "id": "petrol", "stations": 1, "tonnes": 1.0, "start": START}
    model = stepped(scenario.with_intervention(petrol), 96.0)
    litres = 1.0 * PETROL_LITRES_PER_TONNE
    assert model.traffic.petrol_used_litres <= litres
    assert model.traffic.petrol_used_litres == 13.0 * (litres // 13.0)
    assert model.checkpoint.crossed_units == litres // 13.0
    assert model.households.ready.sum() > 0


def test_when_petrol_has_run_out_people_wait_for_seats() -> None:
    dry = {"parameters.fuelled_share": 0.0, "parameters.vehicle_household_share": 1.0, **NEVER_FULL}
    petrol = {"kind": "fuel_release", "id": "petrol", "stations": 1, "tonnes": 0.1, "start": START}
    scenario = BARE.vary(dry | {"parameters.ride_share_probability": 0.0}).with_intervention(road())
    alone = stepped(scenario.with_intervention(petrol), 140.0)
    fetched = stepped(scenario.with_intervention(petrol).with_intervention(buses(20)), 140.0)
    litres = fetched.parameters.traffic.fuel_litres_per_vehicle
    for model in (alone, fetched):
        assert model.traffic.petrol_used_litres == litres * (0.1 * PETROL_LITRES_PER_TONNE // litres)
    assert alone.reception.arrived < 100
    assert fetched.reception.arrived == 3000
    by_bus = fetched.checkpoint.crossed_units - fetched.traffic.petrol_used_litres / litres
    assert by_bus * fetched.parameters.traffic.bus_seats == pytest.approx(3000 - alone.reception.arrived)


@pytest.mark.parametrize("scheme", ["never", "ended", "to come"])
def test_without_petrol_to_come_nobody_waits_for_it(scheme: str) -> None:
    dry = {"parameters.fuelled_share": 0.0, "parameters.vehicle_household_share": 1.0, **NEVER_FULL}
    dates = {
        "ended": {"start": START, "end": "2023-09-19T02:00:00+04:00"},
        "to come": {"start": "2023-09-24T00:00:00+04:00"},
    }
    scenario = BARE.vary(dry).with_intervention(road()).with_intervention(buses(20))
    if scheme in dates:
        petrol = {"kind": "fuel_release", "id": "petrol", "stations": 1, "tonnes": 99.0, **dates[scheme]}
        scenario = scenario.with_intervention(petrol)
    model = stepped(scenario, 100.0)
    waiting = len(model.traffic.fuel_queue)
    assert (waiting > 0) == (scheme == "to come")
    assert (model.reception.arrived == 3000) == (scheme != "to come")


def test_petrol_that_burns_is_not_given_out() -> None:
    dry = {"parameters.fuelled_share": 0.0, "parameters.vehicle_household_share": 1.0, **NEVER_FULL}
    petrol = {"kind": "fuel_release", "id": "petrol", "stations": 1, "tonnes": 2.0, "start": START}
    blast = {
        "kind": "explosion", "id": "blast", "settlement": "Stepanakert", "start": START, "deaths": 0,
        "fuel_lost_tonnes": 1.5,
    }  # fmt: skip
    scenario = BARE.vary(dry).with_intervention(road()).with_intervention(petrol).with_shock(blast)
    used = stepped(scenario, 96.0).traffic.petrol_used_litres
    assert 0.49 * PETROL_LITRES_PER_TONNE < used <= 0.5 * PETROL_LITRES_PER_TONNE


def test_without_seats_or_buses_those_without_a_vehicle_stay() -> None:
    lone = {"parameters.ride_share_probability": 0.0, "parameters.fuelled_share": 1.0, **NEVER_FULL}
    model = stepped(BARE.vary(lone).with_intervention(road()), 72.0)
    columns, households = model.households.columns, model.households
    assert (households.status[~columns.vehicle] == READY).all()
    assert (households.status[columns.vehicle] == DISPLACED).all()


def test_neighbours_ride_along_in_free_seats_of_their_settlement() -> None:
    shared = {
        "parameters.ride_share_probability": 1.0,
        "parameters.fuelled_share": 1.0,
        "parameters.vehicle_seats": 10.0,
        **NEVER_FULL,
    }
    model = DisplacementModel(BARE.vary(shared).with_intervention(road()), 0)
    rode = 0
    while model.running:
        model.step()
        leads = model.checkpoint.queue.waiting
        riders = model.traffic.next_rider[leads]
        pairs = riders >= 0
        home = model.households.columns.home
        assert (home[leads[pairs]] == home[riders[pairs]]).all()
        rode += int(pairs.sum())
    without = ~model.households.columns.vehicle
    assert (model.households.status[without] == DISPLACED).mean() > 0.9
    assert model.checkpoint.crossed_units == model.households.columns.vehicle.sum()


def test_no_more_ride_than_there_are_seats() -> None:
    shared = {
        "parameters.ride_share_probability": 1.0,
        "parameters.fuelled_share": 1.0,
        "parameters.vehicle_seats": 7.0,
        "parameters.vehicle_household_share": 0.3,
        **NEVER_FULL,
    }
    model = stepped(BARE.vary(shared).with_intervention(road()), 96.0)
    columns = model.households.columns
    left = model.households.status == DISPLACED
    seats = np.maximum(0, 7 - columns.size[columns.vehicle & left]).sum()
    carried = columns.size[~columns.vehicle & left].sum()
    households_squeezed_in = model.step_number * len(model.settlement_names)
    assert 0 < carried <= seats + households_squeezed_in * 5
    assert carried < columns.size[~columns.vehicle].sum()


@pytest.mark.parametrize("n", [1, 4, 20])
@pytest.mark.parametrize("step", [15, 60, 360])
def test_buses_carry_no_more_than_their_seats(n: int, step: int) -> None:
    on_foot = {
        "parameters.vehicle_household_share": 0.0,
        "parameters.bus_seats": 34.0,
        "parameters.bus_turnaround_hours": 8.0,
        "parameters.residents_total": 20_000.0,
        "time.step_minutes": step,
        **NEVER_FULL,
    }
    model = DisplacementModel(BARE.vary(on_foot).with_intervention(road()).with_intervention(buses(n)), 0)
    while model.hours < 72.0:
        model.step()
        assert model.traffic.departed <= n * 34.0 / 8.0 * model.hours
    assert model.traffic.departed >= 0.8 * n * 34.0 / 8.0 * 72.0 - 10 * len(model.settlement_names)


def test_empty_buses_are_not_saved_up() -> None:
    trickle = {
        "parameters.vehicle_household_share": 0.0,
        "parameters.bus_seats": 34.0,
        "parameters.bus_turnaround_hours": 8.0,
        "parameters.residents_total": 20_000.0,
        "parameters.hr_insecurity": 800.0,
        "parameters.hr_deprivation": 1.0,
        "parameters.hr_service_loss": 1.0,
        "shocks.control.adverse": 1e-4,
        **NEVER_FULL,
    }
    crowd = {"kind": "control_change", "id": "crowd", "start": "2023-09-22T00:00:00+04:00"}
    scenario = BARE.vary(trickle).with_shock(crowd).with_intervention(road()).with_intervention(buses(10))
    model = stepped(scenario, 72.0)
    before = model.traffic.departed
    assert 0 < before < 1000, "fewer than the seats that went in three days"
    model.step()
    assert model.households.ready.sum() > 10_000
    assert model.traffic.departed - before <= 3 * 10 * 34.0 / 8.0


def test_a_vehicle_whose_driver_died_brings_its_passengers() -> None:
    shared = {
        "parameters.ride_share_probability": 1.0,
        "parameters.fuelled_share": 1.0,
        "parameters.checkpoint_initial_per_hour": 0.001,
        "parameters.checkpoint_full_per_hour": 500.0,
        "parameters.checkpoint_ramp_hours": 24.0,
        "parameters.queue_tolerance_hours": 1e6,
    }
    model = stepped(BARE.vary(shared).with_intervention(road()), 12.0)
    households, traffic = model.households, model.traffic
    leads = np.flatnonzero((traffic.next_rider >= 0) & households.columns.vehicle & (households.status == TRANSIT))
    assert leads.size > 10
    generator = np.random.default_rng(0)
    households.take_deaths(10**6, leads[:5], generator)
    assert (households.status[leads[:5]] == DEAD).all()
    riders = traffic.next_rider[leads[:5]]
    assert (households.status[riders] == TRANSIT).all()
    while model.running:
        model.step()
    households.check()
    assert (households.status[riders] == DISPLACED).all()
    assert (households.status[leads[:5]] == DEAD).all()
    assert households.in_transit == 0


def test_the_dead_do_not_set_off() -> None:
    opening = road("2023-09-20T00:00:00+04:00")
    petrol = {"kind": "fuel_release", "id": "petrol", "stations": 9, "tonnes": 90.0, "start": START}
    scenario = BARE.vary(NEVER_FULL).with_intervention(opening).with_intervention(petrol).with_intervention(buses(90))
    model = stepped(scenario, 20.0)
    ready = np.flatnonzero(model.households.status == READY)[::2]
    model.households.take_deaths(10**6, ready, np.random.default_rng(0))
    while model.running:
        model.step()
    model.households.check()
    assert (model.households.status[ready] == DEAD).all()
    assert model.reception.arrived == 3000 - model.households.deaths


def test_deaths_on_the_road_come_at_the_stated_rate_and_only_there() -> None:
    deadly = {
        "parameters.transit_deaths_per_million_person_hours": 2000.0,
        "parameters.fuelled_share": 1.0,
        "parameters.checkpoint_initial_per_hour": 10.0,
        "parameters.checkpoint_full_per_hour": 10.0,
        "parameters.residents_total": 6000.0,
    }
    model = DisplacementModel(BARE.vary(deadly).with_intervention(road()), 1)
    person_hours = 0
    while model.running:
        model.step()
        person_hours += model.households.in_transit
    assert model.households.deaths == pytest.approx(person_hours * 0.002, rel=0.15)
    assert model.households.deaths > 200
    assert (model.households.columns.size - model.households.persons)[model.households.status == READY].sum() == 0


def test_the_crossing_serves_first_come_first_served_at_its_capacity() -> None:
    slow = {
        "parameters.checkpoint_initial_per_hour": 20.0,
        "parameters.checkpoint_full_per_hour": 20.0,
        "parameters.fuelled_share": 1.0,
        "parameters.ride_share_probability": 0.0,
    }
    model = DisplacementModel(BARE.vary(slow).with_intervention(road(strength=0.5)), 0)
    order: list[int] = []
    crossed = []
    while model.running:
        before = model.checkpoint.queue.waiting.tolist()
        model.step()
        after = model.checkpoint.queue.waiting.tolist()
        gone = len(before) - len([number for number in after if number in set(before)])
        assert before[gone:] == after[: len(before) - gone]
        order += before[:gone]
        crossed.append(model.checkpoint.crossed_units)
    flow = np.diff(crossed)[6:40]
    assert flow == pytest.approx(10.0)
    assert len(order) == len(set(order)) > 100


@pytest.mark.parametrize("persons", [1, 3, 20, 50])
def test_a_handful_of_residents_arrive_alive(persons: int) -> None:
    petrol = {"kind": "fuel_release", "id": "petrol", "stations": 1, "tonnes": 1.0, "start": START}
    scenario = BARE.vary({"parameters.residents_total": float(persons)}).with_intervention(road())
    model = stepped(scenario.with_intervention(petrol).with_intervention(buses(5)), 144.0)
    assert model.reception.arrived == persons


def test_vehicles_hold_back_while_the_queue_is_longer_than_people_bear() -> None:
    everybody_drives = {"parameters.fuelled_share": 1.0, "parameters.vehicle_household_share": 1.0}
    steady = {"parameters.checkpoint_initial_per_hour": 20.0, "parameters.checkpoint_full_per_hour": 20.0}
    scenario = BARE.vary(everybody_drives | steady).with_intervention(road())
    arrived, longest = {}, {}
    for hours in (3.0, 12.0, 1e6):
        data = run(scenario.vary({"parameters.queue_tolerance_hours": hours}), 0).dataset
        arrived[hours] = data.arrivals_cumulative.to_numpy()
        longest[hours] = float(data.queue_vehicles.max())
    assert longest[3.0] == 2 * 20, "three hours' work for the crossing, less the hour that it has just done"
    assert longest[12.0] == 11 * 20 < longest[1e6]
    assert arrived[3.0][-1] == arrived[12.0][-1] == arrived[1e6][-1] > 2900
    half = [int(np.searchsorted(curve, 1500)) for curve in arrived.values()]
    assert max(half) - min(half) <= 1, "the crossing decides when people arrive, wherever they wait"
