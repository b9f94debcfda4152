"""Shelter in the provinces: host families, rented homes, state accommodation, or none; meals; crowding.

A household that comes to a province is taken in by kin there, or rents by its own means, or takes a state bed while
beds are free, or finds a host family with room; otherwise it is without shelter and waits for a bed. Cash lets
households find a home to rent later, after a random time that grows as homes to let fill up. Room counts at Sphere's
3.5 m2 a person: kin take in more than have room, and that is crowding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.population.households import Households
from sim.population.risk import RiskSet
from sim.scenario.interventions import Cash, HotMeals, StateAccommodation
from sim.scenario.parameters import Shelter as ShelterParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]

NONE, HOST, RENTED, STATE = range(4)
"""Ways of being sheltered: without, with a host family, in a rented home, in state accommodation."""

LEAST_ROOM = 10.0
"""Persons for whom there must be room before it is given out to those who wait."""

FILL_EVERY_HOURS = 24.0
"""Beds and host rooms that others leave are given out once a day, those that open at once."""

_NOWHERE = -1


def fitting(persons: Ids, provinces: Ids, free: Floats) -> Flags:
    """Return who finds room, first come first served.

    Parameters
    ----------
    persons, provinces : shape (n,), persons of each household and the province where it is
    free : shape (n_provinces,), persons for whom there is room
    """
    wanted = np.bincount(provinces, weights=persons, minlength=free.size)
    if (wanted <= free).all():
        return np.ones(persons.size, dtype=bool)
    order = np.argsort(provinces, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(wanted)[:-1]])
    fits = np.empty(persons.size, dtype=bool)
    fits[order] = (np.cumsum(persons[order]) - before[provinces[order]]) <= free[provinces[order]]
    return fits


def crowding(unsheltered: Ids, hosted: Ids, host_places: Floats, displaced: Ids) -> Floats:
    """Return the share of displaced persons without decent housing, shape (n_provinces,), 0 to 1."""
    over = np.maximum(0.0, hosted - host_places)
    return np.asarray(np.minimum(1.0, (unsheltered + over) / np.maximum(1, displaced)))


class Shelter:
    """How every displaced household is sheltered; ``persons`` counts them, shape (4, n_provinces).

    ``version`` counts the changes of these counts, of beds, crowding and meals.
    """

    def __init__(self, parameters: ShelterParameters, place: Place, households: Households) -> None:
        self.parameters = parameters
        residents = np.array([province.residents for province in place.provinces], dtype=float)
        self.names = tuple(province.name for province in place.provinces)
        self.residents = residents
        self.host_places = residents * parameters.host_places_per_1000 / 1000.0
        self.rental_places = residents * parameters.rental_places_per_1000 / 1000.0
        self.beds: Floats = np.zeros(residents.size)
        self.kind = np.zeros(len(households), dtype=np.int8)
        self.where: Ids = np.full(len(households), _NOWHERE, dtype=np.int64)
        self.persons: Ids = np.zeros((4, residents.size), dtype=np.int64)
        self.crowding: Floats = np.zeros(residents.size)
        self.meals_needed = self.meals_short = 0.0
        self.search = RiskSet(1)
        self._filled = 0.0
        self.version = 0
        self.searching = np.zeros(len(households), dtype=bool)

    def enter(self, households: Households, ids: Ids, provinces: Ids) -> None:
        """Shelter households that come to ``provinces``, shape (n,), as well as can be."""
        if ids.size == 0:
            return
        p = self.parameters
        self.where[ids] = provinces
        self.kind[ids] = NONE
        self._count(households, ids, 1)
        at_kins = (households.columns.kin[ids] == provinces) & (households.uniform("host")[ids] < p.kin_host_share)
        self._set(households, ids[at_kins], HOST)
        rest = ids[~at_kins]
        rest = self._place(households, rest, RENTED, households.uniform("rent")[rest] < p.rent_own_share)
        rest = self._place(households, rest, STATE, self._takes_bed(households, rest))
        self._place(households, rest, HOST, np.ones(rest.size, dtype=bool))
        looking = rest[~self.searching[rest]]
        self.searching[looking] = True
        self.search.enter(looking, np.zeros(looking.size, dtype=np.int64), self._patience(households, looking))

    def leave(self, households: Households, ids: Ids) -> None:
        """Free the room of households that go elsewhere."""
        ids = ids[self.where[ids] != _NOWHERE]
        self._count(households, ids, -1)
        self.where[ids] = _NOWHERE

    def step(self, model: DisplacementModel) -> None:
        """Open beds, fill them with those who wait, let cash find homes, and count meals and crowding."""
        self.version += 1
        households = model.households
        beds = self._open_beds(model)
        opened = not np.array_equal(beds, self.beds)
        if opened:
            self.beds = beds
            self._evict(households)
        if opened or model.hours - self._filled >= FILL_EVERY_HOURS:
            self._fill(households)
            self._rent_with_cash(model, (model.hours - self._filled) / 24.0)
            self._filled = model.hours
        self.crowding = crowding(self.persons[NONE], self.persons[HOST], self.host_places, households.in_provinces)
        self._feed(model)

    def room(self, kind: int) -> Floats:
        """Return the persons for whom there is room of one kind, shape (n_provinces,), negative where overfull."""
        places = {HOST: self.host_places, RENTED: self.rental_places, STATE: self.beds}[kind]
        return np.asarray(places - self.persons[kind])

    def _takes_bed(self, households: Households, ids: Ids) -> Flags:
        return np.asarray(households.uniform("state bed")[ids] < self.parameters.state_take_up_share)

    def _patience(self, households: Households, ids: Ids) -> Floats:
        return np.asarray(-np.log(households.uniform("search")[ids]))

    def _place(self, households: Households, ids: Ids, kind: int, willing: Flags) -> Ids:
        """Give room of ``kind`` to those willing, as far as there is any; return all who got none."""
        asking = ids[willing]
        if asking.size == 0:
            return ids
        got = asking[fitting(households.persons[asking], self.where[asking], self.room(kind))]
        self._set(households, got, kind)
        return np.asarray(ids[self.kind[ids] != kind])

    def _set(self, households: Households, ids: Ids, kind: int) -> None:
        """Book households over to another kind of shelter."""
        self._count(households, ids, -1)
        self.kind[ids] = kind
        self._count(households, ids, 1)

    def _count(self, households: Households, ids: Ids, sign: int) -> None:
        if ids.size:
            self.version += 1
            np.add.at(self.persons, (self.kind[ids], self.where[ids]), sign * households.persons[ids])

    def _open_beds(self, model: DisplacementModel) -> Floats:
        """Return the beds open now; those of one action are spread over its provinces by residents."""
        beds = np.zeros(self.residents.size)
        for entry, action in model.timeline.of(StateAccommodation, model.hours):
            named = np.array([name in (action.provinces or self.names) for name in self.names])
            spread = self.residents * named / (self.residents @ named)
            beds += action.beds * action.strength * entry.ramp(model.hours, action.ramp_days) * spread
        return beds

    def _evict(self, households: Households) -> None:
        """Leave without shelter those whose beds are closed, the last to have come first."""
        for p in np.flatnonzero(self.room(STATE) < 0).tolist():
            inside = np.flatnonzero((self.where == p) & (self.kind == STATE))
            out = inside[np.cumsum(households.persons[inside]) > self.beds[p]]
            self._set(households, out, NONE)

    def _fill(self, households: Households) -> None:
        """Give free beds, then room with host families, to those without shelter."""
        free_bed, free_host = self.room(STATE), self.room(HOST)
        open_to = (self.persons[NONE] > 0) & ((free_bed >= LEAST_ROOM) | (free_host >= LEAST_ROOM))
        if not open_to.any():
            return
        waiting = np.flatnonzero((self.where != _NOWHERE) & (self.kind == NONE))
        waiting = waiting[open_to[self.where[waiting]]]
        waiting = self._place(households, waiting, STATE, self._takes_bed(households, waiting))
        self._place(households, waiting, HOST, np.ones(waiting.size, dtype=bool))

    def _rent_with_cash(self, model: DisplacementModel, days: float) -> None:
        """Let households find homes to rent, sooner the more of the rent cash pays and the more homes are vacant."""
        p, households = self.parameters, model.households
        paid = 0.0
        for _, cash in model.timeline.of(Cash, model.hours):
            paid += cash.strength * cash.share * min(1.0, cash.amd_per_person_month / p.rent_amd_per_person_month)
        vacant = float(np.maximum(0.0, self.room(RENTED)).sum() / max(1e-9, self.rental_places.sum()))
        if paid * vacant == 0.0:
            return
        paid = min(1.0, paid) * vacant
        due = self.search.advance(np.array([paid * days / p.rent_search_days]))
        self.searching[due] = False
        due = due[(self.where[due] != _NOWHERE) & (self.kind[due] != RENTED)]
        missed = self._place(households, due, RENTED, np.ones(due.size, dtype=bool))
        self.searching[missed] = True
        self.search.enter(missed, np.zeros(missed.size, dtype=np.int64), self._patience(households, missed))

    def _feed(self, model: DisplacementModel) -> None:
        """Count the cooked meals that those who can't cook need, and those they lack [meals/day]."""
        meals = model.timeline.of(HotMeals, model.hours)
        given = sum(action.meals_per_day * action.strength for _, action in meals)
        cannot_cook = int(model.households.displaced[0] + self.persons[NONE].sum() + self.persons[STATE].sum())
        self.meals_needed = self.parameters.hot_meals_per_person_day * cannot_cook
        self.meals_short = max(0.0, self.meals_needed - given)
