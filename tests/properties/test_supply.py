"""Every tonne is accounted for; more convoys and more crews never make things worse; who is needed moves what."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.run import run
from sim.scenario.load import load
from sim.scenario.parameters import SPECS, Aid, Infrastructure
from sim.scenario.schema import Scenario

FILES = Path(__file__).parents[1] / "scenarios" / "valid"
EVERY_KIND = load(FILES / "every_kind.toml").vary({"parameters.residents_total": 3000, "time.days": 25})
TRUCKS = load(FILES / "trucks_wait.toml").vary({"parameters.residents_total": 100_000})
SUBSTATION = load(FILES / "substation_hit.toml").vary({"parameters.residents_total": 3000})
GOODS = ("food", "medical")


def played(scenario: Scenario, seed: int = 0, **changes: Any) -> xr.Dataset:
    return run(scenario.vary({key.replace("__", "."): value for key, value in changes.items()}), seed).dataset


def unmet(dataset: xr.Dataset) -> float:
    """Return person-hours of unmet need over all goods."""
    present = dataset.persons_home + dataset.persons_ready + dataset.persons_returned
    return float(((1.0 - dataset.need_met) * present).sum())


@given(
    st.integers(0, 20),
    st.fixed_dictionaries(
        {
            "interventions.t_aid.tonnes_per_day.food": st.floats(0.0, 500.0),
            "interventions.t_aid.strength": st.floats(0.0, 1.0),
            "interventions.t_trade.strength": st.floats(0.0, 1.0),
            "interventions.t_monitors.strength": st.floats(0.0, 1.0),
            "interventions.t_targeting.strength": st.floats(0.0, 1.0),
            "parameters.loss_share": st.floats(0.0, 1.0),
            "parameters.inbound_capacity_share": st.floats(0.0, 0.2),
            "parameters.convoy_payload_tonnes": st.floats(5.0, 25.0),
            "parameters.damage_chance_per_incident": st.floats(0.0, 0.1),
            "parameters.ration_threshold_days": st.floats(0.0, 20.0),
            "parameters.stock_days_initial": st.floats(0.0, 20.0),
        }
    ),
)
@settings(max_examples=15, deadline=None)
def test_every_tonne_is_accounted_for_at_every_step(seed: int, values: dict[str, float]) -> None:
    data = run(EVERY_KIND.vary(values), seed).dataset
    used = data.consumed_tonnes_cumulative + data.lost_tonnes_cumulative
    there = data.stock_tonnes + data.tonnes_en_route
    np.testing.assert_allclose(there + used, data.supplied_tonnes_cumulative, rtol=1e-9, atol=1e-6)
    for name in ("stock_tonnes", "tonnes_en_route", "need_met", "service_level", "need_met_by_group"):
        assert float(data[name].min()) >= -1e-9, name
    for name in ("need_met", "service_level", "need_met_by_group"):
        assert float(data[name].max()) <= 1.0 + 1e-9, name
    cumulative = [str(name) for name in data if str(name).endswith("tonnes_cumulative")]
    assert len(cumulative) == 5
    assert all((data[name].diff("time") >= -1e-9).all() for name in cumulative)
    assert (data.delivered_tonnes_cumulative <= data.requested_tonnes_cumulative + 1e-9).all()


@given(st.integers(0, 20), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.sampled_from(["Lachin", "Aghdam"]))
@settings(max_examples=8, deadline=None)
def test_more_convoys_never_mean_more_unmet_need(seed: int, a: float, b: float, road: str) -> None:
    few, many = sorted((a, b))
    aid = {"id": "more", "kind": "aid_convoys", "road": road, "start": "2023-07-26T00:00:00+04:00"}
    allowed = {"id": "yes", "kind": "road_permission", "road": road, "start": "2023-07-26T00:00:00+04:00"}
    scenario = TRUCKS.with_intervention(aid | {"tonnes_per_day": dict.fromkeys(GOODS, 100.0)})
    scenario = scenario.with_intervention(allowed).without("relief").vary({"time.days": 12})
    assert unmet(played(scenario, seed, interventions__more__strength=many)) <= unmet(
        played(scenario, seed, interventions__more__strength=few)
    ) * (1.0 + 1e-9)


@given(st.integers(0, 20), st.floats(0.0, 4.0), st.floats(0.0, 4.0))
@settings(max_examples=6, deadline=None)
def test_more_crews_never_mean_a_longer_outage(seed: int, a: float, b: float) -> None:
    few, many = (played(SUBSTATION, seed, parameters__repair_crews=crews) for crews in sorted((a, b)))
    assert (many.service_level >= few.service_level - 1e-9).sel(sector=["electricity", "telecom"]).all()
    assert int(many.facilities_damaged.sum()) <= int(few.facilities_damaged.sum())


MOVES = ("need_met", "stock_tonnes", "lost_tonnes_cumulative", "delivered_tonnes_cumulative", "service_level")
NAMES = [item.name for group in (Infrastructure, Aid) for item in fields(group)]
SHAKEN = (
    EVERY_KIND.without("t_corridor")
    .without("t_repair")
    .with_intervention(
        {
            "id": "much",
            "kind": "aid_convoys",
            "road": "Lachin",
            "tonnes_per_day": {"food": 800.0, "fuel": 200.0},
            "start": "2023-09-25T09:00:00+04:00",
            "end": "2023-09-28T09:00:00+04:00",
        }
    )
    .vary(
        {
            "parameters.residents_total": 101_700,
            "parameters.damage_chance_per_incident": 0.02,
            "interventions.t_trade.strength": 0.2,
            "time.days": 60,
        }
    )
)


@pytest.fixture(scope="module")
def shaken() -> xr.Dataset:
    return run(SHAKEN).dataset


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_moves_some_result(name: str, shaken: xr.Dataset) -> None:
    spec, value = SPECS[name], SHAKEN.values()[name]
    other = min(spec.high, value * 2.0) if value * 1.2 < spec.high else value / 2.0
    moved = run(SHAKEN.vary({f"parameters.{name}": other})).dataset
    assert any(not np.allclose(shaken[series], moved[series], equal_nan=True) for series in MOVES)
