"""Who goes home, when and how many a day; and that who comes a second time is counted a second time, no more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.model.displacement import DisplacementModel
from sim.population.households import DEAD, DISPLACED, RETURNED, TRANSIT
from sim.scenario.load import load
from sim.scenario.schema import Scenario

START = "2023-09-19T00:00:00+04:00"
REPORTED = load("as_reported")
BARE = REPORTED.without(*(action.id for _, action in REPORTED.actions())).vary(
    {
        "time.days": 8.0,
        "parameters.residents_total": 8000.0,
        "parameters.hr_service_loss": 1.0,
        "parameters.hr_deprivation": 1.0,
        "parameters.hr_return_service_loss": 1.0,
        "parameters.hr_return_home_damage": 1.0,
        "parameters.hr_return_peers": 1.0,
        "parameters.return_frailty_variance": 0.0,
        "parameters.leave_frailty_variance": 0.0,
        "parameters.return_base_per_day": 1.0,
        "parameters.return_persons_per_day": 1e6,
        "parameters.drift_per_day": 0.0,
        "parameters.crossing_noise_share": 0.0,
    }
)
ROAD = {"kind": "corridor_open", "id": "road", "start": START}


def displaced(scenario: Scenario, seed: int = 1) -> DisplacementModel:
    """Return a model in which everybody has just crossed."""
    model = DisplacementModel(scenario, seed)
    ids = np.arange(len(model.households))
    model.decisions.risk.advance(np.full(len(model.settlement_names), 200.0))
    model.households.move(ids, TRANSIT)
    model.reception.arrive(model, ids)
    return model


def back(model: DisplacementModel, hours: float) -> int:
    while model.hours < hours:
        model.step()
    model.households.check()
    return model.returns.ever_returned


def test_return_has_the_survival_curve_of_its_hazard() -> None:
    model = displaced(BARE.vary({"parameters.return_base_per_day": 0.4}).with_intervention(ROAD))
    gone_home = []
    while model.running:
        model.step()
        gone_home.append(float((model.households.status != DISPLACED).mean()))
    days = np.arange(2, model.step_number + 1) / 24.0
    expected = 1.0 - np.exp(-0.4 * (days - 1 / 24.0))
    assert np.abs(np.array(gone_home[1:]) - expected).max() < 2.0 / len(model.households) ** 0.5


def test_nobody_goes_home_to_what_they_fled() -> None:
    control = {"kind": "control_change", "id": "control", "start": START}
    ratio = {"parameters.hr_return_insecurity": 1e-6, "parameters.leave_base_per_day": 0.0}
    held = BARE.vary(ratio).with_intervention(ROAD)
    assert back(displaced(held.with_shock(control)), 96.0) == 0
    assert back(displaced(held), 96.0) > 7000


def test_no_more_go_home_in_a_day_than_the_way_and_the_escorts_take() -> None:
    escorts = {"kind": "escorted_return", "id": "escorts", "start": START, "persons_per_day": 300.0, "strength": 0.5}
    few = BARE.vary({"parameters.return_persons_per_day": 200.0})
    for scenario, a_day in (
        (few.with_intervention(ROAD), 200.0),
        (few.with_intervention(escorts), 150.0),
        (few.with_intervention(ROAD).with_intervention(escorts), 350.0),
        (few, 0.0),
    ):
        model = displaced(scenario)
        set_out = back(model, 144.0) + model.returns.persons_on_road
        assert 0.93 * 6 * a_day - 12 <= set_out <= 6 * a_day


def test_who_went_abroad_does_not_come_back() -> None:
    model = displaced(BARE.with_intervention(ROAD))
    emigrants = np.arange(0, len(model.households), 3)
    model.households.move(emigrants, DISPLACED, len(model.households.places) - 1)
    back(model, 120.0)
    assert (model.households.status[emigrants] == DISPLACED).all()
    assert (model.households.status == RETURNED).mean() > 0.6


def test_returnees_may_leave_again_and_draw_a_new_threshold() -> None:
    restless = {
        "parameters.return_base_per_day": 20.0,
        "parameters.fuelled_share": 1.0,
        "parameters.vehicle_household_share": 1.0,
        "parameters.checkpoint_initial_per_hour": 1e5,
        "parameters.checkpoint_full_per_hour": 1e5,
        "parameters.residents_total": 800.0,
        "parameters.leave_base_per_day": 5.0,
        "parameters.hr_return_insecurity": 1.0,
    }
    control = {"kind": "control_change", "id": "control", "start": START}
    model = displaced(BARE.vary(restless).with_intervention(ROAD).with_shock(control))
    back(model, 190.0)
    assert model.households.spell.min() >= 2
    assert model.reception.arrived == pytest.approx(model.traffic.departed + 800, abs=800)
    assert model.reception.registered <= model.reception.arrived


def test_who_comes_again_before_being_registered_is_registered_once() -> None:
    model = displaced(
        BARE.vary({"parameters.registration_persons_per_hour": 0.0, "parameters.return_base_per_day": 0.0})
    )
    first = np.array([0])
    model.households.move(first, TRANSIT)
    model.reception.arrive(model, first)
    for centre in model.registration:
        centre.persons_per_hour = 1e6
    for _ in range(30):
        model.step()
    assert model.reception.registered == 8000 - model.households.deaths
    abroad = len(model.households.places) - 1
    model.households.move(np.array([5]), DISPLACED, abroad)
    for centre in model.registration:
        centre.queue.append(np.array([5]), np.array([1.0]), model.hours)
    for _ in range(30):
        model.step()
    assert model.households.place[5] == abroad, "an old place in the queue brings nobody back"


def test_a_vehicle_full_of_dead_crosses_without_arriving() -> None:
    jam: dict[str, Any] = {
        "parameters.fuelled_share": 1.0,
        "parameters.leave_base_per_day": 10.0,
        "parameters.checkpoint_initial_per_hour": 0.4,
        "parameters.checkpoint_full_per_hour": 0.4,
        "parameters.queue_tolerance_hours": 1e6,
        "parameters.residents_total": 60.0,
        "time.days": 4.0,
    }
    control = {"kind": "control_change", "id": "control", "start": START}
    model = DisplacementModel(BARE.vary(jam).with_intervention(ROAD).with_shock(control), 0)
    while model.hours < 26.0:
        model.step()
    road = np.flatnonzero(model.households.status == TRANSIT)
    assert road.size > 3
    model.households.take_deaths(10**6, road, np.random.default_rng(0))
    while model.running:
        model.step()
    model.households.check()
    assert (model.households.status[road] == DEAD).all()
    assert len(model.checkpoint.queue) == 0
