"""Decisions: stay → ready to leave, by a proportional-hazards model solved event by event.

Drivers (insecurity, threat, deprivation, loss of services) raise the hazard above ordinary migration, which is left
out: with no driver at work nobody is forced to leave. Modifiers (neighbours gone, road known to be open) multiply it::

    hazard = base · (exp(Σ log HR_driver · x_driver) − 1) · Π HR_modifier ** x_modifier

A household's fixed hazard ratios and its frailty divide its threshold. While a mobilisation lasts, a share of the
households stay whatever they would decide; afterwards they are under risk again.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.households import HOME, READY, RETURNED, Households
from sim.population.risk import RiskSet
from sim.scenario.parameters import Decisions as DecisionParameters
from sim.scenario.parameters import Flight as FlightParameters
from sim.scenario.shocks import Departures, Mobilisation

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


SIZE_YARDSTICK = 10_000.0
"""Residents of a settlement whose size changes nothing in its people's hazard."""


def leaving_hazard(
    p: DecisionParameters,
    *,
    insecurity: Floats,
    threat: Floats,
    deprivation: Floats,
    service_loss: Floats,
    gone: Floats,
    road_known: float,
) -> Floats:
    """Return the hazard of deciding to leave, shape (n_settlements,) [1/day]; all covariates lie in [0, 1]."""
    drivers = (
        log(p.hr_insecurity) * insecurity
        + log(p.hr_threat) * threat
        + log(p.hr_deprivation) * deprivation
        + log(p.hr_service_loss) * service_loss
    )
    modifiers = log(p.hr_peers) * gone + log(p.hr_road_known_open) * road_known
    return np.asarray(p.leave_base_per_day * np.maximum(0.0, np.expm1(drivers)) * np.exp(modifiers))


def household_ratio(p: DecisionParameters, households: Households) -> Floats:
    """Return each household's fixed hazard ratio, shape (n_households,)."""
    columns = households.columns
    flags = (
        (p.hr_children, columns.children > 0),
        (p.hr_older, columns.older > 0),
        (p.hr_disability, columns.disability > 0),
        (p.hr_vehicle, columns.vehicle),
        (p.hr_kin, columns.kin >= 0),
    )
    log_ratio = np.zeros(len(households))
    for ratio, flag in flags:
        log_ratio += np.log(ratio) * flag
    return np.asarray(np.exp(log_ratio))


def size_effect(p: FlightParameters, residents: Ids) -> Floats:
    """Return the factor by which a settlement's size changes its people's hazard, shape (n_settlements,).

    Departures grow with residents to the power of the elasticity; settlements of 10,000 are the yardstick.
    """
    return np.asarray((np.maximum(1.0, residents) / SIZE_YARDSTICK) ** (p.leave_size_elasticity - 1.0))


class Decisions:
    """Households at home under risk of deciding to leave.

    Where a scenario gives how many set out each day, the hazards only say from where: settlements have shares in
    proportion to persons at home × hazard, and who leaves first is who would have left first.
    """

    def __init__(self, parameters: DecisionParameters, flight: FlightParameters, households: Households) -> None:
        self.parameters = parameters
        self.size_effect: Floats = size_effect(flight, households.initial)
        self.owed: Floats = np.zeros(len(households.settlements))
        self.unmet = 0.0
        self.ratio = household_ratio(parameters, households)
        self.risk = RiskSet(len(households.settlements))
        self.hazard: Floats = np.zeros(len(households.settlements))
        self.kept: list[Ids] = []
        self.enter(households, np.arange(len(households)))

    def enter(self, households: Households, ids: Ids) -> None:
        """Put households at home under risk, with a fresh threshold for each spell at home."""
        for spell, part in households.by_spell(ids):
            thresholds = households.thresholds("leave", spell, self.parameters.leave_frailty_variance)
            self.risk.enter(part, households.columns.home[part], thresholds[part] / self.ratio[part])

    def step(self, model: DisplacementModel) -> None:
        """Let the hazards run for a step and make ready those who decide to leave."""
        persons = self._given(model)
        if persons is None and not len(self.risk) and not self.kept:
            return
        self.look(model)
        if persons is None:
            due = self._staying(model.households, self.risk.advance(self.hazard * (model.step_hours / 24.0)))
        else:
            due = self.leave_first(model, persons)
        deciding = self._free(model, due)
        if deciding.size:
            model.households.move(deciding, READY)
            model.traffic.make_ready(model, deciding)

    def leave_first(self, model: DisplacementModel, persons: float) -> Ids:
        """Return the households of about ``persons`` who would leave first.

        Nobody leaves from where no way leads out; what can't be met now is made good as soon as it can.
        """
        households = model.households
        home = households.at_home + households.returned
        self.unmet += persons + float(self.owed[home == 0].sum())
        self.owed[home == 0] = 0.0
        driven = self.hazard if self.hazard.any() else self.size_effect
        weight = home * driven * model.traffic.reachable
        if not weight.any():
            return np.empty(0, dtype=np.int64)
        self.owed += self.unmet * weight / weight.sum()
        self.unmet = 0.0
        mean = float(households.initial.sum()) / len(households)
        wanted = np.maximum(0, np.rint(self.owed / mean)).astype(np.int64)
        leaving = self._staying(households, self.risk.advance(self.risk.until(wanted)))
        homes = households.columns.home[leaving]
        self.owed -= np.bincount(homes, weights=households.persons[leaving], minlength=self.owed.size)
        return leaving

    def _given(self, model: DisplacementModel) -> float | None:
        """Return the persons who set out in this step if the scenario gives them."""
        in_force = model.timeline.of(Departures, model.hours)
        if not in_force:
            return None
        day = model.step_hours / 24.0
        today = [(action.daily, int((model.hours - entry.start) / 24.0)) for entry, action in in_force]
        return sum(daily[number] * day for daily, number in today if number < len(daily))

    def _staying(self, households: Households, ids: Ids) -> Ids:
        if ids.size == 0:
            return ids
        status = households.status[ids]
        return np.asarray(ids[(status == HOME) | (status == RETURNED)])

    def look(self, model: DisplacementModel) -> None:
        """Bring the hazards up to what is perceived."""
        seen = model.perception
        self.hazard = leaving_hazard(
            self.parameters,
            insecurity=seen.insecurity,
            threat=seen.threat,
            deprivation=model.aid.deprivation,
            service_loss=model.infrastructure.service_loss,
            gone=seen.gone,
            road_known=model.traffic.road_known(model.hours),
        )
        if model.place.open_network:
            self.hazard *= self.size_effect

    def _free(self, model: DisplacementModel, ids: Ids) -> Ids:
        """Keep back those whom a mobilisation holds; put them under risk afresh once none is in force."""
        calls = model.timeline.of(Mobilisation, model.hours)
        if not calls:
            if self.kept:
                kept, self.kept = np.concatenate(self.kept), []
                model.households.spell[kept] += 1
                self.enter(model.households, kept)
            return ids
        share = np.max([action.share * entry.where for entry, action in calls], axis=0)
        held = model.households.uniform("mobilised")[ids] < share[model.households.columns.home[ids]]
        if held.any():
            self.kept.append(ids[held])
        return np.asarray(ids[~held])
