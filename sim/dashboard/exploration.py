"""The model behind the dashboard: stepped from several threads, and it remembers its headline numbers each hour."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import NamedTuple

from sim.model.displacement import DisplacementModel
from sim.model.run import release
from sim.scenario.schema import Scenario


class Moment(NamedTuple):
    """Headline numbers at one hour, as the summary of a run counts them."""

    hours: float
    left: int
    arrived: int
    queue: float
    remaining: int
    returned: int
    deaths: int


class Exploration(DisplacementModel):
    """A displacement model that stops at its horizon and can be retired while it is being stepped.

    Attributes
    ----------
    trace : a :class:`Moment` for the start and for each step since
    """

    def __init__(self, definition: Scenario, seed: int = 0) -> None:
        self._alone = threading.Lock()
        super().__init__(definition, seed)
        self.trace = [self.now()]
        self._mesa_step = self.step  # Mesa has wrapped it by now, and its wrapper bears one thread at a time
        self.step = self._step_alone  # type: ignore[method-assign]

    def _step_alone(self) -> None:
        """Advance by one step, unless the horizon is reached or nobody looks any more."""
        with self._alone:
            if self.running:
                self._mesa_step()
                self.trace.append(self.now())

    def retire(self) -> None:
        """Stop for good and let go of what Mesa holds."""
        with self._alone:
            self.running = False
            release(self)

    def now(self) -> Moment:
        """Return the headline numbers of this moment."""
        people = self.households
        return Moment(
            hours=self.hours,
            left=int(self.traffic.departed),
            arrived=int(self.reception.arrived),
            queue=float(self.checkpoint.queue.waiting_units),
            remaining=int(people.at_home.sum() + people.ready.sum()),
            returned=int(people.returned.sum()),
            deaths=int(people.deaths),
        )


@lru_cache(maxsize=32)
def whole_trace(definition: Scenario, seed: int) -> tuple[Moment, ...]:
    """Return the trace of a whole run; the same scenario and seed are run once."""
    model = Exploration(definition, seed)
    while model.running:
        model.step()
    trace = tuple(model.trace)
    model.retire()
    return trace
