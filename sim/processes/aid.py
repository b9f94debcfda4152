"""Aid and supply: trade, convoys, stocks, distribution and consumption of goods; every tonne is accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from sim.model.institutions import Convoy
from sim.place.place import Place
from sim.scenario.actions import AidConvoys, Commodity, Monitoring, Road, RoadPermission, SupplyCut
from sim.scenario.parameters import Aid as AidParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]

COMMODITIES: tuple[str, ...] = get_args(Commodity)
ROADS: tuple[str, ...] = get_args(Road)
KG_PER_TONNE = 1000.0


def consume(stock: Floats, need: Floats) -> tuple[Floats, Floats]:
    """Meet ``need`` from ``stock`` as far as it goes; both of shape (n_settlements, n_commodities) [t].

    Returns
    -------
    used : shape as ``need`` [t]
    met : share of need met, 1 where there is none
    """
    used = np.minimum(stock, need)
    met = np.divide(used, need, out=np.ones_like(need), where=need > 0.0)
    return used, met


class Aid:
    """Stocks at the depot (n_commodities,) and in settlements (n_settlements, n_commodities) [t]."""

    def __init__(self, parameters: AidParameters, place: Place, residents: NDArray[np.int64], free_flow_kmh: float):
        self.parameters = parameters
        rates = [getattr(parameters, f"{name}_kg_per_person_day") for name in COMMODITIES]
        self.rate = np.array(rates) / KG_PER_TONNE
        self.fuel = COMMODITIES.index("fuel")
        self.local = np.where(np.array(COMMODITIES) == "food", parameters.local_food_share, 0.0)
        self.stock: Floats = residents[:, None] * self.rate * parameters.stock_days_initial
        self.depot: Floats = np.zeros(len(COMMODITIES))
        self.supplied: Floats = self.stock.sum(axis=0)
        self.consumed: Floats = np.zeros(len(COMMODITIES))
        self.delivered: Floats = np.zeros(len(COMMODITIES))
        self.met: Floats = np.ones((residents.size, len(COMMODITIES)))
        self.deprivation: Floats = np.zeros(residents.size)
        hub = place.settlements[int(np.argmax([s.weight for s in place.settlements]))].name
        self.hub = hub
        self.road_hours = {road: place.hours(head, hub, free_flow_kmh) for road, head in place.aid_heads.items()}
        self.heads = dict(place.aid_heads)

    def step(self, model: DisplacementModel) -> None:
        """Send convoys, take in what arrives, distribute and consume."""
        hours = model.hours_since("aid")
        if hours == 0.0:
            return
        self._trade(model, hours)
        self._send_convoys(model, hours)
        self._take_in(model)
        present = model.households.present
        self._distribute(present, hours)
        need = present[:, None] * self.rate * hours / 24.0
        grown = need * self.local
        used, _ = consume(self.stock, need - grown)
        self.stock -= used
        self.supplied += grown.sum(axis=0)
        self.consumed += (used + grown).sum(axis=0)
        self.met = np.divide(used + grown, need, out=np.ones_like(need), where=need > 0.0)
        self.deprivation = 1.0 - self.met.mean(axis=1)

    def passable(self, model: DisplacementModel, road: str, trade: bool) -> float:
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

    def _trade(self, model: DisplacementModel, hours: float) -> None:
        """Bring in ordinary imports, split over goods as they are consumed."""
        share = max((self.passable(model, road, trade=True) for road in self.heads), default=0.0)
        if share > 0.0:
            tonnes = self.parameters.trade_tonnes_per_day * share * hours / 24.0 * self.rate / self.rate.sum()
            wanted = np.maximum(0.0, model.households.present.sum() * self.rate * 30.0 - self.depot)
            self._receive(np.minimum(tonnes, wanted))

    def _send_convoys(self, model: DisplacementModel, hours: float) -> None:
        for _, action in model.timeline.of(AidConvoys, model.hours):
            share = action.strength * self.passable(model, action.road, trade=False)
            if share == 0.0 or action.road not in self.heads:
                continue
            per_day = np.array([action.tonnes_per_day.get(name, 0.0) for name in COMMODITIES])  # type: ignore[call-overload]
            due = model.hours + self.road_hours[action.road] + self.parameters.convoy_loading_hours
            Convoy(model, action.id, self.heads[action.road], per_day * share * hours / 24.0, due)

    def _take_in(self, model: DisplacementModel) -> None:
        for convoy in list(model.agents_by_type.get(Convoy, ())):
            if convoy.due <= model.hours:
                self._receive(convoy.cargo)
                self.delivered += convoy.cargo
                convoy.remove()

    def _receive(self, tonnes: Floats) -> None:
        self.depot += tonnes
        self.supplied += tonnes

    def _distribute(self, present: NDArray[np.int64], hours: float) -> None:
        """Move goods from the depot to settlements in proportion to residents present."""
        total = present.sum()
        if total == 0:
            return
        moved = self.depot * -np.expm1(-hours / (24.0 * self.parameters.distribution_days))
        self.depot = self.depot - moved
        self.stock += present[:, None] / total * moved
