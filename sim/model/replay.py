"""A model in the middle of its run, played again from scenario and seed: the saved state that needs no file of its own.

See docs/adr/0011-restart.md.
"""

from __future__ import annotations

from sim.errors import InputError, Problem
from sim.model.displacement import DisplacementModel
from sim.scenario.schema import Scenario


def replay(scenario: Scenario, seed: int = 0, hours: float = 0.0) -> DisplacementModel:
    """Return the model of ``scenario`` as it is after ``hours``, ready to be stepped on.

    The same scenario and seed give the same state to the bit, so a result's folder is enough to restart from:
    ``result.scenario`` and ``result.seed``. A scenario that differs only in what begins later
    has the same past.

    Parameters
    ----------
    hours : from the start, up to the horizon; the model stops at the first step that is not before it [h]

    Raises
    ------
    InputError
        If ``hours`` lies outside the time that the scenario plays.
    """
    horizon = scenario.time.n_steps * scenario.time.step_minutes / 60.0
    if not 0.0 <= hours <= horizon:
        raise InputError(Problem(scenario.name, "hours", f"{hours:g}", f"0 to {horizon:g}, the time played"))
    model = DisplacementModel(scenario, seed)
    while model.hours < hours - 1e-9:
        model.step()
    return model
