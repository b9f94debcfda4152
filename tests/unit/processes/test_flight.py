"""Flight over an open network: ways, the choice of a destination, closures, forwarding, waiting and moving on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.errors import ScenarioError
from sim.flee.scenario import FLEES_WORLD
from sim.model.displacement import DisplacementModel
from sim.model.run import release, run
from sim.population.risk import RiskSet
from sim.scenario.schema import Scenario

START, NEVER = "2030-01-01T00:00:00+00:00", "2031-01-01T00:00:00+00:00"
HOME = {"name": "Home", "lat": 0.0, "lon": 0.0, "residents": 20000.0}
NEAR = {"name": "Near", "lat": 0.0, "lon": 1.0}
FAR = {"name": "Far", "lat": 0.0, "lon": 3.0}


def scenario(*shocks: dict[str, Any], **more: Any) -> Scenario:
    """Return ten days in which 1,000 persons a day flee Home for Near (100 km) and Far (300 km, past Town)."""
    given = {"id": "departures", "kind": "departures", "daily": [1000.0] * 10}
    network = {
        "title": "Made up",
        "settlements": [HOME, {**HOME, "name": "Town", "lat": 1.0}],
        "destinations": [{**NEAR, **more.pop("near", {})}, {**FAR, **more.pop("far", {})}],
        "roads": [["Home", "Near", 100.0], ["Home", "Town", 150.0], ["Town", "Far", 150.0]],
    }
    told = {name: value for name, value, *_ in FLEES_WORLD} | {"residents_total": 40000.0}
    base = sim.load("base")
    data = {
        "extends": "base",
        "remove": [action.id for _, action in base.actions()],
        **dict.fromkeys(("name", "title", "summary", "narrative"), "made_up"),
        "assumptions": ["none"],
        "time": {"start": START, "days": 10.0, "step_minutes": 1440, "output_minutes": 1440},
        "place": {"network": network},
        "shocks": [{"start": START, **shock} for shock in (given, *shocks)],
        "interventions": [{"start": START, **item} for item in more.pop("interventions", ())],
    }
    changes = {f"parameters.{name}": value for name, value in told.items()} | more
    return sim.load(data, changes)


FIGHTING = {"id": "war", "kind": "conflict", "settlements": ["Home"]}


def camps(story: Scenario) -> tuple[float, float]:
    near, far = run(story, 1).dataset.persons_by_province.isel(time=-1).to_numpy().tolist()
    return near, far


def share(story: Scenario) -> float:
    near, far = camps(story)
    return near / (near + far)


GRAVITY = {"parameters.destination_stock_elasticity": 0.0, "parameters.conflict_detour_km": 0.0}


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_pull_falls_with_the_way_by_the_formula(power: float) -> None:
    story = scenario(FIGHTING, **GRAVITY, **{"parameters.destination_km_elasticity": power})
    offset = story.values()["destination_km_offset"]
    pull = np.array([100.0 + offset, 300.0 + offset]) ** -power
    assert share(story) == pytest.approx(pull[0] / pull.sum(), abs=0.02)


def test_people_follow_those_who_went_before() -> None:
    settled = {"far": {"persons": 8000.0}}
    drawn = {"parameters.destination_stock_elasticity": 0.8}
    alike = {**GRAVITY, "parameters.destination_km_elasticity": 0.0}
    near, far = camps(scenario(FIGHTING, **settled, **(alike | drawn)))
    assert far - 8000.0 > 3.0 * near
    near, far = camps(scenario(FIGHTING, **settled, **alike))
    assert far - 8000.0 == pytest.approx(near, rel=0.1)


def test_full_places_draw_nobody_while_another_has_room() -> None:
    near, _far = camps(scenario(FIGHTING, near={"capacity": 2000.0}))
    assert 2000.0 <= near <= 3000.0
    assert camps(scenario(FIGHTING, near={"capacity": 2000.0}, **{"parameters.destination_full_pull": 1.0}))[0] > 4000
    assert sum(camps(scenario(FIGHTING, near={"capacity": 10.0}, far={"capacity": 10.0}))) > 8000.0


def test_conflict_on_the_way_is_a_detour() -> None:
    town = {"id": "siege", "kind": "conflict", "settlements": ["Town"], "intensity": 1e-6}
    assert share(scenario(FIGHTING, town)) > share(scenario(FIGHTING)) + 0.02
    assert share(scenario(FIGHTING, town, **{"parameters.conflict_detour_km": 0.0})) == pytest.approx(
        share(scenario(FIGHTING)), abs=0.06
    )


def test_closures_turn_people_away_while_they_last() -> None:
    shut = {"id": "shut", "kind": "roads_closed", "links": [["Near", "Home"]]}
    assert camps(scenario(FIGHTING, shut))[0] == 0.0
    assert camps(scenario(FIGHTING, {**shut, "links": [], "nodes": ["Town"]}))[1] == 0.0
    refused = {"id": "refused", "kind": "destinations_closed", "provinces": ["Near"]}
    assert camps(scenario(FIGHTING, refused))[0] == 0.0
    assert camps(scenario(FIGHTING, {**refused, "end": "2030-01-06T00:00:00+00:00"}))[0] > 0.0


def test_who_has_no_way_out_waits_at_home_and_leaves_when_one_opens() -> None:
    shut = {"id": "shut", "kind": "roads_closed", "nodes": ["Home"]}
    assert sum(camps(scenario(FIGHTING, shut))) == 0.0
    near, far = camps(scenario(FIGHTING, {**shut, "end": "2030-01-06T00:00:00+00:00"}))
    assert near + far == pytest.approx(10000.0, rel=0.02)


def test_forwarding_sends_people_on() -> None:
    rule = {"id": "on", "kind": "forwarding", "at": "Town", "to": "Home"}
    assert camps(scenario(FIGHTING, interventions=[rule]))[1] == 0.0
    assert camps(scenario(FIGHTING, interventions=[{**rule, "strength": 0.0}]))[1] > 0.0


def test_travel_takes_its_time() -> None:
    slow = {"parameters.free_flow_kmh": 100.0 / 24.0}
    data = run(scenario(FIGHTING, **slow), 1).dataset.persons_by_province
    near, far = (data.sel(province=name).to_numpy() for name in ("Near", "Far"))
    assert (near[1] > 0, far[1], far[2]) == (True, 0, 0)
    assert far[3] > 0


def test_people_move_on_and_nobody_is_lost() -> None:
    moving = {"parameters.drift_per_day": 0.5, "parameters.destination_km_elasticity": 5.0}
    refused = {"id": "refused", "kind": "destinations_closed", "provinces": ["Far"], "start": START}
    open_later = {**refused, "end": "2030-01-08T00:00:00+00:00"}
    kept, went = camps(scenario(FIGHTING, open_later)), camps(scenario(FIGHTING, open_later, **moving))
    assert went[1] > kept[1] + 500
    result = run(scenario(FIGHTING, **moving), 1)
    assert result.summary["persons_arrived"] <= result.summary["persons_left"]


def test_hazard_makes_people_leave_where_departures_are_not_given() -> None:
    story = scenario(FIGHTING).without("departures")
    data = run(story, 1).dataset
    home = data.persons_home.isel(time=-1)
    assert home.sel(settlement="Home") < 20000.0
    assert home.sel(settlement="Town") == 20000.0


def test_ceasefire_and_peacekeepers_hold_conflict_back() -> None:
    story = scenario(FIGHTING).without("departures")
    left = run(story, 1).summary["persons_left"]
    ceasefire = {"id": "truce", "kind": "ceasefire", "start": START}
    keepers = {"id": "keepers", "kind": "peacekeepers", "start": START}
    for lever in (ceasefire, keepers):
        assert run(story.with_intervention(lever), 1).summary["persons_left"] < 0.95 * left
        assert run(story.with_intervention({**lever, "strength": 0.0}), 1).summary["persons_left"] == left


def test_people_come_home_when_they_can() -> None:
    short = {**FIGHTING, "end": "2030-01-03T00:00:00+00:00"}
    willing = {"parameters.return_base_per_day": 0.5, "parameters.hr_return_threat": 1.0}
    result = run(scenario(short, **willing), 1)
    assert result.summary["persons_returned"] > 100
    states = [result.dataset[name].isel(time=-1).sum() for name in ("persons_home", "persons_ready", "persons_returned",
              "persons_in_transit", "persons_displaced")]  # fmt: skip
    assert sum(float(state) for state in states) == 40000.0


def test_larger_settlements_lose_a_smaller_share() -> None:
    everywhere = {"id": "war", "kind": "conflict"}
    story = scenario(everywhere)
    network = story.resolved()["place"]["network"]
    network["settlements"][0]["residents"], network["settlements"][1]["residents"] = 32000.0, 8000.0
    data = story.resolved() | {"place": {"network": network}}
    for elasticity in (0.0, 0.5, 1.0):
        varied = sim.load(data, {"parameters.leave_size_elasticity": elasticity})
        home = run(varied, 1).dataset.persons_home
        left = (home.isel(time=0) - home.isel(time=3)).to_numpy()
        assert left[0] / left[1] == pytest.approx(4.0**elasticity, rel=0.1)


def test_conflict_is_remembered_after_it_ends() -> None:
    short = {**FIGHTING, "end": "2030-01-03T00:00:00+00:00"}
    model = DisplacementModel(scenario(short), 1)
    felt = []
    for _ in range(6):
        model.step()
        felt.append(float(model.perception.threat[0]))
    release(model)
    memory = model.parameters.violence.threat_memory_days
    assert felt[:2] == [1.0, 1.0]
    assert felt[3] / felt[2] == pytest.approx(np.exp(-1.0 / memory))


def test_same_seed_same_numbers() -> None:
    one, other = (run(scenario(FIGHTING), 3).dataset for _ in range(2))
    assert one.identical(other)


def test_taking_a_number_of_households_is_exact() -> None:
    risk = RiskSet(3)
    generator = np.random.default_rng(0)
    for first in (0, 3000):
        strata = generator.integers(0, 3, 3000)
        risk.enter(np.arange(first, first + 3000), strata, generator.standard_exponential(3000))
    risk.advance(np.array([0.1, 0.0, 0.3]))
    risk.enter(np.arange(6000, 6100), np.full(100, 2), np.full(100, 1e-3))
    wanted = np.array([5, 0, 50])
    due = risk.advance(risk.until(wanted))
    assert wanted[0] + wanted[2] <= due.size <= wanted[0] + 100
    assert risk.advance(risk.until(np.array([0, 10**6, 0]))).size > 1900


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"settlements": [HOME, HOME]}, "`Home` more than once"),
        ({"roads": [["Home", "Home", 3.0]]}, "a road from `Home` to itself"),
        ({"roads": [["Home", "Near", 3.0], ["Near", "Home", 4.0]]}, "the road Near–Home more than once"),
        ({"roads": [["Home", "Near", 0.0]]}, "more than 0"),
        ({"settlements": [{**HOME, "residents": 0.0}]}, "no residents"),
        ({"settlements": [{**HOME, "lat": 91.0}]}, "at most 90"),
        ({"camps": []}, "unknown key"),
    ],
)
def test_a_network_that_makes_no_sense_is_refused(change: dict[str, Any], words: str) -> None:
    data = scenario(FIGHTING).resolved()
    data["place"]["network"] |= change
    with pytest.raises(ScenarioError, match=words):
        sim.load(data)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({**FIGHTING, "settlements": ["Hom"]}, "did you mean `Home`"),
        ({"id": "a", "kind": "roads_closed", "nodes": ["Twon"]}, "did you mean `Town`"),
        ({"id": "a", "kind": "roads_closed", "links": [["Home", "Farr"]]}, "a road of `the network`"),
        ({"id": "a", "kind": "destinations_closed", "provinces": ["Nar"]}, "did you mean `Near`"),
        ({"id": "a", "kind": "departures", "daily": [-1.0]}, "at least 0"),
        ({"id": "a", "kind": "supply_cut", "road": "Lachin"}, "unknown name `Lachin`"),
    ],
)
def test_actions_name_what_the_network_has(action: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        scenario(action)


def test_a_place_is_a_dataset_or_a_network() -> None:
    data = scenario(FIGHTING).resolved()
    with pytest.raises(ScenarioError, match="either `dataset`"):
        sim.load(data | {"place": {}})
    with pytest.raises(ScenarioError, match="either `dataset`"):
        sim.load(data | {"place": {**data["place"], "dataset": "karabakh_2023"}})
