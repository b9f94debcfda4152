"""Levers change what they name, nothing while they stand still, and what they set is saved as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.dashboard.choice import Choice, baseline, explored, horizons, library, save_choice
from sim.dashboard.levers import LEVERS, apply, in_words, settings_of
from sim.errors import InputError, OutputError
from sim.library import shipped_scenarios
from sim.scenario.interventions import AidConvoys, Ceasefire, Monitoring, Roadmap
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.shocks import Offensive

MOVED = {
    "ceasefire_days": 3.0,
    "ceasefire_strength": 0.6,
    "monitors_strength": 0.7,
    "monitors_urban": 0.3,
    "monitors_rural": 0.2,
    "roadmap_strength": 0.5,
    "roadmap_pace": 2.0,
    "capacity": 400.0,
    "aid_tonnes": 60.0,
}


def only(scenario: Scenario, kind: type) -> list:  # type: ignore[type-arg]
    return [action for _, action in scenario.actions() if isinstance(action, kind)]


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    return library()


@pytest.mark.parametrize("name", sorted(shipped_scenarios()))
def test_levers_that_stand_still_change_nothing(name: str) -> None:
    scenario = load(name)
    assert apply(scenario, settings_of(scenario)) is scenario
    assert in_words(scenario, settings_of(scenario)) == ""


@pytest.mark.parametrize("name", ["base", "as_reported", "combined"])
def test_every_lever_stands_where_it_was_moved(name: str) -> None:
    assert {lever.key for lever in LEVERS} == MOVED.keys()
    scenario = load(name)
    there = apply(scenario, MOVED, 40.0)
    assert settings_of(there) == pytest.approx(MOVED | {"ceasefire_days": 0.0})
    assert there.time.days == 40.0
    shift = only(there, Ceasefire)[0].start - (only(scenario, Ceasefire) or only(load("ceasefire"), Ceasefire))[0].start
    assert shift.total_seconds() == 3 * 86_400
    assert in_words(scenario, MOVED).count(";") == len(MOVED) - 1


def test_a_later_ceasefire_prolongs_the_fighting_that_it_ends() -> None:
    there = apply(load("as_reported"), {"ceasefire_days": 2.5})
    assert only(there, Offensive)[0].end == only(there, Ceasefire)[0].start
    later = apply(load("renewed_hostilities"), {"ceasefire_days": 2.0})
    assert only(later, Offensive)[1] == only(load("renewed_hostilities"), Offensive)[1]


def test_what_a_scenario_lacks_is_lent_only_once_it_is_wanted() -> None:
    scenario = load("as_reported")
    assert only(apply(scenario, {"monitors_urban": 0.1, "roadmap_pace": 3.0}), Monitoring | Roadmap) == []
    assert len(only(apply(scenario, {"aid_tonnes": 40.0}), AidConvoys)) == len(only(scenario, AidConvoys)) + 1
    goods = only(apply(scenario, {"aid_tonnes": 40.0}), AidConvoys)[-1].tonnes_per_day
    assert sum(goods.values()) == pytest.approx(40.0)
    assert goods["food"] == pytest.approx(28.0)


def test_a_lever_that_fits_nowhere_is_a_problem_not_a_crash() -> None:
    with pytest.raises(InputError, match="checkpoint_full_per_hour"):
        apply(load("as_reported"), {"capacity": -5.0})


def test_horizons_end_with_the_scenarios_own(scenarios: dict[str, Scenario]) -> None:
    assert horizons(scenarios["as_reported"]) == [14.0, 30.0, 60.0, 120.0]
    assert baseline(Choice("as_reported", 500.0), scenarios) is scenarios["as_reported"]


def test_what_is_saved_loads_as_what_was_explored(scenarios: dict[str, Scenario], tmp_path: Path) -> None:
    choice = Choice("un_monitoring", 30.0, 1, MOVED)
    path = save_choice(choice, scenarios, "wide_open", tmp_path)
    saved, played = load(path), explored(choice, scenarios)
    assert saved.title == "Wide open"
    assert (
        saved.model_copy(update={"name": played.name, "title": played.title, "assumptions": played.assumptions})
        == played
    )
    assert saved.assumptions[-1].startswith("Set by hand on the dashboard, on top of un_monitoring: Ceasefire: ")
    assert "Road out: crossing capacity by day 400 vehicles/h" in saved.assumptions[-1]
    before = path.read_bytes()
    with pytest.raises(OutputError, match="there already"):
        save_choice(choice, scenarios, "wide_open", tmp_path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["../out", "", "Ä", "ceasefire", "a b", "x" * 65])
def test_names_that_do_not_fit_are_refused(name: str, scenarios: dict[str, Scenario], tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        save_choice(Choice(), scenarios, name, tmp_path)
    assert list(tmp_path.iterdir()) == []
