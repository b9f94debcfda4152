from __future__ import annotations

import copy
import json
import pickle
from datetime import datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from sim.errors import ScenarioError
from sim.scenario.interventions import AidConvoys, Monitoring
from sim.scenario.load import load
from sim.scenario.parameters import SPECS, Parameters
from sim.scenario.paths import descend
from sim.scenario.schema import Scenario, Time

START = datetime(2023, 9, 19, tzinfo=timezone(timedelta(hours=4)))


@pytest.fixture(scope="module")
def base() -> Scenario:
    return load("base")


@pytest.mark.parametrize(("step", "output"), [(1, 60), (15, 60), (45, 90), (60, 60), (90, 90), (1440, 1440)])
def test_output_is_the_first_multiple_of_the_step_from_an_hour_on(step: int, output: int) -> None:
    assert Time(start=START, days=10, step_minutes=step).output_minutes == output


@pytest.mark.parametrize(("days", "step", "n"), [(1, 60, 24), (0.1, 60, 3), (0.5, 1440 // 3, 2), (3.5, 15, 336)])
def test_steps_cover_the_horizon(days: float, step: int, n: int) -> None:
    assert Time(start=START, days=days, step_minutes=step).n_steps == n


def test_the_horizon_ends_after_its_days() -> None:
    assert Time(start=START, days=1.5).end == START + timedelta(hours=36)


def test_values_are_complete_and_build_the_groups(base: Scenario) -> None:
    values = base.values()
    assert set(values) == set(SPECS)
    assert Parameters.from_values(values).decisions.hr_threat == values["hr_threat"]


def test_nothing_in_a_scenario_can_be_changed_in_place(base: Scenario) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        base.name = "other"
    with pytest.raises(ValidationError, match="frozen"):
        base.parameters["hr_threat"].value = 3.0
    with pytest.raises(TypeError, match="vary"):
        base.parameters["hr_threat"] = base.parameters["hr_peers"]  # type: ignore[index]
    aid = AidConvoys(id="aid", kind="aid_convoys", start=START, road="Lachin", tonnes_per_day={"food": 1.0})
    with pytest.raises(TypeError, match="vary"):
        aid.tonnes_per_day.update({"food": 2.0})


def test_resolved_is_plain_json_and_gives_the_same_scenario_back(base: Scenario) -> None:
    text = json.dumps(base.resolved(), allow_nan=False)
    again = Scenario.model_validate(json.loads(text))
    assert again == base
    assert again.hash() == base.hash()
    assert hash(again) == hash(base)
    assert json.dumps(again.resolved()) == text


def test_the_hash_is_that_of_the_content(base: Scenario) -> None:
    assert len(base.hash()) == 64
    assert base.vary({"parameters.hr_threat": 2.345}).hash() != base.hash()
    assert Scenario.model_validate(base.resolved() | {"title": "Another"}).hash() != base.hash()


def test_order_of_parameters_does_not_matter(base: Scenario) -> None:
    data = base.resolved()
    data["parameters"] = dict(reversed(data["parameters"].items()))
    assert Scenario.model_validate(data).hash() == base.hash()


def test_copies_and_pickles_are_equal(base: Scenario) -> None:
    assert pickle.loads(pickle.dumps(base)) == base
    assert copy.deepcopy(base) == base
    assert pickle.loads(pickle.dumps(base)).origin("parameters.hr_threat") == base.origin("parameters.hr_threat")


def test_however_it_is_built_a_bad_scenario_is_a_scenario_error(base: Scenario) -> None:
    with pytest.raises(ScenarioError, match="days"):
        Scenario.model_validate(base.resolved() | {"time": {"start": "2023-09-19T00:00:00Z", "days": -1}})
    with pytest.raises(ScenarioError, match="narrative"):
        Scenario(**{**base.resolved(), "narrative": ""})
    with pytest.raises(ScenarioError, match="found 3, expected a table"):
        Scenario.model_validate(3)


def test_an_action_is_in_force_from_its_start_until_just_before_its_end() -> None:
    action = Monitoring(id="m", kind="monitoring", start=START, end=START + timedelta(days=1))
    moments = [START - timedelta(seconds=1), START, START + timedelta(hours=23), START + timedelta(days=1)]
    assert [action.in_force(moment) for moment in moments] == [False, True, True, False]
    assert Monitoring(id="m", kind="monitoring", start=START).in_force(START + timedelta(days=1000))


def test_priors_are_listed_by_path(base: Scenario) -> None:
    priors = base.priors()
    assert str(priors["parameters.hr_threat"]) == str(base.parameters["hr_threat"].prior)
    assert "parameters.female_share" not in priors


@pytest.mark.parametrize("name", ["base", "combined"])
@pytest.mark.parametrize("u", [1e-9, 0.5, 1 - 1e-9])
def test_every_prior_of_every_number_gives_values_that_may_be_used(name: str, u: float) -> None:
    scenario = load(name)
    drawn = {}
    for path, prior in scenario.priors().items():
        spec = SPECS.get(path.removeprefix("parameters."))
        limits = (spec.low, spec.high) if spec else ()
        drawn[path] = float(prior.quantile(u, *limits))
    resolved = scenario.vary(drawn).resolved()
    for path, value in drawn.items():
        section, key, *steps = path.split(".")
        entries = resolved[section]
        entry = entries[key] if section == "parameters" else next(item for item in entries if item["id"] == key)
        holder, last = descend(entry, steps or ["value"])
        assert holder[last] == value
