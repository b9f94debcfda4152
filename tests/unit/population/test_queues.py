"""Queues, lines and calendars against the plainest ones that could be written, and against closed forms."""

from __future__ import annotations

from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.population.queues import Calendar, PointQueue, WaitingLine

UNITS = st.lists(st.integers(0, 24).map(lambda eighths: eighths / 8.0), max_size=80)
CAPACITY = st.integers(0, 200).map(lambda eighths: eighths / 8.0)
OPERATIONS = st.lists(st.tuples(st.just("append"), UNITS) | st.tuples(st.just("serve"), CAPACITY), max_size=40)


class NaiveQueue:
    def __init__(self) -> None:
        self.waiting: deque[tuple[int, float, float]] = deque()
        self.credit = 0.0

    def serve(self, capacity: float) -> tuple[list[int], list[float]]:
        ids, entered = [], []
        self.credit = self.credit + capacity if self.waiting else 0.0
        while self.waiting and self.waiting[0][1] <= self.credit:
            number, units, since = self.waiting.popleft()
            self.credit -= units
            ids.append(number)
            entered.append(since)
        if not self.waiting:
            self.credit = 0.0
        return ids, entered


@settings(max_examples=150, deadline=None)
@given(OPERATIONS)
def test_serves_the_same_as_a_plain_queue(operations: list[tuple[str, object]]) -> None:
    queue, naive, n = PointQueue(), NaiveQueue(), 0
    for hour, (what, amount) in enumerate(operations):
        if what == "append":
            units = np.array(amount, dtype=float)
            ids = np.arange(n, n + units.size)
            n += units.size
            queue.append(ids, units, float(hour))
            naive.waiting.extend(zip(ids.tolist(), units.tolist(), [float(hour)] * units.size, strict=True))
        else:
            ids, entered = queue.serve(float(amount))  # type: ignore[arg-type]
            assert (ids.tolist(), entered.tolist()) == naive.serve(float(amount))  # type: ignore[arg-type]
        assert queue.waiting.tolist() == [number for number, _, _ in naive.waiting]
        assert len(queue) == len(naive.waiting)
        assert queue.waiting_units == pytest.approx(sum(units for _, units, _ in naive.waiting))


def test_capacity_that_finds_nobody_is_lost() -> None:
    queue = PointQueue()
    queue.serve(100.0)
    queue.append(np.arange(3), np.ones(3), 0.0)
    assert queue.serve(1.0)[0].tolist() == [0]


def test_capacity_too_small_for_the_first_is_kept_for_it() -> None:
    queue = PointQueue()
    queue.append(np.arange(2), np.array([2.5, 1.0]), 0.0)
    assert [queue.serve(1.0)[0].size for _ in range(4)] == [0, 0, 1, 1]


def test_wait_in_front_of_a_server_of_constant_rate() -> None:
    """D/D/1: the n-th to come at rate a waits n (1/c - 1/a) at capacity c < a; here within one step."""
    coming, capacity, step = 40.0, 25.0, 0.05
    queue, waits = PointQueue(), {}
    for k in range(2000):
        now = k * step
        ids = np.arange(round(k * coming * step), min(1000, round((k + 1) * coming * step)))
        queue.append(ids, np.ones(ids.size), now)
        served, entered = queue.serve(capacity * step)
        waits |= dict(zip(served.tolist(), (now - entered).tolist(), strict=True))
    n = np.arange(1000)
    expected = n * (1.0 / capacity - 1.0 / coming)
    assert len(waits) == 1000
    assert np.abs(np.array([waits[number] for number in n.tolist()]) - expected).max() <= 2 * step


def test_the_longest_queue_is_what_came_beyond_capacity() -> None:
    queue = PointQueue()
    longest = 0.0
    for hour in range(30):
        came = 10 if hour < 10 else 0
        queue.append(np.arange(hour * 10, hour * 10 + came), np.ones(came), float(hour))
        queue.serve(6.0)
        longest = max(longest, queue.waiting_units)
    assert longest == 10 * (10 - 6)
    assert len(queue) == 0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 12), max_size=20), max_size=20))
def test_a_calendar_gives_each_at_its_step_in_the_order_of_entering(batches: list[list[int]]) -> None:
    calendar, due, n = Calendar(), {}, 0  # type: ignore[var-annotated]
    for steps in batches:
        ids = np.arange(n, n + len(steps))
        n += len(steps)
        calendar.add(ids, np.array(steps, dtype=np.int64))
        for number, step in zip(ids.tolist(), steps, strict=True):
            due.setdefault(step, []).append(number)
    for step in range(13):
        assert calendar.pop(step).tolist() == due.get(step, [])
        assert calendar.pop(step).tolist() == []


LINE = st.lists(
    st.tuples(st.just("append"), st.integers(0, 100), st.just(0))
    | st.tuples(st.just("take"), st.integers(0, 120), st.integers(0, 120)),
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(LINE)
def test_a_waiting_line_keeps_its_order(operations: list[tuple[str, int, int]]) -> None:
    line, naive, n = WaitingLine(), [], 0  # type: ignore[var-annotated]
    for what, amount, back in operations:
        if what == "append":
            line.append(np.arange(n, n + amount))
            naive += range(n, n + amount)
            n += amount
        else:
            taken = line.take(amount)
            assert taken.tolist() == naive[:amount]
            returned = taken[taken.size - min(back, taken.size) :]
            line.put_back(returned)
            naive = returned.tolist() + naive[amount:]
        assert len(line) == len(naive)
    assert line.take(n).tolist() == naive
