"""Paired comparison, sweeps and pools: the result does not depend on who computed it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from sim.ensemble.compare import compare
from sim.ensemble.member import MOST_TIMES, totals
from sim.ensemble.pool import run_all, worker_pool
from sim.ensemble.sweep import sweep
from sim.errors import ScenarioError
from sim.model.recorder import thinned
from sim.model.run import run
from sim.scenario.load import load

SHORT = {"time.days": 8.0, "parameters.residents_total": 1200.0}
REPORTED, MONITORED = (load(name).vary(SHORT) for name in ("as_reported", "un_monitoring"))


def square(x: int) -> int:
    return x * x


def test_work_comes_back_in_order_whoever_did_it() -> None:
    with worker_pool(1) as alone:
        assert alone is None
        assert list(run_all(square, range(5), alone)) == [0, 1, 4, 9, 16]


def test_one_worker_equals_two() -> None:
    one, two = (compare([REPORTED, MONITORED], members=2, seed=5, workers=n) for n in (1, 2))
    assert one.dataset.identical(two.dataset)
    assert one.summaries.equals(two.summaries)
    assert one.members == two.members


def test_a_comparison_holds_the_runs_themselves() -> None:
    told: list[float] = []
    outcome = compare([REPORTED, MONITORED], members=2, seed=5, workers=1, progress=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]
    assert outcome.baseline == "as_reported"
    assert dict(outcome.dataset.sizes)["scenario"] == dict(outcome.dataset.sizes)["member"] == 2
    assert "settlement" not in outcome.dataset.dims
    second = outcome.members[1]
    alone = run(second.of(MONITORED), second.seed)
    series = outcome.dataset.sel(scenario="un_monitoring").isel(member=1)
    assert np.array_equal(series.arrivals_cumulative, alone.dataset.arrivals_cumulative)
    assert np.array_equal(series.persons_home, alone.dataset.persons_home.sum("settlement"))
    row = outcome.summaries.query("scenario == 'un_monitoring' and member == 1").iloc[0]
    assert row.persons_arrived == alone.summary["persons_arrived"]
    change = outcome.differences()
    assert list(change.scenario.to_numpy()) == ["un_monitoring"]
    assert np.array_equal(
        change.persons_home.isel(scenario=0),
        outcome.dataset.persons_home.isel(scenario=1) - outcome.dataset.persons_home.isel(scenario=0),
    )


def test_a_scenario_compared_with_itself_differs_in_nothing() -> None:
    twin = REPORTED.model_copy(update={"name": "twin"})
    change = compare([REPORTED, twin], members=2, seed=1, workers=1).differences()
    for name, variable in change.data_vars.items():
        assert not np.nan_to_num(variable.to_numpy()).any(), name


@pytest.mark.parametrize("hours", [10, MOST_TIMES, MOST_TIMES + 7, 3 * MOST_TIMES + 1])
def test_thinning_keeps_the_first_and_the_last_time(hours: int) -> None:
    steps = thinned(np.arange(hours) * 2, MOST_TIMES)
    assert (steps[0], steps[-1]) == (0, 2 * (hours - 1))
    assert steps.size <= MOST_TIMES + 1
    assert set(np.diff(steps)[:-1]) <= {2 * -(-hours // MOST_TIMES)}


def test_a_thinned_run_is_the_run_at_fewer_times_with_the_same_summary() -> None:
    whole, few = (run(REPORTED, 3, most_times=most) for most in (None, 50))
    assert few.dataset.sizes["time"] == 49
    xr.testing.assert_identical(few.dataset, whole.dataset.sel(time=few.dataset.time))
    assert {**few.summary, "runtime_s": 0.0} == {**whole.summary, "runtime_s": 0.0}
    assert few.summary["peak_queue_vehicles"] > float(few.dataset.queue_vehicles.max())


def test_settlements_are_summed_or_averaged_by_residents() -> None:
    attrs = {"units": "persons", "long_name": "x", "aggregates": "stock"}
    level = {"units": "share", "long_name": "x", "aggregates": "level"}
    dataset = xr.Dataset(
        {
            "persons_home": (("time", "settlement"), [[1, 3], [0, 5]], attrs),
            "threat": (("time", "settlement"), [[0.0, 1.0], [1.0, 0.0]], level),
            "met": (("time", "settlement", "group"), [[[0.0, 1.0], [1.0, 0.0]]] * 2, level),
        },
        coords={"settlement": ["a", "b"], "group": ["x", "y"]},
    )
    found = totals(dataset)
    assert set(found.coords) == {"group"}
    assert found.persons_home.to_numpy().tolist() == [4, 5]
    assert found.threat.to_numpy().tolist() == [0.75, 0.25]
    assert found.met.to_numpy().tolist() == [[0.75, 0.25]] * 2
    assert (found.threat.attrs, found.persons_home.dtype) == (level, np.int64)


def test_names_and_clocks_must_fit() -> None:
    with pytest.raises(ScenarioError, match="the same name twice"):
        compare([REPORTED, REPORTED], members=1)
    with pytest.raises(ScenarioError, match="another clock"):
        compare([REPORTED, MONITORED.vary({"time.days": 9.0})], members=1)
    elsewhere = MONITORED.model_copy(update={"place": MONITORED.place.model_copy(update={"dataset": "other"})})
    with pytest.raises(ScenarioError, match="another place"):
        compare([REPORTED, elsewhere], members=1)
    with pytest.raises(ScenarioError, match="at least one"):
        compare([], members=1)


def sweep_keys(scenario: Any, path: str) -> list[float]:
    table = sweep(scenario, {path: [0.0, 1.0]}, members=2, seed=2)
    assert table[path].tolist() == [0.0, 0.0, 1.0, 1.0]
    assert table["member"].tolist() == [0, 1, 0, 1]
    return [float(persons) for persons in table["persons_left"]]


def test_a_sweep_plays_the_values_it_says_though_they_are_uncertain() -> None:
    shut = MONITORED.without("corridor_opens").with_intervention(
        {"kind": "corridor_open", "id": "road", "start": "2023-09-24T14:00:00+04:00"}
    )
    assert sweep_keys(shut, "interventions.road.strength")[:2] == [0.0, 0.0]
    uncertain = {"path": "interventions.road.strength", "prior": {"kind": "uniform", "low": 0.5, "high": 0.9}}
    data = shut.resolved()
    data["uncertainties"] = [*data["uncertainties"], uncertain]
    left = sweep_keys(type(shut).model_validate(data), "interventions.road.strength")
    assert left[:2] == [0.0, 0.0]
    assert min(left[2:]) > 0.0


def test_a_sweep_crosses_all_values() -> None:
    table = sweep(REPORTED, {"parameters.hr_threat": [1.0, 3.0], "time.days": [6.0, 8.0]})
    assert table[["parameters.hr_threat", "time.days"]].to_numpy().tolist() == [[1, 6], [1, 8], [3, 6], [3, 8]]
    assert (table["persons_arrived"][1] > table["persons_arrived"][0]) or table["persons_arrived"][0] == 0


def test_a_sweep_over_anything_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    import contextlib
    import io

    from sim import progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(progress, "PATIENCE_SECONDS", -1.0)
    monkeypatch.setenv("TERM", "xterm")
    path = "interventions.corridor_opens.start"
    days = ["2023-09-22T14:00:00+04:00", "2023-09-24T14:00:00+04:00"]
    with contextlib.redirect_stderr(Terminal()) as watched:
        table = sweep(REPORTED, {path: days}, seed=1)
    assert "sweep" in watched.getvalue()
    assert list(table[path]) == days
    assert table.persons_arrived.is_monotonic_decreasing
    with contextlib.redirect_stderr(io.StringIO()) as unwatched:
        assert sweep(REPORTED, {path: days}, seed=1)["persons_arrived"].equals(table["persons_arrived"])
    assert unwatched.getvalue() == ""
