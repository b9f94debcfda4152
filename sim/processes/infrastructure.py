"""Infrastructure: service levels by settlement and sector from damage, repair, cuts and dependence on one another.

A facility works as far as its own damage and cuts allow and as the worst supplied of what it needs does (Leontief);
in a group of suppliers capacities add up. Power that falls short is rationed in hours: residents and services are
held to ``rationed_demand_share`` of their normal need, and the service level is the share of hours with power.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.place.sectors import SECTORS, STATES
from sim.processes.convoys import passable
from sim.processes.hydropower import Reservoirs
from sim.processes.institutions import Facility
from sim.processes.repair import Repairs
from sim.scenario.interventions import Repair
from sim.scenario.parameters import Infrastructure as InfrastructureParameters
from sim.scenario.shocks import AccessDenied, FacilityDamage, Offensive, Outage

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

HOME_SERVICES = [SECTORS.index(name) for name in ("electricity", "gas", "water", "health", "telecom")]
"""Sectors whose loss residents feel as a loss of services; shortage of fuel and goods is deprivation."""

_POWER, _FUEL = SECTORS.index("electricity"), SECTORS.index("fuel")
NOMINAL_DAYS = 0.25


@dataclass(frozen=True, slots=True)
class Generation:
    """Requirements of facilities that can be met at once, since all they need comes in earlier generations.

    Attributes
    ----------
    owner : shape (n_groups,), the facility that needs the group
    weights : shape (n_groups, n_sites), share of each supplier in the group's normal supply
    rationed : shape (n_groups,), whether the group supplies power to the grid
    backed : shape (n_groups,), whether a generator can stand in for the group
    """

    owner: Ints
    weights: Floats
    rationed: Flags
    backed: Flags


class Infrastructure:
    """All facilities of a run, and what settlements get from them.

    Attributes
    ----------
    function : shape (n_sites,), what each facility could give with all it needs, damage and cuts counted, 0 to 1
    working : shape (n_sites,), what it does give
    level : shape (n_settlements, n_sectors), services against normal, 0 to 1
    service_loss : shape (n_settlements,), mean loss of the services of homes
    version : counts the changes of any of these and of damage
    """

    def __init__(self, model: DisplacementModel, parameters: InfrastructureParameters, place: Place) -> None:
        self.parameters, self.facilities = parameters, place.facilities
        self.version = 0
        sites = self.facilities.sites
        weights = np.array([home.weight for home in place.settlements])
        self.sector = np.array([SECTORS.index(site.sector) for site in sites])
        self.near = np.array([nearest_settlement(place, site.node) for site in sites])
        self.repairs: Repairs = Repairs(parameters, self.facilities, weights, model.streams)
        self.reservoirs: Reservoirs = Reservoirs(self.facilities, parameters.reservoir_inflow_factor)
        self.serves: Floats = np.zeros((weights.size, len(sites)))
        for i, site in enumerate(sites):
            self.serves[list(site.serves), i] = site.capacity
        self._of_sector = np.eye(len(SECTORS))[self.sector]
        self._sources = np.array([not site.serves for site in sites])
        self._capacity = np.array([site.capacity for site in sites])
        self._generator = np.array([site.generator_tonnes_per_day for site in sites])
        self._generations = [self._generation(group) for group in self.facilities.generations]
        self._begun: set[str] = set()
        self.function: Floats = np.ones(len(sites))
        self.working: Floats = np.ones(len(sites))
        self.level: Floats = np.ones((weights.size, len(SECTORS)))
        self.service_loss: Floats = np.zeros(weights.size)
        self._roads = np.flatnonzero(self.sector == SECTORS.index("road"))
        self._on_way: dict[tuple[str, ...], list[int]] = {}
        for i, site in enumerate(sites):
            Facility(model, site.name, site.node, self, i)

    def struck(self, incidents: Floats) -> None:
        """Let ``incidents``, shape (n_settlements,), damage facilities nearby."""
        self.version += 1
        self.repairs.strike(incidents[self.near])

    def destroy(self, names: tuple[str, ...]) -> float:
        """Destroy facilities; return the share of all stored fuel that goes with them."""
        self.version += 1
        lost = [self.facilities.index(name) for name in names]
        for i in lost:
            self.repairs.damage(i, STATES.index("complete"))
        stores = (self.sector == _FUEL) & self._sources
        if not stores.any():
            stores = self.sector == _FUEL
        return float(self._capacity[[i for i in lost if stores[i]]].sum() / self._capacity[stores].sum())

    def step(self, model: DisplacementModel) -> None:
        """Damage, repair and cut facilities, and pass failures on to those that depend on them."""
        days = model.hours_since("infrastructure") / 24.0
        self._damage(model)
        if days > 0.0:
            self._mend(model, days)
        self.update(model, days)

    def update(self, model: DisplacementModel, days: float) -> None:
        """Bring service levels up to date; ``days`` of generation draw on reservoirs and on generators' fuel."""
        self.version += 1
        given = self._cut(model)
        if self.reservoirs.sites.size:
            self.function[self.reservoirs.sites] *= self.reservoirs.able(days or NOMINAL_DAYS)
        need = model.households.present.sum() / max(1, model.households.initial.sum())
        fuel = model.aid.fuel_for_generators(self._generators_at(self._generator), days or NOMINAL_DAYS)
        burnt = self._pass_on(need, fuel)
        if days > 0.0:
            model.aid.burn(self._generators_at(burnt) * days * fuel)
            self._generate(need, days)
        self.level = np.minimum(1.0, (given * self.working) @ self._of_sector)
        self.service_loss = 1.0 - self.level[:, HOME_SERVICES].mean(axis=1)

    def road_function(self, nodes: tuple[str, ...]) -> float:
        """Return what damage and cuts leave of a way along ``nodes``, 0 to 1."""
        if self._all_roads_work():
            return 1.0
        if nodes not in self._on_way:
            sites = self.facilities.sites
            self._on_way[nodes] = [i for i, site in enumerate(sites) if site.sector == "road" and site.node in nodes]
        return min((float(self.function[i]) for i in self._on_way[nodes]), default=1.0)

    def reach(self, ways: list[tuple[str, ...]]) -> Floats:
        """Return :meth:`road_function` of each of ``ways``, shape (n_ways,)."""
        if self._all_roads_work():
            return np.ones(len(ways))
        return np.array([self.road_function(way) for way in ways])

    def _all_roads_work(self) -> bool:
        return bool((self.function[self._roads] == 1.0).all())

    def damaged(self) -> Ints:
        """Return the number of damaged facilities by sector, shape (n_sectors,)."""
        return np.bincount(self.sector[self.repairs.state > 0], minlength=len(SECTORS))

    def _generation(self, members: tuple[int, ...]) -> Generation:
        sites = self.facilities.sites
        groups = [(i, group) for i in members for group in sites[i].requires]
        weights = np.zeros((len(groups), len(sites)))
        rationed, backed = np.zeros((2, len(groups)), dtype=bool)
        for g, (i, group) in enumerate(groups):
            inside = all(self.sector[j] == self.sector[i] for j in group)
            total = 1.0 if inside else sum(sites[j].capacity for j in group)
            weights[g, list(group)] = [sites[j].capacity / total for j in group]
            power = all(self.sector[j] == _POWER for j in group)
            rationed[g] = power and inside
            backed[g] = power and not inside and sites[i].generator_tonnes_per_day > 0.0
        return Generation(np.array([i for i, _ in groups], dtype=np.int64), weights, rationed, backed)

    def _damage(self, model: DisplacementModel) -> None:
        """Do the damage of scenario that is due, each once."""
        for entry, action in model.timeline.every(FacilityDamage):
            if entry.start <= model.hours and action.id not in self._begun:
                self._begun.add(action.id)
                for name in action.facilities:
                    self.repairs.damage(self.facilities.index(name), STATES.index(action.state))

    def _mend(self, model: DisplacementModel, days: float) -> None:
        if not self.repairs.left.any():
            return
        p, now = self.parameters, model.hours
        reached = np.ones(self.near.size, dtype=bool)
        for entry, _ in model.timeline.every(Offensive):
            if entry.start <= now < entry.end + 24.0 * p.security_delay_days:
                reached &= ~entry.where[self.near]
        for entry, _ in model.timeline.of(AccessDenied, now):
            reached &= ~entry.where[self.near]
        own_crews = np.zeros(len(SECTORS))
        for _, action in model.timeline.of(Repair, now):
            own_crews[SECTORS.index(action.sector)] += action.strength * action.crews
        parts = max((passable(model, road, trade=True) for road in model.place.aid_heads), default=0.0)
        self.repairs.mend(days, reached, own_crews, self.sector, parts)

    def _cut(self, model: DisplacementModel) -> Floats:
        """Set ``function`` from damage and cuts; return who gets what of it, shape (n_settlements, n_sites)."""
        self.function = self.repairs.function()
        given = self.serves
        restored = self._reconnected(model)
        for entry, outage in model.timeline.of(Outage, model.hours):
            if outage.facilities:
                hit = np.zeros(self.sector.size, dtype=bool)
                hit[[self.facilities.index(name) for name in outage.facilities]] = True
            else:
                of_sector = (self.sector == SECTORS.index(outage.sector)) & ~self._sources
                served_elsewhere = (self.serves[~entry.where] > 0.0).any(axis=0)
                hit = of_sector & ~served_elsewhere
                partly = of_sector & served_elsewhere
                if partly.any():
                    given = given * np.where(entry.where[:, None] & partly, outage.functionality, 1.0)
            left = np.maximum(outage.functionality, restored)
            self.function = np.where(hit, self.function * left, self.function)
        return given

    def _reconnected(self, model: DisplacementModel) -> Floats:
        """Return how far agreements lift the cuts of each facility, shape (n_sites,), 0 to 1."""
        lifted = np.zeros(self.sector.size)
        for _, action in model.timeline.of(Repair, model.hours):
            for name in action.reconnects:
                i = self.facilities.index(name)
                lifted[i] = max(lifted[i], action.strength)
        return lifted

    def _pass_on(self, need: float, fuel: Floats) -> Floats:
        """Set ``working`` generation by generation; return the fuel that generators would burn [t/day]."""
        p = self.parameters
        working, burnt = self.function.copy(), np.zeros(self.sector.size)
        ration = max(1e-9, p.rationed_demand_share * need)
        for group in self._generations:
            if not group.owner.size:
                continue
            supply = group.weights @ working
            supply = np.minimum(1.0, np.where(group.rationed, supply / ration, supply))
            dark = np.where(group.backed, 1.0 - supply, 0.0)
            supply += dark * p.backup_power_share * fuel[self.near[group.owner]]
            np.maximum.at(burnt, group.owner, dark * self._generator[group.owner])
            np.minimum.at(working, group.owner, self.function[group.owner] * supply)
        self.working = working
        return burnt

    def _generate(self, need: float, days: float) -> None:
        """Draw reservoirs down by what their plants give of the power that is needed."""
        if not self.reservoirs.sites.size:
            return
        sources = (self.sector == _POWER) & self._sources
        supply = float((self._capacity * self.working)[sources].sum())
        called = min(1.0, need / supply) if supply > 0.0 else 0.0
        self.reservoirs.run(self.working[self.reservoirs.sites] * called, days)

    def _generators_at(self, tonnes_per_day: Floats) -> Floats:
        """Return the fuel of generators by settlement, shape (n_settlements,) [t/day]."""
        return np.bincount(self.near, weights=tonnes_per_day, minlength=self.serves.shape[0]).astype(np.float64)


def nearest_settlement(place: Place, node: str) -> int:
    """Return the number of the settlement at ``node``, or of the nearest one by road."""
    names = [home.name for home in place.settlements]
    if node in names:
        return names.index(node)
    return int(np.argmin([place.km(name, node) for name in names]))
