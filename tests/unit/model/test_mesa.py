"""The model is what a Mesa user expects, and what happens to one of them does not depend on others."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import weakref
from pathlib import Path

import mesa
import numpy as np
import pytest

import sim.model.run
from sim.model.displacement import DisplacementModel
from sim.model.headlines import HEADLINES
from sim.model.run import run
from sim.population.households import Household
from sim.processes.institutions import Checkpoint, Convoy, Institution, RegistrationCentre
from sim.scenario.load import load

SMALL = load("as_reported").vary({"time.days": 9.0, "parameters.residents_total": 1500.0})
TINY = SMALL.vary({"time.days": 2.0, "parameters.residents_total": 200.0})


def test_the_model_is_a_mesa_model_with_institutions_as_agents() -> None:
    model = DisplacementModel(SMALL, 4)
    assert isinstance(model, mesa.Model)
    assert model.checkpoint in model.agents
    assert all(isinstance(agent, mesa.Agent) for agent in model.agents)
    assert model.agents_by_type[Checkpoint].get("name") == ["crossing"]
    assert len(model.agents_by_type[RegistrationCentre]) == len(model.place.registration)
    assert len({agent.unique_id for agent in model.agents}) == len(model.agents)
    assert {agent.cell.coordinate for agent in model.agents if isinstance(agent, Institution)} <= set(model.place.roads)
    assert model.steps == model.step_number == 0


def test_convoys_come_and_go_as_agents() -> None:
    model = DisplacementModel(SMALL, 4)
    seen = set()
    while model.running:
        model.step()
        seen |= {agent.unique_id for agent in model.agents_by_type.get(Convoy, ())}
    assert seen
    assert len(model.agents_by_type[Convoy]) < len(seen)


def test_households_are_seen_one_by_one() -> None:
    model = DisplacementModel(SMALL, 4)
    model.run_model()
    seen = [model.households[i] for i in range(len(model.households))]
    assert all(isinstance(household, Household) for household in seen)
    assert sum(household.persons for household in seen) + model.households.deaths == 1500
    displaced = [household for household in seen if household.status == "displaced"]
    assert displaced
    assert {household.place for household in displaced} <= set(model.households.places)
    assert all(household.place == "" for household in seen if household.status != "displaced")


def test_the_model_stops_at_its_horizon() -> None:
    model = DisplacementModel(TINY, 0)
    model.run_model()
    assert model.step_number == model.steps == 48
    assert model.hours == 48.0
    assert not model.running


def test_daily_head_counts_are_collected_and_add_up() -> None:
    model = DisplacementModel(SMALL.vary({"time.step_minutes": 30, "time.days": 8.6}), 4)
    model.run_model()
    table = model.datacollector.get_model_vars_dataframe()
    assert table["day"].tolist() == list(range(9))
    assert list(table.columns) == ["day", *HEADLINES]
    assert (table[list(HEADLINES)].sum(axis=1) == 1500).all()
    assert table["persons_home"].iloc[0] == 1500
    assert table["persons_displaced"].iloc[-1] > 1000


def test_a_users_own_collector_works() -> None:
    model = DisplacementModel(TINY, 0)
    collector = mesa.DataCollector(
        model_reporters={"threat": lambda m: float(m.perception.threat.mean()), "hours": "hours"},
        agent_reporters={"name": "name"},
    )
    for _ in range(24):
        model.step()
        collector.collect(model)
    assert collector.get_model_vars_dataframe()["threat"].iloc[-1] > 0.0
    assert "crossing" in set(collector.get_agent_vars_dataframe()["name"])


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("hours", [30, 150])
def test_a_restart_in_the_middle_equals_the_whole(copied, hours: int) -> None:  # type: ignore[no-untyped-def]
    whole = DisplacementModel(SMALL, 4)
    for _ in range(hours):
        whole.step()
    again = copied(whole)
    whole.run_model()
    again.run_model()
    assert again.step_number == whole.step_number
    assert np.array_equal(again.households.status, whole.households.status)
    assert np.array_equal(again.households.place, whole.households.place)
    assert np.array_equal(again.households.persons, whole.households.persons)
    assert np.array_equal(again.violence.incidents_so_far, whole.violence.incidents_so_far)
    assert np.array_equal(again.aid.stock, whole.aid.stock)
    assert np.array_equal(again.guarantees.credibility, whole.guarantees.credibility)
    assert again.reception.arrived == whole.reception.arrived > 1000
    assert again.checkpoint is not whole.checkpoint
    frames = [model.datacollector.get_model_vars_dataframe() for model in (whole, again)]
    assert frames[0].equals(frames[1])


def test_memory_stays_flat_over_many_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[weakref.ref[DisplacementModel]] = []

    class Watched(DisplacementModel):
        def __init__(self, *args: object, **keys: object) -> None:
            super().__init__(*args, **keys)  # type: ignore[arg-type]
            seen.append(weakref.ref(self))

    monkeypatch.setattr(sim.model.run, "DisplacementModel", Watched)
    shortest = TINY.vary({"time.days": 0.5})
    objects = []
    for seed in range(60):
        run(shortest, seed)
        if seed in (9, 59):
            gc.collect()
            objects.append(len(gc.get_objects()))
    assert len(seen) == 60
    assert [reference() for reference in seen] == [None] * 60
    assert objects[1] - objects[0] < 500, "objects kept by 50 finished runs"


DIGEST = """
import hashlib, sys
from sim.model.run import run
from sim.scenario.load import load
digest = hashlib.sha256()
for name in ("as_reported", "combined"):
    result = run(load(name).vary({"time.days": 9.0, "parameters.residents_total": 3000.0}), 7)
    for variable in sorted(result.dataset.data_vars):
        digest.update(result.dataset[variable].to_numpy().round(9).tobytes())
print(digest.hexdigest())
"""


def test_another_python_and_mesa_give_the_same_numbers() -> None:
    other = os.environ.get("CORRIDOR_OTHER_PYTHON")
    if not other:
        pytest.skip("CORRIDOR_OTHER_PYTHON names no second interpreter, with another Mesa, to compare with")
    root = Path(__file__).parents[3]
    keys = {"cwd": root, "env": os.environ | {"PYTHONPATH": str(root)}, "capture_output": True, "check": True}
    digests = {subprocess.run([python, "-c", DIGEST], **keys).stdout for python in (sys.executable, other)}
    assert len(digests) == 1
