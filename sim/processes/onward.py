"""Onward movement: the journey to the province chosen, and one later move, to another province or abroad.

A household may reconsider, sooner where housing is crowded::

    hazard = drift · HR_crowding ** crowding of its province

Size weighs more than at first and distance not at all, so people drift towards the capital.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.place.place import Place
from sim.population.households import DISPLACED, Households
from sim.population.queues import Calendar
from sim.population.risk import RiskSet
from sim.processes.reception import logit_table
from sim.scenario.parameters import Reception as ReceptionParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

RECONSIDER_EVERY_HOURS = 24.0
"""Onward moves are drawn once a day; they come weeks after arrival."""


class Onward:
    """Registered households on their way to a province, and those in one who may move on."""

    def __init__(self, parameters: ReceptionParameters, place: Place, households: Households) -> None:
        self.parameters = parameters
        log_size = np.log([province.residents for province in place.provinces])
        self.table: Floats = logit_table(parameters.drift_log_size * log_size)
        self.travelling = Calendar()
        self.destination: Ids = np.full(len(households), -1, dtype=np.int64)
        self.reconsidered = np.zeros(len(households), dtype=bool)
        self.risk = RiskSet(log_size.size)
        self._looked_up = 0
        self._moved_on = 0.0

    def set_out(self, model: DisplacementModel, ids: Ids, provinces: Ids, hours: Floats) -> None:
        """Let households travel to ``provinces``, which takes ``hours``; all of shape (n,)."""
        self.destination[ids] = provinces
        steps = np.maximum(1, np.rint(hours / model.step_hours)).astype(np.int64)
        self.travelling.add(ids, model.step_number + steps)

    def step(self, model: DisplacementModel) -> None:
        """Settle who has reached a province, and let some move on."""
        steps = range(self._looked_up, model.step_number + 1)
        self._looked_up = model.step_number + 1
        reached = np.concatenate([self.travelling.pop(step) for step in steps])
        if reached.size:
            self._settle(model, self.displaced(model.households, reached, sent_on=True))
        if model.hours - self._moved_on >= RECONSIDER_EVERY_HOURS:
            self._move_on(model)

    def displaced(self, households: Households, ids: Ids, *, sent_on: bool) -> Ids:
        """Keep those at the reception point, each once; who came a second time may have entries of the first left."""
        here = (households.status[ids] == DISPLACED) & (households.place[ids] == 0)
        return np.unique(ids[here & ((self.destination[ids] >= 0) == sent_on)])

    def _settle(self, model: DisplacementModel, ids: Ids) -> None:
        """Bring households to the province they chose, and put them at risk of moving on."""
        provinces = self.destination[ids]
        model.households.move(ids, DISPLACED, 1 + provinces)
        model.shelter.enter(model.households, ids, provinces)
        fresh = ~self.reconsidered[ids]
        threshold = -np.log(model.households.uniform("drift")[ids[fresh]])
        self.risk.enter(ids[fresh], provinces[fresh], threshold)

    def _move_on(self, model: DisplacementModel) -> None:
        """Let those who reconsider move to the province they choose now, or abroad."""
        p, households = self.parameters, model.households
        hazard = p.drift_per_day * p.hr_crowding**model.shelter.crowding
        due = self.risk.advance(hazard * ((model.hours - self._moved_on) / 24.0))
        self._moved_on = model.hours
        due = due[np.sort(np.unique(due, return_index=True)[1])]  # who came twice in a day has two entries
        place = households.place[due]
        in_province = (households.status[due] == DISPLACED) & (place > 0) & (place < households.within)
        due = due[in_province & ~self.reconsidered[due]]
        if due.size == 0:
            return
        self.reconsidered[due] = True
        place = 1 + np.searchsorted(self.table[:-1], households.uniform("second province")[due])
        abroad = households.uniform("abroad")[due] < p.abroad_share
        place[abroad] = households.abroad
        self.destination[due] = place - 1
        model.shelter.leave(households, due)
        households.move(due, DISPLACED, place)
        model.shelter.enter(households, due[~abroad], place[~abroad] - 1)
