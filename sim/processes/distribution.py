"""Distribution: how goods in the depot are shared out among settlements, and a settlement's among its households."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def level_up(stock: Floats, need: Floats, goods: Floats, most_days: float = np.inf) -> Floats:
    """Share out ``goods`` so that those with the fewest days of stock come first and all end up as even as can be.

    Nobody ends with less if there is more of anything. This is the filling of joined vessels: the final level is
    the least ``(goods + stock of the k worst off) / need of the k worst off`` over k.

    Parameters
    ----------
    stock : shape (n_settlements, n_commodities) [t]
    need : shape (n_settlements, n_commodities) [t/day]
    goods : shape (n_commodities,) [t]
    most_days : days of stock beyond which nobody gets more

    Returns
    -------
    shape (n_settlements, n_commodities) [t]; sums to ``goods`` where there is need and ``most_days`` isn't reached

    >>> level_up(np.array([[2.0], [0.0]]), np.ones((2, 1)), np.array([1.0]))
    array([[0.],
           [1.]])
    """
    days = np.divide(stock, need, out=np.full_like(stock, np.inf), where=need > 0.0)
    order = np.argsort(days, axis=0, kind="stable")
    held = np.where(need > 0.0, stock, 0.0)
    upto_stock = np.cumsum(np.take_along_axis(held, order, axis=0), axis=0)
    upto_need = np.cumsum(np.take_along_axis(need, order, axis=0), axis=0)
    levels = np.divide(goods + upto_stock, upto_need, out=np.full_like(stock, np.inf), where=upto_need > 0.0)
    level = np.minimum(levels.min(axis=0), most_days)
    return np.maximum(0.0, np.where(need > 0.0, np.where(np.isfinite(level), level, 0.0) * need - held, 0.0))


def share_out(targeting: str, stock: Floats, need: Floats, persons: Floats, goods: Floats, floor_days: float) -> Floats:
    """Return what each settlement gets of ``goods``, shape (n_settlements, n_commodities) [t].

    Parameters
    ----------
    targeting : ``by_need`` evens out days of stock; ``equal`` gives the same to each person whatever they have;
        ``vulnerable_first`` covers vulnerable households for ``floor_days`` everywhere before the rest goes by need
    stock : shape (n_settlements, n_commodities) [t]
    need : shape (n_settlements, 2, n_commodities) [t/day], of vulnerable and other households; 0 where none gets there
    persons : shape (n_settlements,), persons who can be reached
    goods : shape (n_commodities,) [t]
    """
    everybody = need.sum(axis=1)
    if targeting == "equal":
        wanted = np.where(everybody.sum(axis=0) > 0.0, goods, 0.0)
        return persons[:, None] / max(1.0, float(persons.sum())) * wanted
    if targeting == "vulnerable_first":
        first = level_up(stock, need[:, 0], goods, floor_days)
        rest = level_up(stock + first, everybody, np.maximum(0.0, goods - first.sum(axis=0)))
        return first + rest
    return level_up(stock, everybody, goods)


def consume(stock: Floats, need: Floats, ration_days: float, step_days: float) -> Floats:
    """Return what is used of ``stock`` in a step, rationed where it lasts for less than ``ration_days``.

    Parameters
    ----------
    stock, need : shape (n_settlements, n_commodities) [t], need of the step
    step_days : length of the step [day]
    """
    lasts = np.divide(stock * step_days, need, out=np.full_like(stock, np.inf), where=need > 0.0)
    ration = np.minimum(1.0, lasts / max(ration_days, 1e-9))
    return np.minimum(stock, need * ration)


def by_group(used: Floats, need: Floats, vulnerable_first: bool) -> Floats:
    """Split ``used``, shape (n_settlements, n_commodities), over groups as their ``need``, or vulnerable people first.

    Parameters
    ----------
    need : shape (n_settlements, 2, n_commodities) [t]
    """
    if vulnerable_first:
        first = np.minimum(used, need[:, 0])
        return np.stack([first, used - first], axis=1)
    total = need.sum(axis=1, keepdims=True)
    share = np.divide(need, total, out=np.zeros_like(need), where=total > 0.0)
    return np.asarray(share * used[:, None])
