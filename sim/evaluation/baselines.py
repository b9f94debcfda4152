"""Simple rivals fitted to the same early counts: what the model has to beat.

All three are told how many residents there were, which makes them stronger than a planner's curve of the day.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import curve_fit

Floats = NDArray[np.float64]
Curve = Callable[[Floats], Floats]


def constant_rate(hours: Floats, persons: Floats, residents: float) -> Curve:
    """Fit a server of constant rate: ``rate · (t − start)`` until nobody is left."""
    (rate, start), _ = curve_fit(
        lambda t, rate, start: np.clip(rate * (t - start), 0.0, residents), hours, persons, p0=(500.0, hours[0])
    )
    return lambda t: np.clip(rate * (t - start), 0.0, residents)


def logistic(hours: Floats, persons: Floats, residents: float) -> Curve:
    """Fit a logistic curve that ends at ``residents``."""
    (rate, middle), _ = curve_fit(
        lambda t, rate, middle: residents / (1.0 + np.exp(-rate * (t - middle))),
        hours,
        persons,
        p0=(0.05, hours[-1]),
    )
    return lambda t: residents / (1.0 + np.exp(-rate * (t - middle)))


def persistence(hours: Floats, persons: Floats, residents: float) -> Curve:
    """Let the flow of the last 24 hours go on until nobody is left."""
    last = float(hours[-1])
    rate = (persons[-1] - np.interp(last - 24.0, hours, persons)) / 24.0
    return lambda t: np.where(
        t <= last, np.interp(t, hours, persons), np.minimum(residents, persons[-1] + rate * (t - last))
    )


BASELINES: dict[str, Callable[[Floats, Floats, float], Curve]] = {
    "constant-rate server": constant_rate,
    "logistic": logistic,
    "persistence": persistence,
}
