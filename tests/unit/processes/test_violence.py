"""Incidents: how many, where, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest

from sim.model.displacement import DisplacementModel
from sim.scenario.load import load
from sim.scenario.schema import Scenario

START = "2023-09-19T00:00:00+04:00"
BARE = load("as_reported")
BARE = BARE.without(*(action.id for _, action in BARE.actions())).vary(
    {"time.days": 40.0, "parameters.residents_total": 2000.0}
)
FIGHTING = BARE.with_shock({"kind": "offensive", "id": "fighting", "start": START})


def played(scenario: Scenario, seed: int = 0, days: float | None = None) -> DisplacementModel:
    model = DisplacementModel(scenario if days is None else scenario.vary({"time.days": days}), seed)
    model.run_model()
    return model


def incidents(scenario: Scenario, seed: int = 0) -> int:
    return int(played(scenario, seed).violence.incidents_so_far.sum())


QUIET = {"parameters.deaths_per_incident": 0.0, "parameters.incidents_offensive_per_day": 30.0}


def test_incidents_come_at_the_stated_rate() -> None:
    alone = FIGHTING.vary({**QUIET, "parameters.excitation_share": 0.0, "parameters.incidents_unsettled_per_day": 0.0})
    expected = 30.0 * 40
    assert incidents(alone) == pytest.approx(expected, abs=3.0 * expected**0.5)


@pytest.mark.parametrize(("step", "excitation_hours"), [(60, 12.0), (60, 0.1), (1440, 12.0), (1440, 3.0), (20, 1.0)])
def test_incidents_set_off_are_as_many_however_long_a_step(step: int, excitation_hours: float) -> None:
    """An incident stands for 1 / (1 - 0.6) with its descendants, whatever the clock; here per day, after ten days."""
    changes = {
        **QUIET,
        "time.step_minutes": step,
        "time.days": 22.0,
        "parameters.excitation_share": 0.6,
        "parameters.excitation_hours": excitation_hours,
        "parameters.incidents_unsettled_per_day": 0.0,
        "parameters.incidents_offensive_per_day": 60.0,
    }
    rates = []
    for seed in range(3):
        model = DisplacementModel(FIGHTING.vary(changes), seed)
        while model.hours < 240.0:
            model.step()
        before = model.violence.incidents_so_far.sum()
        model.run_model()
        rates.append((model.violence.incidents_so_far.sum() - before) / 12.0)
    assert np.mean(rates) == pytest.approx(60.0 / 0.4, rel=0.08)


def test_no_incident_before_anything_happened() -> None:
    assert incidents(BARE) == 0


def test_a_ceasefire_cuts_incidents_to_violations() -> None:
    changes = {
        **QUIET,
        "parameters.incidents_unsettled_per_day": 20.0,
        "parameters.excitation_share": 0.0,
        "parameters.ceasefire_violation_share": 0.2,
        "shocks.fighting.end": "2023-09-19T01:00:00+04:00",
    }
    ceasefire = {"kind": "ceasefire", "id": "truce", "start": "2023-09-19T01:00:00+04:00"}
    without = incidents(FIGHTING.vary(changes))
    kept = incidents(FIGHTING.vary(changes).with_intervention(ceasefire))
    assert without == pytest.approx(800, abs=90)
    assert kept == pytest.approx(160, abs=45)


def test_a_later_offensive_breaks_the_ceasefire_while_it_lasts() -> None:
    ceasefire = {"kind": "ceasefire", "id": "truce", "start": "2023-09-19T06:00:00+04:00"}
    again = {
        "kind": "offensive",
        "id": "again",
        "start": "2023-09-21T00:00:00+04:00",
        "end": "2023-09-22T00:00:00+04:00",
    }
    changes = {**QUIET, "shocks.fighting.end": "2023-09-19T06:00:00+04:00"}
    model = DisplacementModel(FIGHTING.vary(changes).with_intervention(ceasefire).with_shock(again), 0)
    (entry, _), *_ = model.timeline.every(type(model.definition.interventions[0]))
    broken = []
    for _ in range(96):
        model.step()
        broken.append(model.violence.ceasefire_broken(model, entry))
    assert [hour for hour, was in enumerate(broken, 1) if was] == list(range(48, 72))


def test_the_injured_are_the_stated_multiple_of_the_dead() -> None:
    changes = {
        "parameters.incidents_offensive_per_day": 40.0,
        "parameters.deaths_per_incident": 0.3,
        "parameters.injuries_per_death": 0.4,
        "parameters.residents_total": 20000.0,
        "time.days": 10.0,
    }
    model = played(FIGHTING.vary(changes))
    assert model.households.deaths > 100
    assert model.violence.injured == int(0.4 * model.households.deaths + 1e-6)


def test_an_explosion_happens_once_and_harms_those_who_are_there() -> None:
    explosion = {
        "kind": "explosion", "id": "blast", "settlement": "Askeran", "start": "2023-09-20T00:00:00+04:00",
        "deaths": 5, "injuries": 9, "fuel_lost_tonnes": 3.0,
    }  # fmt: skip
    model = played(BARE.with_shock(explosion), days=4.0)
    assert (model.households.deaths, model.violence.injured) == (5, 9)
    assert model.traffic.petrol_lost_tonnes == 3.0
    askeran = model.settlement_names.index("Askeran")
    lost = model.households.initial - model.households.present
    assert lost[askeran] == lost.sum() == 5


def test_an_explosion_harms_no_more_than_there_are() -> None:
    explosion = {
        "kind": "explosion", "id": "blast", "settlement": "Askeran", "start": START, "deaths": 20, "injuries": 10**6,
    }  # fmt: skip
    model = played(BARE.with_shock(explosion), days=1.0)
    askeran = model.settlement_names.index("Askeran")
    assert model.households.deaths == 20
    assert model.violence.injured == model.households.initial[askeran] - 20


def test_incidents_strike_where_people_live_and_where_the_fighting_is() -> None:
    there = FIGHTING.vary(
        {**QUIET, "parameters.incidents_unsettled_per_day": 0.0, "shocks.fighting.settlements": ("Askeran",)}
    )
    model = played(there, days=5.0)
    struck = model.violence.incidents_so_far
    assert struck.sum() == struck[model.settlement_names.index("Askeran")] > 0
    everywhere = played(FIGHTING.vary({**QUIET, "parameters.incidents_offensive_per_day": 200.0}))
    shares = everywhere.violence.incidents_so_far / everywhere.violence.incidents_so_far.sum()
    assert np.abs(shares - np.array([s.weight for s in everywhere.place.settlements])).max() < 0.03


@pytest.mark.parametrize("path", ["parameters.incidents_offensive_per_day", "shocks.fighting.intensity"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_less_intensity_never_means_more_incidents(path: str, seed: int) -> None:
    fighting = FIGHTING.vary({"time.days": 6.0, "parameters.excitation_share": 0.6})
    before = np.inf
    for factor in (1.0, 0.8, 0.5, 0.1, 0.0):
        value = factor * (50.0 if path.startswith("parameters") else 1.0)
        model = DisplacementModel(fighting.vary({path: value, "parameters.incidents_unsettled_per_day": 2.0}), seed)
        so_far = []
        while model.running:
            model.step()
            so_far.append(model.violence.incidents_so_far.copy())
        series = np.array(so_far)
        assert (series <= before).all()
        before = series
    assert 0 < before[-1].sum() < 60


def test_missions_protect_where_they_are() -> None:
    changes = {
        **QUIET,
        "parameters.hr_peacekeepers_violence": 0.1,
        "parameters.peacekeepers_government_share": 1.0,
        "parameters.excitation_share": 0.0,
    }
    peacekeepers = {
        "kind": "peacekeepers", "id": "helmets", "start": START, "coverage_urban": 1.0, "coverage_rural": 0.0,
    }  # fmt: skip
    without, protected = played(FIGHTING.vary(changes)), played(FIGHTING.vary(changes).with_intervention(peacekeepers))
    urban = without.urban
    assert np.array_equal(protected.violence.incidents_so_far[~urban], without.violence.incidents_so_far[~urban])
    assert protected.violence.incidents_so_far[urban].sum() == pytest.approx(
        0.1 * without.violence.incidents_so_far[urban].sum(), rel=0.25
    )
