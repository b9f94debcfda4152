"""Runs reduced to what can be worked out by hand: survival, the plateau of a bottleneck, and the length of a step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model.displacement import DisplacementModel
from sim.model.run import run
from sim.population.households import DISPLACED, HOME
from sim.scenario.load import load
from sim.scenario.schema import Scenario

START = "2023-09-19T00:00:00+04:00"
ALIKE = {
    f"parameters.hr_{name}": 1.0
    for name in (
        "deprivation", "service_loss", "peers", "road_known_open", "children", "older", "disability", "vehicle", "kin",
    )
}  # fmt: skip
STILL = {
    "parameters.crossing_noise_share": 0.0,
    "parameters.transit_deaths_per_million_person_hours": 0.0,
    "parameters.return_base_per_day": 0.0,
    "parameters.night_capacity_share": 1.0,
    "parameters.news_delay_hours": 0.0,
    "parameters.fuelled_share": 1.0,
}
REPORTED = load("as_reported")
BARE = REPORTED.without(*(action.id for _, action in REPORTED.actions())).vary(ALIKE | STILL)
BARE = BARE.with_shock({"kind": "control_change", "id": "control", "start": START})


def road(**keys: Any) -> dict[str, Any]:
    return {"kind": "corridor_open", "id": "road", "start": START, **keys}


def decision_hours(scenario: Scenario, seed: int) -> np.ndarray:
    """Return the hour by which each household has decided, infinite if not within the horizon."""
    model = DisplacementModel(scenario, seed)
    hours = np.full(len(model.households), np.inf)
    while model.running:
        model.step()
        hours[(model.households.status != HOME) & np.isinf(hours)] = model.hours
    return hours


@pytest.mark.parametrize("variance", [0.0, 0.5, 2.0])
@pytest.mark.parametrize("step", [30, 60, 360])
def test_one_transition_has_the_survival_curve_of_its_closed_form(variance: float, step: int) -> None:
    """S(t) = (1 + v h t) ** (-1 / v), or exp(-h t) without frailty; within the error of 24,000 households."""
    changes = {
        "time.days": 5.0,
        "time.step_minutes": step,
        "parameters.residents_total": 80_000.0,
        "parameters.leave_base_per_day": 0.001,
        "parameters.hr_insecurity": 501.0,
        "parameters.leave_frailty_variance": variance,
    }
    decided = decision_hours(BARE.vary(changes), 7)
    hours = np.arange(6.0, 121.0, 6.0)
    level = 0.001 * 500.0 * hours / 24.0
    expected = np.exp(-level) if variance == 0.0 else (1.0 + variance * level) ** (-1.0 / variance)
    survived = (decided[:, None] > hours).mean(axis=0)
    assert np.abs(survived - expected).max() < 1.63 / decided.size**0.5, "Kolmogorov-Smirnov at one per cent"


def test_hazard_ratios_of_households_multiply() -> None:
    changes = {
        "time.days": 2.0,
        "parameters.residents_total": 80_000.0,
        "parameters.leave_base_per_day": 0.001,
        "parameters.hr_insecurity": 501.0,
        "parameters.leave_frailty_variance": 0.0,
        "parameters.hr_vehicle": 3.0,
        "parameters.hr_kin": 0.5,
    }
    scenario = BARE.vary(changes)
    columns = DisplacementModel(scenario, 7).households.columns
    decided = decision_hours(scenario, 7)
    for vehicle, kin, ratio in ((False, False, 1.0), (True, False, 3.0), (False, True, 0.5), (True, True, 1.5)):
        group = decided[(columns.vehicle == vehicle) & ((columns.kin >= 0) == kin)]
        share = float((group > 24.0).mean())
        assert share == pytest.approx(np.exp(-0.5 * ratio), abs=2.6 * 0.5 / group.size**0.5)


def test_the_hazard_follows_what_changes_in_time() -> None:
    """Half of adverse control for two days, none for one, all of it after: the exponent is a sum over phases."""
    phases = [("2023-09-19", "2023-09-21", 0.5), ("2023-09-21", "2023-09-22", 0.0), ("2023-09-22", "2023-09-24", 1.0)]
    scenario = BARE.without("control")
    for number, (start, end, adverse) in enumerate(phases):
        shock = {
            "kind": "control_change", "id": f"phase_{number}", "start": f"{start}T00:00:00+04:00",
            "end": f"{end}T00:00:00+04:00", "adverse": adverse,
        }  # fmt: skip
        scenario = scenario.with_shock(shock)
    changes = {
        "time.days": 5.0,
        "parameters.residents_total": 80_000.0,
        "parameters.leave_base_per_day": 0.001,
        "parameters.hr_insecurity": 400.0,
        "parameters.leave_frailty_variance": 0.0,
    }
    decided = decision_hours(scenario.vary(changes), 3)
    half, whole = 0.001 * 19.0, 0.001 * 399.0
    for day, level in ((2, 2 * half), (3, 2 * half), (4, 2 * half + whole), (5, 2 * half + 2 * whole)):
        assert (decided > 24.0 * day).mean() == pytest.approx(np.exp(-level), abs=0.01)


RUSH = {
    "time.days": 4.0,
    "parameters.residents_total": 20_000.0,
    "parameters.leave_base_per_day": 10.0,
    "parameters.checkpoint_initial_per_hour": 30.0,
    "parameters.checkpoint_full_per_hour": 30.0,
}


def test_the_plateau_is_capacity_times_occupancy() -> None:
    model = DisplacementModel(BARE.vary(RUSH | {"parameters.ride_share_probability": 0.5}).with_intervention(road()), 5)
    units, persons, vehicles = [], [], 0
    while model.running:
        model.step()
        units.append(model.checkpoint.crossed_units)
        persons.append(model.reception.arrived)
    assert np.diff(units)[12:] == pytest.approx(30.0)
    arrived = np.flatnonzero(model.households.status == DISPLACED)
    vehicles = int(model.households.columns.vehicle[arrived].sum())
    occupancy = model.households.persons[arrived].sum() / vehicles
    assert vehicles == units[-1]
    assert 3.5 < occupancy < 7.5
    rate = (persons[-1] - persons[11]) / (len(persons) - 12)
    assert rate == pytest.approx(30.0 * occupancy, rel=0.05)


def test_the_wait_is_the_queue_found_on_joining_divided_by_capacity() -> None:
    changes = RUSH | {"parameters.leave_base_per_day": 0.0005, "parameters.hr_insecurity": 800.0}
    data = run(BARE.vary(changes).with_intervention(road()), 5).dataset
    queue, wait = data.queue_vehicles.to_numpy(), data.wait_hours.to_numpy()
    hours = np.arange(30, 96)
    joined = (hours - np.rint(wait[hours])).astype(int)
    assert wait[60] > 10.0
    assert wait[hours] == pytest.approx(queue[joined] / 30.0, abs=2.0)


def test_night_and_strength_scale_the_plateau() -> None:
    changes = RUSH | {"parameters.night_capacity_share": 0.5, "parameters.checkpoint_full_per_hour": 40.0}
    data = run(
        BARE.vary(changes | {"parameters.checkpoint_initial_per_hour": 40.0}).with_intervention(road(strength=0.5)), 5
    )
    flow = np.diff(data.dataset.vehicles_crossed_cumulative.to_numpy())
    clock = np.arange(flow.size) % 24
    night = (clock >= 20) | (clock < 8)
    assert flow[24:][night[24:]] == pytest.approx(10.0)
    assert flow[24:][~night[24:]] == pytest.approx(20.0)


def test_the_length_of_a_step_hardly_matters() -> None:
    """Arrivals with steps of half an hour, one and two hours differ by less than two hours' flow."""
    curves = {}
    for step in (30, 60, 120):
        scenario = REPORTED.vary(
            STILL
            | {
                "time.days": 11.0,
                "time.step_minutes": step,
                "time.output_minutes": 120,
                "parameters.fuelled_share": 0.4,
                "parameters.incidents_offensive_per_day": 0.0,
                "parameters.incidents_unsettled_per_day": 0.0,
            }
        )
        curves[step] = run(scenario, 2).dataset.arrivals_cumulative.to_numpy()
    most_in_two_hours = np.diff(curves[60]).max()
    assert curves[60][-1] > 80_000
    assert np.abs(curves[30] - curves[60]).max() < most_in_two_hours
    assert np.abs(curves[120] - curves[60]).max() < 1.5 * most_in_two_hours


@pytest.mark.parametrize("step", [1, 1440])
def test_the_shortest_and_the_longest_step_end_alike(step: int) -> None:
    changes = STILL | {
        "parameters.residents_total": 1000.0,
        "parameters.incidents_offensive_per_day": 0.0,
        "parameters.incidents_unsettled_per_day": 0.0,
        "parameters.leave_base_per_day": 0.01,
    }
    scenario = REPORTED.without("fuel_depot_explosion").vary(changes | {"time.days": 6.0 if step == 1 else 12.0})
    hourly, other = (run(scenario.vary({"time.step_minutes": minutes}), 4) for minutes in (60, step))
    reached = [result.summary["persons_arrived"] for result in (hourly, other)]
    assert reached[0] > 100
    assert reached[1] == pytest.approx(reached[0], abs=150 if step == 1 else 40)
