"""Guarantees and trust: assurances in force, how far residents believe them, and what they add up to.

Guarantees of a settlement are ``1 - prod_k (1 - strength_k * activation_k * credibility_k)``: each assurance
removes its share of what insecurity the others leave. Credibility grows slowly while an assurance is kept and is
lost fast at violations (the asymmetry of trust, Slovic 1993). Declarations start from less belief than presence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.scenario.actions import AssuranceGiven, Ceasefire, Monitoring, Peacekeepers, Roadmap
from sim.scenario.parameters import ASSURANCES
from sim.scenario.parameters import Guarantees as GuaranteeParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.model.timeline import Entry

Floats = NDArray[np.float64]

PRESENCE = ("ceasefire_kept", "peacekeepers", "monitors", "executive_administration", "aid_access")
"""Assurances that residents can see kept day by day; the others are declarations."""


def combine(strength: Floats, activation: Floats, credibility: Floats) -> Floats:
    """Return guarantees in [0, 1], shape (n_settlements,).

    Parameters
    ----------
    strength : shape (n_assurances,), share
    activation, credibility : shape (n_assurances, n_settlements), share

    >>> combine(np.array([0.5, 0.5]), np.ones((2, 1)), np.ones((2, 1)))
    array([0.75])
    """
    return np.asarray(1.0 - np.prod(1.0 - strength[:, None] * activation * credibility, axis=0))


def gain(credibility: Floats, hours: float, gain_days: float) -> Floats:
    """Let belief grow towards 1 for ``hours`` in which assurances were kept."""
    return np.asarray(1.0 - (1.0 - credibility) * np.exp(-hours / (24.0 * gain_days)))


def lose(credibility: Floats, violations: Floats, loss: float) -> Floats:
    """Let belief shrink by the share ``loss`` at each of ``violations``, shape (n_settlements,)."""
    return np.asarray(credibility * (1.0 - loss) ** violations)


class Guarantees:
    """Activation and credibility of every assurance in every settlement, shape (n_assurances, n_settlements)."""

    def __init__(self, parameters: GuaranteeParameters, urban: NDArray[np.bool_]) -> None:
        self.parameters, self.urban = parameters, urban
        self.strength = np.array([getattr(parameters, f"strength_{name}") for name in ASSURANCES])
        start = (parameters.credibility_initial_declaration, parameters.credibility_initial_presence)
        self.initial = np.array([start[name in PRESENCE] for name in ASSURANCES])
        shape = (len(ASSURANCES), urban.size)
        self.activation: Floats = np.zeros(shape)
        self.credibility: Floats = np.zeros(shape)
        self.guarantees: Floats = np.zeros(urban.size)

    def step(self, model: DisplacementModel) -> None:
        """Bring activation up to the hour and let belief grow or shrink."""
        was = self.activation > 0.0
        self.activation = self._activation(model)
        now = self.activation > 0.0
        if not (was.any() or now.any()):
            return
        grown = gain(self.credibility, model.hours_since("guarantees"), self.parameters.credibility_gain_days)
        self.credibility = np.where(now, np.where(was, grown, self.initial[:, None]), 0.0)
        self.combine()

    def violated(self, violations: Floats) -> None:
        """Take away belief after ``violations``, shape (n_settlements,) [incidents], may be fractions."""
        if self.activation.any():
            self.credibility = lose(self.credibility, violations, self.parameters.credibility_loss_per_violation)
            self.combine()

    def combine(self) -> None:
        """Recompute the guarantees of every settlement."""
        self.guarantees = combine(self.strength, self.activation, self.credibility)

    def _activation(self, model: DisplacementModel) -> Floats:
        """Return how far every assurance is in force now; the fullest of several actions counts."""
        level = np.zeros_like(self.activation)
        for entry in model.timeline.active(model.hours):
            for name, amount in self._given(entry, model):
                row = ASSURANCES.index(name)
                level[row] = np.maximum(level[row], amount)
        return level

    def _given(self, entry: Entry, model: DisplacementModel) -> list[tuple[str, Floats]]:
        """Return the assurances that one action gives, with their level by settlement."""
        action = entry.action
        where = entry.where.astype(float)
        match action:
            case Ceasefire():
                broken = model.violence.ceasefire_broken(model, entry)
                return [] if broken else [("ceasefire_kept", action.strength * where)]
            case AssuranceGiven():
                return [(action.assurance, action.strength * entry.ramp(model.hours, action.ramp_days) * where)]
            case Monitoring() | Peacekeepers():
                name = "monitors" if isinstance(action, Monitoring) else "peacekeepers"
                return [(name, entry.coverage(model.hours, self.urban))]
            case Roadmap():
                return [
                    (
                        step.assurance,
                        action.strength
                        * step.strength
                        * entry.ramp(model.hours, step.ramp_days / action.pace, step.day / action.pace)
                        * where,
                    )
                    for step in action.milestones
                ]
        return []
