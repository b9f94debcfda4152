"""Convoys: goods ordered, let through or turned back, loaded, driven, queued at the crossing and brought to the depot.

Trade and aid drive the roads that people drive, the other way; those whose way leads over the crossing wait there in
a queue of their own, which has ``inbound_capacity_share`` of the crossing's capacity.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.processes.institutions import Convoy
from sim.processes.traffic import crossing_capacity
from sim.scenario.actions import Commodity
from sim.scenario.interventions import AidConvoys, Monitoring, RoadPermission
from sim.scenario.parameters import Aid as AidParameters
from sim.scenario.parameters import Traffic as TrafficParameters
from sim.scenario.shocks import SupplyCut

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]

WAITING_DAYS = 3.0
"""Of requests that wait at a closed road at most: later ones aren't sent, the trucks being there already."""


def passable(model: DisplacementModel, road: str, trade: bool) -> float:
    """Return how far goods may pass by ``road``: 1 when it is not cut or permission is given, by strength."""
    cut = any(action.road == road for _, action in model.timeline.of(SupplyCut, model.hours))
    if not cut:
        return 1.0
    permitted = [
        action.strength
        for _, action in model.timeline.of(RoadPermission, model.hours)
        if action.road == road and (action.trade or not trade)
    ]
    permitted += [
        action.strength * entry.ramp(model.hours, action.ramp_days)
        for entry, action in model.timeline.of(Monitoring, model.hours)
        if road in action.opens_roads and not trade
    ]
    return max(permitted, default=0.0)


@dataclass(frozen=True, slots=True)
class Route:
    """The way from where convoys start to the depot [h]; ``to_crossing`` is None where it avoids the crossing."""

    head: str
    nodes: tuple[str, ...]
    to_crossing: float | None
    to_depot: float


def routes(place: Place, hub: str, free_flow_kmh: float) -> dict[str, Route]:
    """Return the route of every aid road to the depot at ``hub``; hours are on empty roads."""
    found = {}
    for road, head in place.aid_heads.items():
        nodes = place.path(head, hub, free_flow_kmh)
        queued = place.crossing in nodes
        to_crossing = place.hours(head, place.crossing, free_flow_kmh) if queued else None
        to_depot = place.hours(place.crossing if queued else head, hub, free_flow_kmh)
        found[road] = Route(head, nodes, to_crossing, to_depot)
    return found


def full_capacity(p: TrafficParameters, local_hour: float, hours: float) -> float:
    """Return the crossing's full capacity, mean over ``hours`` from ``local_hour`` on, less at night [vehicles/h]."""
    parts = max(1, round(hours))
    local = (local_hour + hours * (np.arange(parts) + 0.5) / parts) % 24.0
    return float(crossing_capacity(p, np.full(parts, p.checkpoint_ramp_hours), local).mean())


class Convoys:
    """All goods between request and depot, in tonnes by commodity, each of shape (n_commodities,).

    Attributes
    ----------
    requested : aid so far
    waiting : aid that waits at a closed road, by action; not supplied yet
    on_the_way : convoys that have left
    """

    def __init__(self, parameters: AidParameters, place: Place, hub: str, kmh: float, names: tuple[str, ...]) -> None:
        self.parameters, self.names, self.hub = parameters, names, hub
        self.routes = routes(place, hub, kmh)
        self.requested: Floats = np.zeros(len(names))
        self.waiting: dict[str, Floats] = {}
        self.on_the_way: list[Convoy] = []
        self._inbound: list[Convoy] = []
        self._full_capacity: dict[tuple[float, float], float] = {}

    @property
    def cargo(self) -> Floats:
        """Goods on the way, shape (n_commodities,) [t]."""
        return self._sum(self.on_the_way)

    @property
    def trade(self) -> Floats:
        """Traders' part of the goods on the way, shape (n_commodities,) [t]."""
        return self._sum([convoy for convoy in self.on_the_way if convoy.trade])

    def _sum(self, convoys: list[Convoy]) -> Floats:
        total = np.zeros(len(self.names))
        for convoy in convoys:
            total += convoy.cargo
        return total

    def send_aid(self, model: DisplacementModel, hours: float) -> Floats:
        """Send the aid requested in the last ``hours`` as far as it may pass; return what left [t]."""
        left = np.zeros(len(self.names))
        for entry, action in model.timeline.every(AidConvoys):
            if action.road not in self.routes:
                continue
            worked = min(model.hours, entry.end) - max(model.hours - hours, entry.start)
            held = self.waiting.get(action.id)
            if worked <= 0.0 and held is None:
                continue
            per_day = action.strength * self._tonnes(action)
            new = per_day * max(0.0, worked) / 24.0
            self.requested += new
            held = np.zeros_like(new) if held is None else held
            share = self._open(model, action.road, trade=False)
            sent = share * (new + held * min(1.0, hours / 24.0)) if share < 1.0 else new + held
            self.waiting[action.id] = np.minimum(WAITING_DAYS * per_day, held + new - sent)
            if not self.waiting[action.id].any():
                del self.waiting[action.id]
            left += self._send(model, action.id, action.road, sent, trade=False)
        return left

    def send_trade(self, model: DisplacementModel, wanted: Floats) -> Floats:
        """Send a day's goods of traders, shape (n_commodities,) [t], by the most open road; return what left."""
        if not wanted.any():
            return 0.0 * wanted
        share, road = max(((self._open(model, road, trade=True), road) for road in self.routes), default=(0.0, ""))
        return self._send(model, "trade", road, share * wanted, trade=True) if share > 0.0 else 0.0 * wanted

    def arrive(self, model: DisplacementModel, hours: float) -> list[Convoy]:
        """Drive on for ``hours``: to the crossing, over it, to the depot; return the convoys that are there."""
        if not self.on_the_way:
            return []
        now, queue = model.hours, model.checkpoint.inbound
        for convoy in sorted((c for c in self.on_the_way if c.stage == "to crossing" and c.due <= now), key=_due):
            convoy.wait_at(model, model.place.crossing)
            queue.append(np.array([len(self._inbound)]), np.array([convoy.trucks]), now)
            self._inbound.append(convoy)
        if len(queue):
            served, _ = queue.serve(self._crossing_capacity(model, hours) * hours)
            for i in served.tolist():
                self._inbound[i].drive(now + self._inbound[i].beyond_hours)
        if not len(queue):
            self._inbound.clear()
        there = [convoy for convoy in self.on_the_way if convoy.stage == "to depot" and convoy.due <= now]
        for convoy in there:
            self.on_the_way.remove(convoy)
            convoy.remove()
        return there

    def _tonnes(self, action: AidConvoys) -> Floats:
        def of(name: str) -> float:
            commodity: Commodity = name  # type: ignore[assignment]
            return action.tonnes_per_day.get(commodity, 0.0)

        return np.array([of(name) for name in self.names])

    def _open(self, model: DisplacementModel, road: str, trade: bool) -> float:
        return passable(model, road, trade) * model.infrastructure.road_function(self.routes[road].nodes)

    def _send(self, model: DisplacementModel, name: str, road: str, cargo: Floats, trade: bool) -> Floats:
        """Load one convoy; return its cargo."""
        tonnes = float(cargo.sum())
        if tonnes <= 0.0:
            return np.zeros_like(cargo)
        p, route = self.parameters, self.routes[road]
        convoy = Convoy(model, name, route.head, cargo, float(np.ceil(tonnes / p.convoy_payload_tonnes)), trade)
        ready = model.hours + p.convoy_loading_hours
        if route.to_crossing is None:
            convoy.drive(ready + route.to_depot)
        else:
            convoy.approach(ready + route.to_crossing, route.to_depot)
        self.on_the_way.append(convoy)
        return cargo

    def _crossing_capacity(self, model: DisplacementModel, hours: float) -> float:
        """Return the capacity of the inbound side, mean over the last ``hours`` [vehicles/h]."""
        roads = [road for road, route in self.routes.items() if route.to_crossing is not None]
        openness = max((self._open(model, road, trade=False) for road in roads), default=0.0)
        span = ((model.hours - hours + model.start_hour) % 24.0, hours)
        if span not in self._full_capacity:
            self._full_capacity[span] = full_capacity(model.parameters.traffic, *span)
        return self.parameters.inbound_capacity_share * self._full_capacity[span] * openness


def _due(convoy: Convoy) -> float:
    return convoy.due
