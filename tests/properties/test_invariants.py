"""What must hold in every run, whatever the scenario, the levers and the seed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import sim.model.displacement as displacement
from invariants import everybody
from sim.library import shipped_scenarios
from sim.model.displacement import DisplacementModel
from sim.model.run import run
from sim.place.place import load_place
from sim.population.households import DEAD, DISPLACED, HOME, READY, RETURNED, TRANSIT
from sim.scenario.load import load
from sim.scenario.schema import Scenario

SCENARIOS = {name: load(name) for name in shipped_scenarios()}
PLACE = load_place("karabakh_2023")
START = "2023-09-19T00:00:00+04:00"
MONTH = {"time.days": 36.0, "time.step_minutes": 1440, "parameters.residents_total": 1500.0}
SEEDS = st.integers(0, 2**62)

LEVERS = st.fixed_dictionaries(
    {
        "time.days": st.sampled_from([6.3, 9.0, 12.0]),
        "time.step_minutes": st.sampled_from([60, 180, 480, 1440]),
        "parameters.residents_total": st.sampled_from([1.0, 7.0, 50.0, 600.0, 3000.0]),
    },
    optional={
        "parameters.leave_base_per_day": st.sampled_from([0.0, 0.001, 5.0]),
        "parameters.return_base_per_day": st.sampled_from([0.0, 0.03, 50.0]),
        "parameters.hr_return_insecurity": st.sampled_from([0.002, 1.0]),
        "parameters.return_persons_per_day": st.sampled_from([0.0, 40.0, 1e6]),
        "parameters.drift_per_day": st.sampled_from([0.0, 5.0]),
        "parameters.abroad_share": st.sampled_from([0.0, 0.9]),
        "parameters.transit_deaths_per_million_person_hours": st.sampled_from([0.0, 1e5]),
        "parameters.registration_persons_per_hour": st.sampled_from([0.0, 1.0, 1000.0]),
        "parameters.registration_first_share": st.sampled_from([0.0, 0.5, 1.0]),
        "parameters.checkpoint_initial_per_hour": st.sampled_from([0.0, 30.0]),
        "parameters.checkpoint_full_per_hour": st.sampled_from([0.0, 3.0, 300.0]),
        "parameters.vehicle_household_share": st.sampled_from([0.0, 0.6, 1.0]),
        "parameters.fuelled_share": st.sampled_from([0.0, 0.4, 1.0]),
        "parameters.bus_seats": st.sampled_from([1.0, 34.0]),
        "parameters.vehicle_seats": st.sampled_from([1.0, 7.0]),
        "parameters.household_size_mean": st.sampled_from([1.0, 3.3, 12.0]),
        "parameters.news_delay_hours": st.sampled_from([0.0, 6.0]),
        "parameters.incidents_offensive_per_day": st.sampled_from([0.0, 1000.0]),
        "parameters.deaths_per_incident": st.sampled_from([0.0, 50.0]),
        "parameters.excitation_hours": st.sampled_from([0.1, 12.0]),
        "parameters.host_places_per_1000": st.sampled_from([0.0, 10.0]),
        "parameters.rental_places_per_1000": st.sampled_from([0.0, 10.0]),
    },
)


def digest(data: xr.Dataset) -> bytes:
    return b"".join(name.encode() + data[name].to_numpy().tobytes() for name in sorted(map(str, data.variables)))


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(sorted(SCENARIOS)), LEVERS, SEEDS)
def test_nobody_is_created_or_lost_and_what_is_counted_stays_counted(name: str, levers: Any, seed: int) -> None:
    data = run(SCENARIOS[name].vary(levers), seed).dataset
    assert (everybody(data) == levers["parameters.residents_total"]).all()
    for variable in data.data_vars.values():
        values = variable.to_numpy()
        assert (values[np.isfinite(values)] >= 0.0).all(), variable.name
        if str(variable.name).endswith("_cumulative"):
            assert (np.diff(values, axis=0) >= 0.0).all(), variable.name
        if variable.attrs["units"] == "share":
            assert values.max() <= 1.0 + 1e-9, variable.name
    assert (data.registered_cumulative <= data.arrivals_cumulative).all()
    assert (data.arrivals_cumulative <= data.departures_cumulative).all()
    assert np.array_equal(data.arrivals_by_origin_cumulative.sum("district"), data.arrivals_cumulative)
    assert np.array_equal(data.persons_by_province, data.persons_displaced[:, 1:-2])
    sheltered = ("persons_in_state_shelter", "persons_with_hosts", "persons_in_rented_homes", "persons_unsheltered")
    assert np.array_equal(sum(data[kind] for kind in sheltered), data.persons_by_province)


@settings(max_examples=6, deadline=None)
@given(st.sampled_from(sorted(SCENARIOS)), SEEDS)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(name: str, seed: int) -> None:
    scenario = SCENARIOS[name].vary({"time.days": 8.0, "parameters.residents_total": 800.0})
    first = digest(run(scenario, seed).dataset)
    assert digest(run(scenario, seed).dataset) == first
    assert digest(run(scenario, seed + 1).dataset) != first


def counted(model: DisplacementModel) -> None:
    """Compare the head counts with the rows, and see that every household is where it can go on from."""
    households = model.households
    status, persons, home = households.status, households.persons, households.columns.home
    for state, count in ((HOME, households.at_home), (READY, households.ready), (RETURNED, households.returned)):
        rows = status == state
        assert np.array_equal(np.bincount(home[rows], weights=persons[rows], minlength=count.size), count)
    assert households.in_transit == persons[status == TRANSIT].sum()
    assert ((persons == 0) == (status == DEAD)).all()
    inside = (status == DISPLACED) & (households.place > 0) & (households.place < len(households.places) - 1)
    assert set(np.flatnonzero(inside)) == set(np.flatnonzero((model.shelter.where >= 0) & (status != DEAD)))
    assert model.returns.persons_on_road == persons[model.returns.on_road].sum()


RESTLESS = {
    "parameters.leave_base_per_day": 5.0,
    "parameters.return_base_per_day": 20.0,
    "parameters.hr_return_insecurity": 1.0,
    "parameters.hr_return_home_damage": 1.0,
    "parameters.return_persons_per_day": 1e6,
    "parameters.drift_per_day": 1.0,
    "parameters.abroad_share": 0.3,
    "parameters.fuelled_share": 1.0,
    "parameters.vehicle_household_share": 0.7,
}


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.sampled_from([2.0, 50.0, 1000.0]), st.sampled_from([60, 240, 1440]))
def test_who_comes_and_goes_again_and_again_is_counted_once(seed: int, per_hour: float, step: int) -> None:
    scenario = SCENARIOS["as_reported"].vary(
        RESTLESS
        | {
            "time.days": 16.0,
            "time.step_minutes": step,
            "parameters.residents_total": 400.0,
            "parameters.registration_persons_per_hour": per_hour,
        }
    )
    model = DisplacementModel(scenario, seed)
    while model.running:
        model.step()
        counted(model)
    model.households.check()
    assert model.households.spell.max() >= 1
    assert model.returns.ever_returned > 0


@settings(max_examples=8, deadline=None)
@given(
    SEEDS,
    st.fixed_dictionaries(
        {},
        optional={
            "parameters.leave_base_per_day": st.floats(0.0, 1000.0),
            "parameters.hr_insecurity": st.floats(1e-6, 1e6),
            "parameters.hr_threat": st.floats(1e-6, 1e6),
            "parameters.hr_peers": st.floats(1e-6, 1e6),
            "parameters.leave_frailty_variance": st.floats(0.0, 10.0),
        },
    ),
)
def test_without_shock_or_intervention_nobody_leaves(seed: int, changes: dict[str, float]) -> None:
    nothing = SCENARIOS["as_reported"].without(*(action.id for _, action in SCENARIOS["as_reported"].actions()))
    ordinary = {"parameters.hr_deprivation": 1.0, "parameters.hr_service_loss": 1.0}
    data = run(
        nothing.vary({"time.days": 12.0, "parameters.residents_total": 800.0} | ordinary | changes), seed
    ).dataset
    assert (data.persons_home.sum("settlement") == 800).all()


DISTINCT = {
    action.model_dump_json(): (name, action.id)
    for name, scenario in SCENARIOS.items()
    for action in scenario.interventions
}
"""Each intervention in the last of the scenarios that have it, word for word; inherited ones are not tried again."""


@pytest.mark.parametrize("name", sorted({name for name, _ in DISTINCT.values()}))
def test_an_intervention_of_strength_0_equals_leaving_it_out(name: str) -> None:
    scenario = SCENARIOS[name].vary(MONTH)
    whole = digest(run(scenario, 3).dataset)
    ids = [action for where, action in DISTINCT.values() if where == name]
    moved = 0
    for action in ids:
        without = digest(run(scenario.without(action), 3).dataset)
        assert digest(run(scenario.vary({f"interventions.{action}.strength": 0.0}), 3).dataset) == without, action
        moved += without != whole
    assert moved > 0, "what was left out mattered"


@pytest.mark.parametrize("name", [name for name, scenario in SCENARIOS.items() if scenario.interventions])
def test_all_interventions_of_strength_0_equal_none(name: str) -> None:
    scenario = SCENARIOS[name].vary(MONTH)
    ids = [action.id for action in scenario.interventions]
    off = run(scenario.vary({f"interventions.{action}.strength": 0.0 for action in ids}), 3)
    assert digest(off.dataset) == digest(run(scenario.without(*ids), 3).dataset)


def with_weights(weights: list[int]) -> Any:
    """Return the place with ``weights`` residents in its settlements."""
    total = sum(weights)
    settlements = (replace(s, weight=n / total) for s, n in zip(PLACE.settlements, weights, strict=True))
    return replace(PLACE, settlements=tuple(settlements))


SLACK = {
    "time.days": 8.0,
    "parameters.incidents_offensive_per_day": 0.0,
    "parameters.incidents_unsettled_per_day": 0.0,
    "parameters.transit_deaths_per_million_person_hours": 0.0,
    "parameters.crossing_noise_share": 0.0,
    "parameters.checkpoint_initial_per_hour": 1e5,
    "parameters.checkpoint_full_per_hour": 1e5,
    "parameters.hr_deprivation": 1.0,
    "parameters.hr_service_loss": 1.0,
    "parameters.station_vehicles_per_hour": 1000.0,
    "parameters.registration_persons_per_hour": 1e6,
    "parameters.return_persons_per_day": 1e6,
    "parameters.host_places_per_1000": 1000.0,
    "parameters.rental_places_per_1000": 1000.0,
}


@pytest.mark.parametrize("more", [1, 40])
def test_more_residents_of_one_settlement_change_no_other(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = [20 + 3 * number for number in range(len(PLACE.settlements))]
    grown, place = weights.copy(), 5
    grown[place] += more
    scenario = SCENARIOS["as_reported"].without("fuel_depot_explosion", "buses", "buses_first")
    scenario = scenario.vary(SLACK | {"interventions.free_petrol.tonnes": 1e6})
    found = []
    for persons in (weights, grown):
        monkeypatch.setattr(displacement, "place_of", lambda reference, persons=persons: with_weights(persons))
        found.append(run(scenario.vary({"parameters.residents_total": float(sum(persons))}), 11).dataset)
    others = np.arange(len(weights)) != place
    for name in ("persons_home", "persons_ready", "persons_returned"):
        before, after = (data[name].to_numpy() for data in found)
        assert np.array_equal(before[:, others], after[:, others]), name
    assert found[1].persons_home[0, place] == grown[place]
    assert found[0].arrivals_cumulative[-1] > 0.5 * sum(weights)
    district = PLACE.district_index[place]
    arrived = [np.delete(data.arrivals_by_origin_cumulative.to_numpy(), district, axis=1) for data in found]
    assert np.array_equal(arrived[0], arrived[1])


def first_ready(scenario: Scenario, seed: int) -> np.ndarray:
    """Return the step at which each household is first seen to have decided, infinite if never."""
    model = DisplacementModel(scenario, seed)
    first = np.full(len(model.households), np.inf)
    while model.running:
        model.step()
        decided = (model.households.status != HOME) & np.isinf(first)
        first[decided] = model.step_number
    return first


@pytest.mark.parametrize(
    ("milder", "harsher"),
    [
        ({"parameters.leave_base_per_day": 0.0005}, {"parameters.leave_base_per_day": 0.001}),
        ({"parameters.hr_insecurity": 300.0}, {"parameters.hr_insecurity": 800.0}),
        ({"shocks.control_change.adverse": 0.6}, {"shocks.control_change.adverse": 1.0}),
        ({"parameters.hr_vehicle": 1.0}, {"parameters.hr_vehicle": 2.0}),
    ],
)
def test_a_harsher_scenario_on_the_same_seed_makes_nobody_stay_longer(
    milder: dict[str, float], harsher: dict[str, float]
) -> None:
    scenario = SCENARIOS["blockade"].vary(SLACK | {"time.days": 5.0, "parameters.residents_total": 1500.0})
    for seed in (0, 1):
        late, soon = (first_ready(scenario.vary(changes), seed) for changes in (milder, harsher))
        assert (soon <= late).all()
        assert (soon < late).any()


@settings(max_examples=6, deadline=None)
@given(SEEDS, st.sampled_from([1.0, 2.0, 3.0, 11.0, 50.0]))
def test_an_empty_settlement_does_no_harm(seed: int, residents: float) -> None:
    weights = [0 if number % 3 else 10 for number in range(len(PLACE.settlements))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(displacement, "place_of", lambda reference: with_weights(weights))
        data = run(
            SCENARIOS["combined"].vary({"time.days": 9.0, "parameters.residents_total": residents}), seed
        ).dataset
    assert (everybody(data) == residents).all()
    assert (data.persons_home[:, np.array(weights) == 0] == 0).all()
    assert all(np.isfinite(data[name]).all() for name in ("threat", "insecurity", "need_met", "service_level"))
