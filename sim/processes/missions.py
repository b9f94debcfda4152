"""Missions on the ground: where unarmed monitors and armed peacekeepers are, and from where they are shut out.

The two are kept apart throughout. Monitors inform (belief grows faster where somebody looks), open roads to aid and
give an assurance of their own. Peacekeepers protect, less against an army than against others, and assure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.processes.institutions import Mission
from sim.scenario.interventions import Monitoring, Peacekeepers
from sim.scenario.shocks import MonitorsKeptOut

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]


class Missions:
    """Coverage by settlement, shape (n_settlements,), share; ``version`` counts the changes of either."""

    def __init__(self, residents: NDArray[np.int64], urban: NDArray[np.bool_]) -> None:
        self.urban = urban
        self.weight = residents / max(1, residents.sum())
        self.monitors: Floats = np.zeros(urban.size)
        self.peacekeepers: Floats = np.zeros(urban.size)
        self.mean_monitors = self.mean_peacekeepers = 0.0
        self.version = 0
        self.teams: dict[str, Mission] = {}

    def step(self, model: DisplacementModel) -> None:
        """Bring the coverage up to the hour."""
        monitors = self._coverage(model, Monitoring) * self._let_in(model)
        peacekeepers = self._coverage(model, Peacekeepers)
        if np.array_equal(monitors, self.monitors) and np.array_equal(peacekeepers, self.peacekeepers):
            return
        self.monitors, self.peacekeepers = monitors, peacekeepers
        self.mean_monitors, self.mean_peacekeepers = float(monitors @ self.weight), float(peacekeepers @ self.weight)
        self.version += 1

    def _coverage(self, model: DisplacementModel, kind: type[Monitoring | Peacekeepers]) -> Floats:
        """Return the fullest coverage by missions of one kind, shape (n_settlements,)."""
        covered = np.zeros(self.urban.size)
        for entry, action in model.timeline.of(kind, model.hours):
            team = entry.coverage(model.hours, self.urban)
            self._agent(model, action.id, action.kind).coverage = team
            np.maximum(covered, team, out=covered)
        return covered

    def _let_in(self, model: DisplacementModel) -> Floats:
        """Return the share of their area that monitors are let into, shape (n_settlements,)."""
        open_to = np.ones(self.urban.size)
        for entry, denial in model.timeline.of(MonitorsKeptOut, model.hours):
            shut = entry.where & (~self.urban if denial.area == "rural" else True)
            open_to[shut] = np.minimum(open_to[shut], denial.share)
        return open_to

    def _agent(self, model: DisplacementModel, name: str, mandate: str) -> Mission:
        if name not in self.teams:
            self.teams[name] = Mission(model, name, model.settlement_names[int(np.argmax(self.weight))], mandate)
        return self.teams[name]
