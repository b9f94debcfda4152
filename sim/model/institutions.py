"""The institutions of a run, as Mesa agents on the road network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from mesa.discrete_space import CellAgent
from numpy.typing import NDArray

from sim.population.queues import PointQueue

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


class Institution(CellAgent):  # type: ignore[misc]
    """An agent that stands at a node of the road network."""

    def __init__(self, model: DisplacementModel, name: str, node: str) -> None:
        super().__init__(model)
        self.name = name
        self.cell = model.network[node]


class Checkpoint(Institution):
    """A crossing that serves vehicles in order of coming."""

    def __init__(self, model: DisplacementModel, name: str, node: str) -> None:
        super().__init__(model, name, node)
        self.queue = PointQueue()
        self.capacity_per_hour = 0.0
        self.crossed_units = 0.0
        self.wait_hours = np.nan

    def serve(self, capacity_per_hour: float, now: float, hours: float) -> Ids:
        """Let pass as many vehicles as the step's capacity allows and return them."""
        self.capacity_per_hour = capacity_per_hour
        before = self.queue.waiting_units
        ids, entered = self.queue.serve(capacity_per_hour * hours)
        self.crossed_units += before - self.queue.waiting_units
        self.wait_hours = float(now - entered.mean()) if ids.size else np.nan
        return ids


class RegistrationCentre(Institution):
    """Registers arrivals in order of coming, ``persons_per_hour`` at most."""

    def __init__(self, model: DisplacementModel, name: str, node: str, persons_per_hour: float) -> None:
        super().__init__(model, name, node)
        self.queue = PointQueue()
        self.persons_per_hour = persons_per_hour

    def serve(self, persons_per_hour: float, hours: float) -> Ids:
        """Register as many households as the step allows and return them."""
        ids, _ = self.queue.serve(persons_per_hour * hours)
        return ids


class Convoy(Institution):
    """Goods on the way to the depot: cargo in tonnes, shape (n_commodities,), and the hour of arrival."""

    def __init__(self, model: DisplacementModel, name: str, node: str, cargo: Floats, due: float) -> None:
        super().__init__(model, name, node)
        self.cargo, self.due = cargo, due


class Mission(Institution):
    """Monitors or peacekeepers: mandate and coverage by settlement, shape (n_settlements,)."""

    def __init__(self, model: DisplacementModel, name: str, node: str, mandate: str) -> None:
        super().__init__(model, name, node)
        self.mandate = mandate
        self.coverage: Floats = np.zeros(len(model.settlement_names))
