"""Return: displaced → on the way home → returned, conditioned on what waits at home.

    hazard = base · HR_insecurity ** insecurity · HR_threat ** threat · HR_loss ** service loss · HR_peers ** peers back
             · HR_home ** homes unfit to live in

Whose home is held by another side may settle elsewhere in the territory instead, where their own side still holds a
part: at the mean hazard of going home to there, times ``hr_return_elsewhere``.

Time away works through the frailty: those most inclined go first, so the hazard of who is left declines.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.population.households import DISPLACED, RETURNED, TRANSIT, Households
from sim.population.queues import Calendar, PointQueue
from sim.population.risk import RiskSet
from sim.scenario.interventions import EscortedReturn
from sim.scenario.parameters import Return as ReturnParameters

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


def return_hazard(
    p: ReturnParameters,
    insecurity: Floats,
    threat: Floats,
    service_loss: Floats,
    peers_back: Floats,
    home_damage: Floats,
) -> Floats:
    """Return the hazard of deciding to return, shape (n_settlements,) [1/day]; covariates lie in [0, 1]."""
    log_ratio = (
        log(p.hr_return_insecurity) * insecurity
        + log(p.hr_return_threat) * threat
        + log(p.hr_return_service_loss) * service_loss
        + log(p.hr_return_peers) * peers_back
        + log(p.hr_return_home_damage) * home_damage
    )
    return np.asarray(p.return_base_per_day * np.exp(log_ratio))


def elsewhere_hazard(p: ReturnParameters, home: Floats, held: NDArray[np.bool_], residents: Ids) -> Floats:
    """Return the hazard of settling elsewhere in the territory, shape (n_settlements,) [1/day].

    Parameters
    ----------
    home : shape (n_settlements,) [1/day], of returning home
    held : shape (n_settlements,), whether residents' own side holds the settlement, unchallenged
    residents : shape (n_settlements,), weight of each
    """
    if held.all() or not residents[held].any():
        return np.zeros_like(home)
    reach = np.average(home[held], weights=residents[held])
    return np.where(held, 0.0, p.hr_return_elsewhere * reach)


class Returns:
    """Displaced households under risk of returning, and those on the way.

    Attributes
    ----------
    elsewhere : shape (n_households,), whether each that decided goes elsewhere in the territory rather than home
    came_back : persons who came back so far, home or elsewhere in the territory
    """

    def __init__(self, parameters: ReturnParameters, households: Households) -> None:
        self.parameters = parameters
        self.risk = RiskSet(len(households.settlements))
        self.queue = PointQueue()
        self.travelling = Calendar()
        self.on_road = np.zeros(len(households), dtype=bool)
        self.elsewhere = np.zeros(len(households), dtype=bool)
        self.persons_on_road = 0
        self.ever_returned = 0
        self.came_back = 0

    def enter(self, model: DisplacementModel, ids: Ids) -> None:
        """Put displaced households under risk of returning, with a fresh threshold for each spell away."""
        if self.parameters.return_base_per_day == 0.0:
            return
        households = model.households
        for spell, part in households.by_spell(ids):
            thresholds = households.thresholds("return", spell, self.parameters.return_frailty_variance)
            self.risk.enter(part, households.columns.home[part], thresholds[part])

    def step(self, model: DisplacementModel) -> None:
        """Let the hazards run, let those who decided travel, and bring home those who get there."""
        if self.parameters.return_base_per_day == 0.0:
            return
        seen, households = model.perception, model.households
        hazard = return_hazard(
            self.parameters,
            seen.insecurity,
            seen.threat,
            model.infrastructure.service_loss,
            1.0 - seen.gone,
            model.homes.unfit,
        )
        other = elsewhere_hazard(self.parameters, hazard, seen.adverse_control == 0.0, households.initial)
        either = hazard + other
        due = self.risk.advance(either * (model.step_hours / 24.0))
        if due.size:
            due = self._willing(households, due)
            self._choose(households, due, other / np.maximum(either, 1e-300))
            self.queue.append(due, households.persons[due].astype(float), model.hours)
        self._set_out(model)
        self._come_home(model)

    def _choose(self, households: Households, ids: Ids, share: Floats) -> None:
        """Let those who decided go elsewhere in the territory, by ``share`` of shape (n_settlements,), or home."""
        if ids.size and share.any():
            home = households.columns.home[ids]
            self.elsewhere[ids] = households.uniform("elsewhere")[ids] < share[home]

    def _willing(self, households: Households, ids: Ids) -> Ids:
        """Keep those who are displaced and have neither gone abroad nor settled in the territory."""
        reachable = households.place[ids] < households.within
        return np.asarray(ids[(households.status[ids] == DISPLACED) & reachable])

    def _set_out(self, model: DisplacementModel) -> None:
        """Let as many set out as may pass; what nobody uses is lost."""
        open_way = self.parameters.return_persons_per_day * model.traffic.openness
        escorted = sum(
            action.persons_per_day * action.strength for _, action in model.timeline.of(EscortedReturn, model.hours)
        )
        going, _ = self.queue.serve((open_way + escorted) * model.step_hours / 24.0)
        if going.size == 0:
            return
        going = self._willing(model.households, going)
        if going.size == 0:
            return
        model.shelter.leave(model.households, going)
        model.households.move(going, TRANSIT)
        self.on_road[going] = True
        self.persons_on_road += int(model.households.persons[going].sum())
        hours = model.traffic.to_crossing[model.households.columns.home[going]]
        steps = np.maximum(1, np.rint(hours / model.step_hours)).astype(np.int64)
        self.travelling.add(going, model.step_number + steps)

    def _come_home(self, model: DisplacementModel) -> None:
        back = self.travelling.pop(model.step_number)
        if back.size == 0:
            return
        self.on_road[back] = False
        persons = int(model.households.persons[back].sum())
        self.persons_on_road -= persons
        self.came_back += persons
        model.households.move(back[self.elsewhere[back]], DISPLACED, model.households.within)
        home = back[~self.elsewhere[back]]
        model.households.move(home, RETURNED)
        self.ever_returned += int(model.households.persons[home].sum())
        model.households.spell[home] += 1
        model.decisions.enter(model.households, home)
