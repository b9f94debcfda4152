"""Violence: incidents by settlement, the harm they do and what protects from them.

Incidents are a self-exciting point process (Hawkes 1971) by the time-change theorem: incident *j* of a settlement
happens when its cumulative intensity reaches the *j*-th arrival of a unit Poisson process from the settlement's own
stream. Two scenarios on one seed share these arrivals, so less intensity never means more incidents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.households import Households
from sim.population.streams import Streams
from sim.scenario.actions import Ceasefire, Explosion, Monitoring, Offensive, Peacekeepers
from sim.scenario.parameters import Violence as ViolenceParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.model.timeline import Entry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def protection(parameters: ViolenceParameters, monitors: Floats, peacekeepers: Floats) -> Floats:
    """Return the factor on incidents where missions cover shares ``monitors`` and ``peacekeepers`` of a settlement."""
    return np.asarray(parameters.hr_monitors_violence**monitors * parameters.hr_peacekeepers_violence**peacekeepers)


class Violence:
    """Intensity, incidents and toll by settlement, each of shape (n_settlements,)."""

    def __init__(self, parameters: ViolenceParameters, residents: Ints, names: tuple[str, ...], streams: Streams):
        self.parameters = parameters
        self.weight = residents / max(1, residents.sum())
        self.excitement: Floats = np.zeros(residents.size)
        self._cumulative: Floats = np.zeros(residents.size)
        self._arrivals = [streams.generator("incident", name) for name in names]
        self._toll = [streams.generator("toll", name) for name in names]
        self._next = np.array([generator.standard_exponential() for generator in self._arrivals])
        self.incidents: Ints = np.zeros(residents.size, dtype=np.int64)
        self.incidents_so_far = self.incidents.copy()
        self.injured = 0
        self._injuries = 0.0
        self._exploded: set[str] = set()

    def step(self, model: DisplacementModel) -> None:
        """Let incidents and explosions happen and do their harm."""
        intensity = self._phase(model)
        self._explosions(model)
        if not intensity.any() and not self.excitement.any():
            self.incidents[:] = 0
            return
        hours = model.step_hours
        self._cumulative += intensity / 24.0 * hours + self._pull(hours)
        self.incidents = self._happened()
        self.incidents_so_far += self.incidents
        self._excite(hours)
        if self.incidents.any():
            self._harm(model)

    def ceasefire_broken(self, model: DisplacementModel, ceasefire: Entry) -> bool:
        """Whether an offensive that began after ``ceasefire`` is under way."""
        return any(entry.start > ceasefire.start for entry, _ in model.timeline.of(Offensive, model.hours))

    def _phase(self, model: DisplacementModel) -> Floats:
        """Return the background intensity of each settlement [incidents/day]."""
        p, timeline, now = self.parameters, model.timeline, model.hours
        begun = any(entry.start <= now for entry, _ in timeline.every(Offensive))
        if not begun or p.incidents_offensive_per_day == 0.0 == p.incidents_unsettled_per_day:
            return np.zeros_like(self.weight)
        unsettled = p.incidents_unsettled_per_day * self.weight
        fighting = np.zeros_like(self.weight)
        for entry, action in timeline.of(Offensive, now):
            reach = self.weight * entry.where
            fighting += p.incidents_offensive_per_day * action.intensity * reach / max(1e-12, float(reach.sum()))
        for entry, ceasefire in timeline.of(Ceasefire, now):
            if not self.ceasefire_broken(model, entry):
                held = ceasefire.strength * entry.where
                unsettled = unsettled * (1.0 - held * (1.0 - p.ceasefire_violation_share))
                fighting = fighting * (1.0 - held)
        return np.asarray((fighting + unsettled) * self._protection(model))

    def _protection(self, model: DisplacementModel) -> Floats:
        """Return the factor on incidents from missions on the ground."""
        cover = {kind: np.zeros_like(self.weight) for kind in (Monitoring, Peacekeepers)}
        for kind, covered in cover.items():
            for entry, _ in model.timeline.of(kind, model.hours):
                np.maximum(covered, entry.coverage(model.hours, model.urban), out=covered)
        return protection(self.parameters, cover[Monitoring], cover[Peacekeepers])

    def _happened(self) -> Ints:
        """Return how many incidents each settlement's intensity has brought on."""
        incidents = np.zeros(self.weight.size, dtype=np.int64)
        for s in np.flatnonzero(self._next <= self._cumulative).tolist():
            while self._next[s] <= self._cumulative[s]:
                incidents[s] += 1
                self._next[s] += self._arrivals[s].standard_exponential()
        return incidents

    def _pull(self, hours: float) -> Floats:
        """Return the incidents that earlier ones bring on in the next ``hours``, their pull fading meanwhile."""
        p = self.parameters
        return np.asarray(self.excitement * p.excitation_hours * -np.expm1(-hours / p.excitation_hours))

    def _excite(self, hours: float) -> None:
        """Let earlier incidents' pull fade and add that of the new ones [incidents/h]."""
        p = self.parameters
        self.excitement *= np.exp(-hours / p.excitation_hours)
        self.excitement += p.excitation_share / p.excitation_hours * self.incidents
        self.excitement[self.excitement < 1e-9] = 0.0

    def _harm(self, model: DisplacementModel) -> None:
        """Take the toll of the incidents and cost the assurances in force their credibility."""
        p = self.parameters
        for s in np.flatnonzero(self.incidents).tolist():
            toll = int(self._toll[s].poisson(p.deaths_per_incident, self.incidents[s]).sum())
            self._deaths(model.households, s, toll)
        felt = self.incidents + p.threat_elsewhere_share * (self.incidents.sum() - self.incidents)
        model.guarantees.violated(felt)
        model.infrastructure.struck(self.incidents.astype(float))

    def _deaths(self, households: Households, settlement: int, toll: int) -> None:
        died = households.take_deaths(toll, households.living_at(settlement), self._toll[settlement])
        self._injuries += died * self.parameters.injuries_per_death
        whole = int(self._injuries)
        self.injured, self._injuries = self.injured + whole, self._injuries - whole

    def _explosions(self, model: DisplacementModel) -> None:
        """Set off the explosions that are due, each once."""
        for entry, action in model.timeline.every(Explosion):
            if entry.start <= model.hours and action.id not in self._exploded:
                self._exploded.add(action.id)
                s = model.settlement_names.index(action.settlement)
                struck = model.households.living_at(s)
                model.households.take_deaths(action.deaths, struck, model.streams.generator("explosion", action.id))
                self.injured += min(action.injuries, int(model.households.persons[struck].sum()))
                model.traffic.lose_petrol(action.fuel_lost_tonnes)
                model.aid.lose_fuel(model.infrastructure.destroy(action.facilities))
