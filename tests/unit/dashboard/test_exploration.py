"""The model behind the dashboard gives what a run gives, and stops when it should."""

from __future__ import annotations

import threading

import pytest

from sim.dashboard.charts import ARRIVALS, aspect, curves, home_map, host_map
from sim.dashboard.exploration import Exploration, whole_trace
from sim.library import shipped_scenarios
from sim.model.run import run
from sim.scenario.load import load

DAYS = 9.0


def test_its_last_moment_is_the_summary_of_a_run() -> None:
    scenario = load("as_reported", {"time.days": DAYS})
    trace, summary = whole_trace(scenario, 3), run(scenario, 3).summary
    assert len(trace) == 24 * DAYS + 1
    last = trace[-1]
    expected = ("persons_left", "persons_arrived", "persons_remaining", "persons_returned", "deaths")
    assert [last.left, last.arrived, last.remaining, last.returned, last.deaths] == [summary[key] for key in expected]
    assert round(max(moment.queue for moment in trace), 1) == summary["peak_queue_vehicles"]


def test_it_stops_at_the_horizon_and_when_retired() -> None:
    model = Exploration(load("as_reported", {"time.days": 1.0}), 1)
    stepping = [threading.Thread(target=lambda: [model.step() for _ in range(40)]) for _ in range(2)]
    for thread in stepping:
        thread.start()
    for thread in stepping:
        thread.join()
    assert model.hours == 24.0
    assert [moment.hours for moment in model.trace] == list(range(25))
    retired = Exploration(load("as_reported", {"time.days": 1.0}), 1)
    retired.step()
    retired.retire()
    retired.step()
    assert retired.hours == 1.0


def test_charts_hold_the_numbers() -> None:
    scenario = load("as_reported", {"time.days": DAYS})
    model = Exploration(scenario, 3)
    trace = whole_trace(scenario, 3)
    option = curves(ARRIVALS, "persons", model.start, DAYS, trace[:5], trace)
    baseline, this = option["series"]
    assert (this["name"], baseline["name"]) == ("arrived", "arrived, baseline")
    assert baseline["data"][-1] == ["2023-09-28T00:00", trace[-1].arrived]
    assert len(this["data"]) == 5
    homes = home_map(model)
    city = next(item for item in homes["series"][1]["data"] if item["name"] == "Stepanakert / Khankendi")
    assert city["value"][2] == model.households.initial.max()
    assert homes["series"][2]["data"][0]["name"] == "Hakari bridge"
    assert sum(item["value"][2] for item in host_map(model)["series"][1]["data"]) == 0
    assert 0.5 < aspect(homes) < 3.0


@pytest.mark.parametrize("name", [name for name in shipped_scenarios() if name != "base"])
def test_every_shipped_scenario_can_be_shown(name: str) -> None:
    model = Exploration(load(name, {"time.days": 4.0}), 1)
    while model.running:
        model.step()
    hosts = host_map(model)["series"][1]["data"]
    assert sum(item["value"][2] for item in hosts) == model.households.in_provinces.sum()
    homes = home_map(model)["series"][1]["data"]
    assert sum(item["value"][2] for item in homes) == model.now().remaining + model.now().returned
