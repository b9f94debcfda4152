"""Flight over an open network: households choose a destination when they set out, travel freely, and may move on.

It takes the place of traffic where no crossing holds everybody up. Who can reach no open destination waits at home.
Whoever is in a destination may move on to another, at the hazard of drifting on, faster where it is full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.population.households import DISPLACED, READY, TRANSIT, Households
from sim.population.queues import Calendar, PointQueue
from sim.population.risk import RiskSet
from sim.processes.destinations import choice_table, nearness
from sim.processes.reception import choose
from sim.processes.ways import Ways
from sim.scenario.interventions import Forwarding
from sim.scenario.parameters import Parameters
from sim.scenario.shocks import DestinationsClosed, RoadsClosed

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOURS_PER_DAY = 24.0
LEAST_ROOM = 1e-300
"""Persons; a destination for nobody divides by this."""


class Flight:
    """Everybody between the decision to leave and a destination.

    Attributes
    ----------
    km : shape (n_nodes, n_destinations), length of the ways open now; inf where there is none
    reachable : shape (n_settlements,), whether any open destination can be reached
    bound : shape (n_destinations,), persons on the way to each
    """

    is_open = True
    openness = 1.0
    first_opened = 0.0

    def __init__(self, parameters: Parameters, place: Place, households: Households) -> None:
        self.parameters, self.kmh = parameters.flight, parameters.traffic.free_flow_kmh
        self.drift, self.hr_crowding = parameters.reception.drift_per_day, parameters.reception.hr_crowding
        self.ways: Ways = Ways(place)
        self.capacity: Floats = np.array([item.capacity for item in place.provinces])
        self.departed = 0
        self.fuel_queue = PointQueue()
        self.bound: Floats = np.zeros(self.capacity.size)
        self.destination: Ids = np.full(len(households), -1, dtype=np.int64)
        self.km: Floats = np.full((len(self.ways.nodes), self.capacity.size), np.inf)
        self.near: Floats = self.km.copy()
        self.reachable: Flags = np.zeros(self.ways.homes.size, dtype=bool)
        self.waiting: Ids = np.empty(0, dtype=np.int64)
        self.travelling = Calendar()
        self.risk = RiskSet(self.capacity.size)
        self.moves = np.zeros(len(households), dtype=np.int16)
        households.uniform("province")  # drawn while the model is set up, not on the first day
        self._seen: tuple[object, bytes] = (None, b"")

    @property
    def to_crossing(self) -> Floats:
        """Hours from each settlement to the nearest destination, which a way home takes, shape (n_settlements,)."""
        nearest = self.km[self.ways.homes].min(axis=1)
        return np.where(np.isfinite(nearest), nearest, 0.0) / self.kmh

    def road_known(self, hours: float) -> float:
        """Return the share of residents who know of a way out: all."""
        return 1.0

    def lose_petrol(self, tonnes: float) -> None:
        """Do nothing: on an open network fuel isn't counted."""

    def begin(self, model: DisplacementModel) -> None:
        """Place those who had come to destinations before the start, the earliest to leave of those in conflict."""
        self.look_around(model)
        there = np.array([item.persons for item in model.place.provinces])
        if there.sum() <= 0.0:
            return
        ids = model.decisions.leave_first(model, float(there.sum()))
        ids = ids[np.argsort(model.households.uniform("province")[ids], kind="stable")]
        upto = np.cumsum(model.households.persons[ids])
        at = np.searchsorted(np.cumsum(there), upto - 0.5, side="right")
        self.destination[ids] = np.minimum(at, there.size - 1)
        self._settle(model, ids)

    def look_around(self, model: DisplacementModel) -> None:
        """Look the ways up anew where closures, forwarding or the places in conflict have changed."""
        active, conflict = model.timeline.active(model.hours), model.perception.conflict > 0.0
        if self._seen[0] is active and self._seen[1] == conflict.tobytes():
            return
        self._seen = (active, conflict.tobytes())
        nodes, hours = self.ways.nodes, model.hours
        closures = [closed for _, closed in model.timeline.of(RoadsClosed, hours)]
        links = {frozenset((nodes[a], nodes[b])) for closed in closures for a, b in closed.links}
        shut = {nodes[name] for closed in closures for name in closed.nodes}
        forwarding = {nodes[rule.at]: nodes[rule.to] for _, rule in model.timeline.of(Forwarding, hours)}
        detours = np.zeros(len(nodes))
        detours[self.ways.homes[conflict]] = self.parameters.conflict_detour_km
        self.km = self.ways.lengths(self.ways.usable(links, shut, forwarding), detours)
        no_entry = {name for _, closed in model.timeline.of(DestinationsClosed, hours) for name in closed.provinces}
        names = [item.name for item in model.place.provinces]
        ends = self.ways.ends.tolist()
        refused = [name in no_entry or end in forwarding for name, end in zip(names, ends, strict=True)]
        self.km[:, refused] = np.inf
        self.near = nearness(self.parameters, self.km)
        self.reachable = np.asarray(np.isfinite(self.km[self.ways.homes]).any(axis=1))

    def make_ready(self, model: DisplacementModel, ids: Ids) -> None:
        """Let households that have decided set out in this step, or wait for a way."""
        self.waiting = np.concatenate([self.waiting, ids])

    def step(self, model: DisplacementModel) -> None:
        """Let people set out, arrive, and move on."""
        self.look_around(model)
        if self.waiting.size:
            ids = self.waiting[model.households.status[self.waiting] == READY]
            go = self.reachable[model.households.columns.home[ids]]
            self.waiting = ids[~go]
            self._depart(model, ids[go])
        self._move_on(model)
        reached = self.travelling.pop(model.step_number)
        self._settle(model, reached[model.households.status[reached] == TRANSIT])

    def _depart(self, model: DisplacementModel, ids: Ids) -> None:
        if ids.size == 0:
            return
        self.departed += int(model.households.persons[ids].sum())
        self.moves[ids] = 0
        homes = model.households.columns.home[ids]
        self._send(model, ids, self.ways.homes[homes], self._table(model, self.near[self.ways.homes])[homes])

    def _table(self, model: DisplacementModel, near: Floats) -> Floats:
        persons = model.households.in_provinces + self.bound
        return choice_table(self.parameters, near, persons, self.capacity)

    def _send(self, model: DisplacementModel, ids: Ids, nodes: Ids, table: Floats, purpose: str = "province") -> None:
        """Let households at ``nodes`` choose a destination by their rows of ``table`` and travel there."""
        chosen = choose(table, model.households.uniform(purpose)[ids])
        self.destination[ids] = chosen
        model.households.move(ids, TRANSIT)
        self.bound += np.bincount(chosen, weights=model.households.persons[ids], minlength=self.bound.size)
        hours = self.km[nodes, chosen] / self.kmh
        steps = np.maximum(1, np.rint(hours / model.step_hours)).astype(np.int64)
        self.travelling.add(ids, model.step_number + steps - 1)

    def _settle(self, model: DisplacementModel, ids: Ids) -> None:
        """Receive households at their destinations."""
        if ids.size == 0:
            return
        households, chosen = model.households, self.destination[ids]
        persons = households.persons[ids]
        households.move(ids, DISPLACED, 1 + chosen)
        if model.step_number or model.clock.last:
            self.bound -= np.bincount(chosen, weights=persons, minlength=self.bound.size)
        first = self.moves[ids] == 0
        model.reception.count(model, ids[first], persons[first])
        model.returns.enter(model, ids[first])
        self._put_at_risk(households, ids, chosen)

    def _put_at_risk(self, households: Households, ids: Ids, chosen: Ids) -> None:
        """Put households under risk of moving on, with a fresh threshold for each stay."""
        if self.drift <= 0.0:
            return
        for stay in np.unique(self.moves[ids]).tolist():
            part = self.moves[ids] == stay
            self.risk.enter(ids[part], chosen[part], -np.log(households.uniform("drift", stay)[ids[part]]))

    def _move_on(self, model: DisplacementModel) -> None:
        """Let some of those in destinations move on to another that is open."""
        if self.drift <= 0.0:
            return
        households = model.households
        full = np.minimum(1.0, households.in_provinces / np.maximum(self.capacity, LEAST_ROOM))
        due = self.risk.advance(self.drift * self.hr_crowding**full * model.step_hours / HOURS_PER_DAY)
        here = households.place[due] - 1
        due = due[(households.status[due] == DISPLACED) & (here == self.destination[due])]
        at = self.destination[due]
        for camp in np.unique(at).tolist():
            self._leave_for_another(model, due[at == camp], camp)

    def _leave_for_another(self, model: DisplacementModel, ids: Ids, camp: int) -> None:
        node = self.ways.ends[camp]
        near = self.near[[node]]
        near[0, camp] = -np.inf
        if np.isfinite(near).any():
            self.moves[ids] += 1
            table = np.repeat(self._table(model, near), ids.size, axis=0)
            self._send(model, ids, np.full(ids.size, node), table, "second province")
        else:
            self._put_at_risk(model.households, ids, self.destination[ids])
