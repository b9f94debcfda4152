"""Three stories: a blockade starves, a mended substation brings back the hospital, a permission lets trucks in."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sim.model.displacement import DisplacementModel
from sim.model.run import run
from sim.processes.institutions import Convoy, Facility
from sim.scenario.load import load

FILES = Path(__file__).parents[2] / "scenarios" / "valid"
CITY = "Stepanakert"


def met(data: xr.Dataset, commodity: str, day: float) -> float:
    """Return the share of need met on average over residents."""
    now = data.sel(time=data.time[0] + pd.Timedelta(days=day), method="nearest")
    present = now.persons_home + now.persons_ready
    return float((now.need_met.sel(commodity=commodity) * present).sum() / present.sum())


def service(data: xr.Dataset, sector: str, day: float, settlement: str = CITY) -> float:
    now = data.sel(time=data.time[0] + pd.Timedelta(days=day), method="nearest")
    return float(now.service_level.sel(sector=sector, settlement=settlement))


@pytest.fixture(scope="module")
def blockade() -> xr.Dataset:
    return run(load(FILES / "trade_stops.toml")).dataset


def test_a_blockade_starves_over_weeks_not_at_once(blockade: xr.Dataset) -> None:
    days = (9, 30, 51, 54, 58, 65)
    food = [met(blockade, "food", day) for day in days]
    assert food[0] == pytest.approx(1.0)
    assert food[1] == pytest.approx(1.0)
    assert all(after < before for before, after in pairwise(food[1:]))
    assert food[-1] < 0.2


def test_what_is_grown_at_home_is_left_in_a_blockade(blockade: xr.Dataset) -> None:
    local = load("base").values()["local_food_share"]
    assert met(blockade, "food", 89) == pytest.approx(local, abs=0.02)
    assert met(blockade, "medical", 89) == pytest.approx(0.0, abs=0.02)


def test_the_pipeline_breaks_after_the_roads_are_cut_and_after_stocks_have_run_low(blockade: xr.Dataset) -> None:
    broke = blockade.pipeline_break_hours.sel(commodity="food")
    assert np.isnan(broke[: 12 * 24]).all()
    assert 40 * 24 < float(broke[-1]) < 60 * 24
    assert float(blockade.stock_days.sel(commodity="food")[-1]) < 1.0


def test_traders_who_were_on_the_way_stand_at_the_crossing_and_no_others_come(blockade: xr.Dataset) -> None:
    stuck = blockade.inbound_queue_vehicles[14 * 24 :]
    assert float(stuck[0]) > 0.0
    assert (stuck == stuck[0]).all()
    assert (blockade.tonnes_en_route[14 * 24 :] == blockade.tonnes_en_route[-1]).all()


def test_a_mended_substation_brings_the_hospital_back() -> None:
    scenario = load(FILES / "substation_hit.toml").vary({"parameters.repair_time_variation": 0.0})
    data = run(scenario).dataset
    assert service(data, "health", 1) == pytest.approx(1.0)
    assert service(data, "electricity", 2.5) < 0.05
    dark = service(data, "health", 4)
    assert 0.1 < dark < 0.6
    assert service(data, "health", 30) < dark
    assert service(data, "electricity", 99) == service(data, "health", 99) == pytest.approx(1.0)
    assert service(data, "electricity", 4, "Martuni") == pytest.approx(1.0)


def test_generators_carry_the_hospital_only_while_there_is_fuel() -> None:
    scenario = load(FILES / "substation_hit.toml")
    for days_of_fuel, expected in ((0.0, 0.0), (14.0, scenario.values()["backup_power_share"])):
        model = DisplacementModel(scenario.vary({"parameters.stock_days_initial": days_of_fuel}))
        while model.hours < 72:
            model.step()
        hospital = next(f for f in model.agents_by_type[Facility] if f.name == "Republican Medical Centre")
        assert hospital.damage_state == "none"
        assert hospital.function == 1.0
        assert hospital.working == pytest.approx(expected, abs=0.02)


def test_no_repair_while_access_is_denied_or_fighting_goes_on() -> None:
    scenario = load(FILES / "substation_hit.toml").vary({"time.days": 60})
    dates = {"start": "2023-06-03T00:00:00+04:00", "end": "2023-07-15T00:00:00+04:00"}
    for shock in ({"kind": "access_denied"}, {"kind": "offensive", "intensity": 0.0}):
        raw = scenario.resolved()
        raw["shocks"].append({"id": "hindrance", "districts": [CITY]} | shock | dates)
        data = run(load(raw)).dataset
        assert service(data, "electricity", 42) < 0.01
        assert service(data, "electricity", 55) > 0.05


def test_a_permission_lets_the_waiting_trucks_through() -> None:
    data = run(load(FILES / "trucks_wait.toml")).dataset.sel(commodity="food")
    requested, delivered = data.requested_tonnes_cumulative, data.delivered_tonnes_cumulative
    assert float(requested[3 * 24]) == pytest.approx(361.0)
    assert float(delivered[10 * 24]) == 0.0
    assert float(delivered[-1]) == pytest.approx(361.0 * (1.0 - load("base").values()["loss_share"]))
    opened = 11 * 24
    assert float(delivered[opened + 6]) == 0.0
    assert int(data.convoys_en_route[opened + 7]) == 1
    assert float(data.need_met.sel(settlement=CITY)[opened + 72]) > 2.0 * float(
        data.need_met.sel(settlement=CITY)[opened]
    )


def test_without_the_permission_the_trucks_wait_to_the_end() -> None:
    data = run(load(FILES / "trucks_wait.toml").without("aid_allowed")).dataset
    assert float(data.delivered_tonnes_cumulative.max()) == 0.0
    assert int(data.convoys_en_route.max()) == 0


def test_a_convoy_queues_at_the_crossing_as_long_as_it_has_trucks() -> None:
    def hours(share: float) -> float:
        changed = load(FILES / "trucks_wait.toml").vary({"parameters.inbound_capacity_share": share})
        delivered = run(changed).dataset.delivered_tonnes_cumulative.sel(commodity="food")
        return float(np.argmax(delivered.to_numpy() > 0.0))

    assert hours(0.05) < hours(0.001)


def test_a_convoy_stands_at_the_crossing_while_it_waits() -> None:
    model = DisplacementModel(load(FILES / "trucks_wait.toml").vary({"parameters.inbound_capacity_share": 0.0}))
    while model.hours < 14 * 24:
        model.step()
    (convoy,) = model.agents_by_type[Convoy]
    assert convoy.stage == "waiting"
    assert convoy.cell is model.network[model.place.crossing]
    assert convoy.trucks == 19.0
    assert model.checkpoint.inbound.waiting_units == 19.0


def test_a_damaged_bridge_keeps_goods_and_people_back() -> None:
    raw = load(FILES / "trucks_wait.toml").resolved()
    bridge = {"facilities": ["Bridge of the Lachin road"], "start": "2023-07-26T00:00:00+04:00"}
    raw["shocks"].append({"id": "bridge", "kind": "facility_damage", "state": "complete"} | bridge)
    model = DisplacementModel(load(raw))
    while model.hours < 18 * 24:
        model.step()
    crossing = (model.place.crossing,)
    assert 0.0 < model.infrastructure.road_function(crossing) < 0.2
    assert 0.0 < float(model.aid.delivered.sum()) < 361.0 * 0.5


def test_the_explosion_destroys_the_depot_and_half_the_fuel_in_it() -> None:
    model = DisplacementModel(load("as_reported"))
    while model.hours < 6 * 24 + 17:
        model.step()
    before, fuel = model.aid.lost.copy(), float(model.aid.depot[3])
    while model.hours < 6 * 24 + 19:
        model.step()
    depot = next(f for f in model.agents_by_type[Facility] if f.name == "Fuel depot")
    assert depot.damage_state == "complete"
    assert fuel > 1.0
    assert model.aid.lost[3] - before[3] >= 0.5 * fuel * 0.9
    assert model.traffic.petrol_lost_tonnes == 50.0


def test_cutting_the_power_line_leaves_18_hours_a_day_and_reconnecting_it_24() -> None:
    scenario = load("base").vary({"time.days": 5}).without("offensive").without("power_fails")
    assert service(run(scenario).dataset, "electricity", 4) == pytest.approx(0.75, abs=0.01)
    deal = {"id": "deal", "kind": "repair", "sector": "electricity", "reconnects": ["Power line from Armenia"]}
    deal |= {"start": "2023-09-20T00:00:00+04:00"}
    joined = run(scenario.with_intervention(deal)).dataset
    assert service(joined, "electricity", 4) == pytest.approx(1.0)


def test_targeting_decides_who_goes_without() -> None:
    scenario = load(FILES / "trade_stops.toml").vary({"time.days": 52})
    rule = {"id": "rule", "kind": "distribution", "targeting": "vulnerable_first"}
    first = run(scenario.with_intervention(rule | {"start": "2022-12-02T00:00:00+04:00"})).dataset
    alike = run(scenario).dataset
    gap = {
        name: float(data.need_met_by_group.sel(commodity="food", settlement=CITY)[-1].diff("group").item())
        for name, data in (("first", first), ("alike", alike))
    }
    assert gap["alike"] == pytest.approx(0.0, abs=1e-9)
    assert gap["first"] < -0.1
