"""Who gets what of the depot, and what is used of a stock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.processes.distribution import by_group, consume, level_up, share_out

AMOUNTS = st.lists(st.floats(0.0, 100.0), min_size=4, max_size=4).map(lambda row: np.array(row)[:, None])
NEEDS = st.lists(st.floats(0.1, 10.0), min_size=4, max_size=4).map(lambda row: np.array(row)[:, None])
RULES = ("by_need", "equal", "vulnerable_first")


def test_the_worst_off_come_first_until_all_are_even() -> None:
    stock, need = np.array([[6.0], [0.0], [1.0]]), np.array([[2.0], [1.0], [1.0]])
    assert level_up(stock, need, np.array([3.0])).ravel() == pytest.approx([0.0, 2.0, 1.0])


def test_nobody_gets_goods_for_which_there_is_no_need() -> None:
    assert level_up(np.zeros((3, 1)), np.zeros((3, 1)), np.array([5.0])).sum() == 0.0


@given(AMOUNTS, NEEDS, st.floats(0.0, 500.0), st.floats(0.0, 50.0), st.integers(0, 3))
@settings(max_examples=200, deadline=None)
def test_more_of_anything_leaves_nobody_with_less(stock, need, goods, more, who) -> None:
    before = stock + level_up(stock, need, np.array([goods]))
    richer = stock.copy()
    richer[who] += more
    assert (stock + level_up(stock, need, np.array([goods + more])) >= before - 1e-6).all()
    assert (richer + level_up(richer, need, np.array([goods])) >= before - 1e-6).all()


@pytest.mark.parametrize("targeting", RULES)
@given(AMOUNTS, NEEDS, NEEDS, st.floats(0.0, 500.0))
@settings(max_examples=100, deadline=None)
def test_all_goods_and_no_more_are_shared_out(targeting, stock, vulnerable, others, goods) -> None:
    need = np.stack([vulnerable, others], axis=1)
    got = share_out(targeting, stock, need, np.array([3.0, 1.0, 0.0, 2.0]), np.array([goods]), 5.0)
    assert got.sum() == pytest.approx(goods, abs=1e-6)
    assert got.min() >= 0.0


def test_equal_shares_look_at_heads_and_need_at_stocks() -> None:
    stock, need = np.array([[10.0], [0.0]]), np.full((2, 2, 1), 0.5)
    shares = {rule: share_out(rule, stock, need, np.ones(2), np.array([4.0]), 1.0).ravel() for rule in RULES}
    assert shares["equal"] == pytest.approx([2.0, 2.0])
    assert shares["by_need"] == pytest.approx([0.0, 4.0])


def test_settlements_with_vulnerable_people_come_first() -> None:
    need = np.array([[[2.0], [0.0]], [[0.0], [2.0]]])
    got = share_out("vulnerable_first", np.zeros((2, 1)), need, np.ones(2), np.array([6.0]), 3.0)
    assert got.ravel() == pytest.approx([6.0, 0.0])


def test_rations_fall_with_the_days_that_stocks_last() -> None:
    need = np.full((3, 1), 0.25)
    used = consume(np.array([[5.0], [2.5], [0.0]]), need, ration_days=5.0, step_days=0.25)
    assert used.ravel() == pytest.approx([0.25, 0.125, 0.0])


@given(AMOUNTS, NEEDS, st.floats(0.25, 30.0), st.floats(0.0, 20.0))
@settings(max_examples=200, deadline=None)
def test_more_in_stock_means_more_used_and_more_left(stock, need, days, more) -> None:
    used, then = consume(stock, need, days, 0.25), consume(stock + more, need, days, 0.25)
    assert (then >= used - 1e-9).all()
    assert (stock + more - then >= stock - used - 1e-9).all()


def test_vulnerable_people_are_served_first_or_alike() -> None:
    need, used = np.array([[[2.0], [3.0]]]), np.array([[2.5]])
    assert by_group(used, need, vulnerable_first=True).ravel() == pytest.approx([2.0, 0.5])
    assert by_group(used, need, vulnerable_first=False).ravel() == pytest.approx([1.0, 1.5])
