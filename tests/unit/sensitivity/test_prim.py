"""Discovery recovers a planted box, and reports none in noise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.sensitivity.prim import LEVEL, Cases, find_box, peel


def assumed(n: int, k: int, seed: int) -> pd.DataFrame:
    return pd.DataFrame(np.random.default_rng(seed).random((n, k)), columns=[f"x{column}" for column in range(k)])


@pytest.mark.parametrize("seed", range(3))
def test_a_planted_box_is_recovered(seed: int) -> None:
    table = assumed(300, 50, seed)
    planted = ((table["x3"] > 0.6) & (table["x7"] < 0.5)).to_numpy()
    chance = np.random.default_rng(seed + 50).random(300)
    wanted = np.where(planted, chance < 0.95, chance < 0.08)
    box = find_box(table, wanted, seed)
    assert box is not None
    assert set(box.limits) == {"x3", "x7"}
    assert box.limits["x3"] == (pytest.approx(0.6, abs=0.06), np.inf)
    assert box.limits["x7"] == (-np.inf, pytest.approx(0.5, abs=0.06))
    assert all(item.p <= LEVEL for item in box.restrictions)
    inside = box.holds(table)
    assert (box.inside, box.inside_wanted) == (inside.sum(), wanted[inside].sum())
    assert box.density == pytest.approx(wanted[inside].mean())
    assert box.density > 0.85
    assert box.coverage == pytest.approx(wanted[inside].sum() / wanted.sum())
    assert box.density_outside == pytest.approx(wanted[~inside].mean())
    assert box.held_out_density == pytest.approx(box.density, abs=0.2)


def test_a_band_has_an_edge_on_either_side() -> None:
    table = assumed(400, 20, 1)
    box = find_box(table, table["x4"].between(0.4, 0.7).to_numpy(), 0)
    assert box is not None
    assert box.limits == {"x4": (pytest.approx(0.4, abs=0.03), pytest.approx(0.7, abs=0.03))}
    assert box.density == box.coverage == 1.0


def test_noise_has_no_region() -> None:
    luck = np.random.default_rng(9)
    found = [find_box(assumed(150, 60, seed), luck.random(150) < 0.3, seed) for seed in range(40)]
    assert sum(box is not None for box in found) <= 3  # 0.4 expected; more than 3 in 1 of 1,000


def test_peeling_alone_would_find_something_in_noise() -> None:
    table, luck = assumed(150, 60, 0), np.random.default_rng(0)
    cases = Cases.of(table.to_numpy(), luck.random(150) < 0.3)
    inside = cases.within(peel(cases, range(60)))
    assert cases.wanted[inside].mean() > 2 * cases.wanted.mean()


@pytest.mark.parametrize("n_wanted", [0, 7, 93, 100])
def test_an_outcome_that_hardly_ever_differs_has_no_region(n_wanted: int) -> None:
    table = assumed(100, 3, 0).sort_values("x0", ignore_index=True)
    assert find_box(table, np.arange(100) < n_wanted) is None


def test_assumptions_that_do_not_vary_bound_nothing() -> None:
    table = assumed(100, 2, 0) * 0.0 + 5.0
    assert find_box(table, np.arange(100) < 50) is None
    table["x1"] = np.arange(100.0)
    box = find_box(table, np.arange(100) < 50)
    assert box is not None
    assert box.limits == {"x1": (-np.inf, 49.5)}


def test_the_same_seed_gives_the_same_box() -> None:
    table = assumed(200, 10, 3)
    wanted = (table["x1"] + 0.3 * table["x2"] > 0.8).to_numpy()
    assert find_box(table, wanted, 4) == find_box(table, wanted, 4)
