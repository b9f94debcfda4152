"""Decisions: stay → ready to leave, by a proportional-hazards model solved event by event.

Drivers (insecurity, threat, deprivation, loss of services) raise the hazard above ordinary migration, which is left
out: with no driver at work nobody is forced to leave. Modifiers (neighbours gone, road known to be open) multiply it::

    hazard = base · (exp(Σ log HR_driver · x_driver) − 1) · Π HR_modifier ** x_modifier

A household's fixed hazard ratios and its frailty divide its threshold. While a mobilisation lasts, a share of the
households stay whatever they would decide; afterwards they are under risk again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.households import HOME, READY, RETURNED, Households
from sim.population.risk import RiskSet
from sim.scenario.actions import Mobilisation
from sim.scenario.parameters import Decisions as DecisionParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


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
        np.log(p.hr_insecurity) * insecurity
        + np.log(p.hr_threat) * threat
        + np.log(p.hr_deprivation) * deprivation
        + np.log(p.hr_service_loss) * service_loss
    )
    modifiers = np.log(p.hr_peers) * gone + np.log(p.hr_road_known_open) * road_known
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


class Decisions:
    """Households at home under risk of deciding to leave."""

    def __init__(self, parameters: DecisionParameters, households: Households) -> None:
        self.parameters = parameters
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
        due = self.risk.advance(self.hazard * (model.step_hours / 24.0))
        status = model.households.status[due]
        deciding = self._free(model, due[(status == HOME) | (status == RETURNED)])
        model.households.move(deciding, READY)
        model.traffic.make_ready(model, deciding)

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
