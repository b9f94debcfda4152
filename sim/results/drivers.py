"""On which assumptions an outcome hangs most, found in the members of an ensemble and tested against chance.

Ranks are correlated, so any monotone effect counts; effects that rise and fall are not seen. With a hundred
assumptions some correlate by luck with anything, so the largest correlation is set against the largest that shuffled
outcomes give (Westfall & Young 1993). The second assumption is the one with the largest partial rank correlation once
the first is accounted for, tested in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from sim.population.streams import Streams

Floats = NDArray[np.float64]

MOST = 2
LEVEL = 0.01
"""Largest probability of being named by chance; a comparison asks some thirty times."""

SHUFFLES = 999
TOGETHER = 0.6
"""Rank correlation at which two assumptions can't be told apart in a set of members."""

MOST_MEMBERS = 2000
"""Members that are looked at, from the first on; more would take longer and say the same."""

LEAST = 8
"""Fewest members whose ranks can say anything at :data:`LEVEL`."""


@dataclass(frozen=True)
class Driver:
    """An assumption that an outcome hangs on.

    Attributes
    ----------
    path : the assumption
    correlation : its (partial) rank correlation with the outcome, -1 to 1
    p : share of shuffles in which any assumption did as well
    together : assumptions that went up or down with it in these members, so that either may be meant
    """

    path: str
    correlation: float
    p: float
    together: tuple[str, ...] = ()


def drivers(assumed: pd.DataFrame, outcome: Sequence[float] | Floats, most: int = MOST, seed: int = 0) -> list[Driver]:
    """Return the assumptions that ``outcome`` hangs on most: none where chance does as well.

    Parameters
    ----------
    assumed : one row for each member, one column for each assumption
    outcome : one number for each member; infinite ones rank last, NaN are left out
    most : how many to look for
    seed : root of the shuffles
    """
    values = np.asarray(outcome, dtype=float)[:MOST_MEMBERS]
    known = ~np.isnan(values)
    ranks = _scores(assumed.to_numpy(dtype=float)[:MOST_MEMBERS][known])
    target = _scores(values[known][:, None])[:, 0]
    if known.sum() < LEAST or not target.any() or not ranks.any():
        return []
    shuffle = Streams(seed).generator("drivers")
    left, y, found = ranks.copy(), target, list[Driver]()
    while len(found) < min(most, known.sum() - 3):
        correlation = left.T @ y
        best = int(np.argmax(np.abs(correlation)))
        size = float(abs(correlation[best]))
        luck = np.abs(shuffle.permuted(np.tile(y, (SHUFFLES, 1)), axis=1) @ left).max(axis=1)
        p = float(1 + np.sum(luck >= size - 1e-12)) / (SHUFFLES + 1)
        if p > LEVEL:
            break
        together = _together(ranks, best, assumed.columns)
        found.append(Driver(str(assumed.columns[best]), float(correlation[best]), p, together))
        y, left = _without(y[:, None], left[:, best])[:, 0], _without(left, left[:, best])
        if not y.any() or not left.any():
            break
    return found


def _together(ranks: Floats, column: int, names: pd.Index) -> tuple[str, ...]:
    """Return the other columns whose ranks go with those of ``column``, the closest first."""
    close = np.abs(ranks.T @ ranks[:, column])
    order = np.argsort(-close, kind="stable")
    return tuple(str(names[i]) for i in order if i != column and close[i] >= TOGETHER)


def _scores(columns: Floats) -> Floats:
    """Return the ranks of each column, centred and of length 1; zeros where nothing varies."""
    return _unit(rankdata(columns, axis=0) - (len(columns) + 1) / 2)


def _without(columns: Floats, direction: Floats) -> Floats:
    """Return what ``direction``, of length 1, does not explain of each column, of length 1 again."""
    return _unit(columns - np.outer(direction, direction @ columns))


def _unit(columns: Floats) -> Floats:
    length = np.linalg.norm(columns, axis=0)
    return np.asarray(np.divide(columns, length, out=np.zeros_like(columns), where=length > 1e-9))
