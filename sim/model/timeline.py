"""Dated actions of a scenario on the model's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.scenario.actions import Action, Intervention, Placed
from sim.scenario.interventions import Monitoring, Peacekeepers
from sim.scenario.schema import Scenario

Kind = TypeVar("Kind", bound=Action)


@dataclass(frozen=True, slots=True)
class Entry:
    """One action: its hours on the model's clock and the settlements it reaches, shape (n_settlements,)."""

    action: Action
    start: float
    end: float
    where: NDArray[np.bool_]

    def active(self, hours: float) -> bool:
        """Whether the action is in force at ``hours``."""
        return self.start <= hours < self.end

    def ramp(self, hours: float, ramp_days: float, delay_days: float = 0.0) -> float:
        """Return how far the action has risen, 0 to 1, linearly over ``ramp_days`` after ``delay_days`` and its own."""
        since = hours - self.start - 24.0 * (delay_days + getattr(self.action, "delay_days", 0.0))
        if since < 0.0:
            return 0.0
        return 1.0 if ramp_days <= 0.0 else min(1.0, since / (24.0 * ramp_days))

    def coverage(self, hours: float, urban: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the share of each settlement that a mission on the ground covers, shape (n_settlements,)."""
        action = self.action
        if not isinstance(action, Monitoring | Peacekeepers):
            raise TypeError(f"{action.id} has no coverage")
        full = np.where(urban, action.coverage_urban, action.coverage_rural) * self.where
        return np.asarray(action.strength * self.ramp(hours, action.ramp_days) * full)


class Timeline:
    """All actions of a scenario; interventions of strength 0 are left out, so that they change nothing."""

    def __init__(self, scenario: Scenario, place: Place) -> None:
        self.entries = tuple(
            _entry(action, scenario.time.start, place)
            for action in (*scenario.shocks, *scenario.interventions)
            if not (isinstance(action, Intervention) and action.strength == 0.0)
        )
        self._span = (np.inf, -np.inf)
        self._active: tuple[Entry, ...] = ()
        self._active_of: dict[type[Action], list[tuple[Entry, Any]]] = {}
        self._every_of: dict[type[Action], list[tuple[Entry, Any]]] = {}
        self._turns = np.unique([hour for entry in self.entries for hour in (entry.start, entry.end)])

    def active(self, hours: float) -> tuple[Entry, ...]:
        """Return the entries in force at ``hours``, in the order of the scenario."""
        if not self._span[0] <= hours < self._span[1]:
            turn = int(np.searchsorted(self._turns, hours, side="right"))
            low = float(self._turns[turn - 1]) if turn else -np.inf
            self._span = (low, float(self._turns[turn]) if turn < self._turns.size else np.inf)
            self._active = tuple(entry for entry in self.entries if entry.active(hours))
            self._active_of = {}
        return self._active

    def of(self, kind: type[Kind], hours: float) -> list[tuple[Entry, Kind]]:
        """Return the entries of one kind in force at ``hours`` with their actions."""
        active = self.active(hours)
        if kind not in self._active_of:
            self._active_of[kind] = _of_kind(active, kind)
        return self._active_of[kind]

    def every(self, kind: type[Kind]) -> list[tuple[Entry, Kind]]:
        """Return all entries of one kind, in force or not."""
        if kind not in self._every_of:
            self._every_of[kind] = _of_kind(self.entries, kind)
        return self._every_of[kind]


def local_start(scenario: Scenario, place: Place) -> datetime:
    """Return when the scenario starts by the clocks of the place, without an offset."""
    return scenario.time.start.astimezone(timezone(timedelta(hours=place.utc_offset_hours))).replace(tzinfo=None)


def _of_kind(entries: tuple[Entry, ...], kind: type[Kind]) -> list[tuple[Entry, Kind]]:
    return [(entry, entry.action) for entry in entries if isinstance(entry.action, kind)]


def _hours(start: datetime, when: datetime | None) -> float:
    return np.inf if when is None else (when - start).total_seconds() / 3600.0


def _entry(action: Action, start: datetime, place: Place) -> Entry:
    where = np.ones(len(place.settlements), dtype=bool)
    if isinstance(action, Placed) and (action.districts or action.settlements):
        named = ((s.district in action.districts) or (s.name in action.settlements) for s in place.settlements)
        where = np.fromiter(named, dtype=bool)
    return Entry(action, _hours(start, action.start), _hours(start, action.end), where)
