"""Hydropower: reservoirs that generation draws down and inflow fills; at the dead volume only the inflow generates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.place.facilities import Facilities

Floats = NDArray[np.float64]


class Reservoirs:
    """Storage of every reservoir, shape (n_reservoirs,) [million m³]; ``sites`` numbers their power plants."""

    def __init__(self, facilities: Facilities, inflow_factor: float) -> None:
        rows = facilities.reservoirs
        self.sites = np.array([row.site for row in rows], dtype=np.int64)
        self.capacity, self.dead, self.storage, inflow, self.release = (
            np.array([getattr(row, key) for row in rows])
            for key in ("capacity", "dead", "storage", "inflow", "release")
        )
        self.inflow = inflow * inflow_factor

    @property
    def level(self) -> float:
        """Storage as a share of capacity, all reservoirs together; NaN where there is none."""
        return float(self.storage.sum() / self.capacity.sum()) if self.storage.size else np.nan

    def able(self, days: float) -> Floats:
        """Return the share of full generation that the water allows for ``days``, shape (n_reservoirs,), 0 to 1."""
        water = self.storage - self.dead + self.inflow * days
        return np.asarray(np.clip(water / (self.release * days), 0.0, 1.0))

    def run(self, generation: Floats, days: float) -> None:
        """Generate for ``days`` at shares ``generation`` of the fullest, shape (n_reservoirs,); spill the excess."""
        self.storage = np.minimum(self.capacity, self.storage + (self.inflow - generation * self.release) * days)
