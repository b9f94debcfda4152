"""Which uncertain numbers shape the early counts at all: a Morris screening of the arrivals at the hours of the counts.

It says where a calibration has to look hard, not what it finds: the counts' values play no part in it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.ensemble.pool import run_all
from sim.evaluation.calibrate import Target, target_of
from sim.evaluation.counts import Counts
from sim.scenario.schema import Scenario
from sim.sensitivity.screen import screen

Floats = NDArray[np.float64]
Progress = Callable[[float], None]

LEAST_SHARE = 0.01
"""Of the sum of all effects: below it a number counts as one that the early counts do not hang on."""


def screening(
    scenario: Scenario,
    counts: Counts,
    trajectories: int = 4,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Return the mean share of each uncertain number in all effects on the arrivals at the hours of the counts.

    Parameters
    ----------
    scenario, counts : as for a calibration
    trajectories : each of one run more than there are uncertain numbers
    progress : called with the share of runs that are done

    Returns
    -------
    Columns assumption, ``persons`` (mean absolute change of arrivals, from the 5% to the 95% value of the prior,
    mean over counts), ``share`` and ``kept``; the largest first.
    """
    target = target_of(scenario, counts, seed)
    names = list(target.priors)

    def play(shares: Floats, _: NDArray[np.int64]) -> pd.DataFrame:
        rows = run_all(partial(Target.arrivals, target), list(shares), executor, progress)
        return pd.DataFrame(rows, columns=[str(when) for when in counts.times])

    effects = screen(names, play, trajectories, seed)
    mean = effects.groupby("assumption", sort=False)[["mu_star", "share"]].mean()
    mean = mean.sort_values("share", ascending=False, kind="stable").rename(columns={"mu_star": "persons"})
    return mean.assign(kept=mean["share"] >= LEAST_SHARE).reset_index()


def kept(screened: pd.DataFrame) -> tuple[str, ...]:
    """Return the paths of the numbers that a screening found to matter, the largest effect first."""
    return tuple(screened.loc[screened["kept"], "assumption"])
