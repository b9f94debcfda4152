"""Every valid scenario runs and keeps what must hold; the strategies behind this know the whole schema."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arbitrary import DAYS, scenarios
from invariants import check
from sim.model.run import run
from sim.scenario.load import load

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(scenarios(), st.integers(0, 2**62))
def test_a_valid_scenario_runs_five_days_and_keeps_what_must_hold(data: dict[str, Any], seed: int) -> None:
    scenario = load(data)
    assert scenario.time.days == DAYS
    assert load(scenario.resolved()).hash() == scenario.hash()
    check(scenario, run(scenario, seed))
