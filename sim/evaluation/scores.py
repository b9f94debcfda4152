"""Scores of predictions against what was counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import energy_distance

Floats = NDArray[np.float64]

INTERVALS = {"50%": (0.25, 0.75), "90%": (0.05, 0.95)}


def errors(predicted: Floats, counted: Floats) -> tuple[float, float]:
    """Return the mean absolute error and the mean of absolute errors relative to the counts.

    >>> errors(np.array([90.0, 220.0]), np.array([100.0, 200.0]))
    (15.0, 0.1)
    """
    off = np.abs(predicted - counted)
    return float(off.mean()), float((off / counted).mean())


def crps(draws: Floats, counted: Floats) -> float:
    """Return the mean continuous ranked probability score; of a single draw it is the mean absolute error.

    Parameters
    ----------
    draws : shape (n_counts, n_draws)
    counted : shape (n_counts,)

    Half the squared energy distance between the draws and the count (Gneiting & Raftery 2007).
    """
    return float(np.mean([energy_distance(row, [x]) ** 2 / 2 for row, x in zip(draws, counted, strict=True)]))


def coverage(draws: pd.DataFrame, counted: Floats) -> dict[str, float]:
    """Return interval → share of counts inside it; rows of ``draws`` are counts, columns draws."""
    found = {}
    for name, (low, high) in INTERVALS.items():
        inside = (draws.quantile(low, axis=1) <= counted) & (counted <= draws.quantile(high, axis=1))
        found[name] = float(inside.mean())
    return found
