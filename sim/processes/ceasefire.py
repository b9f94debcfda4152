"""Ceasefires: whether each holds, and the random time at which one collapses into renewed fighting.

While a ceasefire is kept, a hazard of collapse runs::

    base · HR_violations ** violations · HR_monitors ** coverage · HR_peacekeepers ** coverage

``violations`` is ``1 - exp(-m)`` with *m* the recent violations, each forgotten over a week. A ceasefire collapses
when the integral reaches its own unit-exponential threshold, so of two scenarios on one seed the one with the lower
hazard throughout never collapses first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.streams import Streams
from sim.scenario.parameters import Violence as ViolenceParameters
from sim.scenario.shocks import Offensive

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.model.timeline import Entry

VIOLATION_MEMORY_HOURS = 168.0


def collapse_hazard(p: ViolenceParameters, recent: float, monitors: float, peacekeepers: float) -> float:
    """Return the hazard that a ceasefire collapses [1/day].

    Parameters
    ----------
    recent : violations of the last days, fading [incidents]
    monitors, peacekeepers : mean coverage over residents, share
    """
    violations = 1.0 - math.exp(-recent)
    ratio = p.hr_violations_collapse**violations
    ratio *= p.hr_monitors_collapse**monitors * p.hr_peacekeepers_collapse**peacekeepers
    return float(p.ceasefire_collapse_per_day * ratio)


class Ceasefires:
    """Which ceasefires hold; ``version`` counts collapses and ends of the fighting that follows."""

    def __init__(self, parameters: ViolenceParameters, streams: Streams) -> None:
        self.parameters, self._streams = parameters, streams
        self.recent = 0.0
        self._keeping = False
        self.level: dict[str, float] = {}
        self.threshold: dict[str, float] = {}
        self.collapsed: dict[str, float] = {}
        self.fighting: dict[str, tuple[float, NDArray[np.bool_]]] = {}
        self.version = 0

    def holds(self, model: DisplacementModel, entry: Entry) -> bool:
        """Whether a ceasefire in force has neither collapsed nor been overtaken by a later offensive."""
        if entry.action.id in self.collapsed:
            return False
        return not any(fight.start > entry.start for fight, _ in model.timeline.of(Offensive, model.hours))

    def step(self, model: DisplacementModel, held: list[Entry], incidents: int) -> None:
        """Let the hazard of those ``held`` run for a step; ``incidents`` are those of the step before."""
        now, hours = model.hours, model.step_hours
        for name in [name for name, (until, _) in self.fighting.items() if now >= until]:
            del self.fighting[name]
            self.version += 1
        held = [entry for entry in held if entry.action.id not in self.collapsed]
        if not held:
            self.recent, self._keeping = 0.0, False
            return
        incidents = incidents if self._keeping else 0  # those before it began are no violations
        self._keeping = True
        self.recent = self.recent * math.exp(-hours / VIOLATION_MEMORY_HOURS) + incidents
        missions = model.missions
        hazard = collapse_hazard(self.parameters, self.recent, missions.mean_monitors, missions.mean_peacekeepers)
        for entry in held:
            self._run(entry, hazard * hours / 24.0, now)

    def _run(self, entry: Entry, increment: float, now: float) -> None:
        """Let one ceasefire's hazard grow, and let it collapse where that is due."""
        name = entry.action.id
        if name not in self.threshold:
            self.threshold[name] = float(self._streams.exponential(1, "ceasefire collapse", name)[0])
        self.level[name] = self.level.get(name, 0.0) + increment
        if self.level[name] >= self.threshold[name]:
            self.collapsed[name] = now
            self.fighting[name] = (now + 24.0 * self.parameters.renewed_fighting_days, entry.where)
            self.version += 1
