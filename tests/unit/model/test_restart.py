"""A restart in the middle equals the whole; branches share their past, and after it all that the lever leaves alone."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.errors import InputError
from sim.model.displacement import DisplacementModel
from sim.model.recorder import VARIABLES
from sim.model.run import run

SMALL = sim.load("combined").vary({"time.days": 12.0, "parameters.residents_total": 900.0})
HOURS = int(SMALL.time.days * 24)


def state(model: DisplacementModel) -> dict[str, bytes]:
    """Return all that is recorded of a model, and its households one by one, as bytes."""
    found = {item.name: np.asarray(item.read(model), dtype=float).tobytes() for item in VARIABLES}
    rows = model.households
    return found | {name: getattr(rows, name).tobytes() for name in ("status", "place", "persons", "spell")}


@settings(max_examples=4, deadline=None, derandomize=True)
@given(st.integers(1, HOURS - 1), st.integers(0, 2**40), st.sampled_from([60, 180]))
def test_a_replay_at_any_moment_goes_on_as_the_whole(hour: int, seed: int, step: int) -> None:
    scenario = SMALL.vary({"time.step_minutes": step})
    whole = DisplacementModel(scenario, seed)
    again = sim.replay(scenario, seed, hour)
    while whole.hours < again.hours:
        whole.step()
    assert hour <= whole.hours < hour + step / 60.0
    copied = copy.deepcopy(whole)
    assert state(again) == state(whole)
    for model in (whole, again, copied):
        model.run_model()
    assert state(again) == state(copied) == state(whole)
    assert whole.reception.arrived > 0


def test_a_replay_meets_what_a_result_recorded() -> None:
    result = run(SMALL, 5)
    for hour in (0, 37, 150, HOURS):
        model = sim.replay(result.scenario, result.seed, hour)
        assert model.reception.arrived == int(result.dataset.arrivals_cumulative[hour])
        assert np.array_equal(model.households.at_home, result.dataset.persons_home[hour])
        assert np.array_equal(model.aid.in_stock, result.dataset.stock_tonnes[hour])


@pytest.mark.parametrize("hours", [-1.0, HOURS + 1.0, float("nan")])
def test_no_moment_beyond_the_run_is_replayed(hours: float) -> None:
    with pytest.raises(InputError, match="expected 0 to 288, the time played"):
        sim.replay(SMALL, 0, hours)


DAY = 6
LEVERS: dict[str, dict[str, Any]] = {
    "peacekeepers": {"kind": "peacekeepers"},
    "roadmap": {"kind": "roadmap", "milestones": [{"assurance": "autonomy", "day": 1, "late_days_mean": 0.1}]},
    "meals": {"kind": "hot_meals", "meals_per_day": 50.0},
    "convoys": {"kind": "aid_convoys", "road": "Lachin", "tonnes_per_day": {"food": 50.0}},
}


@pytest.mark.parametrize("name", LEVERS)
def test_a_later_lever_leaves_the_past_alone(name: str) -> None:
    start = (SMALL.time.start + timedelta(days=DAY)).isoformat()
    branch = SMALL.with_intervention(LEVERS[name] | {"id": "later", "start": start})
    trunk, other = run(SMALL, 9).dataset, run(branch, 9).dataset
    past = slice(0, DAY * 24 + 1)
    for variable in trunk.data_vars:
        if "time" in trunk[variable].dims:
            one, two = trunk[variable][past].to_numpy(), other[variable][past].to_numpy()
            assert one.tobytes() == two.tobytes(), variable
    differs = [v for v in trunk.data_vars if not np.array_equal(trunk[v], other[v], equal_nan=True)]
    assert differs, "the lever moves something"
    incidents = [data.incidents_cumulative[-1].to_numpy() for data in (trunk, other)]
    if name == "meals":
        assert np.array_equal(*incidents), "what a lever does not touch is drawn alike"
