"""Every valid scenario runs and keeps what must hold; the strategies behind this know the whole schema."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from arbitrary import DAYS, UnknownFieldError, action, scenarios, values
from invariants import check
from sim.ensemble.compare import compare
from sim.model.run import run
from sim.results.compared import by_member, outcomes
from sim.scenario.gazetteer import Gazetteer, gazetteer
from sim.scenario.load import load
from sim.scenario.problems import KINDS

KINDS_OF_ACTION = [(section, kind) for section in ("shocks", "interventions") for kind in KINDS[section]]
NAMES = gazetteer("karabakh_2023")
FEW = [Phase.explicit, Phase.reuse, Phase.generate]
"""Without shrinking: a failing example is small enough to be read, and is run again as it is."""

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=45, deadline=None, suppress_health_check=SLOW, phases=FEW, derandomize=True)
@given(scenarios(), st.integers(0, 2**62))
def test_a_valid_scenario_runs_five_days_and_keeps_what_must_hold(data: dict[str, Any], seed: int) -> None:
    scenario = load(data)
    assert scenario.time.days == DAYS
    assert load(scenario.resolved()).hash() == scenario.hash()
    check(scenario, run(scenario, seed))


@settings(max_examples=3, deadline=None, suppress_health_check=SLOW, phases=FEW, derandomize=True)
@given(scenarios())
def test_intervals_over_members_are_in_order(data: dict[str, Any]) -> None:
    scenario = load(data)
    comparison = compare([scenario], members=4, seed=1, workers=1)
    found = outcomes(by_member(comparison.summaries))
    levels = found[[name for name in found if str(name).startswith("p") and str(name)[1:].isdigit()]].dropna()
    assert levels.shape[1] >= 3
    assert (np.diff(levels.to_numpy(dtype=float), axis=1) >= 0.0).all()
    supports = {path: prior.support for path, prior in scenario.priors().items()}
    for member in comparison.members:
        assert member.values
        assert all(supports[path][0] <= value <= supports[path][1] for path, value in member.values.items())


@pytest.mark.parametrize(("section", "kind"), KINDS_OF_ACTION)
def test_every_field_of_a_kind_is_drawn(section: str, kind: str) -> None:
    drawn: dict[str, set[str]] = {}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=FEW, derandomize=True)
    @given(action(section, kind, NAMES))
    def collect(data: dict[str, Any]) -> None:
        for name, value in data.items():
            drawn.setdefault(name, set()).add(repr(value))

    collect()
    known = set(KINDS[section][kind].model_fields) - {"id"}
    assert drawn.keys() == known, "a field that is never drawn"
    assert sum(len(found) > 1 for found in drawn.values()) >= len(known) - 4


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "object", "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1}},
        {"type": "array", "items": {"type": "duration"}},
        {},
    ],
)
def test_a_field_that_the_schema_may_gain_is_told(schema: dict[str, Any]) -> None:
    with pytest.raises(UnknownFieldError):
        values(schema, {}, Gazetteer((), (), (), (), {}), "new_field")


def test_a_section_or_a_kind_of_place_that_the_schema_may_gain_is_told() -> None:
    from arbitrary import BASE, START
    from sim.scenario.network import Network
    from sim.scenario.schema import PlaceRef, Scenario, Time

    texts = {"name", "title", "summary", "narrative", "assumptions", "triggers", "posterior"}
    assert set(Scenario.model_fields) == texts | {
        *("time", "place", "parameters", "shocks", "interventions", "uncertainties")
    }
    assert set(PlaceRef.model_fields) == {"dataset", "network"}
    assert set(Network.model_fields) == {"title", "utc_offset_hours", "settlements", "destinations", "roads"}
    assert set(Time.model_fields) == {"start", "days", "step_minutes", "output_minutes", "file_days"}
    assert BASE["time"]["start"] == START.isoformat()
