"""Daily headline numbers in Mesa's own data collector, for those who step the model themselves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from mesa import DataCollector

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

HEADLINES = {
    "persons_home": "at_home",
    "persons_ready": "ready",
    "persons_in_transit": "in_transit",
    "persons_displaced": "displaced",
    "persons_returned": "returned",
    "deaths": "deaths",
}
"""Column → head count of :class:`sim.population.households.Households` that it sums; together everybody."""


def daily_collector() -> DataCollector:
    """Return a collector of the day and of :data:`HEADLINES`, a row each time it collects."""
    counts = {name: partial(_persons, count) for name, count in HEADLINES.items()}
    return DataCollector(model_reporters={"day": _day} | counts)


def _day(model: DisplacementModel) -> float:
    return model.hours / 24.0


def _persons(count: str, model: DisplacementModel) -> int:
    return int(np.sum(getattr(model.households, count)))
