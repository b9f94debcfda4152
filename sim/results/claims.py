"""What may be said of a comparison: how sure each difference is, what it hangs on, and where the evidence can't tell.

Members are paired, so a difference is the scenarios' own under the same assumptions and the same chance. All of it is
conditional on the model and its priors: a probability here is a share of members.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.results.compared import Assumed, Compared, by_member
from sim.results.drivers import Driver, drivers
from sim.results.fan import LEVELS
from sim.results.outlook import FEWER_IS_BETTER, PLANNER_OUTPUTS, outputs_of_members

Floats = NDArray[np.float64]

SURE = 0.9
"""Share of members from which a direction is claimed."""

ENOUGH = 29
"""Fewest members that can show a probability above :data:`SURE`: were it just that, 5 % of sets would all agree."""

FEW_SCENARIOS = 3
"""Most scenarios of which every pair is compared, not only each with the baseline."""


class Uncertain(Protocol):
    """A scenario that knows which of its numbers are uncertain."""

    @property
    def name(self) -> str:
        """Its name."""

    def priors(self) -> Mapping[str, object]:
        """Return path → prior."""


@dataclass(frozen=True)
class Claim:
    """How ``scenario`` differs from ``other`` in one planner's output.

    Attributes
    ----------
    n : members in which both have a value, out of ``of``; mean, interval and standard error are theirs
    p_higher : probability that the output is higher in ``scenario``, ties counting half, over all members
    mean, p05, p95 : expected difference and its interval over members, that is over assumptions and chance
    standard_error : of the mean
    hangs_on : assumptions that the difference hangs on most; empty where chance does as well
    """

    scenario: str
    other: str
    output: str
    n: int
    of: int
    p_higher: float
    mean: float
    p05: float
    p95: float
    standard_error: float
    hangs_on: tuple[Driver, ...] = ()

    @property
    def p_better(self) -> float:
        """Probability that ``scenario`` does better; NaN where more or fewer is not judged."""
        return 1.0 - self.p_higher if self.output in FEWER_IS_BETTER else float("nan")

    @property
    def told(self) -> bool:
        """Whether the members tell which of the two is higher."""
        return not self.doubt

    @property
    def doubt(self) -> str:
        """Why the members don't tell which of the two is higher; empty where they do."""
        if self.of < ENOUGH:
            return f"too few members ({self.of} of {ENOUGH})"
        if self.p_higher == 0.5 and (self.n == 0 or self.standard_error == 0):
            return "no difference in any member"
        unsure = 1 - SURE < self.p_higher < SURE or self.p05 < 0 < self.p95
        return "the evidence can't tell" if unsure else ""

    @property
    def verdict(self) -> str:
        """What may be said, in a few words."""
        if self.doubt:
            return self.doubt
        higher = self.p_higher > 0.5
        if self.output in FEWER_IS_BETTER:
            return "worse" if higher else "better"
        return "higher" if higher else "lower"


def claims(comparison: Compared, scenarios: Sequence[Uncertain] = ()) -> list[Claim]:
    """Return a claim for each pair of scenarios and planner's output.

    Parameters
    ----------
    comparison : paired members; each scenario is compared with the baseline, and with every other where they are few
    scenarios : where given, a difference can only hang on what is uncertain in one of the pair
    """
    outputs = outputs_of_members(comparison.dataset, by_member(comparison.summaries))
    names = [str(name) for name in dict.fromkeys(outputs["scenario"])]
    uncertain = {scenario.name: set(scenario.priors()) for scenario in scenarios}
    found = []
    for scenario, other in _pairs(names, comparison.baseline):
        known = uncertain.get(scenario, set()) | uncertain.get(other, set()) if scenarios else None
        assumed = assumed_table(comparison.members, (scenario, other), known)
        for output in PLANNER_OUTPUTS:
            wide = outputs.pivot(index="member", columns="scenario", values=output)
            a, b = (wide[name].to_numpy(dtype=float) for name in (scenario, other))
            found.append(claim(scenario, other, output, a, b, assumed))
    return found


def claim(scenario: str, other: str, output: str, a: Floats, b: Floats, assumed: pd.DataFrame) -> Claim:
    """Return what the paired numbers ``a`` and ``b``, shape (n_members,), say of a difference.

    A number that is infinite in both is a tie; NaN on either side leaves the member out.
    """
    known = ~(np.isnan(a) | np.isnan(b))
    a, b = a[known], b[known]
    with np.errstate(invalid="ignore"):
        change = np.where(a == b, 0.0, a - b)
    both = change[np.isfinite(a) & np.isfinite(b)]
    low, high = np.quantile(both, [LEVELS[0], LEVELS[-1]]) if both.size else (np.nan, np.nan)
    return Claim(
        scenario,
        other,
        output,
        n=int(both.size),
        of=int(known.size),
        p_higher=float(np.mean(a > b) + 0.5 * np.mean(a == b)) if a.size else float("nan"),
        mean=float(both.mean()) if both.size else float("nan"),
        p05=float(low),
        p95=float(high),
        standard_error=float(both.std(ddof=1) / np.sqrt(both.size)) if both.size > 1 else float("nan"),
        hangs_on=tuple(drivers(assumed[known], change)),
    )


def claims_table(found: Sequence[Claim]) -> pd.DataFrame:
    """Return one row for each claim, assumptions and how sure they are as columns."""
    rows = []
    for item in found:
        row: dict[str, object] = {
            "scenario": item.scenario,
            "compared_with": item.other,
            "output": item.output,
            "unit": PLANNER_OUTPUTS[item.output].unit,
            "members": item.of,
            "members_with_both": item.n,
            "p_higher": item.p_higher,
            "p_better": item.p_better,
            "difference_mean": item.mean,
            "difference_p05": item.p05,
            "difference_p95": item.p95,
            "difference_standard_error": item.standard_error,
            "verdict": item.verdict,
        }
        for place in (1, 2):
            driver = item.hangs_on[place - 1] if len(item.hangs_on) >= place else None
            row[f"hangs_on_{place}"] = driver.path if driver else ""
            row[f"rank_correlation_{place}"] = driver.correlation if driver else float("nan")
            row[f"p_value_{place}"] = driver.p if driver else float("nan")
            row[f"not_told_from_{place}"] = "; ".join(driver.together) if driver else ""
        rows.append(row)
    return pd.DataFrame(rows)


def assumed_table(
    members: Sequence[Assumed], scenarios: Collection[str], known: Collection[str] | None = None
) -> pd.DataFrame:
    """Return one row for each member and one column for each assumption that varies.

    Parameters
    ----------
    members : what each assumed
    scenarios : whose own values count, where scenarios differ in their prior
    known : paths that may count; all if None
    """
    table = pd.DataFrame([dict(member.values) for member in members])
    kept = []
    for key in table:
        owner, colon, path = str(key).partition(": ")
        ours = owner in scenarios if colon else True
        if ours and (known is None or (path or owner) in known) and table[key].nunique() > 1:
            kept.append(key)
    return table[kept]


def _pairs(names: Sequence[str], baseline: str) -> list[tuple[str, str]]:
    """Return which scenario is compared with which: later ones with earlier ones."""
    if len(names) <= FEW_SCENARIOS:
        return [(later, earlier) for earlier, later in combinations(names, 2)]
    return [(name, baseline) for name in names if name != baseline]
