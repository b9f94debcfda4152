"""Aid and supply: stocks, trade, convoys, distribution, rations and consumption; every tonne is accounted for.

At any time, by commodity: ``supplied = depot + stock + goods on the way + consumed + lost``, where supplied is what
was there at first, left for the territory, was grown, or flowed from taps and wells.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.place.sectors import SECTORS
from sim.population.households import Households
from sim.processes.convoys import Convoys
from sim.processes.distribution import by_group, consume, share_out
from sim.scenario.actions import Commodity
from sim.scenario.interventions import Distribution
from sim.scenario.parameters import Aid as AidParameters
from sim.scenario.shocks import AccessDenied

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]

COMMODITIES: tuple[str, ...] = get_args(Commodity)
GROUPS: tuple[str, ...] = ("vulnerable", "others")
"""Persons of households with children, older people or people with disabilities, and of the rest."""

KG_PER_TONNE = 1000.0
HOURS_PER_DAY = 24.0
TRADE_COVER_DAYS = 30.0
"""Of need that traders hold in the depot: they order no more."""

COLDEST_DAY = 15.0
DAYS_PER_YEAR = 365.25
_WATER, _FUEL, _SHELTER = (COMMODITIES.index(name) for name in ("water", "fuel", "shelter"))
_TAPS, _STATIONS = SECTORS.index("water"), SECTORS.index("fuel")


def cold(day_of_year: float, latitude: float) -> float:
    """Return the depth of winter, 1 in mid-January (July in the south), 0 from spring to autumn.

    >>> cold(15.0, 40.0), cold(196.0, 40.0)
    (1.0, 0.0)
    """
    turned = day_of_year - COLDEST_DAY if latitude >= 0.0 else day_of_year - COLDEST_DAY - DAYS_PER_YEAR / 2.0
    return max(0.0, float(np.cos(2.0 * np.pi * turned / DAYS_PER_YEAR)))


class Aid:
    """Goods at the depot (n_commodities,) and in settlements (n_settlements, n_commodities) [t], and needs met.

    Attributes
    ----------
    supplied, consumed, lost, delivered : so far, shape (n_commodities,) [t]; delivered counts aid alone, after losses
    met : share of need met in the last step, shape (n_settlements, n_commodities)
    met_by_group : the same by household type, shape (n_settlements, n_groups, n_commodities)
    deprivation : mean share of needs unmet, shape (n_settlements,)
    broke : hour at which stocks first failed to meet the need, shape (n_commodities,); NaN if they never did [h]
    version : counts the changes of any of these
    """

    def __init__(
        self, parameters: AidParameters, place: Place, households: Households, free_flow_kmh: float, start: datetime
    ) -> None:
        self.parameters = p = parameters
        self.version = 0
        self.first_day = float(start.timetuple().tm_yday)
        rates = {f"{name}_kg": getattr(p, f"{name}_kg_per_person_day", 0.0) for name in COMMODITIES}
        rates["water_kg"] = p.water_litres_per_person_day
        self.rate = np.array(list(rates.values())) / KG_PER_TONNE
        self.latitude = float(np.mean([home.lat for home in place.settlements]))
        hub = place.settlements[int(np.argmax([home.weight for home in place.settlements]))].name
        self.convoys: Convoys = Convoys(p, place, hub, free_flow_kmh, COMMODITIES)
        supplied = place.settlements if place.aid_heads else ()
        self.ways = [place.path(hub, home.name, free_flow_kmh) for home in supplied]
        n = len(place.settlements)
        shape = (n, len(COMMODITIES))
        self._share: Floats = np.full((n, len(GROUPS)), 1.0 / len(GROUPS))
        self._recount = 0.0
        self._market = 0.0
        self.stock: Floats = households.initial[:, None] * self.rate * p.stock_days_initial
        self.depot: Floats = np.zeros(len(COMMODITIES))
        self.supplied: Floats = self.stock.sum(axis=0)
        self.consumed, self.lost, self.delivered = np.zeros((3, len(COMMODITIES)))
        self.met: Floats = np.ones(shape)
        self.met_by_group: Floats = np.ones((n, len(GROUPS), len(COMMODITIES)))
        self.deprivation: Floats = np.zeros(n)
        self.stock_days: Floats = np.full(len(COMMODITIES), np.nan)
        self.broke: Floats = np.full(len(COMMODITIES), np.nan)

    @property
    def in_stock(self) -> Floats:
        """Goods at the depot and in settlements, shape (n_commodities,) [t]."""
        return np.asarray(self.depot + self.stock.sum(axis=0))

    def step(self, model: DisplacementModel) -> None:
        """Send convoys, take in what arrives, share it out and use it."""
        self.version += 1
        hours = model.hours_since("aid")
        if hours == 0.0:
            return
        persons = self.persons(model.households, model.hours)
        per_day = persons[:, :, None] * self._rates(model)
        self._bring(model, per_day.sum(axis=(0, 1)), hours)
        if persons.any():
            self._share_out(model, per_day, persons, hours)
        self._use(model, per_day, hours / 24.0)

    def persons(self, households: Households, hours: float) -> Floats:
        """Return the persons present by settlement and household type, shape (n_settlements, n_groups).

        Heads are those of the hour; the shares of the types are counted again once a day.
        """
        present = households.present[:, None]
        if hours >= self._recount:
            first = households.vulnerable_present[:, None]
            counts = np.hstack([first, present - first])
            self._share = np.divide(counts, present, out=self._share.copy(), where=present > 0)
            self._recount = hours + HOURS_PER_DAY
        return np.asarray(present * self._share)

    def fuel_for_generators(self, tonnes_per_day: Floats, days: float) -> Floats:
        """Return the share of generators' fuel that each settlement has for ``days``, shape (n_settlements,)."""
        wanted = tonnes_per_day * days
        return np.minimum(1.0, np.divide(self.stock[:, _FUEL], wanted, out=np.zeros_like(wanted), where=wanted > 0.0))

    def burn(self, tonnes: Floats) -> None:
        """Take generators' fuel, shape (n_settlements,), out of stocks."""
        self.version += 1
        burnt = np.minimum(tonnes, self.stock[:, _FUEL])
        self.stock[:, _FUEL] -= burnt
        self.consumed[_FUEL] += burnt.sum()

    def lose_fuel(self, share: float) -> None:
        """Lose ``share`` of the fuel at the depot."""
        self.version += 1
        self.lost[_FUEL] += share * self.depot[_FUEL]
        self.depot[_FUEL] *= 1.0 - share

    def _rates(self, model: DisplacementModel) -> Floats:
        """Return the need of a person now, shape (n_commodities,) [t/day]; winter items follow the season."""
        rates = self.rate.copy()
        rates[_SHELTER] *= cold(self.first_day + model.hours / 24.0, self.latitude)
        return rates

    def _bring(self, model: DisplacementModel, per_day: Floats, hours: float) -> None:
        """Let aid and trade set out and take in what arrives; ``per_day`` is everybody's need [t/day]."""
        p = self.parameters
        sent = self.convoys.send_aid(model, hours)
        self.supplied += sent
        if model.hours >= self._market:
            self._market = model.hours + HOURS_PER_DAY
            self.supplied += self.convoys.send_trade(model, self._ordered(per_day))
        for convoy in self.convoys.arrive(model, hours):
            lost = p.loss_share * convoy.cargo
            self.lost += lost
            self.depot += convoy.cargo - lost
            if not convoy.trade:
                self.delivered += convoy.cargo - lost

    def _ordered(self, per_day: Floats) -> Floats:
        """Return what traders order today, shape (n_commodities,) [t]: usual imports, up to the cover they hold."""
        goods = per_day.copy()
        goods[_WATER] = 0.0
        usual = self.parameters.trade_tonnes_per_day * goods / max(1e-12, float(goods.sum()))
        short = np.maximum(0.0, TRADE_COVER_DAYS * goods - self.depot - self.convoys.trade)
        return np.minimum(usual, short)

    def _share_out(self, model: DisplacementModel, per_day: Floats, persons: Floats, hours: float) -> None:
        """Move goods from the depot to the settlements that can be reached; fuel only as far as stations work."""
        p = self.parameters
        goods = self.depot * -np.expm1(-hours / (24.0 * p.distribution_days))
        reach = model.infrastructure.reach(self.ways)
        for entry, _ in model.timeline.of(AccessDenied, model.hours):
            reach = np.where(entry.where, 0.0, reach)
        reached = reach > 0.0
        need = per_day * reached[:, None, None]
        there = persons.sum(axis=1) * reached
        sent = share_out(self.targeting(model), self.stock, need, there, goods, p.ration_threshold_days)
        sent *= reach[:, None]
        sent[:, _FUEL] *= model.infrastructure.level[:, _STATIONS]
        self.depot = np.maximum(0.0, self.depot - sent.sum(axis=0))
        self.stock += sent

    def targeting(self, model: DisplacementModel) -> str:
        """Return the rule of distribution in force: that of the last such intervention, else by need."""
        rules = [action.targeting for _, action in model.timeline.of(Distribution, model.hours)]
        return rules[-1] if rules else "by_need"

    def _use(self, model: DisplacementModel, per_day: Floats, days: float) -> None:
        """Use what flows and grows, then stocks, rationed where they run short."""
        p = self.parameters
        need = per_day * days
        total = need.sum(axis=1)
        local = np.zeros_like(total)
        local[:, COMMODITIES.index("food")] = p.local_food_share
        local[:, _WATER] = np.minimum(1.0, p.local_water_share + model.infrastructure.level[:, _TAPS])
        grown, left = total * local, total * (1.0 - local)
        used = consume(self.stock, left, p.ration_threshold_days, days)
        self.stock -= used
        self.supplied += grown.sum(axis=0)
        self.consumed += (used + grown).sum(axis=0)
        self._note(model, left.sum(axis=0) / days, used.sum(axis=0) < 0.999 * left.sum(axis=0))
        first = self.targeting(model) == "vulnerable_first"
        fed = need * local[:, None] + by_group(used, need * (1.0 - local[:, None]), first)
        self.met_by_group = np.divide(fed, need, out=np.ones_like(need), where=need > 0.0)
        self.met = np.divide(used + grown, total, out=np.ones_like(total), where=total > 0.0)
        self.deprivation = 1.0 - self.met.mean(axis=1)

    def _note(self, model: DisplacementModel, per_day: Floats, short: NDArray[np.bool_]) -> None:
        """Keep the days that stocks last for and the hour at which they first fell short."""
        self.stock_days = np.divide(self.in_stock, per_day, out=np.full_like(per_day, np.nan), where=per_day > 0.0)
        self.broke = np.where(np.isnan(self.broke) & short, model.hours, self.broke)
