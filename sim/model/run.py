"""Run a scenario from start to horizon."""

from __future__ import annotations

import time
from collections.abc import Callable

from mesa import Agent

from sim.model.displacement import DisplacementModel
from sim.model.recorder import Recorder
from sim.results.needs import with_needs
from sim.results.provenance import versions
from sim.results.result import Result
from sim.results.summary import summarise
from sim.scenario.schema import Scenario

Progress = Callable[[float], None]


def run(scenario: Scenario, seed: int = 0, progress: Progress | None = None, most_times: int | None = None) -> Result:
    """Play a scenario out.

    Parameters
    ----------
    scenario : what happens and what is assumed
    seed : root seed; the same seed gives the same bytes
    progress : called about a hundred times with the share of the run that is done
    most_times : keep about this many times of each series, the last among them; all output times if None. The
        summary does not depend on it.

    Returns
    -------
    Result with its labelled series, summary and provenance

    Raises
    ------
    StateError : if a person was created or lost, a defect of the model
    """
    began = time.perf_counter()
    model = DisplacementModel(scenario, seed)
    recorder = Recorder(model, most_times)
    steps = scenario.time.n_steps
    tick = max(1, steps // 100)
    for step in range(1, steps + 1):
        model.step()
        recorder.observe(model)
        if progress is not None and step % tick == 0:
            progress(step / steps)
    model.households.check()
    dataset = with_needs(recorder.dataset(model))
    seconds = time.perf_counter() - began
    summary = summarise(dataset, recorder.fine(model), model.traffic.first_opened, seconds)
    phases = {name: round(spent, 4) for name, spent in model.clock.seconds.items()}
    release(model)
    return Result(dataset, summary, scenario, seed, {"versions": versions(), "phase_seconds": phases})


def release(model: DisplacementModel) -> None:
    """Let go of a finished model: Mesa 3.3 keeps every model alive in a class attribute of ``Agent``."""
    model.remove_all_agents()
    getattr(Agent, "_ids", {}).pop(model, None)
