"""Corridor: a humanitarian displacement scenario simulator.

Load a scenario, vary it, run it, compare it, plot it::

    import sim

    result = sim.run(sim.load("ceasefire"), seed=1)
    result.plot.arrivals()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.ensemble.compare import compare
    from sim.ensemble.comparison import Comparison
    from sim.ensemble.run import open_ensemble, run_ensemble
    from sim.ensemble.sweep import sweep
    from sim.model.displacement import DisplacementModel
    from sim.model.replay import replay
    from sim.model.run import run
    from sim.results.result import Result
    from sim.scenario.load import load
    from sim.scenario.schema import Scenario

_HOMES = {
    "Comparison": "sim.ensemble.comparison",
    "DisplacementModel": "sim.model.displacement",
    "Result": "sim.results.result",
    "Scenario": "sim.scenario.schema",
    "compare": "sim.ensemble.compare",
    "load": "sim.scenario.load",
    "open_ensemble": "sim.ensemble.run",
    "replay": "sim.model.replay",
    "run": "sim.model.run",
    "run_ensemble": "sim.ensemble.run",
    "sweep": "sim.ensemble.sweep",
}

__all__ = [
    "Comparison",
    "DisplacementModel",
    "Result",
    "Scenario",
    "compare",
    "load",
    "open_ensemble",
    "replay",
    "run",
    "run_ensemble",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Import the public names when they are first used, so that ``corridor --help`` starts at once."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
