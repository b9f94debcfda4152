"""Arrivals of one run at given hours, without recording anything else: what calibration calls thousands of times."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from sim.model.displacement import DisplacementModel
from sim.model.run import release
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]


def arrivals_at(scenario: Scenario, hours: Floats, seed: int) -> Floats:
    """Return cumulative arrivals [persons] at ``hours`` from the start, shape (n,), increasing."""
    model = DisplacementModel(scenario, seed)
    steps = math.ceil(float(hours[-1]) / model.step_hours)
    arrived = np.zeros(steps + 1)
    for step in range(1, steps + 1):
        model.step()
        arrived[step] = model.reception.arrived
    release(model)
    return np.interp(hours, np.arange(steps + 1) * model.step_hours, arrived)
