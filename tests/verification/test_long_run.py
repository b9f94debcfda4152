"""Two years: what must hold at every step holds, nothing drifts, and what is kept grows with the steps alone."""

from __future__ import annotations

import numpy as np
import pytest

from invariants import check, everybody
from sim.model.displacement import DisplacementModel
from sim.model.run import run
from sim.results.netcdf import write_dataset
from sim.scenario.load import load
from sim.scenario.schema import Scenario

YEARS = {"time.days": 730.0, "time.step_minutes": 720, "time.output_minutes": 720, "parameters.residents_total": 1200.0}


def played(name: str, days: float = 730.0) -> Scenario:
    return load(name).vary(YEARS | {"time.days": days})


@pytest.mark.parametrize("name", ["as_reported", "integration_roadmap", "karabakh_2020"])
def test_two_years_keep_what_must_hold_at_every_step(name: str) -> None:
    scenario = played(name)
    result = run(scenario, 3)
    data = result.dataset
    assert data.sizes["time"] == scenario.time.n_steps + 1 == 1461
    check(scenario, result)
    assert (everybody(data)[[0, -1]] == 1200).all()
    balance = data.stock_tonnes + data.tonnes_en_route + data.consumed_tonnes_cumulative + data.lost_tonnes_cumulative
    drift = np.abs(balance - data.supplied_tonnes_cumulative).max("time") / data.supplied_tonnes_cumulative[-1]
    assert (drift.fillna(0.0) < 1e-10).all(), "rounding does not add up"


def test_the_first_months_do_not_hang_on_the_horizon() -> None:
    short, long = run(played("as_reported", 60.0), 3).dataset, run(played("as_reported", 365.0), 3).dataset
    for name in short.data_vars:
        if "time" in short[name].dims:
            part = long[name][: short.sizes["time"]]
            assert np.array_equal(short[name], part, equal_nan=short[name].dtype.kind == "f"), name


def test_storage_grows_with_the_steps(tmp_path) -> None:  # type: ignore[no-untyped-def]
    sizes, kept = [], []
    for days in (90.0, 180.0, 360.0):
        result = run(played("as_reported", days), 1)
        write_dataset(result.dataset, tmp_path / "run.nc")
        sizes.append((tmp_path / "run.nc").stat().st_size)
        kept.append(result.dataset.nbytes)
    assert kept[2] / kept[1] == pytest.approx(2.0, rel=0.05)
    assert sizes[2] - sizes[1] < 2.5 * (sizes[1] - sizes[0])


def test_a_model_holds_no_more_after_two_years_than_after_one() -> None:
    import pickle

    model = DisplacementModel(played("as_reported"), 1)
    sizes = []
    while model.running:
        model.step()
        if model.step_number in (730, 1460):
            sizes.append(len(pickle.dumps(model)))
    assert sizes[1] < 1.1 * sizes[0], "what is kept from step to step does not grow"
