from __future__ import annotations

from pathlib import Path
from typing import get_args

from sim.scenario.actions import Channel, Intervention
from sim.scenario.explain import action_rows, channel_rows, rows
from sim.scenario.load import load
from sim.scenario.parameters import SPECS
from sim.scenario.problems import KINDS

FILES = Path(__file__).parents[2] / "scenarios" / "valid"


def test_each_parameter_has_a_row_with_all_that_is_known() -> None:
    scenario = load(FILES / "child.toml", {"parameters.hr_peers": 3})
    found = {row.name: row for row in rows(scenario)}
    assert list(found) == list(SPECS)
    threat = found["hr_threat"]
    assert (threat.value, threat.unit, threat.group) == (4.0, "hazard ratio", "decisions")
    assert threat.meaning == SPECS["hr_threat"].meaning
    assert threat.note == "Raised by the child."
    assert threat.origin.endswith("child.toml")
    assert threat.prior == str(scenario.parameters["hr_threat"].prior)
    assert found["hr_peers"].file_value == load("base").values()["hr_peers"]
    assert all(row.source for row in found.values())


def test_each_action_has_a_row_in_order_of_time() -> None:
    scenario = load(FILES / "every_kind.toml")
    found = {row.id: row for row in action_rows(scenario)}
    assert len(found) == len(scenario.shocks) + len(scenario.interventions)
    starts = [row.start for row in found.values()]
    assert starts == sorted(starts)
    assert found["t_attack"].strength is None
    assert found["t_attack"].section == "shock"
    assert found["t_attack"].ledger == ("one", "two")
    assert dict(found["t_attack"].details) == {
        "intensity": "1.5",
        "districts": "Martuni",
        "settlements": "Stepanakert",
    }
    assert found["t_ceasefire"].strength == 1.0
    assert dict(found["t_aid"].details)["tonnes_per_day"] == "food 40, medical 1.5"
    assert dict(found["t_trade"].details)["trade"] == "yes"
    assert "assurance heritage day 60" in dict(found["t_roadmap"].details)["milestones"]
    assert found["t_monitors"].meaning.startswith("Unarmed monitors")
    assert found["t_monitors"].origin.endswith("every_kind.toml")


def test_every_lever_says_how_it_acts_and_what_is_known_of_that() -> None:
    for kind, model in KINDS["interventions"].items():
        assert issubclass(model, Intervention)
        assert model.channels, kind
        assert set(model.channels) <= set(get_args(Channel)), kind
        assert len(model.evidence) > 30, kind


def test_levers_of_a_kind_share_a_row_in_order_of_time() -> None:
    found = {row.kind: row for row in channel_rows(load("assisted_return"))}
    assert found["monitoring"].channels == ("trust", "access", "protection")
    assert found["peacekeepers"].channels == ("protection", "trust")
    assert found["repair"].ids == ("power_repair", "health_repair", "water_repair")
    assert "28,000" in found["escorted_return"].evidence
    assert "offensive" not in found
