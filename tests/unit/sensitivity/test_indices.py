"""Screening and variance shares, against a function whose indices are known (Ishigami & Homma 1990)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.sensitivity.plan import Plan
from sim.sensitivity.screen import HIGH, LOW, leading, n_screening_runs, screen
from sim.sensitivity.sobol import n_sobol_runs, sobol

A, B = 7.0, 0.1
NAMES = ("x1", "x2", "x3")
PARTS = {"x1": 0.5 * (1 + B * np.pi**4 / 5) ** 2, "x2": A**2 / 8, "x1 x3": B**2 * np.pi**8 * (1 / 18 - 1 / 50)}
VARIANCE = sum(PARTS.values())
FIRST = {"x1": PARTS["x1"] / VARIANCE, "x2": PARTS["x2"] / VARIANCE, "x3": 0.0}
TOTAL = {name: FIRST[name] + (PARTS["x1 x3"] / VARIANCE if name != "x2" else 0.0) for name in NAMES}


def ishigami(shares: np.ndarray) -> np.ndarray:
    x1, x2, x3 = np.pi * (2 * shares[:, :3].T - 1)
    return np.asarray(np.sin(x1) + A * np.sin(x2) ** 2 + B * x3**4 * np.sin(x1))


def test_known_variance_shares_are_recovered_within_their_error() -> None:
    found = sobol(NAMES, lambda shares: pd.DataFrame({"y": ishigami(shares)}), base=2048, seed=3)
    rows = found.set_index("assumption")
    for name in NAMES:
        for key, known in (("first", FIRST), ("total", TOTAL)):
            value, error = rows.loc[name, [key, f"{key}_error"]]
            assert value == pytest.approx(known[name], abs=0.03)
            assert abs(value - known[name]) < 2 * error < 0.15


def test_each_output_has_its_own_shares_and_a_constant_one_has_none() -> None:
    def play(shares: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame({"first": shares[:, 0], "second": 5.0 * shares[:, 1], "still": 1.0})

    found = sobol(("a", "b"), play, base=256, seed=0).pivot(index="output", columns="assumption", values="total")
    assert found.loc["first"].to_numpy() == pytest.approx([1.0, 0.0], abs=0.05)
    assert found.loc["second"].to_numpy() == pytest.approx([0.0, 1.0], abs=0.05)
    assert found.loc["still"].isna().all()


def test_the_design_depends_on_the_seed_alone_and_has_as_many_runs_as_said() -> None:
    played: list[np.ndarray] = []

    def play(shares: np.ndarray, *_: object) -> pd.DataFrame:
        played.append(shares)
        return pd.DataFrame({"y": ishigami(shares)})

    one, two = (sobol(NAMES, play, base=16, seed=0) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert len(played[0]) == n_sobol_runs(3, 16) == 80
    other = sobol(NAMES, play, base=16, seed=1)
    assert not other.equals(one)
    one, two = (screen(NAMES, play, trajectories=5, seed=0) for _ in range(2))
    pd.testing.assert_frame_equal(one, two)
    assert len(played[-1]) == n_screening_runs(3, 5) == 20


def test_screening_recovers_the_effects_of_a_linear_function_and_ranks_them() -> None:
    def play(shares: np.ndarray, trajectory: np.ndarray) -> pd.DataFrame:
        span = (shares - LOW) / (HIGH - LOW)
        assert span.min() >= -1e-12
        assert span.max() <= 1 + 1e-12
        level = 100.0 * trajectory  # chance differs between trajectories and must not matter
        return pd.DataFrame({"y": 3.0 * span[:, 0] - 8.0 * span[:, 1] + level, "z": span[:, 2] * 0.5 + level})

    found = screen(("a", "b", "c", "idle"), play, trajectories=4, seed=1)
    y = found[found["output"] == "y"].set_index("assumption")
    assert list(y.index[:2]) == ["b", "a"]
    assert y["mu"].reindex(["a", "b", "c", "idle"]).to_numpy() == pytest.approx([3.0, -8.0, 0.0, 0.0])
    assert y["mu_star"].reindex(["a", "b", "c", "idle"]).to_numpy() == pytest.approx([3.0, 8.0, 0.0, 0.0])
    assert y["sigma"].to_numpy() == pytest.approx(0.0, abs=1e-9)
    assert y["share"].sum() == pytest.approx(1.0)
    assert leading(found, 10) == ["c", "b", "a"]
    assert leading(found, 1) == ["c"]


def test_screening_sees_what_the_ishigami_function_hangs_on_and_where_it_bends() -> None:
    def play(shares: np.ndarray, _: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame({"y": ishigami(shares)})

    rows = screen((*NAMES, "idle"), play, trajectories=60, seed=2).set_index("assumption")
    assert rows.loc["idle", "mu_star"] == 0.0
    assert rows.loc["x1", "mu_star"] > rows.loc["x3", "mu_star"] > 1.0
    assert abs(rows.loc["x3", "mu"]) < 0.5 * rows.loc["x3", "mu_star"] < rows.loc["x3", "sigma"]


def test_an_output_that_never_varies_ranks_nothing() -> None:
    found = screen(NAMES, lambda shares, _: pd.DataFrame({"y": np.ones(len(shares))}), trajectories=2, seed=0)
    assert (found[["mu_star", "share"]] == 0).all(axis=None)
    assert leading(found, 5) == []


def test_a_plan_counts_its_runs() -> None:
    assert Plan(trajectories=2, swings=12, repeats=2, keep=4, base=32).runs(148) == 2 * 149 + 2 * 25 + 32 * 8
    assert Plan(trajectories=2, swings=12, repeats=2, keep=4, base=8).runs(3) == 2 * 4 + 2 * 7 + 8 * 6
