"""Reception and onward movement: arrival, registration, choice of province and one later move.

Choice is a multinomial logit over provinces (McFadden 1974): size, distance from the reception point, kin. Later a
household may reconsider with a constant hazard; size weighs more then, so people drift towards the capital.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.population.households import DISPLACED, Households
from sim.population.queues import Calendar
from sim.population.risk import RiskSet
from sim.scenario.parameters import Reception as ReceptionParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

AT_RECEPTION = 0
"""Number of the place where people stay until they are registered; provinces follow, then abroad."""


def choose(utility: Floats, uniform: Floats) -> Ids:
    """Return the alternative that each chooser takes in a logit model.

    Parameters
    ----------
    utility : shape (n, n_alternatives) [1]
    uniform : shape (n,), in (0, 1)
    """
    weight = np.exp(utility - utility.max(axis=1, keepdims=True))
    upto = np.cumsum(weight, axis=1)
    return np.asarray((uniform[:, None] * upto[:, -1:] > upto).sum(axis=1))


class Reception:
    """Arrivals, their registration and the provinces they go to."""

    def __init__(self, parameters: ReceptionParameters, place: Place, households: Households) -> None:
        self.parameters = parameters
        self.log_size = np.log([province.residents for province in place.provinces])
        upto = np.cumsum(np.exp(parameters.drift_log_size * (self.log_size - self.log_size.max())))
        self.drift_shares = upto / upto[-1]
        self.km = np.array([province.km_from_reception for province in place.provinces])
        self.hours = np.array([place.hours(place.reception, p.centre, 60.0) for p in place.provinces])
        n_districts = len(place.districts)
        self.district = place.district_index[households.columns.home]
        self.arrived = 0
        self.arrived_by_origin: Ids = np.zeros(n_districts, dtype=np.int64)
        self.registered = 0
        self.travelling = Calendar()
        self.destination: Ids = np.full(len(households), -1, dtype=np.int64)
        self.reconsidered = np.zeros(len(households), dtype=bool)
        self.risk = RiskSet(1)

    def arrive(self, model: DisplacementModel, ids: Ids) -> None:
        """Count arrivals and let them queue for registration."""
        households = model.households
        persons = households.persons[ids]
        households.move(ids, DISPLACED, AT_RECEPTION)
        self.destination[ids] = -1
        self.arrived += int(persons.sum())
        by_origin = np.bincount(self.district[ids], weights=persons, minlength=self.arrived_by_origin.size)
        self.arrived_by_origin += by_origin.astype(np.int64)
        model.registration.queue.append(ids, persons.astype(float), model.hours)
        model.returns.enter(model, ids)

    def step(self, model: DisplacementModel) -> None:
        """Register, send on to provinces, and let some move on."""
        registered = model.registration.serve(self.parameters.registration_persons_per_hour, model.step_hours)
        self._send_on(model, self._displaced(model.households, registered, sent_on=False))
        reached = self._displaced(model.households, self.travelling.pop(model.step_number), sent_on=True)
        model.households.move(reached, DISPLACED, self.destination[reached])
        self._move_on(model)

    def _displaced(self, households: Households, ids: Ids, *, sent_on: bool) -> Ids:
        """Keep the displaced, each once; who went home and came again may have entries left from the first time."""
        keep = (households.status[ids] == DISPLACED) & ((self.destination[ids] >= 0) == sent_on)
        return np.unique(ids[keep])

    def _send_on(self, model: DisplacementModel, ids: Ids) -> None:
        """Let registered households choose a province and set out for it."""
        if ids.size == 0:
            return
        self.registered += int(model.households.persons[ids].sum())
        p = self.parameters
        utility = np.tile(
            p.destination_log_size * self.log_size - p.destination_per_100km * self.km / 100, (ids.size, 1)
        )
        kin = model.households.columns.kin[ids]
        has_kin = np.flatnonzero(kin >= 0)
        utility[has_kin, kin[has_kin]] += p.destination_kin
        choice = choose(utility, model.households.uniform("province")[ids])
        self.destination[ids] = 1 + choice
        steps = np.maximum(1, np.rint(self.hours[choice] / model.step_hours)).astype(np.int64)
        self.travelling.add(ids, model.step_number + steps)
        fresh = ids[~self.reconsidered[ids]]
        threshold = -np.log(model.households.uniform("drift")[fresh])
        self.risk.enter(fresh, np.zeros(fresh.size, dtype=np.int64), threshold)

    def _move_on(self, model: DisplacementModel) -> None:
        """Let those who reconsider move to the province they choose now, or abroad."""
        due = self.risk.advance(np.array([self.parameters.drift_per_day * model.step_hours / 24.0]))
        due = due[(model.households.status[due] == DISPLACED) & ~self.reconsidered[due]]
        if due.size == 0:
            return
        self.reconsidered[due] = True
        place = 1 + np.searchsorted(self.drift_shares, model.households.uniform("second province")[due])
        abroad = model.households.uniform("abroad")[due] < self.parameters.abroad_share
        place[abroad] = len(model.households.places) - 1
        self.destination[due] = place
        model.households.move(due, DISPLACED, place)
