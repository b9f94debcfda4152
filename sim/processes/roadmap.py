"""Roadmaps: dated steps that may be late or given up, and what that costs the belief in the whole plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.streams import Streams
from sim.scenario.interventions import Roadmap
from sim.scenario.parameters import ASSURANCES

if TYPE_CHECKING:
    from sim.model.timeline import Entry
    from sim.scenario.parameters import Guarantees

Floats = NDArray[np.float64]


class Progress:
    """How one roadmap goes: for each step its planned and real day after the start (never: infinite).

    Lateness and failure come from a stream of the step's own, so that a plan with more risk on one step leaves the
    luck of the others as it was. A step is late by an exponential time of the given mean.
    """

    def __init__(self, entry: Entry, action: Roadmap, streams: Streams) -> None:
        self.entry, self.action = entry, action
        self.rows = sorted({ASSURANCES.index(step.assurance) for step in action.milestones})
        self.planned: Floats = np.array([step.day / action.pace for step in action.milestones])
        late, fails = [], []
        for number, step in enumerate(action.milestones):
            luck = streams.uniform(2, "milestone", action.id, number, step.assurance)
            late.append(-np.log(luck[0]) * step.late_days_mean)
            fails.append(luck[1] < step.failure_probability)
        self.late: Floats = np.array(late)
        self.fails = np.array(fails)
        self._blamed = np.zeros(self.planned.size, dtype=bool)

    def given(self, hours: float) -> list[tuple[str, float]]:
        """Return assurance and level, 0 to 1, of each step that isn't given up."""
        action = self.action
        found: list[tuple[str, float]] = []
        for number, step in enumerate(action.milestones):
            if not self.fails[number]:
                day = float(self.planned[number] + self.late[number])
                risen = self.entry.ramp(hours, step.ramp_days / action.pace, day)
                found.append((step.assurance, action.strength * step.strength * risen))
        return found

    def kept_belief(self, hours: float, p: Guarantees) -> float:
        """Return the factor on belief in the plan from steps found late or given up since the last call."""
        since = (hours - self.entry.start) / 24.0
        found = (since >= self.planned + p.milestone_grace_days) & ~self._blamed
        failed = found & self.fails
        late = found & ~self.fails & (self.late > p.milestone_grace_days)
        self._blamed |= found
        kept = (1.0 - p.credibility_loss_failed_milestone) ** int(failed.sum())
        return float(kept * (1.0 - p.credibility_loss_late_milestone) ** int(late.sum()))
