"""What a conclusion hangs on: which assumed numbers go with an outcome across the members of a comparison.

Spearman's rank correlation. A number stands out if its correlation is stronger than chance alone would make the
strongest of as many unrelated numbers, once in twenty comparisons (Bonferroni's bound on the normal approximation).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.stats import norm, rankdata

if TYPE_CHECKING:
    from sim.report.material import Material

OUTCOMES = ("persons_remaining", "persons_arrived", "persons_returned")
FEWEST = 8
"""Fewest members of which a rank correlation says anything."""

CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Driver:
    """How an outcome of a scenario goes with an assumed number: rank correlation in [-1, 1]."""

    scenario: str
    outcome: str
    path: str
    rho: float
    stands_out: bool


def drivers(material: Material, most: int = 5) -> list[Driver]:
    """Return, for each scenario and outcome that varies, the strongest drivers, the strongest first."""
    if material.n_members < FEWEST or material.assumed.empty:
        return []
    wide = material.assumed.pivot(index="member", columns="path", values="value")
    found: list[Driver] = []
    for scenario in material.scenarios:
        mine = _own(wide, scenario, set(material.scenarios[scenario].priors()))
        for outcome in OUTCOMES:
            found += list(_of(material.summaries, mine, scenario, outcome))[:most]
    return found


def bar(n_members: int, n_paths: int) -> float:
    """Return the correlation above which a number stands out.

    >>> round(bar(64, 100), 2), round(bar(8, 100), 2)
    (0.44, 1.0)
    """
    return min(1.0, float(norm.ppf(1.0 - CHANCE / 2.0 / max(1, n_paths))) / math.sqrt(n_members - 1.0))


def _own(wide: pd.DataFrame, scenario: str, uncertain: set[str]) -> pd.DataFrame:
    """Return the columns of what is uncertain in a scenario, by path; its own values before shared ones."""
    own = {path: name for path in uncertain for name in (path, f"{scenario}: {path}") if name in wide.columns}
    kept = wide[[own[path] for path in sorted(own)]].set_axis(sorted(own), axis=1)
    varied: pd.DataFrame = kept.loc[:, (kept.nunique() > 1) & kept.notna().all()]
    return varied


def _of(summaries: pd.DataFrame, assumed: pd.DataFrame, scenario: str, outcome: str) -> Iterator[Driver]:
    mine = summaries[summaries["scenario"] == scenario].set_index("member")[outcome].astype(float)
    mine = mine.reindex(assumed.index)
    if mine.isna().any() or mine.nunique() < FEWEST / 2 or assumed.shape[1] == 0:
        return
    ranks = np.apply_along_axis(rankdata, 0, assumed.to_numpy(dtype=float))
    rho = np.corrcoef(np.column_stack([ranks, rankdata(mine)]), rowvar=False)[-1, :-1]
    level = bar(len(mine), rho.size)
    for at in np.argsort(-np.abs(rho), kind="stable"):
        yield Driver(scenario, outcome, str(assumed.columns[at]), float(rho[at]), bool(abs(rho[at]) > level))
