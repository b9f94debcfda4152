"""Reception: arrival, registration at the centre with the shortest wait, and the choice of a province.

Choice is a multinomial logit over provinces (McFadden 1974): size, distance from the reception point, kin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.population.households import DISPLACED, Households
from sim.processes.institutions import RegistrationCentre
from sim.scenario.parameters import Reception as ReceptionParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

AT_RECEPTION = 0
"""Number of the place where people stay until they are registered; provinces follow, then abroad."""


def logit_table(utility: Floats) -> Floats:
    """Return cumulative probabilities of a logit model, by row of ``utility`` of shape (n, n_alternatives)."""
    weight = np.exp(utility - utility.max(axis=-1, keepdims=True))
    return np.asarray(np.cumsum(weight, axis=-1) / weight.sum(axis=-1, keepdims=True))


def choose(table: Floats, uniform: Floats) -> Ids:
    """Return the alternative that each chooser takes.

    Parameters
    ----------
    table : shape (n, n_alternatives), cumulative probabilities, share
    uniform : shape (n,), in (0, 1)
    """
    return np.asarray((uniform[:, None] > table[:, :-1]).sum(axis=1))


def shares_of_centres(persons: float, queues: Floats, rates: Floats) -> Floats:
    """Split newcomers over centres so that each joins the queue that is shortest in time.

    Parameters
    ----------
    persons : newcomers
    queues : shape (n_centres,), persons waiting at each
    rates : shape (n_centres,) [persons/h]; a centre without any takes nobody

    Returns
    -------
    shape (n_centres,), share of the newcomers; the waits of all that take somebody end up equal

    >>> shares_of_centres(100.0, np.array([50.0, 0.0]), np.array([1.0, 1.0]))
    array([0.25, 0.75])
    """
    open_ = rates > 0.0
    if not open_.any() or persons <= 0.0:
        return np.asarray(np.arange(rates.size) == 0, dtype=np.float64)
    waits = np.where(open_, queues / np.where(open_, rates, 1.0), np.inf)
    joined = np.zeros(rates.size, dtype=bool)
    for centre in np.argsort(waits, kind="stable").tolist():
        if joined.any() and persons + queues[joined].sum() <= waits[centre] * rates[joined].sum():
            break
        joined[centre] = open_[centre]
    level = (persons + queues[joined].sum()) / rates[joined].sum()
    taken = np.zeros(rates.size)
    taken[joined] = rates[joined] * (level - waits[joined])
    return np.asarray(taken / taken.sum())


def registration_centres(model: DisplacementModel, p: ReceptionParameters) -> tuple[RegistrationCentre, ...]:
    """Set up a centre at each registration node: the first with its own share of the capacity, the rest alike."""
    nodes = model.place.registration
    if not nodes:
        return ()
    others = max(1, len(nodes) - 1)
    first = p.registration_first_share if len(nodes) > 1 else 1.0
    shares = [first, *[(1.0 - first) / others] * (len(nodes) - 1)]
    rates = [share * p.registration_persons_per_hour for share in shares]
    named = zip(nodes, rates, strict=True)
    return tuple(RegistrationCentre(model, f"registration in {node}", node, rate) for node, rate in named)


class Reception:
    """Arrivals, their registration and the provinces they go to."""

    def __init__(self, parameters: ReceptionParameters, place: Place, households: Households) -> None:
        p = self.parameters = parameters
        log_size = np.log([province.residents for province in place.provinces])
        km = np.array([province.km_from_reception for province in place.provinces])
        utility = np.tile(
            p.destination_log_size * log_size - p.destination_per_100km * km / 100, (log_size.size + 1, 1)
        )
        np.fill_diagonal(utility, utility.diagonal() + p.destination_kin)
        self.first_table = logit_table(utility)  # a row for kin in each province, the last for those without
        ends = () if place.open_network else place.provinces
        self.hours = np.array([place.hours(place.reception, p.centre, 60.0) for p in ends])
        self.district = place.district_index[households.columns.home]
        self.arrived = 0
        self.arrived_by_origin: Ids = np.zeros(len(place.districts), dtype=np.int64)
        self.arrived_by_group: Ids = np.zeros(4, dtype=np.int64)
        self.registered = 0

    def arrive(self, model: DisplacementModel, ids: Ids) -> None:
        """Count arrivals and let them queue for registration where the wait is shortest."""
        if ids.size == 0:
            return
        households = model.households
        persons = households.persons[ids]
        households.move(ids, DISPLACED, AT_RECEPTION)
        model.onward.destination[ids] = -1
        self.count(model, ids, persons)
        self._queue(model, ids, persons)
        model.returns.enter(model, ids)

    def count(self, model: DisplacementModel, ids: Ids, persons: Ids) -> None:
        """Count arrivals by origin and group; ``persons`` are the living members of each, shape (n,)."""
        self.arrived += int(persons.sum())
        by_origin = np.bincount(self.district[ids], weights=persons, minlength=self.arrived_by_origin.size)
        self.arrived_by_origin += by_origin.astype(np.int64)
        columns = model.households.columns
        groups = (columns.children, columns.older, columns.female, columns.disability)
        self.arrived_by_group += np.array([group[ids].sum() for group in groups])

    def step(self, model: DisplacementModel) -> None:
        """Register, and send on to provinces."""
        for centre in model.registration:
            if len(centre.queue):
                registered = centre.serve(centre.persons_per_hour, model.step_hours)
                self._send_on(model, model.onward.displaced(model.households, registered, sent_on=False))

    def queueing(self, model: DisplacementModel) -> float:
        """Return the persons who wait to be registered."""
        return sum(centre.queue.waiting_units for centre in model.registration)

    def _queue(self, model: DisplacementModel, ids: Ids, persons: Ids) -> None:
        centres = model.registration
        waiting = np.array([centre.queue.waiting_units for centre in centres])
        rates = np.array([centre.persons_per_hour for centre in centres])
        shares = shares_of_centres(float(persons.sum()), waiting, rates)
        upto = np.cumsum(persons)
        cuts = np.searchsorted(upto, np.cumsum(shares)[:-1] * persons.sum(), side="left")
        for centre, part in zip(centres, np.split(ids, cuts), strict=True):
            centre.queue.append(part, model.households.persons[part].astype(float), model.hours)

    def _send_on(self, model: DisplacementModel, ids: Ids) -> None:
        """Let registered households choose a province and set out for it."""
        if ids.size == 0:
            return
        self.registered += int(model.households.persons[ids].sum())
        kin = model.households.columns.kin[ids]
        choice = choose(self.first_table[kin], model.households.uniform("province")[ids])
        model.onward.set_out(model, ids, choice, self.hours[choice])
