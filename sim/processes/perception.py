"""Perception: what residents know and feel: threat, insecurity, deprivation, loss of services, peers, news."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.processes.violence import protection
from sim.scenario.interventions import Ceasefire, GradualHandover, Monitoring, Peacekeepers
from sim.scenario.parameters import Violence as ViolenceParameters
from sim.scenario.shocks import Conflict, ContestedControl, ControlChange

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.model.timeline import Entry

Floats = NDArray[np.float64]


def remember(threat: Floats, incidents: Floats | NDArray[np.int64], hours: float, p: ViolenceParameters) -> Floats:
    """Let threat fade for ``hours``, and new ``incidents`` fill what is left up to 1; shape (n_settlements,), share.

    Once full it fades like any other: more violence than fills the memory is not remembered for longer.
    """
    gap = 1.0 - threat * _kept(hours, p.threat_memory_days)
    if incidents.any():
        felt = incidents + p.threat_elsewhere_share * (incidents.sum() - incidents)
        gap *= np.exp(-p.threat_per_incident * felt)
    return np.asarray(1.0 - gap)


@lru_cache(maxsize=64)
def _kept(hours: float, memory_days: float) -> float:
    """Return the share of a memory that is left after ``hours``."""
    return float(np.exp(-hours / (24.0 * memory_days)))


class Perception:
    """Covariates of the decisions, each of shape (n_settlements,) and within [0, 1].

    Where a scenario gives conflict rather than an offensive, ``conflict`` is what ceasefires and missions leave of it
    now, and ``conflict_felt`` has the memory of it; threat is as if that and memory of incidents came independently.
    """

    def __init__(self, parameters: ViolenceParameters, n_settlements: int) -> None:
        self.parameters = parameters
        self.given: Floats = np.zeros(n_settlements)
        self.conflict: Floats = np.zeros(n_settlements)
        self.conflict_felt: Floats = np.zeros(n_settlements)
        self.incidents_felt: Floats = np.zeros(n_settlements)
        self.threat: Floats = np.zeros(n_settlements)
        self.adverse_control: Floats = np.zeros(n_settlements)
        self.insecurity: Floats = np.zeros(n_settlements)
        self._active: tuple[Entry, ...] | None = None
        self._spells: list[tuple[Entry, Conflict]] = []
        self.gone: Floats = np.zeros(n_settlements)

    def step(self, model: DisplacementModel) -> None:
        """Bring every covariate up to date."""
        self.incidents_felt = remember(self.incidents_felt, model.violence.incidents, model.step_hours, self.parameters)
        self.threat = self.incidents_felt
        if model.timeline.every(Conflict):
            self.see_conflict(model, model.step_hours)
            self.threat = 1.0 - (1.0 - self.incidents_felt) * (1.0 - self.conflict_felt)
        self._see_control(model)
        self.insecurity = self.adverse_control * (1.0 - model.guarantees.guarantees)
        households = model.households
        self.gone = 1.0 - households.present / np.maximum(1, households.initial)

    def _see_control(self, model: DisplacementModel) -> None:
        """Take in who holds each settlement, anew where an action has begun or ended or is still rising."""
        active = model.timeline.active(model.hours)
        handovers = model.timeline.of(GradualHandover, model.hours)
        if active is self._active and not handovers:
            return
        self._active = active
        control = np.zeros_like(self.adverse_control)
        for entry, change in model.timeline.of(ControlChange, model.hours):
            control[entry.where] = change.adverse
        for entry, handover in handovers:
            held_back = handover.strength * (1.0 - entry.ramp(model.hours, handover.ramp_days))
            control[entry.where] *= 1.0 - held_back
        for entry, contest in model.timeline.of(ContestedControl, model.hours):
            np.maximum(control, contest.expected * entry.where, out=control)
        self.adverse_control = control

    def see_conflict(self, model: DisplacementModel, hours: float) -> None:
        """Take in where there is conflict now; what was felt before fades over ``hours`` like memory of violence."""
        spells = model.timeline.of(Conflict, model.hours)
        if spells is not self._spells or any(action.daily for _, action in spells):
            self._spells, self.given = spells, np.zeros_like(self.conflict)
            for entry, action in spells:
                day, names = (model.hours - entry.start) / 24.0, model.settlement_names
                here = np.flatnonzero(entry.where).tolist()
                intensity = np.array([min(1.0, action.intensity_at(names[s], day)) for s in here])
                self.given[here] = np.maximum(self.given[here], intensity)
        self.conflict = self.given * self._let_through(model)
        fading = _kept(hours, self.parameters.threat_memory_days)
        self.conflict_felt = np.maximum(self.conflict, self.conflict_felt * fading)

    def _let_through(self, model: DisplacementModel) -> Floats | float:
        """Return what ceasefires that hold and missions leave of conflict, shape (n_settlements,), as of incidents."""
        if not any(model.timeline.every(kind) for kind in (Ceasefire, Monitoring, Peacekeepers)):
            return 1.0
        p, missions = self.parameters, model.missions
        left = protection(p, missions.monitors, missions.peacekeepers)
        for entry, ceasefire in model.timeline.of(Ceasefire, model.hours):
            if model.violence.ceasefires.holds(model, entry):
                left = left * (1.0 - ceasefire.strength * (1.0 - p.ceasefire_violation_share) * entry.where)
        return np.asarray(np.minimum(1.0, left))
