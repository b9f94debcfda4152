"""Whatever a scenario holds: resolving it again changes nothing, and what is wrong with it is told in plain words."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import Problem, ScenarioError
from sim.scenario.load import load
from sim.scenario.parameters import SPECS
from sim.scenario.schema import Scenario

FILE = Path(__file__).parents[1] / "scenarios" / "valid" / "every_kind.toml"
SCENARIO = load(FILE)
RESOLVED = SCENARIO.resolved()

VALUES = st.sampled_from(sorted(SPECS)).flatmap(
    lambda name: st.tuples(st.just(f"parameters.{name}"), st.floats(SPECS[name].low, SPECS[name].high))
)
SHARES = st.tuples(
    st.sampled_from(["interventions.t_monitors.strength", "shocks.t_outage.functionality"]), st.floats(0.0, 1.0)
)
DAYS = st.tuples(st.just("time.days"), st.floats(1.0, 731.0))
CHANGES = st.lists(VALUES | SHARES | DAYS, max_size=8).map(dict)

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.sampled_from([10**400, -0.0, "2023-09-24T09:00:00+04:00", "monitoring", date(1, 1, 1), datetime.max])
)
NAMES = st.text(max_size=6) | st.sampled_from(["id", "kind", "value", "prior", "time", "path", "extends", "remove"])
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def containers(data: Any) -> list[Any]:
    """Return every table and list within ``data``, the outermost first."""
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else []
    own = [data] if isinstance(data, dict | list) else []
    return own + [found for item in inner for found in containers(item)]


def loads_or_says_why(source: Path | dict[str, Any], overrides: dict[str, Any] | None = None) -> None:
    """Check that ``source`` gives either a scenario that lasts, or problems that are fully told."""
    problems: tuple[Problem, ...] = ()
    scenario = SCENARIO
    try:
        scenario = load(source, overrides)
    except ScenarioError as error:
        problems = error.problems or (Problem("", "", "", ""),)
    assert all(problem.file and problem.found and problem.expected for problem in problems)
    assert not any("pydantic" in str(problem) or "Input should" in str(problem) for problem in problems)
    assert load(scenario.resolved()).hash() == scenario.hash()


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_valid_changes_keep_their_hash_when_resolved_again(changes: dict[str, float]) -> None:
    varied = SCENARIO.vary(changes)
    again = load(varied.resolved())
    assert again.hash() == varied.hash()
    assert again == varied
    assert Scenario.model_validate(again.resolved()).resolved() == varied.resolved()


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_changes_can_be_taken_back(changes: dict[str, float]) -> None:
    values = {f"parameters.{name}": value for name, value in SCENARIO.values().items()}
    values |= {"interventions.t_monitors.strength": 1.0, "shocks.t_outage.functionality": 0.2, "time.days": 90.0}
    assert SCENARIO.vary(changes).vary({path: values[path] for path in changes}) == SCENARIO


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_broken_data_is_a_scenario_error_and_nothing_else(data: st.DataObject) -> None:
    broken = copy.deepcopy(RESOLVED)
    for _ in range(data.draw(st.integers(1, 4))):
        places = containers(broken)
        place = places[data.draw(st.integers(0, len(places) - 1))]
        keys: list[Any] = list(place) if isinstance(place, dict) else list(range(len(place)))
        if keys and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(keys))
            if data.draw(st.booleans()):
                del place[key]
            else:
                place[key] = data.draw(ANYTHING)
        elif isinstance(place, dict):
            place[data.draw(NAMES)] = data.draw(ANYTHING)
        else:
            place.append(data.draw(ANYTHING))
    loads_or_says_why(broken)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.text(max_size=12) | st.sampled_from(["time.days", "parameters.hr_threat"]), ANYTHING, max_size=3)
)
def test_any_override_is_taken_or_refused_in_plain_words(overrides: dict[str, Any]) -> None:
    loads_or_says_why(FILE, overrides)


@pytest.mark.parametrize("source", [{}, {"extends": "base"}, {"extends": "x.toml"}, {"time": {}, "shocks": [{}]}])
def test_little_data_is_refused(source: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError):
        load(source)
