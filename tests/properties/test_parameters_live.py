"""Every parameter moves some result: one that moved none would be a promise that the model does not keep."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from sim.flee.convert import read_data
from sim.model.run import run
from sim.scenario.load import load
from sim.scenario.parameters import SPECS
from sim.scenario.schema import Scenario

RIVERLAND = Path(__file__).parents[2] / "docs" / "examples" / "riverland"
SMALL = {"parameters.residents_total": 4000, "time.step_minutes": 120}
AT_THE_EDGE = {"parameters.ceasefire_collapse_per_day": 0.006, "parameters.hr_violations_collapse": 10}
"""Within their priors, so that some ceasefire collapses in the time played."""

WILLING = {"parameters.return_base_per_day": 0.15, "parameters.hr_return_insecurity": 0.05}
"""Within their priors, so that in some quarter of an hour more want to return than can."""

BATTERED = {"parameters.damage_chance_per_incident": 0.02, "parameters.incidents_offensive_per_day": 300}
"""Within their priors, so that more facilities wait for repair than there are crews."""

SETTINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("as_reported", {"time.days": 30, **SMALL}),
    ("assisted_return", {"time.days": 60, **SMALL}),
    ("roadmap_not_believed", {"time.days": 70, **SMALL}),
    ("monitoring_late", {"time.days": 30, **SMALL}),
    ("blockade", {"time.days": 30, **SMALL}),
    ("assisted_return", {"time.days": 120, **SMALL, **AT_THE_EDGE}),
    ("as_reported", {"time.days": 16, "time.step_minutes": 240}),
    ("assisted_return", {"time.days": 24, "time.step_minutes": 15, **WILLING}),
    ("renewed_hostilities", {"time.days": 45, **SMALL, **BATTERED}),
    ("karabakh_2020", {"time.days": 90, **SMALL, "time.step_minutes": 360}),
    ("riverland", {}),
)
FULL = (6, 7)  # the settings with all residents
CROWDED = ("traffic", "reception", "returns", "shelter")
"""Groups of parameters some of which matter only where everybody is on the move, so that capacities are full."""
SEED = 3


def scenario(setting: int) -> Scenario:
    name, changes = SETTINGS[setting]
    return load(read_data(RIVERLAND) if name == "riverland" else name, changes)


@lru_cache(maxsize=len(SETTINGS))
def as_it_is(setting: int) -> xr.Dataset:
    return run(scenario(setting), SEED).dataset


def other_values(name: str) -> Iterator[float]:
    """Yield values within the prior's span; where nothing is said of doubt, a fifth less and more within the range."""
    item, spec = load("base").parameters[name], SPECS[name]
    low, high = item.prior.span if item.prior is not None else (0.8 * item.value, 1.2 * item.value)
    if name == "residents_total":
        low, high = 3000, 5000
    yield from (value for value in (min(high, spec.high), max(low, spec.low)) if value != item.value)


def differs(one: xr.Dataset, other: xr.Dataset) -> bool:
    return any(not np.array_equal(one[name], other[name], equal_nan=True) for name in one.data_vars)


@pytest.mark.parametrize("name", SPECS)
def test_a_parameter_moves_some_series_of_some_shipped_scenario(name: str) -> None:
    tried = []
    settings = range(len(SETTINGS))
    group = SPECS[name].group
    first = FULL if group in CROWDED else settings[-1:] if group == "flight" else ()
    for setting in (*first, *settings):
        for value in other_values(name):
            moved = scenario(setting).vary({f"parameters.{name}": value})
            tried.append((SETTINGS[setting][0], value))
            if differs(as_it_is(setting), run(moved, SEED).dataset):
                return
    pytest.fail(f"{name} moves nothing: {tried}")
