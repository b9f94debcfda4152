"""Traffic: fuel, seats, the journey to the crossing and the queue in front of it.

Point queues (Vickrey 1969): vehicles drive freely to the crossing and wait there in order of coming; volume-delay
curves such as BPR fail above capacity. A household that has decided waits for an open road that it knows to be
open, and for a vehicle with fuel, a seat in a neighbour's vehicle, or a bus. When the petrol has run out, those whose
vehicles have none wait for seats like the others. Vehicles hold back at home while the queue ahead would take longer
than people bear to wait on the road (balking).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.population.households import READY, TRANSIT, Households
from sim.population.queues import Calendar, PointQueue, WaitingLine
from sim.processes.institutions import Checkpoint
from sim.scenario.interventions import Buses, CorridorOpen, FuelRelease
from sim.scenario.parameters import Traffic as TrafficParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.model.timeline import Entry

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

PETROL_LITRES_PER_TONNE = 1350.0
"""Of petrol at 0.74 kg/l."""

NIGHT = (20.0, 8.0)
"""Local hours between which a crossing works at its night capacity."""


def crossing_capacity(p: TrafficParameters, since_opening: Floats, local_hour: Floats) -> Floats:
    """Return vehicles/h: growth by a constant factor each hour from the initial to the full capacity, less at night.

    Parameters
    ----------
    since_opening : shape (n,) [h], >= 0
    local_hour : shape (n,) [h], 0 to 24
    """
    risen = np.minimum(1.0, since_opening / p.checkpoint_ramp_hours)
    day = p.checkpoint_initial_per_hour ** (1.0 - risen) * p.checkpoint_full_per_hour**risen
    night = (local_hour >= NIGHT[0]) | (local_hour < NIGHT[1])
    return np.asarray(np.where(night, p.night_capacity_share, 1.0) * day)


class Luck:
    """The crossing's deviation from its mean capacity (an Ornstein-Uhlenbeck process of the log).

    It wanders at every step and is worked out when somebody asks.
    """

    def __init__(self, parameters: TrafficParameters) -> None:
        self._hours, self._share = parameters.crossing_noise_hours, parameters.crossing_noise_share
        self._deviation = 0.0
        self._steps = 0

    def at(self, model: DisplacementModel) -> float:
        """Return the factor on the capacity in the model's present step, mean 1."""
        shocks = model.stream("crossing").standard_normal(model.step_number + 1 - self._steps)
        self._steps += shocks.size
        kept = float(np.exp(-model.step_hours / self._hours))
        spread = float(np.sqrt(1.0 - kept**2))
        for shock in shocks.tolist():
            self._deviation = kept * self._deviation + spread * shock
        return float(np.exp(self._share * self._deviation - self._share**2 / 2))


class Traffic:
    """Everybody between the decision to leave and the crossing."""

    def __init__(self, parameters: TrafficParameters, place: Place, households: Households, news_hours: float) -> None:
        self.parameters = parameters
        self.news_hours = news_hours
        self.news_delay = -np.log(households.uniform("news")) * news_hours
        self.fuelled = households.uniform("fuel") < parameters.fuelled_share
        self.shares = households.uniform("ride share") < parameters.ride_share_probability
        self.to_crossing = np.array(
            [place.hours(s.name, place.crossing, parameters.free_flow_kmh) for s in place.settlements]
        )
        self.reachable = np.ones(self.to_crossing.size, dtype=bool)
        self.opened = np.inf
        self.first_opened = np.inf
        self.departed = 0
        self.is_open = False
        self.openness = 0.0
        self.blocked: list[Ids] = []
        self.fuel_queue = PointQueue()
        self.carless = [WaitingLine() for _ in place.settlements]
        self.on_bus = np.zeros(len(households), dtype=bool)
        self.next_rider: Ids = np.full(len(households), -1, dtype=np.int64)
        self.departing, self.driving = Calendar(), Calendar()
        self.holding_back = WaitingLine()
        self.vehicles_driving = 0
        self._ways_in: list[tuple[Entry, CorridorOpen]] = []
        self.petrol_lost_tonnes = 0.0
        self.petrol_used_litres = 0.0
        self._bus_credit: Floats = np.zeros(len(place.settlements))
        self._luck = Luck(parameters)
        self._risk_of_death = 0.0
        self._next_death = -1.0

    def road_known(self, hours: float) -> float:
        """Return the share of residents who know that the road is open."""
        if not self.is_open:
            return 0.0
        return 1.0 if self.news_hours == 0.0 else float(-np.expm1(-(hours - self.opened) / self.news_hours))

    def lose_petrol(self, tonnes: float) -> None:
        """Take ``tonnes`` of petrol out of what is given out."""
        self.petrol_lost_tonnes += tonnes

    def make_ready(self, model: DisplacementModel, ids: Ids) -> None:
        """Queue households that have just decided, each for what it lacks."""
        vehicle = model.households.columns.vehicle[ids]
        fuelled = self.fuelled[ids]
        self._set_off(model, ids[vehicle & fuelled])
        lacking = ids[vehicle & ~fuelled]
        self.fuel_queue.append(lacking, np.ones(lacking.size), model.hours)
        self._await_seat(model.households, ids[~vehicle])

    def step(self, model: DisplacementModel) -> None:
        """Open or close the road, give out fuel, let vehicles and buses go, and serve the crossing."""
        self._open_or_close(model)
        self._give_out_fuel(model)
        self._depart(model)
        self._run_buses(model)
        self._reach_the_crossing(model)
        self._cross(model, model.checkpoint)
        self._die_on_the_road(model)

    def _reach_the_crossing(self, model: DisplacementModel) -> None:
        """Let vehicles and buses that get there join the queue, a bus by the seats taken of it."""
        arrived = self.driving.pop(model.step_number)
        if arrived.size:
            self.vehicles_driving -= arrived.size
            seats = model.households.persons[arrived] / self.parameters.bus_seats
            units = np.where(self.on_bus[arrived], seats, 1.0)
            model.checkpoint.queue.append(arrived, units, model.hours)

    def _open_or_close(self, model: DisplacementModel) -> None:
        entries = model.timeline.of(CorridorOpen, model.hours)
        if entries is self._ways_in:
            return
        self._ways_in = entries
        self.openness = max((action.strength for _, action in entries), default=0.0)
        was_open, self.is_open = self.is_open, bool(entries)
        if self.is_open and not was_open:
            self.opened = min(entry.start for entry, _ in entries)
            self.first_opened = min(self.first_opened, max(0.0, self.opened))
            blocked, self.blocked = self.blocked, []
            for ids in blocked:
                self._set_off(model, ids)

    def _set_off(self, model: DisplacementModel, ids: Ids) -> None:
        """Plan the departure of vehicle households, once they know the road to be open."""
        if not self.is_open:
            self.blocked.append(ids)
            return
        known = self.opened + self.news_delay[ids]
        steps = model.step_number + np.maximum(0, np.ceil((known - model.hours) / model.step_hours)).astype(np.int64)
        self.departing.add(ids, steps)

    def _await_seat(self, households: Households, ids: Ids) -> None:
        for s, part in households.by_home(ids):
            self.carless[s].append(part)

    def _give_out_fuel(self, model: DisplacementModel) -> None:
        if not len(self.fuel_queue):
            return
        p = self.parameters
        stations = sum(action.stations * action.strength for _, action in model.timeline.of(FuelRelease, model.hours))
        if not stations:
            if all(entry.end <= model.hours for entry, _ in model.timeline.every(FuelRelease)):
                self._strand(model.households)
            return
        begun = [action for entry, action in model.timeline.every(FuelRelease) if entry.start <= model.hours]
        tonnes = sum(action.tonnes * action.strength for action in begun) - self.petrol_lost_tonnes
        left = max(0.0, tonnes * PETROL_LITRES_PER_TONNE - self.petrol_used_litres)
        most = stations * p.station_vehicles_per_hour * model.step_hours
        filled, _ = self.fuel_queue.serve(min(most, left // p.fuel_litres_per_vehicle))
        self.petrol_used_litres += filled.size * p.fuel_litres_per_vehicle
        self.fuelled[filled] = True
        self._set_off(model, filled[model.households.status[filled] == READY])
        if left - filled.size * p.fuel_litres_per_vehicle < p.fuel_litres_per_vehicle:
            self._strand(model.households)

    def _strand(self, households: Households) -> None:
        """Let those whose vehicles get no petrol any more wait for seats."""
        stranded, _ = self.fuel_queue.serve(np.inf)
        self._await_seat(households, stranded)

    def _depart(self, model: DisplacementModel) -> None:
        """Let vehicles go that are due, each with a household that has none, where one fits."""
        due = self.departing.pop(model.step_number)
        if not self.is_open:
            if due.size:
                self.blocked.append(due)
            return
        self.holding_back.append(due)
        if not len(self.holding_back):
            return
        due = self.holding_back.take(self._room(model))
        due = due[model.households.status[due] == READY]
        for s, part in model.households.by_home(due):
            self._fill_seats(model.households, part, s)
        self._drive(model, due)

    def _room(self, model: DisplacementModel) -> int:
        """Return how many vehicles may still join before the wait at the crossing is longer than people bear."""
        bearable = self.parameters.queue_tolerance_hours * self._mean_capacity(model)
        ahead = model.checkpoint.queue.waiting_units + self.vehicles_driving
        return max(0, int(min(bearable - ahead, len(self.holding_back))))

    def _fill_seats(self, households: Households, vehicles: Ids, settlement: int) -> None:
        """Let waiting households board the free seats of departing vehicles in order; members may sit apart."""
        willing = vehicles[self.shares[vehicles]]
        seats = np.cumsum(np.maximum(0, int(self.parameters.vehicle_seats) - households.persons[willing]))
        if willing.size == 0 or seats[-1] == 0:
            return
        riders = self._board(households, self.carless[settlement], int(seats[-1]), squeeze=True)
        first_seat = np.cumsum(households.persons[riders]) - households.persons[riders]
        vehicle = willing[np.searchsorted(seats, first_seat, side="right")]
        for rider, lead in zip(riders.tolist(), vehicle.tolist(), strict=True):
            self.next_rider[rider] = self.next_rider[lead]
            self.next_rider[lead] = rider

    def _with_riders(self, leads: Ids) -> Ids:
        """Return ``leads`` and everybody who rides with them."""
        parties = [leads]
        while parties[-1].size:
            riders = self.next_rider[parties[-1]]
            parties.append(riders[riders >= 0])
        return np.concatenate(parties)

    def _drive(self, model: DisplacementModel, ids: Ids) -> None:
        """Send ``ids``, and whoever rides along, on the road to the crossing."""
        if ids.size == 0:
            return
        everybody = self._with_riders(ids)
        self.departed += int(model.households.persons[everybody].sum())
        model.households.move(everybody, TRANSIT)
        hours = self.to_crossing[model.households.columns.home[ids]]
        steps = np.maximum(1, np.rint(hours / model.step_hours)).astype(np.int64)
        self.driving.add(ids, model.step_number + steps - 1)
        self.vehicles_driving += ids.size

    def _run_buses(self, model: DisplacementModel) -> None:
        """Let buses fetch people, each settlement by its share of who waits; seats short of a household are kept."""
        buses = sum(action.n_buses * action.strength for _, action in model.timeline.of(Buses, model.hours))
        if not buses or not self.is_open or not any(map(len, self.carless)):
            self._bus_credit[:] = 0.0
            return
        lengths = np.array([len(line) for line in self.carless])
        wait = 0.0 if np.isnan(model.checkpoint.wait_hours) else model.checkpoint.wait_hours
        round_trip = self.parameters.bus_turnaround_hours + wait
        seats = buses * self.parameters.bus_seats / round_trip * model.step_hours
        self._bus_credit += seats * lengths / lengths.sum()
        riders = [self._fill_bus(model.households, s) for s in np.flatnonzero(self._bus_credit >= 1.0).tolist()]
        if riders:
            aboard = np.concatenate(riders)
            self.on_bus[aboard] = True
            self._drive(model, aboard)
        self._bus_credit[[len(line) == 0 for line in self.carless]] = 0.0

    def _fill_bus(self, households: Households, settlement: int) -> Ids:
        """Let those next in line take the seats that buses have brought to ``settlement``."""
        riders = self._board(households, self.carless[settlement], float(self._bus_credit[settlement]), squeeze=False)
        self._bus_credit[settlement] -= float(households.persons[riders].sum())
        return riders

    def _board(self, households: Households, line: WaitingLine, seats: float, *, squeeze: bool) -> Ids:
        """Take households from the front of ``line`` until ``seats`` are full; the last may ``squeeze`` in."""
        taken = line.take(int(np.ceil(seats)))
        waiting = taken[households.status[taken] == READY]
        upto = np.cumsum(households.persons[waiting])
        boards = upto - households.persons[waiting] < seats if squeeze else upto <= seats + 1e-9
        line.put_back(waiting[~boards])
        return np.asarray(waiting[boards])

    def capacity(self, model: DisplacementModel) -> float:
        """Return the crossing's capacity in this step [vehicles/h], averaged over its hours."""
        if not self.is_open or not len(model.checkpoint.queue):
            return 0.0
        return self._mean_capacity(model) * self._luck.at(model)

    def _mean_capacity(self, model: DisplacementModel) -> float:
        """Return what the crossing lets pass in this step [vehicles/h], chance left out."""
        parts = max(1, round(model.step_hours))
        hours = model.hours + model.step_hours * (np.arange(parts) + 0.5) / parts
        local = (hours + model.start_hour) % 24.0
        mean = float(crossing_capacity(self.parameters, hours - self.opened, local).mean())
        passable = model.infrastructure.road_function((model.place.crossing,))
        return self.openness * passable * mean

    def _cross(self, model: DisplacementModel, checkpoint: Checkpoint) -> None:
        leads = checkpoint.serve(self.capacity(model), model.hours, model.step_hours)
        if leads.size == 0:
            return
        arrived = self._with_riders(leads)
        self.next_rider[arrived] = -1
        self.on_bus[arrived] = False
        model.reception.arrive(model, arrived[model.households.status[arrived] == TRANSIT])

    def _die_on_the_road(self, model: DisplacementModel) -> None:
        """Take the deaths of the step among those on the way out, at a rate per person-hour on the road."""
        on_road = model.households.in_transit - model.returns.persons_on_road
        if not on_road:
            return
        generator = model.stream("deaths on the road")
        if self._next_death < 0.0:
            self._next_death = float(generator.standard_exponential())
        self._risk_of_death += (
            self.parameters.transit_deaths_per_million_person_hours * 1e-6 * on_road * model.step_hours
        )
        while self._next_death <= self._risk_of_death:
            self._next_death += float(generator.standard_exponential())
            model.households.take_deaths(1, self._on_the_way_out(model, generator), generator)

    def _on_the_way_out(self, model: DisplacementModel, generator: np.random.Generator) -> Ids:
        """Return the party of a random vehicle in front of the crossing, or everybody on the way out if none waits."""
        waiting = model.checkpoint.queue.waiting
        if waiting.size == 0:
            return np.flatnonzero((model.households.status == TRANSIT) & ~model.returns.on_road)
        vehicle = waiting[generator.integers(waiting.size)]
        return self._with_riders(np.array([vehicle]))
