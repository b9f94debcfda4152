"""Quantiles over members, whole or part by part, where some have no value."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import xarray as xr

from sim.results import fan as fanning
from sim.results.fan import LEVELS, fan, fan_table


@pytest.fixture
def dataset() -> xr.Dataset:
    rng = np.random.default_rng(1)
    waits = rng.random((2, 7, 30))
    waits[0, :3, 5] = np.nan  # some members have none
    waits[1, :, 6] = np.nan  # nobody has one
    attrs = {"units": "h", "long_name": "wait", "aggregates": "level"}
    return xr.Dataset(
        {
            "wait": (("scenario", "member", "time"), waits, attrs),
            "stock": (("scenario", "member", "time", "commodity"), rng.random((2, 7, 30, 3)), {"units": "t"}),
        },
        coords={
            "scenario": ["a", "b"],
            "member": np.arange(7),
            "time": np.datetime64("2023-09-19T12", "ns") + np.arange(30) * np.timedelta64(1, "h"),
            "commodity": ["food", "fuel", "water"],
        },
    )


@pytest.mark.parametrize("at_once", [1, 50, 10**6])
def test_quantiles_leave_out_who_has_no_value(
    dataset: xr.Dataset, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "NUMBERS_AT_ONCE", at_once)
    found = fan(dataset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        expected = dataset.quantile(LEVELS, "member", skipna=True)
    assert found.wait.dims == ("scenario", "quantile", "time")
    for name in ("wait", "stock"):
        np.testing.assert_allclose(found[name], expected[name].transpose(*found[name].dims))
    assert np.isnan(found.wait.sel(scenario="b").isel(time=6)).all()
    assert found.wait.attrs == dataset.wait.attrs


def test_the_table_has_a_row_for_the_end_of_each_day(dataset: xr.Dataset) -> None:
    found = fan(dataset)
    rows = fan_table(found).set_index(["scenario", "variable", "place", "time"]).sort_index()
    assert list(rows.columns) == ["unit", "p05", "p25", "p50", "p75", "p95"]
    assert len(rows) == 2 * 3 * (1 + 3)  # scenarios, times, one series and three
    row = rows.loc[("b", "stock", "fuel", dataset.time.to_numpy()[11])]
    at = found.stock.sel(scenario="b", commodity="fuel").isel(time=11)
    assert row["p95"] == at.sel(quantile=0.95)
    assert row["unit"] == "t"
