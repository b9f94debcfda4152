"""The model: a Mesa model whose institutions are agents and whose households are columns."""

from __future__ import annotations

import mesa
import numpy as np
from mesa.discrete_space import Network

from sim.model.headlines import daily_collector
from sim.model.schedule import Clock, run_step, schedule_of
from sim.model.timeline import Timeline, local_start
from sim.place.given import place_of
from sim.place.place import Place
from sim.population.households import WITHIN, Households
from sim.population.streams import Streams
from sim.population.synthesis import synthesize
from sim.processes.aid import Aid
from sim.processes.decisions import Decisions
from sim.processes.flight import Flight
from sim.processes.guarantees import Guarantees
from sim.processes.homes import Homes
from sim.processes.infrastructure import Infrastructure
from sim.processes.institutions import Checkpoint
from sim.processes.missions import Missions
from sim.processes.onward import Onward
from sim.processes.perception import Perception
from sim.processes.reception import Reception, registration_centres
from sim.processes.returns import Returns
from sim.processes.shelter import Shelter
from sim.processes.traffic import Traffic
from sim.processes.violence import Violence
from sim.scenario.parameters import Parameters
from sim.scenario.schema import MINUTES_PER_DAY, Scenario

ON_ARRIVAL = "on arrival"
"""Where an open network has no reception point: the label of a place that stays empty."""


class DisplacementModel(mesa.Model):  # type: ignore[misc]
    """Residents, infrastructure and aid flows of one territory under one scenario.

    Parameters
    ----------
    scenario : what happens and what is assumed
    seed : root seed; every random stream of the run grows from it and its own name

    Attributes
    ----------
    households : table of all households; ``households[i]`` is a read-only view of one
    start : the scenario's start by local clocks
    hours : the model's clock, from the scenario's start [h]
    running : whether the horizon lies ahead; Mesa's ``run_model`` stops there
    datacollector : daily head counts
    missions, violence, infrastructure, aid, guarantees, perception, decisions, returns, traffic, reception, onward,
    shelter, homes : the processes
    """

    checkpoint: Checkpoint
    households: Households
    missions: Missions
    violence: Violence
    infrastructure: Infrastructure
    aid: Aid
    guarantees: Guarantees
    perception: Perception
    traffic: Traffic | Flight
    reception: Reception
    shelter: Shelter
    homes: Homes

    def __init__(self, scenario: Scenario, seed: int = 0) -> None:
        super().__init__(rng=seed)
        self.definition = scenario
        self.place: Place = place_of(scenario.place)
        self.parameters = p = Parameters.from_values(scenario.values())
        self.streams = Streams(seed)
        self.clock = Clock()
        self.schedule = schedule_of(self.place, {str(getattr(action, "kind", "")) for _, action in scenario.actions()})
        self.step_hours = scenario.time.step_minutes / 60.0
        self.step_number = 0
        self.hours = 0.0
        self.start = local_start(scenario, self.place)
        self.start_hour = self.start.hour + self.start.minute / 60.0
        self.timeline = Timeline(scenario, self.place)
        self.settlement_names = tuple(s.name for s in self.place.settlements)
        self.urban = np.array([s.urban for s in self.place.settlements])
        self._generators: dict[str, np.random.Generator] = {}
        self.network = Network(self.place.roads, random=self.random)
        self.checkpoint: Checkpoint = Checkpoint(self, "crossing", self.place.crossing)
        self.registration = registration_centres(self, p.reception)
        columns = synthesize(self.place, p, self.streams)
        provinces = (province.name for province in self.place.provinces)
        places = (self.place.reception or ON_ARRIVAL, *provinces, WITHIN, "abroad")
        self.households: Households = Households(columns, self.settlement_names, places, self.streams)
        initial = self.households.initial
        self.missions: Missions = Missions(initial, self.urban)
        self.violence: Violence = Violence(p.violence, initial, self.settlement_names, self.streams)
        self.infrastructure: Infrastructure = Infrastructure(self, p.infrastructure, self.place)
        self.aid: Aid = Aid(p.aid, self.place, self.households, p.traffic.free_flow_kmh, self.start)
        self.guarantees: Guarantees = Guarantees(p.guarantees, initial.size, self.streams)
        self.perception: Perception = Perception(p.violence, initial.size)
        self.decisions: Decisions = Decisions(p.decisions, p.flight, self.households)
        self.returns: Returns = Returns(p.returns, self.households)
        self.traffic: Traffic | Flight = (
            Flight(p, self.place, self.households)
            if self.place.open_network
            else Traffic(p.traffic, self.place, self.households, p.decisions.news_delay_hours)
        )
        self.reception: Reception = Reception(p.reception, self.place, self.households)
        self.onward: Onward = Onward(p.reception, self.place, self.households)
        self.shelter: Shelter = Shelter(p.shelter, self.place, self.households)
        self.homes: Homes = Homes(p.homes, np.bincount(columns.home, minlength=initial.size))
        if isinstance(self.traffic, Flight):
            self.perception.see_conflict(self, 0.0)
            self.traffic.begin(self)
        else:
            self.infrastructure.update(self, 0.0)
        self.datacollector = daily_collector()
        self.datacollector.collect(self)

    def stream(self, purpose: str) -> np.random.Generator:
        """Return the running generator of ``purpose``, the same at every call."""
        if purpose not in self._generators:
            self._generators[purpose] = self.streams.generator(purpose)
        return self._generators[purpose]

    def hours_since(self, phase: str) -> float:
        """Return the hours since ``phase`` last ran; 0 at its first run."""
        return self.hours - self.clock.last.get(phase, self.hours)

    def step(self) -> None:
        """Advance the model by one step."""
        run_step(self, self.clock)
        time = self.definition.time
        self.step_number += 1
        self.hours = self.step_number * time.step_minutes / 60.0
        self.running = self.step_number < time.n_steps
        if self.step_number * time.step_minutes % MINUTES_PER_DAY == 0:
            self.datacollector.collect(self)
