"""Synthetic households with the reported size, age and sex structure; nobody real is in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, pdtr

from sim.place.place import Place
from sim.population.streams import Streams
from sim.scenario.parameters import Parameters

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MAX_SIZE = 15


@dataclass(frozen=True, slots=True)
class Columns:
    """What a household is, each of shape (n_households,); rows are grouped by home settlement."""

    home: Ints
    size: Ints
    children: Ints
    older: Ints
    female: Ints
    disability: Ints
    vehicle: Flags
    kin: Ints

    @property
    def first(self) -> Ints:
        """First row of each settlement that has any household, then the number of rows."""
        return np.flatnonzero(np.diff(self.home, prepend=-1, append=self.home[-1] + 1))


def apportion(total: int, weights: Floats) -> Ints:
    """Split ``total`` persons by ``weights`` into whole numbers (largest remainders).

    >>> apportion(10, np.array([0.5, 0.26, 0.24]))
    array([5, 3, 2])
    """
    exact = total * weights / weights.sum()
    whole: Ints = np.floor(exact).astype(np.int64)
    extra = np.argsort(whole - exact, kind="stable")[: total - int(whole.sum())]
    whole[extra] += 1
    return whole


def household_sizes(persons: int, mean: float, uniform: Floats) -> Ints:
    """Cut ``persons`` into households of size 1 + Poisson(mean − 1); the last one takes what is left."""
    table = pdtr(np.arange(MAX_SIZE), mean - 1.0)
    sizes = 1 + np.minimum(np.searchsorted(table, uniform), MAX_SIZE - 1)
    upto = np.cumsum(sizes)
    last = int(np.searchsorted(upto, persons))
    sizes = sizes[: last + 1]
    sizes[last] -= int(upto[last]) - persons
    return sizes.astype(np.int64)


def gamma_frailty(variance: float, uniform: Floats) -> Floats:
    """Return gamma frailties of mean 1 and the given variance; 0 means all alike."""
    if variance < 1e-12:
        return np.ones_like(uniform)
    frailty: Floats = variance * gammaincinv(1.0 / variance, uniform)
    return np.maximum(frailty, 1e-12)


def synthesize(place: Place, parameters: Parameters, streams: Streams) -> Columns:
    """Draw the households of every settlement, each settlement from its own streams."""
    residents = parameters.residents
    persons = apportion(round(residents.residents_total), np.array([s.weight for s in place.settlements]))
    parts = [
        _settlement(index, name, int(count), parameters, streams, _kin_shares(place))
        for index, (name, count) in enumerate(zip((s.name for s in place.settlements), persons, strict=True))
        if count
    ]
    names = Columns.__dataclass_fields__
    return Columns(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _kin_shares(place: Place) -> Floats:
    """Return the cumulative share of each province in where kin live, taken as its share of residents."""
    upto = np.cumsum([province.residents for province in place.provinces])
    return np.asarray(upto / upto[-1])


def _settlement(
    index: int, name: str, persons: int, parameters: Parameters, streams: Streams, kin_shares: Floats
) -> Columns:
    """Draw one settlement's households."""
    residents = parameters.residents
    most = int(persons / residents.household_size_mean * 1.2) + 60
    size = household_sizes(persons, residents.household_size_mean, streams.uniform(min(most, persons), "size", name))
    n = size.size
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    is_head = np.zeros(persons, dtype=bool)
    is_head[first] = True
    child_if_not_head = min(1.0, residents.child_share * persons / max(1, persons - n))
    child = (streams.uniform(persons, "child", name) < child_if_not_head) & ~is_head
    older_if_grown = min(1.0, residents.older_share / max(1e-9, 1.0 - residents.child_share))
    older = (streams.uniform(persons, "older", name) < older_if_grown) & ~child
    female = streams.uniform(persons, "female", name) < residents.female_share
    disability = streams.uniform(persons, "disability", name) < residents.disability_share
    has_kin = streams.uniform(n, "kin", name) < residents.kin_household_share
    kin = np.searchsorted(kin_shares, streams.uniform(n, "kin province", name))
    return Columns(
        home=np.full(n, index),
        size=size,
        children=np.add.reduceat(child, first, dtype=np.int64),
        older=np.add.reduceat(older, first, dtype=np.int64),
        female=np.add.reduceat(female, first, dtype=np.int64),
        disability=np.add.reduceat(disability, first, dtype=np.int64),
        vehicle=streams.uniform(n, "vehicle", name) < residents.vehicle_household_share,
        kin=np.where(has_kin, kin, -1),
    )
