"""War for a territory and its division: contested control, mobilisation, and return to the part that is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.model.displacement import DisplacementModel
from sim.population.households import DISPLACED, TRANSIT, WITHIN
from sim.processes.perception import remember
from sim.processes.returns import elsewhere_hazard
from sim.scenario.load import load
from sim.scenario.parameters import Parameters
from sim.scenario.schema import Scenario

START, LATER = "2023-09-19T00:00:00+04:00", "2023-09-22T00:00:00+04:00"
REPORTED = load("as_reported")
BARE = REPORTED.without(*(action.id for _, action in REPORTED.actions())).vary(
    {
        "time.days": 8.0,
        "parameters.residents_total": 8000.0,
        "parameters.hr_service_loss": 1.0,
        "parameters.hr_deprivation": 1.0,
        "parameters.leave_base_per_day": 0.01,
        "parameters.hr_insecurity": 100.0,
        "parameters.leave_frailty_variance": 0.0,
        "parameters.return_base_per_day": 1.0,
        "parameters.hr_return_insecurity": 1e-6,
        "parameters.hr_return_elsewhere": 0.5,
        "parameters.hr_return_peers": 1.0,
        "parameters.return_frailty_variance": 0.0,
        "parameters.return_persons_per_day": 1e6,
        "parameters.drift_per_day": 0.0,
    }
)
ROAD = {"kind": "corridor_open", "id": "road", "start": START}
MARTUNI_LOST = {"kind": "control_change", "id": "lost", "start": START, "districts": ["Martuni"]}


def at(scenario: Scenario, hours: float) -> DisplacementModel:
    model = DisplacementModel(scenario, 1)
    while model.hours < hours:
        model.step()
    return model


def away(scenario: Scenario) -> DisplacementModel:
    """Return a model in which everybody has just crossed."""
    model = DisplacementModel(scenario, 1)
    ids = np.arange(len(model.households))
    model.households.move(ids, TRANSIT)
    model.reception.arrive(model, ids)
    return model


def test_contested_homes_are_insecure_by_what_residents_expect_and_only_while_it_lasts() -> None:
    contest = {"kind": "contested_control", "id": "c", "start": START, "end": LATER, "expected": 0.4}
    scenario = BARE.with_shock(contest | {"districts": ["Askeran"]})
    during, after = at(scenario, 24.0), at(scenario, 96.0)
    in_askeran = np.array([s.district == "Askeran" for s in during.place.settlements])
    assert during.perception.insecurity[in_askeran] == pytest.approx(0.4)
    assert (during.perception.insecurity[~in_askeran] == 0.0).all()
    assert (after.perception.insecurity == 0.0).all()


def test_a_contest_does_not_lessen_adverse_control() -> None:
    contest = {"kind": "contested_control", "id": "c", "start": START, "expected": 0.4}
    model = at(BARE.with_shock(MARTUNI_LOST).with_shock(contest), 2.0)
    lost = np.array([s.district == "Martuni" for s in model.place.settlements])
    assert model.perception.adverse_control[lost] == pytest.approx(1.0)
    assert model.perception.adverse_control[~lost] == pytest.approx(0.4)


def test_a_mobilisation_keeps_its_share_at_home_and_then_lets_them_decide() -> None:
    control = {"kind": "control_change", "id": "control", "start": START}
    call = {"kind": "mobilisation", "id": "call", "start": START, "end": LATER, "share": 0.3}
    free = BARE.vary({"parameters.leave_base_per_day": 1.0}).with_shock(control)
    model = DisplacementModel(free.with_shock(call), 1)
    while model.hours < 72.0:
        model.step()
    kept = model.households.at_home.sum() / model.households.initial.sum()
    assert kept == pytest.approx(0.3, abs=0.02)
    while model.running:
        model.step()
    assert model.households.at_home.sum() < 0.01 * model.households.initial.sum()
    assert at(free, 72.0).households.at_home.sum() < 0.01 * model.households.initial.sum()


def test_a_mobilisation_of_nobody_changes_nothing() -> None:
    control = {"kind": "control_change", "id": "control", "start": START}
    nobody = {"kind": "mobilisation", "id": "call", "start": START, "end": LATER, "share": 0.0}
    one, other = (at(s, 96.0) for s in (BARE.with_shock(control), BARE.with_shock(control).with_shock(nobody)))
    assert (one.households.status == other.households.status).all()


def test_who_lost_the_home_may_settle_where_the_own_side_holds() -> None:
    model = away(BARE.with_intervention(ROAD).with_shock(MARTUNI_LOST))
    model.decisions.parameters = replace(model.decisions.parameters, leave_base_per_day=0.0)
    while model.hours < 120.0:
        model.step()
    households = model.households
    lost = np.array([s.district == "Martuni" for s in model.place.settlements])
    within = households.place == households.within
    assert households.places[households.within] == WITHIN
    assert households.returned[lost].sum() == 0
    assert households.returned[~lost].sum() > 0.95 * households.initial[~lost].sum()
    assert (households.status[within] == DISPLACED).all()
    assert lost[households.columns.home[within]].all()
    assert households.displaced[households.within] == households.persons[within].sum() > 0
    assert model.returns.came_back == households.returned.sum() + households.displaced[households.within]
    share_back = within.sum() / lost[households.columns.home].sum()
    assert share_back == pytest.approx(1.0 - np.exp(-0.5 * 5.0), abs=0.05)


def test_who_settled_within_neither_moves_on_nor_fills_provinces() -> None:
    scenario = BARE.vary({"parameters.drift_per_day": 5.0, "parameters.return_base_per_day": 0.5})
    model = away(scenario.with_intervention(ROAD).with_shock(MARTUNI_LOST))
    while model.hours < 48.0:
        model.step()
    settled = np.flatnonzero(model.households.place == model.households.within)
    assert settled.size
    while model.running:
        model.step()
    assert (model.households.place[settled] == model.households.within).all()
    model.households.check()


def test_nobody_settles_elsewhere_where_all_or_nothing_is_kept() -> None:
    p = Parameters.from_values(REPORTED.values()).returns
    home, weights = np.array([0.1, 0.3]), np.array([1.0, 3.0])
    for held in ([True, True], [False, False]):
        assert (elsewhere_hazard(p, home, np.array(held), weights) == 0.0).all()
    found = elsewhere_hazard(replace(p, hr_return_elsewhere=0.5), home, np.array([False, True]), weights)
    assert found == pytest.approx([0.15, 0.0])


def test_a_full_memory_fades_like_any_other_however_much_filled_it() -> None:
    p = Parameters.from_values(REPORTED.values() | {"threat_memory_days": 60.0, "threat_per_incident": 0.15}).violence
    one = np.zeros(1)
    for _ in range(44):
        one = remember(one, np.array([30.0]), 24.0, p)
    assert one[0] == pytest.approx(1.0, abs=0.02)
    assert remember(one, np.zeros(1), 24.0 * 60.0, p) == pytest.approx(one / np.e)
