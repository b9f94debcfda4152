"""Shares of an output's variance (Sobol' 1993; Saltelli et al. 2010), with SALib's design and estimators."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Play = Callable[[Floats], pd.DataFrame]
"""Takes shares, shape (n_points, n_names) in (0, 1); returns one row of outputs for each point."""

RESAMPLES = 500


def n_sobol_runs(n_names: int, base: int) -> int:
    """Return how many points the design has."""
    return base * (n_names + 2)


def sobol(names: Sequence[str], play: Play, base: int, seed: int) -> pd.DataFrame:
    """Return first-order and total indices of each assumption for each output, with 95 % intervals.

    Parameters
    ----------
    names : the assumptions
    play : the model
    base : points of the Sobol' sequence, a power of two; the design has ``base * (len(names) + 2)``
    seed : root of the sequence's scrambling and of the bootstrap

    Returns
    -------
    Columns output, assumption, ``first`` (share of variance it makes by itself), ``total`` (with all interactions),
    and ``first_error`` and ``total_error``, half-widths of bootstrapped intervals. NaN where an output does not vary.
    Estimates may fall outside [0, 1] within their error.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem = {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}
    outputs = play(sampling.sample(problem, base, calc_second_order=False, seed=np.random.default_rng(seed)))
    tables = []
    for output in outputs:
        values = outputs[output].to_numpy(dtype=float)
        indices = {key: np.full(len(names), np.nan) for key in ("first", "first_error", "total", "total_error")}
        if np.ptp(values.reshape(base, -1)[:, [0, -1]]) > 0:
            found = analysis.analyze(
                problem, values, calc_second_order=False, num_resamples=RESAMPLES, seed=np.random.default_rng(seed)
            )
            keys = {"first": "S1", "first_error": "S1_conf", "total": "ST", "total_error": "ST_conf"}
            indices = {key: np.asarray(found[theirs], dtype=float) for key, theirs in keys.items()}
        tables.append(pd.DataFrame({"output": output, "assumption": list(names), **indices}))
    return pd.concat(tables, ignore_index=True)
