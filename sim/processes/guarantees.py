"""Guarantees and trust: assurances in force, how far residents believe them, and what they add up to.

Guarantees of a settlement are ``1 - prod_k (1 - strength_k * activation_k * credibility_k)``: each assurance
removes its share of what insecurity the others leave. Credibility grows slowly while an assurance is kept and is
lost fast at violations (the asymmetry of trust, Slovic 1993). Declarations start from less belief than presence.
Where monitors look, belief in what is kept grows faster. A step of a roadmap that is overdue or given up costs belief
in the whole plan, steps to come included; a mission that leaves costs belief in everything else, and whatever ends
starts again from less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.streams import Streams
from sim.processes.roadmap import Progress
from sim.scenario.interventions import AssuranceGiven, Ceasefire, Monitoring, Peacekeepers, Roadmap
from sim.scenario.parameters import ASSURANCES
from sim.scenario.parameters import Guarantees as GuaranteeParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.model.timeline import Entry

Floats = NDArray[np.float64]

PRESENCE = ("ceasefire_kept", "peacekeepers", "monitors", "executive_administration", "aid_access")
"""Assurances that residents can see kept day by day; the others are declarations."""

GIVING = (Ceasefire, AssuranceGiven, Monitoring, Peacekeepers, Roadmap)
"""Kinds of action that give assurances."""

_MISSIONS = [ASSURANCES.index(name) for name in ("peacekeepers", "monitors", "executive_administration")]


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


def gain(credibility: Floats, hours: float | Floats, gain_days: float) -> Floats:
    """Let belief grow towards 1 for ``hours`` (one number, or one by settlement) in which assurances were kept."""
    return np.asarray(1.0 - (1.0 - credibility) * np.exp(-hours / (24.0 * gain_days)))


def lose(credibility: Floats, violations: Floats, loss: float) -> Floats:
    """Let belief shrink by the share ``loss`` at each of ``violations``, shape (n_settlements,)."""
    return np.asarray(credibility * (1.0 - loss) ** violations)


class Guarantees:
    """Activation and credibility of every assurance in every settlement, shape (n_assurances, n_settlements).

    ``standing`` is the share of first belief that is left to an assurance whose plan was broken before, and to one
    that ended before. ``version`` counts the changes of credibility and guarantees.
    """

    def __init__(self, parameters: GuaranteeParameters, n_settlements: int, streams: Streams) -> None:
        self.parameters, self._streams = parameters, streams
        self.strength = np.array([getattr(parameters, f"strength_{name}") for name in ASSURANCES])
        start = (parameters.credibility_initial_declaration, parameters.credibility_initial_presence)
        self.initial = np.array([start[name in PRESENCE] for name in ASSURANCES])
        shape = (len(ASSURANCES), n_settlements)
        self.activation: Floats = np.zeros(shape)
        self.credibility: Floats = np.zeros(shape)
        self.standing: Floats = np.ones(shape)
        self.guarantees: Floats = np.zeros(n_settlements)
        self.version = 0
        self.roadmaps: dict[str, Progress] = {}

    def step(self, model: DisplacementModel) -> None:
        """Bring activation up to the hour and let belief grow or shrink."""
        giving = [entry for entry in model.timeline.active(model.hours) if isinstance(entry.action, GIVING)]
        was = self.activation > 0.0
        if not (giving or was.any() or self.roadmaps or (self.standing < 1.0).any()):
            return
        self.activation = self._activation(model, giving)
        now = self.activation > 0.0
        self._grow(was, now, model)
        self._lose_with_departures(was & ~now)
        self._lose_with_roadmaps(model.hours)
        self.combine()

    def violated(self, violations: Floats) -> None:
        """Take away belief after ``violations``, shape (n_settlements,) [incidents], may be fractions."""
        if self.activation.any():
            self.credibility = lose(self.credibility, violations, self.parameters.credibility_loss_per_violation)
            self.combine()

    def combine(self) -> None:
        """Recompute the guarantees of every settlement."""
        self.version += 1
        self.guarantees = combine(self.strength, self.activation, self.credibility)

    def _grow(self, was: NDArray[np.bool_], now: NDArray[np.bool_], model: DisplacementModel) -> None:
        """Let belief grow while kept, faster under monitors' eyes; what comes into force starts from its standing."""
        p = self.parameters
        hours = model.hours_since("guarantees") * (1.0 + (p.monitors_verification_gain - 1.0) * model.missions.monitors)
        grown = gain(self.credibility, hours, p.credibility_gain_days)
        self.credibility = np.where(now, np.where(was, grown, self.initial[:, None] * self.standing), 0.0)
        self.standing = gain(self.standing, hours, p.credibility_gain_days)

    def _lose_with_departures(self, ended: NDArray[np.bool_]) -> None:
        """Take belief in the rest where a mission is gone, and standing from all that ended."""
        if ended.any():
            kept = 1.0 - self.parameters.credibility_loss_departure
            self.credibility = np.where(ended[_MISSIONS].any(axis=0), kept * self.credibility, self.credibility)
            self.standing = np.where(ended, kept * self.standing, self.standing)

    def _lose_with_roadmaps(self, hours: float) -> None:
        """Take belief in a whole roadmap for its steps that are overdue or given up."""
        for progress in self.roadmaps.values():
            kept = progress.kept_belief(hours, self.parameters)
            if kept < 1.0:
                self.credibility[progress.rows] *= kept
                self.standing[progress.rows] *= kept

    def _activation(self, model: DisplacementModel, giving: list[Entry]) -> Floats:
        """Return how far every assurance is in force now; the fullest of the actions ``giving`` it counts."""
        level = np.zeros_like(self.activation)
        for entry in giving:
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
            case Monitoring():
                return [("monitors", model.missions.monitors)]
            case Peacekeepers():
                return [("peacekeepers", model.missions.peacekeepers)]
            case Roadmap():
                if action.id not in self.roadmaps:
                    self.roadmaps[action.id] = Progress(entry, action, self._streams)
                return [(name, level * where) for name, level in self.roadmaps[action.id].given(model.hours)]
        return []
