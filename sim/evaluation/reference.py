"""Reference cases that any draw has to agree with, whatever the counts of 2023 say.

Krajina 1995: nothing that anybody believed was in force, the road was open, and nearly the whole population left in
about five days (high trust in the record). So where homes are under adverse control, violence is fresh and no
guarantee holds, hardly anybody may still be undecided after five days.
"""

from __future__ import annotations

import numpy as np

from sim.processes.decisions import leaving_hazard
from sim.scenario.parameters import Decisions

DAYS = 5.0
UNDECIDED = 0.03
"""Standard error of the share undecided about none: the record says *nearly* all."""


def undecided_after(p: Decisions, days: float = DAYS) -> float:
    """Return the share of households that have not decided to leave after ``days`` in the extreme case."""
    one, none = np.ones(1), np.zeros(1)
    hazard = leaving_hazard(
        p, insecurity=one, threat=one, deprivation=none, service_loss=none, gone=none, road_known=1.0
    )
    cumulative, variance = float(hazard[0]) * days, p.leave_frailty_variance
    if variance == 0.0:
        return float(np.exp(-cumulative))
    return float((1.0 + variance * cumulative) ** (-1.0 / variance))


def log_likelihood(p: Decisions) -> float:
    """Return the log-likelihood of the reference case, up to a constant."""
    return -0.5 * (undecided_after(p) / UNDECIDED) ** 2
