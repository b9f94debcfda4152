"""The shipped scenario files: all load, and counterfactuals differ from what happened by interventions alone."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from sim.library import shipped_scenarios
from sim.scenario.load import load
from sim.scenario.parameters import SPECS

COUNTERFACTUALS = ("ceasefire", "un_monitoring", "integration_roadmap", "combined")
FAILURES_AND_SEQUELS = ("monitoring_late", "roadmap_not_believed", "assisted_return")
STORIES = ("as_reported", *COUNTERFACTUALS, "blockade", "renewed_hostilities", *FAILURES_AND_SEQUELS)


def raw(name: str) -> dict[str, Any]:
    return tomllib.loads(shipped_scenarios()[name].read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["base", *STORIES])
def test_it_loads_with_every_parameter(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert set(scenario.parameters) == set(SPECS)


@pytest.mark.parametrize("name", STORIES)
def test_it_says_when_a_planner_would_turn_to_it(name: str) -> None:
    assert load(name).triggers


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_a_counterfactual_differs_by_interventions_alone(name: str) -> None:
    happened, other = load("as_reported"), load(name)
    assert other.shocks == happened.shocks
    assert other.parameters == happened.parameters
    assert (other.time, other.place) == (happened.time, happened.place)
    assert {item.id for item in other.interventions} >= {item.id for item in happened.interventions}
    assert other.interventions != happened.interventions


@pytest.mark.parametrize("name", COUNTERFACTUALS)
def test_a_lever_is_pulled_between_the_first_shot_and_a_month_later_and_is_assumed(name: str) -> None:
    for action in raw(name)["interventions"]:
        assert "2023-09-20" <= action["start"].isoformat() < "2023-10-22"
        assert action["source"].startswith("assumption: ")
        assert action.get("basis", "assumed") == "assumed"


def test_combined_is_the_ceasefire_the_monitors_and_the_roadmap() -> None:
    combined = {item.id: item for item in load("combined").interventions}
    for name in ("ceasefire", "un_monitoring", "integration_roadmap"):
        for action in raw(name)["interventions"]:
            theirs = next(item for item in load(name).interventions if item.id == action["id"])
            same = {"source", "note", "ledger"} if action["id"] == "lachin_trade_allowed" else set()
            assert combined[action["id"]].model_dump(exclude=same) == theirs.model_dump(exclude=same)


def test_uncertainties_of_combined_are_those_of_its_parts() -> None:
    combined = load("combined").priors()
    for name in ("ceasefire", "un_monitoring", "integration_roadmap"):
        paths = [item["path"] for item in raw(name)["uncertainties"]]
        priors = load(name).priors()
        assert {path: combined[path] for path in paths} == {path: priors[path] for path in paths}


def test_nothing_comes_in_and_nobody_gets_out_under_the_blockade() -> None:
    kinds = {item.kind for item in load("blockade").interventions}
    assert kinds.isdisjoint({"corridor_open", "aid_convoys", "road_permission", "fuel_release", "buses"})


def test_hostilities_end_the_ceasefire_and_the_pledge() -> None:
    scenario = load("renewed_hostilities")
    fighting = next(item for item in scenario.shocks if item.id == "hostilities_of_october")
    for name in ("ceasefire_of_20_september", "force_renounced"):
        kept = next(item for item in scenario.interventions if item.id == name)
        assert kept.end == fighting.start


def test_a_calibrated_number_names_the_counts_it_was_fitted_to() -> None:
    calibrated = {name: item for name, item in load("base").parameters.items() if item.basis == "calibrated"}
    assert set(calibrated) >= {"leave_base_per_day", "checkpoint_initial_per_hour", "checkpoint_full_per_hour"}
    for item in calibrated.values():
        assert item.source.startswith("calibration: ")
        assert "27 September 00:00 only" in item.note or "FLEE's format, docs/adr/0009" in item.source


def test_an_assumption_says_so() -> None:
    for name, item in load("base").parameters.items():
        cited = re.match(r"^[A-I]\d\d(; [A-I]\d\d)*$", item.source) is not None
        assert cited == (item.basis in ("reported", "estimated")), name
        if item.basis == "assumed":
            assert re.match(r"^(assumption|evidence): \S", item.source), name


def test_priors_span_the_value() -> None:
    for name, item in load("base").parameters.items():
        if item.prior is not None:
            low, high = item.prior.span
            assert low <= item.value <= high, name
