"""Screening by elementary effects (Morris 1991; Campolongo et al. 2007), with SALib's trajectories.

A trajectory starts somewhere among all assumptions and moves one after the other by two thirds of its range; the
effect of each is the change it makes on the way. All points of a trajectory share their chance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = 4
LOW, HIGH = 0.05, 0.95
"""Shares of each distribution between which assumptions are moved."""

Play = Callable[[Floats, Ints], pd.DataFrame]
"""Takes shares, shape (n_points, n_names) in [0, 1], and which trajectory each point is of, shape (n_points,); returns
one row of outputs for each point."""


def n_screening_runs(n_names: int, trajectories: int) -> int:
    """Return how many points a screening plays."""
    return trajectories * (n_names + 1)


def screen(names: Sequence[str], play: Play, trajectories: int, seed: int) -> pd.DataFrame:
    """Return the elementary effects of each assumption on each output.

    Parameters
    ----------
    names : the assumptions
    play : the model
    trajectories : how many, at least 2
    seed : root of the design

    Returns
    -------
    Columns output, assumption, ``mu_star`` (mean absolute effect of moving it from the 5% to the 95% value, in units
    of the output), ``mu`` (mean effect), ``sigma`` (its standard deviation: interactions and curvature) and
    ``share`` (of the sum of ``mu_star`` over all assumptions); the largest of each output first.
    """
    from SALib.analyze import morris as analysis
    from SALib.sample import morris as sampling

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    design = sampling.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    outputs = play(LOW + (HIGH - LOW) * design, np.arange(len(design)) // (len(names) + 1))
    tables = []
    for output in outputs:
        found = analysis.analyze(
            problem, design, outputs[output].to_numpy(dtype=float), num_levels=LEVELS, seed=np.random.default_rng(seed)
        )
        effects = {key: np.asarray(found[key], dtype=float) for key in ("mu_star", "mu", "sigma")}
        total = effects["mu_star"].sum()
        share = effects["mu_star"] / total if total > 0 else np.zeros(len(names))
        table = pd.DataFrame({"output": output, "assumption": list(names), **effects, "share": share})
        tables.append(table.sort_values("mu_star", ascending=False, kind="stable"))
    return pd.concat(tables, ignore_index=True)


def leading(screening: pd.DataFrame, most: int) -> list[str]:
    """Return the assumptions with the largest mean share of the effects over all outputs, the largest first."""
    mean = screening.groupby("assumption", sort=False)["share"].mean()
    ranked = mean[mean > 0].sort_values(ascending=False, kind="stable")
    return [str(name) for name in ranked.index[:most]]
