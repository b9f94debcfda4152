"""The schedule of a step as data: which phase runs, in which order and how often; printable and timed."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.place.place import Place


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase: the process that runs, and how often at most [h]; 0 means at every step."""

    name: str
    every_hours: float = 0.0


SCHEDULE: tuple[Phase, ...] = (
    Phase("missions", 6.0),
    Phase("violence"),
    Phase("infrastructure", 6.0),
    Phase("aid", 6.0),
    Phase("guarantees", 6.0),
    Phase("perception"),
    Phase("decisions"),
    Phase("returns"),
    Phase("traffic"),
    Phase("reception"),
    Phase("onward", 6.0),
    Phase("shelter", 6.0),
    Phase("homes", 24.0),
)
"""The order of ODD's *process overview and scheduling*; what is recorded of a step is read after the last phase."""


WITHOUT_ROADS_IN = ("aid",)
WITHOUT_CROSSING = ("infrastructure", "reception", "onward", "shelter", "homes")
"""Phases that a place gives no ground for: goods need a road by which they come, the others what is counted there."""

WITHOUT_VIOLENCE = ("missions", "violence", "guarantees")
"""Phases that change nothing where every action is one of :data:`OF_FLIGHT`."""

OF_FLIGHT = ("conflict", "departures", "roads_closed", "destinations_closed", "forwarding")
"""Kinds of action that bring neither incidents nor missions nor assurances."""


def schedule_of(place: Place, kinds: Collection[str]) -> tuple[Phase, ...]:
    """Return the phases that ``place`` and the ``kinds`` of action in a scenario give ground for."""
    calm = place.open_network and all(kind in OF_FLIGHT for kind in kinds)
    idle = WITHOUT_ROADS_IN * (not place.aid_heads) + WITHOUT_CROSSING * place.open_network + WITHOUT_VIOLENCE * calm
    return tuple(phase for phase in SCHEDULE if phase.name not in idle)


@dataclass(slots=True)
class Clock:
    """When each phase last ran [h], and the time spent in it [s]."""

    last: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


def run_step(model: DisplacementModel, clock: Clock) -> None:
    """Run the phases that are due, in order."""
    began, hours = time.perf_counter(), model.hours
    for phase in model.schedule:
        name = phase.name
        if phase.every_hours and hours - clock.last.get(name, -np.inf) < phase.every_hours - 1e-9:
            continue
        getattr(model, name).step(model)
        ended = time.perf_counter()
        clock.seconds[name] = clock.seconds.get(name, 0.0) + ended - began
        clock.last[name], began = hours, ended


def describe() -> str:
    """Return the schedule as text, a line for each phase."""
    return "\n".join(
        f"{number}. {phase.name}, " + (f"every {phase.every_hours:g} h" if phase.every_hours else "every step")
        for number, phase in enumerate(SCHEDULE, 1)
    )
