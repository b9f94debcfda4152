"""What must hold at every recorded time of every run, whatever the scenario."""

from __future__ import annotations

import numpy as np
import xarray as xr

from sim.results.result import Result
from sim.scenario.schema import Scenario

STATES = ("persons_home", "persons_ready", "persons_in_transit", "persons_displaced", "persons_returned")
SHELTERED = ("persons_in_state_shelter", "persons_with_hosts", "persons_in_rented_homes", "persons_unsheltered")
NOTHING_TO_TELL = {"wait_hours", "pipeline_break_hours", "stock_days", "reservoir_level"}
"""Series that are NaN where nobody passes, nothing broke, nothing is needed and nothing is dammed up."""


def everybody(data: xr.Dataset) -> np.ndarray:
    """Add up the persons of all states at each time."""
    return sum(
        (data[name].sum([dim for dim in data[name].dims if dim != "time"]).to_numpy() for name in STATES),
        start=data["deaths_cumulative"].to_numpy(),
    )


def check(scenario: Scenario, result: Result) -> None:
    """Check a run: persons and tonnes are conserved, nothing is negative, missing or beyond its bounds."""
    data = result.dataset
    residents = round(scenario.values()["residents_total"])
    assert (everybody(data) == residents).all(), "persons are conserved"
    check_ranges(data)
    check_flows(data)
    check_goods(data)
    assert all(value is None or np.isfinite(value) for value in result.summary.values()), result.summary


def check_ranges(data: xr.Dataset) -> None:
    """Nothing is negative, infinite or missing; shares are at most 1, and what is counted stays counted."""
    for name, variable in data.data_vars.items():
        values = variable.to_numpy()
        if name not in NOTHING_TO_TELL:
            assert np.isfinite(values).all(), name
        known = values[~np.isnan(values)]
        assert (known >= -1e-9).all(), name
        if str(name).endswith("_cumulative"):
            assert (np.diff(values, axis=0) >= -1e-9).all(), name
        if variable.attrs["units"] == "share":
            assert (known <= 1.0 + 1e-9).all(), name


def check_flows(data: xr.Dataset) -> None:
    """Nobody arrives who did not set out, nobody is registered who did not arrive, and parts add up to wholes."""
    before = data.arrivals_cumulative[0]  # who had come to destinations before the start
    assert (data.arrivals_cumulative - before <= data.departures_cumulative).all()
    assert (data.registered_cumulative <= data.arrivals_cumulative).all()
    assert (data.returns_cumulative <= data.arrivals_cumulative).all()
    assert np.array_equal(data.arrivals_by_origin_cumulative.sum("district"), data.arrivals_cumulative)
    assert np.array_equal(data.persons_by_province, data.persons_displaced[:, 1:-2])
    if not data.attrs.get("open_network"):
        assert np.array_equal(sum(data[kind] for kind in SHELTERED), data.persons_by_province)


def check_goods(data: xr.Dataset) -> None:
    """Every tonne supplied is in stock, on its way, consumed or lost."""
    used = data.consumed_tonnes_cumulative + data.lost_tonnes_cumulative
    there = data.stock_tonnes + data.tonnes_en_route
    np.testing.assert_allclose(there + used, data.supplied_tonnes_cumulative, rtol=1e-9, atol=1e-6)
