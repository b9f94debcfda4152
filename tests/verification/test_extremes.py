"""Institutions alone, on one set of residents and parameters, bring about a near-total exit and a slow, partial one."""

from __future__ import annotations

import pandas as pd
import pytest

import sim
from sim.ensemble.draw import draw_members
from sim.evaluation.extremes import CASES, share_left, show_extremes, write_extremes

KRAJINA, SLAVONIA = (case.scenario for case in CASES)
INSTITUTIONS = {"shocks", "interventions", "uncertainties", "time"}
WORDS = {"name", "title", "summary", "narrative", "assumptions", "triggers"}


def gone(shares: pd.Series, day: float) -> float:
    return float(shares[:day].iloc[-1])


def test_the_cases_differ_from_what_happened_in_institutions_alone() -> None:
    reported = sim.load("as_reported").resolved()
    for case in CASES:
        other = sim.load(case.scenario).resolved()
        assert other["parameters"] == reported["parameters"]
        assert {key for key in other if other[key] != reported[key]} <= INSTITUTIONS | WORDS


@pytest.mark.parametrize("seed", [1, 2])
def test_nearly_everybody_goes_in_days_where_nothing_is_believed(seed: int) -> None:
    shares = share_left(sim.load(KRAJINA, {"time.days": 12}), seed)
    assert gone(shares, 0.0) < 0.01
    assert gone(shares, 5.0) > 0.9
    assert gone(shares, 10.0) > 0.95


@pytest.mark.parametrize("seed", [1, 2])
def test_few_go_slowly_under_an_administration_with_time_and_rights(seed: int) -> None:
    shares = share_left(sim.load(SLAVONIA, {"parameters.residents_total": 20_000}), seed)
    assert gone(shares, 30.0) < 0.05
    assert 0.02 < gone(shares, 517.0) < 0.3
    assert gone(shares, 729.0) > gone(shares, 365.0)


def test_most_draws_agree() -> None:
    krajina, slavonia = (sim.load(name, {"time.days": days}) for name, days in ((KRAJINA, 12), (SLAVONIA, 370)))
    small = {"parameters.residents_total": 2_000}
    members = draw_members([krajina, slavonia], 3, 4)
    quick = [gone(share_left(member.of(krajina).vary(small), member.seed), 10.0) for member in members]
    slow = [gone(share_left(member.of(slavonia).vary(small), member.seed), 365.0) for member in members]
    assert min(quick) > 0.95
    assert sorted(slow)[len(slow) // 2] < 0.5


def test_the_table_and_the_figure_set_the_record_beside_the_model(tmp_path) -> None:
    days = pd.Index([-1.0, 0.0, 5.0, 20.0, 365.0, 517.0, 730.0], name="day")
    left = {name: pd.DataFrame({0: [0, 0, a, a, a, a, a], 1: [0, 0, b, b, b, b, b]}, index=days)
            for name, a, b in ((KRAJINA, 0.98, 0.98), (SLAVONIA, 0.15, 0.15))}  # fmt: skip
    text = show_extremes(left)
    assert "98% (98% to 98%)" in text
    assert "15% (15% to 15%)" in text
    write_extremes(left, tmp_path / "out", 1, "corridor hindcast --reference")
    assert (tmp_path / "out" / "figures" / "extremes.png").stat().st_size > 10_000
    table = pd.read_csv(tmp_path / "out" / "left.csv")
    assert set(table["scenario"]) == {KRAJINA, SLAVONIA}
