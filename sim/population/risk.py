"""The event-driven kernel: who is due, found without visiting those who are not.

A household at risk of a transition in stratum *s* makes it when the stratum's cumulative hazard has grown by the
household's own threshold since it came under risk: an exact simulation of a proportional-hazards model, as the
integral of the hazard up to the event is unit-exponential. Frailty and fixed hazard ratios divide the threshold.
A step advances one cumulative hazard for each stratum and looks up who has fallen due; its cost grows with
strata and events, not with households.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]
Entries = tuple[Ids, Ids, Floats]

_NOBODY: Ids = np.empty(0, dtype=np.int64)
_NONE: Entries = (_NOBODY, _NOBODY, np.empty(0))
_BUFFER = 1024
"""Late comers that are looked through one by one before they are sorted."""


class _Run:
    """Entries sorted by stratum and due level, taken from the front of each stratum."""

    def __init__(self, entries: Entries, n_strata: int) -> None:
        ids, strata, due = entries
        by_stratum = np.argsort(strata.astype(np.min_scalar_type(n_strata)), kind="stable")  # radix: O(n)
        self._ids, self._due = ids[by_stratum], due[by_stratum]
        self._tail = np.cumsum(np.bincount(strata, minlength=n_strata))
        self._head = np.concatenate([[0], self._tail[:-1]])
        for head, tail in zip(self._head.tolist(), self._tail.tolist(), strict=True):
            order = head + np.argsort(self._due[head:tail], kind="stable")  # merges what is sorted already
            self._ids[head:tail], self._due[head:tail] = self._ids[order], self._due[order]
        self.next = np.full(n_strata, np.inf)
        held = np.flatnonzero(self._head < self._tail)
        self.next[held] = self._due[self._head[held]]

    def __len__(self) -> int:
        return int((self._tail - self._head).sum())

    def take(self, level: Floats, hit: Ids) -> list[Entries]:
        """Remove and return what is due at ``level`` in the strata ``hit``."""
        hit = hit[self.next[hit] <= level[hit]]
        return [self._take(stratum, float(level[stratum])) for stratum in hit.tolist()]

    def _take(self, stratum: int, level: float) -> Entries:
        head, tail = int(self._head[stratum]), int(self._tail[stratum])
        stop = head + int(np.searchsorted(self._due[head:tail], level, side="right"))
        self._head[stratum] = stop
        self.next[stratum] = self._due[stop] if stop < tail else np.inf
        return self._ids[head:stop], np.full(stop - head, stratum), self._due[head:stop]

    def due(self, stratum: int) -> Floats:
        """Return the levels of who is left in ``stratum``, lowest first."""
        return self._due[self._head[stratum] : self._tail[stratum]]

    def rest(self) -> Entries:
        """Return what has not been taken."""
        counts = self._tail - self._head
        keep = np.repeat(self._head - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        return self._ids[keep], np.repeat(np.arange(counts.size), counts), self._due[keep]


class RiskSet:
    """Households under risk of one transition, by stratum.

    Parameters
    ----------
    n_strata : number of strata; each has its own cumulative hazard.

    Notes
    -----
    Late comers wait in a small buffer; full, it is sorted into a run, and a run is merged with those before it that
    are at most twice as long (a log-structured merge tree). So *n* entries cost O(n log n) in all however they come,
    and a look-up touches O(log n) runs. Entries are removed only by falling due; callers ignore a due household
    whose state has changed.
    """

    def __init__(self, n_strata: int) -> None:
        self.level: Floats = np.zeros(n_strata)
        self._next: Floats = np.full(n_strata, np.inf)
        self._runs: list[_Run] = []
        self._late: list[Entries] = []
        self._n_late = 0
        self._n = 0

    def __len__(self) -> int:
        return self._n

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
        self._n += ids.size
        np.minimum.at(self._next, strata, due)
        if self._n_late > _BUFFER:
            self._sort_in()

    def advance(self, increments: Floats) -> Ids:
        """Let the cumulative hazards grow and return the households that fall due, by stratum then due level.

        Parameters
        ----------
        increments : shape (n_strata,), hazard × step for each stratum [1], >= 0
        """
        self.level += increments
        reached = self._next <= self.level
        if not reached.any():
            return _NOBODY
        hit = np.flatnonzero(reached)
        taken = [entries for run in self._runs for entries in run.take(self.level, hit)]
        taken.append(self._take_late())
        self._find_next(hit)
        ids, strata, due = _joined(taken)
        self._n -= ids.size
        return ids[np.lexsort((ids, due, strata))]

    def until(self, wanted: Ids) -> Floats:
        """Return the hazards that :meth:`advance` needs for ``wanted`` more households to fall due in each stratum.

        Parameters
        ----------
        wanted : shape (n_strata,), >= 0; of a stratum with fewer households all fall due

        Returns
        -------
        shape (n_strata,) [1]
        """
        grown = np.zeros(self.level.size)
        for stratum, most in enumerate(wanted.tolist()):
            if most <= 0:
                continue
            parts = [due[:most] for run in self._runs if (due := run.due(stratum)).size]
            parts += [levels[strata == stratum] for _, strata, levels in self._late]
            due = parts[0] if len(parts) == 1 and not self._late else np.sort(np.concatenate([np.empty(0), *parts]))
            if due.size:
                now, level = float(self.level[stratum]), float(due[min(most, due.size) - 1])
                step = max(0.0, level - now)
                while now + step < level:
                    step = math.nextafter(step, math.inf)
                grown[stratum] = step
        return grown

    def _take_late(self) -> Entries:
        """Remove and return everybody due among the late comers."""
        if not self._late:
            return _NONE
        ids, strata, due = _joined(self._late)
        is_due = due <= self.level[strata]
        if not is_due.any():
            self._late = [(ids, strata, due)]
            return _NONE
        rest = (ids[~is_due], strata[~is_due], due[~is_due])
        self._late, self._n_late = ([rest], rest[0].size) if rest[0].size else ([], 0)
        return ids[is_due], strata[is_due], due[is_due]

    def _find_next(self, strata: Ids) -> None:
        """Look up the lowest due level of ``strata``."""
        self._next[strata] = np.inf
        for run in self._runs:
            self._next[strata] = np.minimum(self._next[strata], run.next[strata])
        for _, late_strata, due in self._late:
            np.minimum.at(self._next, late_strata, due)

    def _sort_in(self) -> None:
        """Turn the late comers into a run, merged with those before it that are at most twice as long."""
        entries = _joined(self._late)
        self._late, self._n_late = [], 0
        while self._runs and len(self._runs[-1]) <= 2 * entries[0].size:
            entries = _joined([self._runs.pop().rest(), entries])
        self._runs.append(_Run(entries, self.level.size))


def _joined(parts: list[Entries]) -> Entries:
    ids, strata, due = zip(*parts, strict=True)
    return np.concatenate(ids), np.concatenate(strata), np.concatenate(due)
