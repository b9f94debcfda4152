"""The institutions of a run, as Mesa agents on the road network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from mesa.discrete_space import CellAgent
from numpy.typing import NDArray

from sim.place.sectors import STATES
from sim.population.queues import PointQueue

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.processes.infrastructure import Infrastructure

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


class Institution(CellAgent):  # type: ignore[misc]
    """An agent that stands at a node of the road network, or at none if ``node`` is empty."""

    def __init__(self, model: DisplacementModel, name: str, node: str) -> None:
        super().__init__(model)
        self.name = name
        if node:
            self.cell = model.network[node]


class Checkpoint(Institution):
    """A crossing that serves vehicles in order of coming; those inbound wait in a queue of their own."""

    def __init__(self, model: DisplacementModel, name: str, node: str) -> None:
        super().__init__(model, name, node)
        self.queue = PointQueue()
        self.inbound = PointQueue()
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
    """Trucks with goods on the way to the depot.

    Attributes
    ----------
    cargo : shape (n_commodities,) [t]
    trade : whether the goods are traders' rather than aid
    stage : ``loading``, ``to crossing``, ``waiting`` or ``to depot``
    due : hour of arrival where it is going [h]
    beyond_hours : drive from the crossing to the depot [h]
    """

    def __init__(
        self, model: DisplacementModel, name: str, node: str, cargo: Floats, trucks: float, trade: bool
    ) -> None:
        super().__init__(model, name, node)
        self.cargo, self.trucks, self.trade = cargo, trucks, trade
        self.stage = "loading"
        self.due = np.inf
        self.beyond_hours = 0.0

    def approach(self, due: float, beyond_hours: float) -> None:
        """Drive to the crossing, to be there at ``due``."""
        self.stage, self.due, self.beyond_hours = "to crossing", due, beyond_hours

    def wait_at(self, model: DisplacementModel, node: str) -> None:
        """Wait in the queue at ``node``."""
        self.stage, self.due, self.cell = "waiting", np.inf, model.network[node]

    def drive(self, due: float) -> None:
        """Drive to the depot, to be there at ``due``."""
        self.stage, self.due = "to depot", due


class Facility(Institution):
    """A view of one facility; the arrays of :class:`sim.processes.infrastructure.Infrastructure` hold its state."""

    def __init__(
        self, model: DisplacementModel, name: str, node: str, infrastructure: Infrastructure, number: int
    ) -> None:
        super().__init__(model, name, node)
        self._infrastructure, self.number = infrastructure, number
        self.sector = infrastructure.facilities.sites[number].sector

    @property
    def damage_state(self) -> str:
        """Its damage state, from ``none`` to ``complete``."""
        return STATES[int(self._infrastructure.repairs.state[self.number])]

    @property
    def function(self) -> float:
        """What it could give with all that it needs, 0 to 1."""
        return float(self._infrastructure.function[self.number])

    @property
    def working(self) -> float:
        """What it gives, 0 to 1."""
        return float(self._infrastructure.working[self.number])


class Mission(Institution):
    """Monitors or peacekeepers: mandate and coverage by settlement, shape (n_settlements,)."""

    def __init__(self, model: DisplacementModel, name: str, node: str, mandate: str) -> None:
        super().__init__(model, name, node)
        self.mandate = mandate
        self.coverage: Floats = np.zeros(len(model.settlement_names))
