from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.scenario.interventions import Monitoring
from sim.scenario.load import load
from sim.scenario.schema import Scenario

FILES = Path(__file__).parents[2] / "scenarios" / "valid"
START = datetime(2023, 9, 26, tzinfo=timezone(timedelta(hours=4)))


@pytest.fixture(scope="module")
def child() -> Scenario:
    return load(FILES / "child.toml")


def test_vary_gives_a_new_scenario_and_leaves_the_old_one(child: Scenario) -> None:
    before = child.hash()
    varied = child.vary({"parameters.hr_threat": 9, "interventions.monitors.strength": np.float64(0.75)})
    assert varied.values()["hr_threat"] == 9.0
    assert varied.interventions[-2].strength == 0.75
    assert child.hash() == before
    assert child.values()["hr_threat"] == 4.0


def test_varying_there_and_back_is_as_if_nothing_happened(child: Scenario) -> None:
    there = child.vary({"parameters.hr_threat": 9.0, "time.days": 5.0})
    assert there.parameters["hr_threat"].file_value == 4.0
    assert there.time.file_days == 20.0
    assert there.vary({"parameters.hr_threat": 8.0}).parameters["hr_threat"].file_value == 4.0
    assert there.vary({"parameters.hr_threat": 4.0, "time.days": 20.0}) == child
    assert child.vary({}) == child
    assert child.vary({"parameters.hr_threat": 4}) == child


def test_vary_equals_loading_with_overrides(child: Scenario) -> None:
    changes = {"parameters.hr_threat": "9", "interventions.monitors.strength": "0.25", "time.step_minutes": "90"}
    numbers = {"parameters.hr_threat": 9, "interventions.monitors.strength": 0.25, "time.step_minutes": 90}
    assert load(FILES / "child.toml", changes) == child.vary(numbers)


def test_vary_reaches_into_tables_and_lists() -> None:
    scenario = load(FILES / "every_kind.toml")
    paths = {
        "interventions.t_aid.tonnes_per_day.food": 12.0,
        "interventions.t_roadmap.milestones.1.day": 44.0,
        "shocks.t_attack.start": START,
    }
    varied = scenario.vary(paths | {"shocks.t_attack.end": START + timedelta(days=1)})
    actions = {action.id: action for _, action in varied.actions()}
    assert actions["t_aid"].tonnes_per_day["food"] == 12.0
    assert actions["t_roadmap"].milestones[1].day == 44.0
    assert actions["t_attack"].start == START


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("parameters.hr_treat", 3, "did you mean `hr_threat`?"),
        ("parameters.hr_threat", float("nan"), "a finite number"),
        ("parameters.hr_threat", "3", "expected a number"),
        ("parameters.hr_threat.valu", 3, "did you mean `value`?"),
        ("parameters.hr_threat.prior.median", 3, "a path that leads nowhere"),
        ("interventions.monitors.strength", 1.5, "expected at most 1"),
        ("interventions.monitors.strength.x", 1.5, "an unknown key"),
        ("interventions.monitors.", 1.5, "a path that leads nowhere"),
        ("interventions", 1.5, "a path that leads nowhere"),
        ("shocks.nothing.x", 1.5, "an unknown id"),
        ("time", 3, "a path that leads nowhere"),
        ("time.days", 1e9, "at most 3653"),
        ("place.dataset", "nowhere", "a dataset in seeds/"),
    ],
)
def test_bad_changes_are_scenario_errors(child: Scenario, path: str, value: object, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        child.vary({path: value})
    assert words in str(caught.value)


def test_interventions_and_shocks_can_be_added(child: Scenario) -> None:
    added = child.with_intervention(Monitoring(id="more", kind="monitoring", start=START, strength=0.5))
    same = child.with_intervention({"id": "more", "kind": "monitoring", "start": START, "strength": 0.5})
    assert added == same
    assert added.interventions[-1].id == "more"
    shocked = child.with_shock({"id": "attack", "kind": "offensive", "start": START})
    assert shocked.shocks[-1].id == "attack"
    assert shocked.without("attack") == child


def test_added_actions_are_checked_like_others(child: Scenario) -> None:
    for entry, words in (
        ({"id": "monitors", "kind": "monitoring", "start": START}, "a second time"),
        ({"id": "more", "kind": "offensive", "start": START}, "write it under `[[shocks]]`"),
        ({"id": "more", "kind": "monitoring", "start": datetime(2023, 9, 26)}, "add +04:00"),
        ({"id": "more", "kind": "monitoring", "start": START + timedelta(days=999)}, "a start within the time played"),
    ):
        with pytest.raises(ScenarioError) as caught:
            child.with_intervention(entry)
        assert words in str(caught.value)


def test_without_takes_uncertainties_along_and_knows_its_ids(child: Scenario) -> None:
    fewer = child.without("monitors", "buses")
    assert not {"monitors", "buses"} & {action.id for _, action in fewer.actions()}
    assert fewer.uncertainties == child.uncertainties[:-1]
    assert child.without() == child
    with pytest.raises(ScenarioError, match="did you mean `monitors`"):
        child.without("monitor")


def test_origins_are_kept(child: Scenario) -> None:
    varied = child.vary({"parameters.hr_peers": 3.0}).without("buses")
    assert varied.origin("parameters.hr_threat") == child.origin("parameters.hr_threat")
    assert varied.origin("parameters.hr_peers") == "override"
    assert varied.origin("interventions.monitors") == child.origin("interventions.monitors")
