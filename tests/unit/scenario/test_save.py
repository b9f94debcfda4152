"""A saved scenario says what differs and loads as the same scenario."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import InputError, OutputError
from sim.flee.convert import read_scenario
from sim.library import shipped_scenarios
from sim.scenario.load import load
from sim.scenario.save import difference, save
from sim.scenario.schema import Scenario

FILES = Path(__file__).parents[2] / "scenarios" / "valid"


def same(loaded: Scenario, saved: Scenario) -> bool:
    return loaded.model_copy(update={"name": saved.name, "title": saved.title}) == saved


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    scenario = load("un_monitoring").vary({"time.days": 30.0, "interventions.monitors.strength": 0.5})
    path = scenario.save(tmp_path / "half.toml", title="Half")
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    assert content["extends"] == "un_monitoring"
    assert content["time"] == {"days": 30.0, "file_days": 120.0}
    assert [item["id"] for item in content["interventions"]] == ["monitors"]
    assert content["remove"] == ["interventions.monitors.strength"]
    assert "parameters" not in content
    assert same(load(path), scenario)
    assert "interventions.monitors.strength" not in load(path).priors()


@given(
    name=st.sampled_from(sorted(shipped_scenarios())),
    days=st.sampled_from([20.0, 120.0, 200.0]),
    threat=st.floats(1.0, 9.0),
    removed=st.integers(0, 30),
    added=st.booleans(),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_was_changed_comes_back(name: str, days: float, threat: float, removed: int, added: bool) -> None:
    scenario = load(name).vary({"time.days": days, "parameters.hr_threat": threat})
    ids = [action.id for _, action in scenario.actions()]
    scenario = scenario.without(ids[removed % len(ids)])
    if added:
        lent = next(action for _, action in load("combined").actions() if action.id == "roadmap")
        scenario = scenario.with_intervention(lent.model_copy(update={"id": "lent", "start": scenario.time.start}))
    assert same(load(difference(scenario, "other_name", "Another title")), scenario)


@pytest.mark.parametrize("path", sorted(FILES.glob("*.toml")), ids=lambda path: path.stem)
def test_scenarios_of_any_file_can_be_saved(path: Path, tmp_path: Path) -> None:
    scenario = load(path)
    assert same(load(save(scenario, tmp_path / "copy_of_it.toml")), scenario)


def test_hostile_texts_stay_texts(tmp_path: Path) -> None:
    title = '"]\n[parameters]\nx = """ \\ \u2028 </script>'.replace("\n", " ")
    scenario = load("ceasefire").model_copy(update={"title": title, "narrative": 'ends in """quotes""" and \\'})
    assert load(scenario.save(tmp_path / "odd.toml")).title == title


def test_earlier_files_are_kept_unless_told_otherwise(tmp_path: Path) -> None:
    scenario = load("ceasefire")
    path = scenario.save(tmp_path / "mine.toml")
    with pytest.raises(OutputError, match="there already"):
        scenario.save(path)
    scenario.vary({"time.days": 20.0}).save(path, replace=True)
    assert load(path).time.days == 20.0
    with pytest.raises(OutputError, match="shipped scenario"):
        scenario.save(tmp_path / "ceasefire.toml")
    with pytest.raises(OutputError, match="no scenario can have"):
        scenario.save(tmp_path / "Mine.txt")


def test_what_a_file_cannot_say_is_refused() -> None:
    scenario = load("ceasefire")
    entry = scenario.parameters["residents_total"].model_copy(update={"prior": None, "basis": "measured"})
    without = scenario.model_copy(update={"parameters": {**scenario.parameters, "residents_total": entry}})
    with pytest.raises(InputError, match="can't express"):
        difference(without, "no_prior", "No prior")


def test_a_scenario_with_a_network_of_its_own_is_saved_with_it(tmp_path: Path) -> None:
    scenario = read_scenario(Path(__file__).parents[3] / "docs" / "examples" / "riverland").vary({"time.days": 20.0})
    assert same(load(scenario.save(tmp_path / "river_too.toml")), scenario)
