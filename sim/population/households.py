"""All households of a run: who they are, where they are, and the head counts that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.errors import StateError
from sim.population.streams import Streams
from sim.population.synthesis import Columns, gamma_frailty

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


class Status(IntEnum):
    """Where a household stands in the multi-state model."""

    HOME = 0
    READY = 1
    TRANSIT = 2
    DISPLACED = 3
    RETURNED = 4
    DEAD = 5


HOME, READY, TRANSIT, DISPLACED, RETURNED, DEAD = (int(status) for status in Status)
_HEAD_COUNTS = {HOME: "at_home", READY: "ready", RETURNED: "returned"}

AT_HOME = np.isin(np.arange(len(Status)), list(_HEAD_COUNTS))
"""Status → whether those in it are at their homes."""


WITHIN = "elsewhere in the territory"
"""Place of those who came back, but not home."""


@dataclass(frozen=True, slots=True)
class Household:
    """A read-only view of one household."""

    number: int
    home: str
    size: int
    persons: int
    children: int
    older: int
    female: int
    disability: int
    vehicle: bool
    status: str
    place: str


class Households:
    """The columnar table of households.

    Attributes
    ----------
    columns : what each household is, fixed for the run
    status : shape (n,), :class:`Status` of each
    persons : shape (n,), living members of each
    place : shape (n,), number of the place where a displaced household is, else -1
    places : the reception point, provinces, :data:`WITHIN`, and abroad last
    at_home, ready, returned : shape (n_settlements,), persons by home settlement
    vulnerable : shape (n,), whether each has children, older people or people with disabilities
    vulnerable_present : shape (n_settlements,), persons of such households at home, ready or returned
    displaced_from : shape (n_settlements, n_places), displaced persons by home settlement and where they are
    in_transit, deaths : persons
    version : counts the changes of any of these
    """

    def __init__(
        self, columns: Columns, settlements: tuple[str, ...], places: tuple[str, ...], streams: Streams
    ) -> None:
        self.columns, self.settlements, self.places = columns, settlements, places
        self._streams = streams
        self._uniforms: dict[tuple[object, ...], Floats] = {}
        self._thresholds: dict[tuple[str, int], Floats] = {}
        self._frailties: dict[str, Floats] = {}
        n = columns.home.size
        self.status = np.full(n, HOME, dtype=np.int8)
        self.persons = columns.size.copy()
        self.place: Ids = np.full(n, -1, dtype=np.int64)
        self.spell = np.zeros(n, dtype=np.int16)
        self.vulnerable = (columns.children > 0) | (columns.older > 0) | (columns.disability > 0)
        self.initial = self._count(np.arange(n))
        self.vulnerable_present = self._count(np.flatnonzero(self.vulnerable))
        self.at_home = self.initial.copy()
        self.ready = np.zeros_like(self.initial)
        self.returned = np.zeros_like(self.initial)
        self.displaced_from: Ids = np.zeros((len(settlements), len(places)), dtype=np.int64)
        self.in_transit = 0
        self.deaths = 0
        self.version = 0
        self._rows = np.searchsorted(columns.home, np.arange(len(settlements) + 1))

    def __len__(self) -> int:
        return int(self.status.size)

    def __getitem__(self, number: int) -> Household:
        number = range(len(self))[number]
        column = self.columns
        return Household(
            number=number,
            home=self.settlements[column.home[number]],
            size=int(column.size[number]),
            persons=int(self.persons[number]),
            children=int(column.children[number]),
            older=int(column.older[number]),
            female=int(column.female[number]),
            disability=int(column.disability[number]),
            vehicle=bool(column.vehicle[number]),
            status=Status(self.status[number]).name.lower(),
            place=self.places[self.place[number]] if self.place[number] >= 0 else "",
        )

    @property
    def abroad(self) -> int:
        """Number of the place abroad."""
        return len(self.places) - 1

    @property
    def within(self) -> int:
        """Number of the place :data:`WITHIN`."""
        return len(self.places) - 2

    @property
    def in_provinces(self) -> Ids:
        """Displaced persons in each province, shape (n_provinces,)."""
        return self.displaced[1 : self.within]

    @property
    def present(self) -> Ids:
        """Persons at each home settlement, shape (n_settlements,)."""
        return self.at_home + self.ready + self.returned

    @property
    def displaced(self) -> Ids:
        """Displaced persons at each place, shape (n_places,)."""
        return np.asarray(self.displaced_from.sum(axis=0))

    def uniform(self, *purpose: object) -> Floats:
        """Return one number in (0, 1) for each household, from the stream of ``purpose`` and settlement."""
        if purpose not in self._uniforms:
            sizes = np.diff(self._rows).tolist()
            parts = [self._streams.uniform(k, *purpose, s) for s, k in zip(self.settlements, sizes, strict=True)]
            self._uniforms[purpose] = np.concatenate(parts)
        return self._uniforms[purpose]

    def thresholds(self, purpose: str, spell: int, frailty_variance: float) -> Floats:
        """Return the cumulative hazard each household bears in its ``spell``, shape (n,) [1]."""
        key = (purpose, spell)
        if key not in self._thresholds:
            if purpose not in self._frailties:
                self._frailties[purpose] = gamma_frailty(frailty_variance, self.uniform(purpose, "frailty"))
            self._thresholds[key] = -np.log(self.uniform(purpose, spell)) / self._frailties[purpose]
        return self._thresholds[key]

    def move(self, ids: Ids, to: int, place: Ids | int = -1) -> None:
        """Move households into state ``to`` of :class:`Status`, displaced ones to ``place``; keep the head counts."""
        if ids.size == 0:
            return
        self._book(ids, -1)
        self.status[ids] = to
        self.place[ids] = place
        self._book(ids, 1)

    def take_deaths(self, deaths: int, candidates: Ids, generator: np.random.Generator) -> int:
        """Let ``deaths`` persons die among ``candidates``, each living person as likely; return how many did."""
        living = self.persons[candidates]
        total = min(deaths, int(living.sum()))
        for _ in range(total):
            row = _pick(living, generator)
            struck = candidates[row]
            self._book(struck, -1)
            living[row] -= 1
            self.persons[struck] = living[row]
            self.status[struck[self.persons[struck] == 0]] = DEAD
            self._book(struck, 1)
        self.deaths += total
        return total

    def by_spell(self, ids: Ids) -> list[tuple[int, Ids]]:
        """Return ``ids`` apart by the number of times they have come home before."""
        spells = np.flatnonzero(np.bincount(self.spell[ids])).tolist() if ids.size else []
        return [(spell, ids[self.spell[ids] == spell]) for spell in spells]

    def by_home(self, ids: Ids) -> list[tuple[int, Ids]]:
        """Return ``ids`` apart by home settlement, in their order."""
        home = self.columns.home[ids]
        homes = np.flatnonzero(np.bincount(home)).tolist() if ids.size else []
        return [(settlement, ids[home == settlement]) for settlement in homes]

    def living_at(self, settlement: int) -> Ids:
        """Return the households that are at their home in ``settlement``."""
        first, end = self._rows[settlement], self._rows[settlement + 1]
        return np.asarray(first + np.flatnonzero(AT_HOME[self.status[first:end]]))

    def total(self) -> int:
        """Return everybody accounted for, the dead included."""
        counted = self.at_home.sum() + self.ready.sum() + self.returned.sum() + self.displaced_from.sum()
        return int(counted) + self.in_transit + self.deaths

    def check(self) -> None:
        """Raise :class:`StateError` if anybody was created or lost."""
        if self.total() != int(self.initial.sum()):
            raise StateError(f"persons not conserved: {self.total()} of {int(self.initial.sum())}")

    def _count(self, ids: Ids) -> Ids:
        """Return the persons of ``ids`` by home settlement."""
        counts = np.bincount(self.columns.home[ids], weights=self.persons[ids], minlength=len(self.settlements))
        return counts.astype(np.int64)

    def _book(self, ids: Ids, sign: int) -> None:
        """Add (or take away) the persons of ``ids`` to the head counts of their present states."""
        self.version += 1
        status = self.status[ids]
        first = int(status[0])
        if (status == first).all():
            self._book_state(ids, first, sign)
            return
        for state in np.unique(status).tolist():
            self._book_state(ids[status == state], state, sign)

    def _book_state(self, ids: Ids, state: int, sign: int) -> None:
        """Add (or take away) the persons of ``ids``, all in ``state``."""
        if state == TRANSIT:
            self.in_transit += sign * int(self.persons[ids].sum())
        elif state == DISPLACED:
            cells = self.columns.home[ids] * len(self.places) + self.place[ids]
            counts = np.bincount(cells, weights=self.persons[ids], minlength=self.displaced_from.size)
            self.displaced_from += sign * counts.astype(np.int64).reshape(self.displaced_from.shape)
        elif state in _HEAD_COUNTS:
            heads: Ids = getattr(self, _HEAD_COUNTS[state])
            heads += sign * self._count(ids)
            self.vulnerable_present += sign * self._count(ids[self.vulnerable[ids]])


def _pick(weights: Ids, generator: np.random.Generator) -> Ids:
    """Return one row, shape (1,), drawn with probability proportional to ``weights``, by rejection."""
    most = int(weights.max())
    while True:
        row = int(generator.integers(weights.size))
        if generator.random() * most < weights[row]:
            return np.array([row])
