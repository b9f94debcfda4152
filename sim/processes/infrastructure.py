"""Infrastructure: service levels by settlement and sector from damage, repair, cuts and dependence on one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from sim.scenario.actions import Outage, Repair, Sector
from sim.scenario.parameters import Infrastructure as InfrastructureParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]

SECTORS: tuple[str, ...] = get_args(Sector)
_ELECTRICITY, _WATER, _HEALTH, _TELECOM = (SECTORS.index(s) for s in ("electricity", "water", "health", "telecom"))


def served(own: Floats, backup: Floats) -> Floats:
    """Return service levels once water, health and telecom have shared the fate of their power.

    Parameters
    ----------
    own : shape (n_settlements, n_sectors), what each sector could give with all it depends on, 0 to 1
    backup : shape (n_settlements,), share of function that generators keep up without power
    """
    level = own.copy()
    power = np.maximum(own[:, _ELECTRICITY], backup)
    for sector in (_WATER, _HEALTH, _TELECOM):
        level[:, sector] *= power
    return level


class Infrastructure:
    """Damage and service levels, shape (n_settlements, n_sectors), 0 to 1."""

    def __init__(self, parameters: InfrastructureParameters, n_settlements: int) -> None:
        self.parameters = parameters
        self.damage: Floats = np.zeros((n_settlements, len(SECTORS)))
        self.level: Floats = np.ones_like(self.damage)
        self.service_loss: Floats = np.zeros(n_settlements)

    def struck(self, incidents: Floats) -> None:
        """Damage every sector of the settlements where ``incidents`` happened, shape (n_settlements,)."""
        left = (1.0 - self.parameters.damage_per_incident) ** incidents
        self.damage = 1.0 - (1.0 - self.damage) * left[:, None]

    def step(self, model: DisplacementModel) -> None:
        """Repair, apply the cuts in force, and pass failures on to dependent sectors."""
        speed = np.ones(self.damage.shape)
        for entry, repair in model.timeline.of(Repair, model.hours):
            faster = 1.0 + repair.strength * (repair.speed - 1.0)
            speed[entry.where, SECTORS.index(repair.sector)] *= faster
        hours = model.hours_since("infrastructure")
        self.damage *= np.exp(-speed * hours / (24.0 * self.parameters.repair_days))
        own = 1.0 - self.damage
        for entry, outage in model.timeline.of(Outage, model.hours):
            own[entry.where, SECTORS.index(outage.sector)] *= outage.functionality
        backup = self.parameters.backup_power_share * model.aid.met[:, model.aid.fuel]
        self.level = served(own, backup)
        self.service_loss = 1.0 - self.level.mean(axis=1)
