"""First-in-first-out point queues and the calendar of journeys under way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

_NOBODY: Ids = np.empty(0, dtype=np.int64)


class PointQueue:
    """Entries served in order of coming, each taking ``units`` of capacity (vehicles, persons, litres).

    Capacity that finds nobody waiting is lost; the part of a step's capacity too small for the head of the queue
    is kept for it. A step costs O(log waiting + served).
    """

    def __init__(self) -> None:
        self._ids: Ids = np.empty(64, dtype=np.int64)
        self._upto: Floats = np.empty(64)
        self._entered: Floats = np.empty(64)
        self._head = 0
        self._tail = 0
        self._served = 0.0
        self._credit = 0.0

    def __len__(self) -> int:
        return self._tail - self._head

    @property
    def waiting(self) -> Ids:
        """Numbers of those waiting, first come first."""
        return self._ids[self._head : self._tail]

    @property
    def waiting_units(self) -> float:
        """Capacity that all who wait will take."""
        return float(self._upto[self._tail - 1] - self._served) if len(self) else 0.0

    def append(self, ids: Ids, units: Floats, now: float) -> None:
        """Let ``ids`` join the end in the order given; ``units`` is what each takes, ``now`` the hour."""
        n = ids.size
        if n == 0:
            return
        self._reserve(n)
        last = self._upto[self._tail - 1] if len(self) else self._served
        span = slice(self._tail, self._tail + n)
        self._ids[span] = ids
        self._upto[span] = last + np.cumsum(units)
        self._entered[span] = now
        self._tail += n

    def serve(self, capacity: float) -> tuple[Ids, Floats]:
        """Serve as many as ``capacity`` units allow.

        Returns
        -------
        ids : shape (n,), those served, in order
        entered : shape (n,), the hour each joined
        """
        if not len(self):
            self._credit = 0.0
            return _NOBODY, np.empty(0)
        limit = self._served + self._credit + capacity
        stop = self._head + int(np.searchsorted(self._upto[self._head : self._tail], limit + 1e-9, side="right"))
        span = slice(self._head, stop)
        if stop > self._head:
            self._served = float(self._upto[stop - 1])
        self._head = stop
        self._credit = max(0.0, limit - self._served) if len(self) else 0.0
        return self._ids[span].copy(), self._entered[span].copy()

    def _reserve(self, n: int) -> None:
        """Make room for ``n`` more, dropping what has been served."""
        if self._tail + n <= self._ids.size:
            return
        size = max(64, 2 * (len(self) + n))
        for name in ("_ids", "_upto", "_entered"):
            old = getattr(self, name)
            new = np.empty(size, dtype=old.dtype)
            new[: len(self)] = old[self._head : self._tail]
            setattr(self, name, new)
        self._head, self._tail = 0, len(self)


class WaitingLine:
    """A line from whose front any number can be taken, and who is not served put back where they stood."""

    def __init__(self) -> None:
        self._ids: Ids = np.empty(64, dtype=np.int64)
        self._head = 0
        self._tail = 0

    def __len__(self) -> int:
        return self._tail - self._head

    def append(self, ids: Ids) -> None:
        """Let ``ids`` join the end."""
        if self._tail + ids.size > self._ids.size:
            grown = np.empty(max(64, 2 * (len(self) + ids.size)), dtype=np.int64)
            grown[: len(self)] = self._ids[self._head : self._tail]
            self._ids, self._head, self._tail = grown, 0, len(self)
        self._ids[self._tail : self._tail + ids.size] = ids
        self._tail += ids.size

    def take(self, n: int) -> Ids:
        """Take at most ``n`` from the front, in order."""
        taken = self._ids[self._head : min(self._tail, self._head + n)].copy()
        self._head += taken.size
        return taken

    def put_back(self, ids: Ids) -> None:
        """Put back some of those taken last, in order, at the front."""
        self._ids[self._head - ids.size : self._head] = ids
        self._head -= ids.size


class Calendar:
    """Who is due at which future step."""

    def __init__(self) -> None:
        self._due: dict[int, list[Ids]] = {}

    def add(self, ids: Ids, steps: Ids) -> None:
        """Enter ``ids`` as due at ``steps``, both of shape (n,)."""
        if ids.size == 0:
            return
        if (steps == steps[0]).all():
            self._due.setdefault(int(steps[0]), []).append(ids)
            return
        order = np.argsort(steps, kind="stable")
        ids, steps = ids[order], steps[order]
        when, first = np.unique(steps, return_index=True)
        for step, part in zip(when.tolist(), np.split(ids, first[1:]), strict=True):
            self._due.setdefault(step, []).append(part)

    def pop(self, step: int) -> Ids:
        """Return everybody due at ``step``, in the order of entering."""
        parts = self._due.pop(step, None)
        return np.concatenate(parts) if parts else _NOBODY
