from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sim import library
from sim.errors import ScenarioError
from sim.scenario.load import load, toml_value

FILES = Path(__file__).parents[2] / "scenarios" / "valid"
HEAD = """
name = "{name}"
title = "Title"
summary = "Summary."
narrative = "Narrative."
assumptions = ["None."]
extends = "{extends}"
"""


def write(folder: Path, name: str, body: str = "", extends: str = "base") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(HEAD.format(name=name, extends=extends) + body, encoding="utf-8")
    return path


def message(source: object, overrides: dict[str, object] | None = None) -> str:
    with pytest.raises(ScenarioError) as caught:
        load(source, overrides)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_child_inherits_key_by_key() -> None:
    parent, child = load("base"), load(FILES / "child.toml")
    assert child.time.days == 20
    assert child.time.start == parent.time.start
    old, new = parent.parameters["hr_threat"], child.parameters["hr_threat"]
    assert (new.value, new.note) == (4.0, "Raised by the child.")
    assert (new.unit, new.basis, new.source, new.prior) == (old.unit, old.basis, old.source, old.prior)
    assert child.title == "Child"


def test_lists_merge_by_id_where_they_stand() -> None:
    child, grandchild = load(FILES / "child.toml"), load(FILES / "grandchild.toml")
    inherited = [action.id for action in load("base").interventions]
    assert [action.id for action in child.interventions] == [*inherited, "monitors", "buses"]
    assert [action.id for action in grandchild.interventions] == [*inherited, "monitors", "peace"]
    replaced = next(action for action in grandchild.interventions if action.id == "monitors")
    assert replaced.strength == 1.0, "the whole entry is replaced, not merged key by key"
    assert grandchild.uncertainties == child.uncertainties
    assert child.uncertainties[-1].path == "interventions.monitors.strength"
    assert grandchild.triggers == ("A mandate of the Security Council.",)


def test_what_a_file_must_say_for_itself_is_not_inherited() -> None:
    assert load(FILES / "child.toml").narrative != load("base").narrative
    assert load(FILES / "child.toml").triggers == ()


def test_a_removed_action_takes_the_uncertainty_about_it_along() -> None:
    scenario = load(FILES / "removed_with_its_uncertainty.toml")
    assert "monitors" not in [action.id for action in scenario.interventions]
    assert scenario.uncertainties == load("base").uncertainties


def test_each_part_knows_its_file() -> None:
    scenario = load(FILES / "grandchild.toml", {"parameters.hr_peers": 3})
    assert scenario.origin("parameters.hr_threat").endswith("grandchild.toml")
    assert scenario.origin("parameters.hr_children") == "scenarios/base.toml"
    assert scenario.origin("parameters.hr_peers") == "override"
    assert scenario.origin("interventions.peace").endswith("grandchild.toml")
    assert scenario.origin("uncertainties.interventions.monitors.strength").endswith("child.toml")
    assert scenario.origin("parameters.no_such") == ""


def test_problems_name_the_file_that_made_them(tmp_path: Path) -> None:
    write(tmp_path, "parent", "[parameters.hr_threat]\nvalue = -1\n[parameters.hr_peers]\nvalue = -1\n")
    path = write(tmp_path, "child", "[parameters.hr_peers]\nvalue = -2\n", "parent.toml")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    files = {problem.key: Path(problem.file).name for problem in caught.value.problems}
    assert files == {"parameters.hr_threat.value": "parent.toml", "parameters.hr_peers.value": "child.toml"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("true", True),
        ('"3"', "3"),
        ("monitoring", "monitoring"),
        ('["Martuni"]', ["Martuni"]),
        ("", ""),
        ("1\nother = 2", "1\nother = 2"),
        ("[" * 5000, "[" * 5000),
        (7, 7),
    ],
)
def test_texts_of_overrides_are_read_as_toml_where_they_are(text: object, value: object) -> None:
    assert toml_value(text) == value


def test_overrides_reach_every_section() -> None:
    changes: dict[str, object] = {
        "parameters.hr_threat": "3.5",
        "parameters.hr_peers.value": 2,
        "interventions.monitors.strength": "0.25",
        "interventions.monitors.settlements": '["Stepanakert"]',
        "interventions.monitors.start": "2023-09-26T00:00:00+04:00",
        "time.days": "30",
        "time.step_minutes": "120",
    }
    scenario = load(FILES / "child.toml", changes)
    monitors = scenario.interventions[-2]
    assert scenario.values()["hr_threat"] == 3.5
    assert scenario.values()["hr_peers"] == 2.0
    assert monitors.strength == 0.25
    assert monitors.settlements == ("Stepanakert",)
    assert monitors.start.day == 26
    assert (scenario.time.days, scenario.time.step_minutes, scenario.time.output_minutes) == (30.0, 120, 120)
    assert load(scenario.resolved()).hash() == scenario.hash()


def test_an_override_keeps_the_value_that_its_source_speaks_of() -> None:
    parameter = load("base", {"parameters.hr_threat": "3.21"}).parameters["hr_threat"]
    assert parameter.file_value == load("base").values()["hr_threat"]
    same = load("base", {"parameters.hr_threat": load("base").values()["hr_threat"]})
    assert same == load("base")


def test_all_problems_of_overrides_and_file_come_together() -> None:
    text = message(
        FILES / "child.toml",
        {
            "parameters.hr_treat": "3",
            "parameters.child_share": "1.5",
            "parameters.hr_peers": "true",
            "interventions.monitor.strength": "1",
            "interventions.monitors.strenth": "1",
            "interventions.monitors.kind": "ceasefire",
            "interventions.monitors": "1",
            "time.dayz": "3",
            "parameter.hr_threat": "3",
            "name": "x",
        },
    )
    for words in (
        "override: parameters.hr_treat: found an unknown parameter",
        "did you mean `hr_threat`?",
        "override: parameters.child_share.value: found 1.5, expected 0 to 1 (share)",
        "override: parameters.hr_peers.value: found true, expected a number",
        "did you mean `interventions.monitors`?",
        "override: interventions.monitors.strenth: found an unknown key",
        "override: interventions.monitors.kind: found an unknown key",
        "override: interventions.monitors: found an unknown key",
        "did you mean `days`?",
        "did you mean `parameters`?",
        "override: name: found a path that leads nowhere",
    ):
        assert words in text


def test_a_shorter_horizon_by_override_leaves_later_actions_unreached() -> None:
    scenario = load(FILES / "child.toml", {"time.days": "2"})
    assert scenario.time.end < scenario.interventions[-1].start
    assert scenario.time.file_days == 20.0
    assert load(scenario.resolved()) == scenario
    assert "a start within the time played" in message(
        FILES / "child.toml", {"time.days": "2", "interventions.buses.start": "2033-09-26T00:00:00+04:00"}
    )


def test_unknown_names_get_a_proposal() -> None:
    assert "did you mean `base`?" in message("bas")
    assert "found the unknown scenario" in message("")
    assert "found the unknown scenario" in message("bad\0name")


@pytest.mark.parametrize("name", ["no_such.toml", "no/such/file"])
def test_missing_files_are_named(tmp_path: Path, name: str) -> None:
    assert f"{tmp_path / name}: found no such file" in message(str(tmp_path / name))


def test_folders_big_files_and_odd_paths_are_refused(tmp_path: Path) -> None:
    assert "found a folder" in message(tmp_path)
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * (8 * 2**20 + 1))
    assert "found a file of more than 8 MiB" in message(big)
    assert "found a path that can't be read" in message(tmp_path / ("x" * 5000 + ".toml"))
    assert "can't be read" in message(str(tmp_path / "a\0.toml"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert "found something other than a file" in message(tmp_path / "pipe.toml")


def test_a_link_out_of_the_folder_is_no_parent(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    write(tmp_path, "outside")
    (inner / "linked.toml").symlink_to(tmp_path / "outside.toml")
    assert "which lies elsewhere" in message(write(inner, "child", extends="linked.toml"))


def test_resolved_scenarios_load_from_json(tmp_path: Path) -> None:
    scenario = load(FILES / "every_kind.toml")
    path = tmp_path / "resolved.json"
    path.write_text(json.dumps(scenario.resolved()), encoding="utf-8")
    assert load(path) == scenario
    path.write_text("[" * 100_000, encoding="utf-8")
    assert "nested too deep" in message(path)
    path.write_text("[3]", encoding="utf-8")
    assert "found a list of 1, expected a table" in message(path)
    path.write_text('{"name": "\\ud800"}', encoding="utf-8")
    assert "half of a character" in message(path)


def test_plain_data_may_extend_a_shipped_scenario_only() -> None:
    own = {"name": "mine", "title": "T", "summary": "S", "narrative": "N", "assumptions": ["A"]}
    scenario = load({**own, "extends": "base", "parameters": {"hr_threat": {"value": 7}}})
    assert scenario.values()["hr_threat"] == 7.0
    assert "expected the name of a shipped scenario" in message({**own, "extends": "mine.toml"})


def test_a_shipped_scenario_is_called_as_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base.toml").write_bytes(library.shipped_scenarios()["base"].read_bytes())
    write(tmp_path, "mine").rename(tmp_path / "yours.toml")
    monkeypatch.setattr(library, "scenarios_folder", lambda: tmp_path)
    assert "scenarios/yours.toml: name: found `mine`, expected `yours`" in message("yours")


def test_shipped_names_win_over_files_of_the_same_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "base").mkdir()
    assert load("base").name == "base"
