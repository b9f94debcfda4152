"""Homes left behind: struck by incidents, lost while nobody is there, repaired by residents and by programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.scenario.interventions import ShelterRepair
from sim.scenario.parameters import Homes as HomeParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def weathered(unfit: Floats, present: Floats, days: float, p: HomeParameters) -> Floats:
    """Return the share of homes unfit to live in after ``days`` of repair by residents and of loss where it is empty.

    Parameters
    ----------
    unfit : shape (n_settlements,), share
    present : shape (n_settlements,), share of residents who are there; they repair, absence loses
    """
    repaired = unfit * np.exp(-present * days / p.home_repair_days)
    return np.asarray(1.0 - (1.0 - repaired) * np.exp(-(1.0 - present) * days / p.home_loss_days))


class Homes:
    """Share of each settlement's homes unfit to live in, shape (n_settlements,); ``version`` counts its changes."""

    def __init__(self, parameters: HomeParameters, n_homes: Ints) -> None:
        self.parameters = parameters
        self.n_homes = np.maximum(1, n_homes)
        self.unfit: Floats = np.zeros(n_homes.size)
        self.repaired = 0.0
        self.version = 0

    def struck(self, incidents: Ints) -> None:
        """Make homes unfit where ``incidents`` happened, shape (n_settlements,)."""
        self.version += 1
        hit = self.parameters.homes_damaged_per_incident * incidents / self.n_homes
        self.unfit = 1.0 - (1.0 - self.unfit) * np.exp(-hit)

    def step(self, model: DisplacementModel) -> None:
        """Let homes decay or be repaired since the last call."""
        self.version += 1
        days = model.hours_since("homes") / 24.0
        present = np.minimum(1.0, model.households.present / np.maximum(1, model.households.initial))
        self.unfit = weathered(self.unfit, present, days, self.parameters)
        for entry, repair in model.timeline.of(ShelterRepair, model.hours):
            self._repair(repair.homes_per_day * repair.strength * days, entry.where)

    def _repair(self, homes: float, where: NDArray[np.bool_]) -> None:
        """Make up to ``homes`` fit again, in proportion to those unfit in the settlements of the programme."""
        unfit = self.unfit * self.n_homes * where
        share = min(1.0, homes / max(1e-9, float(unfit.sum())))
        self.unfit = np.maximum(0.0, self.unfit - share * unfit / self.n_homes)
        self.repaired += share * float(unfit.sum())
