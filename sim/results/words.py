"""The headline measures of a run, and how their numbers are written for readers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A headline number: how it is called in full and in a table's head, its unit and decimals."""

    label: str
    head: str
    unit: str
    decimals: int = 0
    absent: str = "never"


MEASURES: dict[str, Measure] = {
    "persons_initial": Measure("residents at the start", "at start", "persons"),
    "persons_left": Measure("left their homes", "left", "persons"),
    "persons_arrived": Measure("arrived", "arrived", "persons"),
    "persons_remaining": Measure("remain at the end", "remain", "persons"),
    "persons_in_transit": Measure("on the road at the end", "on the road", "persons"),
    "persons_returned": Measure("returned", "returned", "persons"),
    "deaths": Measure("deaths", "deaths", "persons"),
    "hours_to_half_arrived": Measure("half arrived, after opening", "half arrived", "h", 1),
    "peak_queue_vehicles": Measure("longest queue", "peak queue", "vehicles"),
    "peak_wait_hours": Measure("longest wait at the crossing", "peak wait", "h", 1, absent="none"),
}
"""Summary key → :class:`Measure`, in the order in which readers meet them."""


def in_words(value: float | None, measure: Measure) -> str:
    """Write a number with thousands separators, or say that it never came about.

    >>> in_words(100632.0, MEASURES["persons_arrived"]), in_words(None, MEASURES["hours_to_half_arrived"])
    ('100,632', 'never')
    """
    if value is None or math.isnan(value):
        return measure.absent
    return f"{round(value, measure.decimals) + 0.0:,.{measure.decimals}f}"  # + 0.0 turns -0.0 into 0.0


def headlines(summary: Mapping[str, float | None]) -> list[tuple[str, str, str]]:
    """Return label, number in words and unit of each measure in ``summary``."""
    rows = []
    for name, measure in MEASURES.items():
        if name in summary:
            text = in_words(summary[name], measure)
            rows.append((measure.label, text, "" if text == measure.absent else measure.unit))
    return rows


def interval_in_words(low: float, high: float, measure: Measure) -> str:
    """Write a range of values, low to high.

    >>> interval_in_words(990.2, 1010.0, MEASURES["deaths"])
    '990–1,010'
    """
    joint = " to " if low < 0 or high < 0 else "–"
    return f"{in_words(low, measure)}{joint}{in_words(high, measure)}"
