"""Perception: what residents know and feel: threat, insecurity, deprivation, loss of services, peers, news."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.scenario.actions import ContestedControl, ControlChange, GradualHandover
from sim.scenario.parameters import Violence as ViolenceParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]


def remember(threat: Floats, incidents: Floats, hours: float, p: ViolenceParameters) -> Floats:
    """Let threat fade for ``hours``, and new ``incidents`` fill what is left up to 1; shape (n_settlements,), share.

    Once full it fades like any other: more violence than fills the memory is not remembered for longer.
    """
    felt = incidents + p.threat_elsewhere_share * (incidents.sum() - incidents)
    kept = threat * np.exp(-hours / (24.0 * p.threat_memory_days))
    return np.asarray(1.0 - (1.0 - kept) * np.exp(-p.threat_per_incident * felt))


class Perception:
    """Covariates of the decisions, each of shape (n_settlements,) and within [0, 1]."""

    def __init__(self, parameters: ViolenceParameters, n_settlements: int) -> None:
        self.parameters = parameters
        self.threat: Floats = np.zeros(n_settlements)
        self.adverse_control: Floats = np.zeros(n_settlements)
        self.insecurity: Floats = np.zeros(n_settlements)
        self.gone: Floats = np.zeros(n_settlements)

    def step(self, model: DisplacementModel) -> None:
        """Bring every covariate up to date."""
        incidents = model.violence.incidents.astype(float)
        self.threat = remember(self.threat, incidents, model.step_hours, self.parameters)
        self.adverse_control = np.zeros_like(self.threat)
        for entry, change in model.timeline.of(ControlChange, model.hours):
            self.adverse_control[entry.where] = change.adverse
        for entry, handover in model.timeline.of(GradualHandover, model.hours):
            held_back = handover.strength * (1.0 - entry.ramp(model.hours, handover.ramp_days))
            self.adverse_control[entry.where] *= 1.0 - held_back
        for entry, contest in model.timeline.of(ContestedControl, model.hours):
            np.maximum(self.adverse_control, contest.expected * entry.where, out=self.adverse_control)
        self.insecurity = self.adverse_control * (1.0 - model.guarantees.guarantees)
        households = model.households
        self.gone = 1.0 - households.present / np.maximum(1, households.initial)
