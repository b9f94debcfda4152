"""Violence: incidents by settlement, the harm they do and what protects from them.

Incidents are a self-exciting point process (Hawkes 1971) by the time-change theorem: incident *j* of a settlement
happens when its cumulative intensity reaches the *j*-th arrival of a unit Poisson process from the settlement's own
stream. Two scenarios on one seed share these arrivals, so less intensity never means more incidents.

Their background follows the phase: calm before any fighting, offensive, ceasefire (violations only), unsettled. Unarmed
monitors change it a little. Armed peacekeepers hold back unsettled violence by their full effect, but an army's
fighting only by a share of it (Fjelde, Hultman & Nilsson 2019: hardly any protection against a government's forces).
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.households import Households
from sim.population.streams import Streams
from sim.processes.ceasefire import Ceasefires
from sim.scenario.interventions import Ceasefire
from sim.scenario.parameters import Violence as ViolenceParameters
from sim.scenario.shocks import Explosion, Offensive

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.model.timeline import Entry

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class PhaseOfViolence(IntEnum):
    """What the territory is going through."""

    CALM = 0
    UNSETTLED = 1
    CEASEFIRE = 2
    OFFENSIVE = 3


def protection(parameters: ViolenceParameters, monitors: Floats, peacekeepers: Floats) -> Floats:
    """Return the factor on incidents where missions cover shares ``monitors`` and ``peacekeepers`` of a settlement."""
    return np.asarray(parameters.hr_monitors_violence**monitors * parameters.hr_peacekeepers_violence**peacekeepers)


class Violence:
    """Intensity, incidents and toll by settlement, each of shape (n_settlements,)."""

    def __init__(self, parameters: ViolenceParameters, residents: Ints, names: tuple[str, ...], streams: Streams):
        self.parameters = parameters
        self.weight: Floats = residents / max(1, int(residents.sum()))
        self.excitement: Floats = np.zeros(residents.size)
        self.background: Floats = np.zeros(residents.size)
        self.ceasefires = Ceasefires(parameters, streams)
        self.phase = PhaseOfViolence.CALM
        self._cumulative: Floats = np.zeros(residents.size)
        self._arrivals = [streams.generator("incident", name) for name in names]
        self._toll = [streams.generator("toll", name) for name in names]
        self._next = np.array([generator.standard_exponential() for generator in self._arrivals])
        self.incidents: Ints = np.zeros(residents.size, dtype=np.int64)
        self.incidents_so_far = self.incidents.copy()
        self._some = False
        self.injured = 0
        self._injuries = 0.0
        self.civilian_deaths = 0
        self._seen: tuple[object, ...] = ()
        self._held: list[Entry] = []
        self._to_explode: list[tuple[Entry, Explosion]] | None = None

    def step(self, model: DisplacementModel) -> None:
        """Let incidents and explosions happen and do their harm."""
        self._explosions(model)
        self._update(model)
        self.ceasefires.step(model, self._held, int(self.incidents.sum()) if self._some else 0)
        self._update(model)
        if self._some:
            self.incidents = np.zeros_like(self.incidents)
            self._some = False
        if self.phase == PhaseOfViolence.CALM:
            return
        hours = model.step_hours
        self._cumulative += self.background / 24.0 * hours + self._pull(hours)
        if (self._next <= self._cumulative).any():
            self.incidents, self._some = self._happened(), True
            self.incidents_so_far += self.incidents
            self.excitement += self.parameters.excitation_share / self.parameters.excitation_hours * self.incidents
            self._harm(model)

    def ceasefire_broken(self, model: DisplacementModel, ceasefire: Entry) -> bool:
        """Whether ``ceasefire`` has collapsed, or an offensive that began after it is under way."""
        return not self.ceasefires.holds(model, ceasefire)

    def _update(self, model: DisplacementModel) -> None:
        """Recompute phase and background once an action, a mission or a ceasefire has changed."""
        active = model.timeline.active(model.hours)
        seen = self._seen
        if seen and seen[0] is active and seen[1:] == (model.missions.version, self.ceasefires.version):
            return
        self._seen = (active, model.missions.version, self.ceasefires.version)
        held = [(e, c) for e, c in model.timeline.of(Ceasefire, model.hours) if self.ceasefires.holds(model, e)]
        self._held = [entry for entry, _ in held]
        self.phase = self._phase(model, bool(held))
        self.background = self._background(model, held)

    def _phase(self, model: DisplacementModel, held: bool) -> PhaseOfViolence:
        if self.ceasefires.fighting or model.timeline.of(Offensive, model.hours):
            return PhaseOfViolence.OFFENSIVE
        if not any(entry.start <= model.hours for entry, _ in model.timeline.every(Offensive)):
            return PhaseOfViolence.CALM
        return PhaseOfViolence.CEASEFIRE if held else PhaseOfViolence.UNSETTLED

    def _background(self, model: DisplacementModel, held: list[tuple[Entry, Ceasefire]]) -> Floats:
        """Return the background intensity of each settlement [incidents/day]."""
        p = self.parameters
        if self.phase == PhaseOfViolence.CALM:
            return np.zeros_like(self.weight)
        unsettled = p.incidents_unsettled_per_day * self.weight
        fighting = np.zeros_like(self.weight)
        fights = [(entry.where, action.intensity) for entry, action in model.timeline.of(Offensive, model.hours)]
        fights += [(where, p.renewed_fighting_intensity) for _, where in self.ceasefires.fighting.values()]
        for where, intensity in fights:
            reach = self.weight * where
            fighting += p.incidents_offensive_per_day * intensity * reach / max(1e-12, float(reach.sum()))
        for entry, ceasefire in held:
            kept = ceasefire.strength * entry.where
            unsettled = unsettled * (1.0 - kept * (1.0 - p.ceasefire_violation_share))
            fighting = fighting * (1.0 - kept)
        monitors, peacekeepers = model.missions.monitors, model.missions.peacekeepers
        against_army = protection(p, monitors, peacekeepers * p.peacekeepers_government_share)
        return np.asarray(fighting * against_army + unsettled * protection(p, monitors, peacekeepers))

    def _happened(self) -> Ints:
        """Return how many incidents each settlement's intensity has brought on."""
        incidents = np.zeros(self.weight.size, dtype=np.int64)
        for s in np.flatnonzero(self._next <= self._cumulative).tolist():
            while self._next[s] <= self._cumulative[s]:
                incidents[s] += 1
                self._next[s] += self._arrivals[s].standard_exponential()
        return incidents

    def _pull(self, hours: float) -> Floats:
        """Return the incidents that earlier ones bring on in the next ``hours``, and let their pull fade meanwhile."""
        lasting = self.parameters.excitation_hours
        fades = -math.expm1(-hours / lasting)
        pulled = self.excitement * (lasting * fades)
        self.excitement *= 1.0 - fades
        return np.asarray(pulled)

    def _harm(self, model: DisplacementModel) -> None:
        """Take the toll of the incidents and cost the assurances in force their credibility."""
        p = self.parameters
        for s in np.flatnonzero(self.incidents).tolist():
            toll = int(self._toll[s].poisson(p.deaths_per_incident, self.incidents[s]).sum())
            died = self._deaths(model.households, s, toll)
            self.civilian_deaths += int(model.stream("civilians").binomial(died, p.civilian_death_share))
        felt = self.incidents + p.threat_elsewhere_share * (self.incidents.sum() - self.incidents)
        model.guarantees.violated(felt)
        model.infrastructure.struck(self.incidents.astype(float))
        model.homes.struck(self.incidents)

    def _deaths(self, households: Households, settlement: int, toll: int) -> int:
        if toll == 0:
            return 0
        died = households.take_deaths(toll, households.living_at(settlement), self._toll[settlement])
        self._injuries += died * self.parameters.injuries_per_death
        whole = int(self._injuries)
        self.injured, self._injuries = self.injured + whole, self._injuries - whole
        return died

    def _explosions(self, model: DisplacementModel) -> None:
        """Set off the explosions that are due, each once."""
        if self._to_explode is None:
            self._to_explode = sorted(model.timeline.every(Explosion), key=lambda item: item[0].start)
        while self._to_explode and self._to_explode[0][0].start <= model.hours:
            _, action = self._to_explode.pop(0)
            s = model.settlement_names.index(action.settlement)
            struck = model.households.living_at(s)
            model.households.take_deaths(action.deaths, struck, model.streams.generator("explosion", action.id))
            self.injured += min(action.injuries, int(model.households.persons[struck].sum()))
            model.traffic.lose_petrol(action.fuel_lost_tonnes)
            model.aid.lose_fuel(model.infrastructure.destroy(action.facilities))
