"""Choice of a destination on an open network: nearness, who is there already, and room.

A multinomial logit (McFadden 1974) whose utility is linear in logarithms, so that it is at once a gravity model
(Zipf 1946): the pull of destination *d* on people at *o* is::

    pull = (km from o to d + km₀) ** −β · (persons at d + n₀) ** γ · (φ if d is full else 1)

Ways count as long as roads, closures and fighting make them. ``γ`` is the network effect of migration (Massey 1990):
people follow those who went before. Fullness is known of whoever is there or bound for there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.scenario.parameters import Flight as FlightParameters

Floats = NDArray[np.float64]

LEAST_PULL = 1e-12
"""Of a full destination, so that people still go somewhere when all are full."""


LEAST_UTILITY = -1e300


def nearness(p: FlightParameters, km: Floats) -> Floats:
    """Return the part of utility that the way has, of the shape of ``km``; -inf where there is no way."""
    there = np.isfinite(km)
    pull = -p.destination_km_elasticity * np.log(np.where(there, km, 0.0) + p.destination_km_offset)
    return np.asarray(np.where(there, pull, -np.inf))


def choice_table(p: FlightParameters, near: Floats, persons: Floats, capacity: Floats) -> Floats:
    """Return cumulative probabilities of destinations, shape (n_origins, n_destinations); rows of nowhere to go are 0.

    Parameters
    ----------
    near : shape (n_origins, n_destinations), :func:`nearness`
    persons, capacity : shape (n_destinations,), persons there or bound for there, and how many it takes in

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> p = SimpleNamespace(destination_km_elasticity=1.0, destination_km_offset=0.0, destination_stock_elasticity=0.0,
    ...                     destination_stock_offset=1.0, destination_full_pull=0.0)
    >>> choice_table(p, nearness(p, np.array([[100.0, 300.0]])), np.zeros(2), np.full(2, np.inf))
    array([[0.75, 1.  ]])
    """
    offered = np.log(persons + p.destination_stock_offset) * p.destination_stock_elasticity
    offered = offered + np.where(persons >= capacity, np.log(max(p.destination_full_pull, LEAST_PULL)), 0.0)
    utility = near + offered
    best = utility.max(axis=1, keepdims=True)
    weight = np.exp(utility - np.maximum(best, LEAST_UTILITY))
    total = weight.sum(axis=1, keepdims=True)
    return np.asarray(np.cumsum(np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0), axis=1))
