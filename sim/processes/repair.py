"""Damage and repair of facilities: damage states and restoration means of Hazus, crews that go by priority.

An incident nearby damages a facility by chance; how badly is a number of steps up the damage states. Each damage
takes work, lognormal around the mean of its state, and function comes back in step with the work done (Hazus 5.1
gives restoration by state; earthquake-derived, hence ``repair_time_factor``). Every facility draws from its own
stream, and more crews never delay any repair: crews go by a fixed order, one to a facility.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from sim.place.facilities import Facilities
from sim.place.sectors import STATES
from sim.population.streams import Streams
from sim.scenario.parameters import Infrastructure as InfrastructureParameters

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WORST = len(STATES) - 1
NEEDS_PARTS = STATES.index("moderate")


def duration(mean_days: float, variation: float, normal: float) -> float:
    """Return a lognormal time of the given mean and coefficient of variation at the standard ``normal`` deviate.

    >>> duration(10.0, 0.0, 1.5)
    10.0
    """
    variance = np.log1p(variation**2)
    return float(mean_days * np.exp(np.sqrt(variance) * normal - variance / 2.0))


def allot(waiting: Flags, crews: float, own_crews: Floats, sector: Ints) -> Floats:
    """Return the share of a crew that works at each facility, at most one, shape (n,).

    Parameters
    ----------
    waiting : shape (n,), facilities to repair that can be reached, most important first
    crews : crews that go anywhere
    own_crews : shape (n_sectors,), further crews of each sector, which go first
    sector : shape (n,), sector of each facility

    >>> allot(np.array([True, False, True, True]), 1.5, np.zeros(1), np.zeros(4, dtype=np.int64))
    array([1. , 0. , 0.5, 0. ])
    """
    share = np.zeros(waiting.size)
    for k in np.flatnonzero(own_crews):
        share += _in_turn(np.where(waiting & (sector == k), 1.0, 0.0), float(own_crews[k]))
    return share + _in_turn(np.where(waiting, 1.0 - share, 0.0), crews)


def _in_turn(wanted: Floats, supply: float) -> Floats:
    """Meet ``wanted``, shape (n,), from ``supply`` in order, each as far as what is left goes."""
    return np.clip(supply - (np.cumsum(wanted) - wanted), 0.0, wanted)


def importance(facilities: Facilities, weights: Floats) -> Floats:
    """Return for each facility the residents whose services hang on it, summed over services, shape (n_sites,).

    Parameters
    ----------
    weights : shape (n_settlements,), share of residents
    """
    own = np.array([float(weights[list(site.serves)].sum()) * site.capacity for site in facilities.sites])
    total = own.copy()
    graph = facilities.graph()
    for generation in reversed(facilities.generations):
        for i in generation:
            total[i] += sum(total[j] for j in graph.successors(i))
    return total


class Repairs:
    """State of every facility, each of shape (n_sites,), and the crews that mend them.

    Attributes
    ----------
    state : number of the damage state, 0 (none) to 4 (complete)
    left, work : work that is left and that the damage took in all [crew-day]
    """

    def __init__(self, p: InfrastructureParameters, facilities: Facilities, weights: Floats, streams: Streams) -> None:
        self.parameters, self.facilities = p, facilities
        n = len(facilities.sites)
        self.state: Ints = np.zeros(n, dtype=np.int64)
        self.left: Floats = np.zeros(n)
        self.work: Floats = np.ones(n)
        self.order = np.argsort(-importance(facilities, weights), kind="stable")
        self._chance: Floats = np.zeros(n)
        self._streams = [streams.generator("damage", site.name) for site in facilities.sites]
        self._next = np.array([stream.standard_exponential() for stream in self._streams])
        self._severity = bdtr(np.arange(WORST), WORST - 1, p.damage_severity)

    def function(self) -> Floats:
        """Return what each facility could give with all it depends on, shape (n_sites,), 0 to 1."""
        after = self.facilities.functionality[np.arange(self.state.size), self.state]
        return np.asarray(after + (1.0 - after) * (1.0 - self.left / self.work))

    def strike(self, incidents: Floats) -> None:
        """Let ``incidents`` beside each facility, shape (n_sites,), do their damage."""
        self._chance += self.parameters.damage_chance_per_incident * incidents
        for i in np.flatnonzero(self._next <= self._chance).tolist():
            while self._next[i] <= self._chance[i]:
                self._next[i] += self._streams[i].standard_exponential()
                step = int(np.searchsorted(self._severity, self._streams[i].random()))
                self.damage(i, 1 + min(step, WORST - 1))

    def damage(self, facility: int, state: int) -> None:
        """Put a facility into ``state``, unless it is in a worse one."""
        p = self.parameters
        mean = self.facilities.repair_days[facility, state] * p.repair_time_factor
        takes = duration(mean, p.repair_time_variation, float(self._streams[facility].standard_normal()))
        self.state[facility] = max(self.state[facility], state)
        self.left[facility] = max(self.left[facility], takes)
        self.work[facility] = self.left[facility]

    def mend(self, days: float, reached: Flags, own_crews: Floats, sector: Ints, parts: float) -> None:
        """Let the crews work for ``days``.

        Parameters
        ----------
        reached : shape (n_sites,), facilities that crews may go to
        own_crews : shape (n_sectors,), crews beyond the usual ones
        sector : shape (n_sites,), sector of each facility
        parts : share of the usual supply of spare parts, which all but slight damage needs
        """
        order = self.order
        waiting = (self.left > 0.0) & reached
        crew = np.zeros(self.left.size)
        crew[order] = allot(waiting[order], self.parameters.repair_crews, own_crews, sector[order])
        slow = self.parameters.repair_speed_without_parts
        speed = np.where(self.state >= NEEDS_PARTS, slow + (1.0 - slow) * parts, 1.0)
        self.left = np.maximum(0.0, self.left - crew * speed * days)
        self.state[self.left == 0.0] = 0
