"""The second hindcast: only institutions differ from 2023; many go home where the own side holds, nobody where not."""

from __future__ import annotations

import pytest
import xarray as xr

import sim
from sim.model.run import run

SITUATION = {"residents_total", "stock_days_initial", "return_persons_per_day"}
"""Numbers that say how things stood in 2020, not how people decide."""

LOST = ["Shushi", "Hadrut", "Karvachar", "Kovsakan"]


def test_parameters_are_those_of_2023_but_for_how_things_stood() -> None:
    then, now = sim.load("karabakh_2020").parameters, sim.load("as_reported").parameters
    assert {name for name in now if then[name] != now[name]} == SITUATION
    assert sim.load("karabakh_2020").posterior == sim.load("as_reported").posterior


@pytest.fixture(scope="module")
def data() -> xr.Dataset:
    return run(sim.load("karabakh_2020", {"parameters.residents_total": 20_000}), 1).dataset


def test_those_who_kept_their_homes_return_and_those_who_lost_them_do_not(data: xr.Dataset) -> None:
    before = data["persons_home"].isel(time=0)
    home = (data["persons_home"] + data["persons_returned"]).isel(time=-1)
    kept = [name for name in data["settlement"].to_numpy() if name not in LOST]
    assert float(home.sel(settlement=kept).sum()) > 0.5 * float(before.sel(settlement=kept).sum())
    assert float(home.sel(settlement=LOST).sum()) < 0.1 * float(before.sel(settlement=LOST).sum())
    returned = data["persons_returned"].isel(time=-1)
    assert float(returned.sum()) > 0.25 * float(before.sum())


def test_returns_begin_in_earnest_with_the_escorts(data: xr.Dataset) -> None:
    back = data["returns_cumulative"].to_series()
    assert back["2020-11-13"] < 0.1 * back.iloc[-1]
    days = back.resample("1D").last().diff()
    assert days["2020-11-15":"2020-12-31"].mean() > 2.0 * days["2020-10-10":"2020-11-13"].mean()


def test_nobody_is_created_or_lost(data: xr.Dataset) -> None:
    total = sum(
        data[name].sum([dim for dim in data[name].dims if dim != "time"])
        for name in ("persons_home", "persons_ready", "persons_displaced", "persons_returned")
    )
    total = total + data["persons_in_transit"] + data["deaths_cumulative"]
    assert (total == total[0]).all()
