"""The event-driven kernel: who is due, found without visiting those who are not.

A household at risk of a transition in stratum *s* makes it when the stratum's cumulative hazard has grown by the
household's own threshold since it came under risk: an exact simulation of a proportional-hazards model, as the
integral of the hazard up to the event is unit-exponential. Frailty and fixed hazard ratios divide the threshold.
A step advances one cumulative hazard for each stratum and looks up who has fallen due; its cost grows with
strata and events, not with households.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
Entries = tuple[Ids, Ids, Floats]

_NOBODY: Ids = np.empty(0, dtype=np.int64)
_BUFFER_MIN = 1024
_QUIET_MAX = 4
"""Look-ups without late comers after which it pays to sort those there are."""


class RiskSet:
    """Households under risk of one transition, by stratum.

    Parameters
    ----------
    n_strata : number of strata; each has its own cumulative hazard.

    Notes
    -----
    Entries lie in one array sorted by (stratum, due level), and in a small unsorted buffer of late comers that is
    merged when it has grown to half of the sorted array; so *n* entries cost O(n log n) in all, however they come.
    Entries are removed only by falling due; callers ignore a due household whose state has changed.
    """

    def __init__(self, n_strata: int) -> None:
        self.level: Floats = np.zeros(n_strata)
        self._next: Floats = np.full(n_strata, np.inf)
        self._ids: Ids = _NOBODY
        self._due: Floats = np.empty(0)
        self._head: Ids = np.zeros(n_strata, dtype=np.int64)
        self._tail: Ids = np.zeros(n_strata, dtype=np.int64)
        self._late: list[Entries] = []
        self._n_late = 0
        self._quiet = 0

    def enter(self, ids: Ids, strata: Ids, thresholds: Floats) -> None:
        """Put households under risk from now on.

        Parameters
        ----------
        ids : shape (n,), household numbers
        strata : shape (n,), stratum of each
        thresholds : shape (n,), cumulative hazard each can bear from now on [1], > 0
        """
        if ids.size == 0:
            return
        due = self.level[strata] + thresholds
        self._late.append((ids, strata, due))
        self._n_late += ids.size
        self._quiet = 0
        np.minimum.at(self._next, strata, due)
        if self._n_late > max(_BUFFER_MIN, self._ids.size // 2):
            self._merge()

    def advance(self, increments: Floats) -> Ids:
        """Let the cumulative hazards grow and return the households that fall due, by stratum then due level.

        Parameters
        ----------
        increments : shape (n_strata,), hazard × step for each stratum [1], >= 0
        """
        self.level += increments
        hit = np.flatnonzero(self._next <= self.level)
        if hit.size == 0:
            return _NOBODY
        self._quiet += 1
        if self._late and self._quiet > _QUIET_MAX:
            self._merge()
        taken = [self._take(int(stratum)) for stratum in hit]
        if self._late:
            taken.append(self._take_late())
        ids, strata, due = (np.concatenate(part) for part in zip(*taken, strict=True))
        return ids[np.lexsort((ids, due, strata))]

    def _take(self, stratum: int) -> Entries:
        """Remove and return everybody due in one stratum of the sorted array."""
        head, tail = int(self._head[stratum]), int(self._tail[stratum])
        stop = head + int(np.searchsorted(self._due[head:tail], self.level[stratum], side="right"))
        self._head[stratum] = stop
        self._next[stratum] = self._due[stop] if stop < tail else np.inf
        return self._ids[head:stop], np.full(stop - head, stratum), self._due[head:stop]

    def _take_late(self) -> Entries:
        """Remove and return everybody due among the late comers."""
        ids, strata, due = (np.concatenate(part) for part in zip(*self._late, strict=True))
        is_due = due <= self.level[strata]
        rest = (ids[~is_due], strata[~is_due], due[~is_due])
        self._late, self._n_late = ([rest], rest[0].size) if rest[0].size else ([], 0)
        np.minimum.at(self._next, rest[1], rest[2])
        return ids[is_due], strata[is_due], due[is_due]

    def _merge(self) -> None:
        """Sort the late comers into the main array, dropping those who have fallen due."""
        counts = self._tail - self._head
        keep = np.concatenate([np.arange(h, t) for h, t in zip(self._head, self._tail, strict=True)])
        ids = np.concatenate([self._ids[keep], *(entry[0] for entry in self._late)])
        strata = np.concatenate([np.repeat(np.arange(counts.size), counts), *(entry[1] for entry in self._late)])
        due = np.concatenate([self._due[keep], *(entry[2] for entry in self._late)])
        order = np.lexsort((ids, due, strata))
        self._ids, self._due = ids[order], due[order]
        self._tail = np.cumsum(np.bincount(strata, minlength=counts.size))
        self._head = np.concatenate([[0], self._tail[:-1]])
        self._late, self._n_late = [], 0
