"""Comparisons as tables: how each scenario ends, and how it differs from the first, member by member."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd
import xarray as xr

from sim.results.fan import LEVELS, percent
from sim.results.words import MEASURES, Measure, in_words, interval_in_words

COMPARED = (
    "persons_left",
    "persons_arrived",
    "persons_remaining",
    "persons_returned",
    "deaths",
    "hours_to_half_arrived",
    "peak_queue_vehicles",
    "peak_wait_hours",
)
"""Summary keys that comparisons show, in order."""

MIDDLE = 0.5
_QUANTILES = ("p05", "p25", "median", "p75", "p95")


class Assumed(Protocol):
    """What one member assumed."""

    @property
    def number(self) -> int:
        """The member's place in the comparison."""

    @property
    def seed(self) -> int:
        """Root seed of its runs."""

    @property
    def values(self) -> Mapping[str, float]:
        """Dotted path → value drawn for it."""


class Compared(Protocol):
    """What a comparison of scenarios holds."""

    @property
    def dataset(self) -> xr.Dataset:
        """Variables of the runs, with dims scenario and member first."""

    @property
    def summaries(self) -> pd.DataFrame:
        """One row for each scenario and member."""

    @property
    def members(self) -> Sequence[Assumed]:
        """What each member assumed, the same for every scenario."""

    @property
    def baseline(self) -> str:
        """The scenario that the others are compared with."""


def by_member(summaries: pd.DataFrame) -> pd.DataFrame:
    """Return the summaries with ``scenario`` and ``member`` as columns, wherever they were."""
    indexed = [name for name in summaries.index.names if name in ("scenario", "member")]
    return summaries.reset_index(level=indexed).reset_index(drop=True) if indexed else summaries


def outcomes(summaries: pd.DataFrame, measures: Iterable[str] = COMPARED) -> pd.DataFrame:
    """Return, for each scenario and measure, median, p05, p25, p75, p95, and n of how many members have a value."""
    groups = by_member(summaries).groupby("scenario", sort=False)
    rows = [
        {"scenario": scenario, "measure": measure, **_spread(members[measure].to_numpy(dtype=float))}
        for scenario, members in groups
        for measure in measures
    ]
    return pd.DataFrame(rows)


def differences(summaries: pd.DataFrame, baseline: str, measures: Iterable[str] = COMPARED) -> pd.DataFrame:
    """Return how each scenario differs from ``baseline`` within members, and how often it is lower.

    Columns: scenario, measure, p05, p25, median, p75, p95, n (members where both have a value) of how many, p_lower
    (share of those n in which the scenario's value is below the baseline's).
    """
    table = by_member(summaries)
    rows = []
    for measure in measures:
        wide = table.pivot(index="member", columns="scenario", values=measure).astype(float)
        for scenario in dict.fromkeys(table["scenario"]):
            if scenario != baseline:
                change = (wide[scenario] - wide[baseline]).to_numpy()
                known = change[np.isfinite(change)]
                lower = float(np.mean(known < 0)) if known.size else float("nan")
                rows.append({"scenario": scenario, "measure": measure, **_spread(change), "p_lower": lower})
    return pd.DataFrame(rows, columns=["scenario", "measure", *_QUANTILES, "n", "of", "p_lower"])


def table(summaries: pd.DataFrame, baseline: str) -> pd.DataFrame:
    """Return quantiles of every measure at the end, and of how scenarios differ from ``baseline`` within members.

    Columns: scenario, what (``outcome`` or ``difference``), measure, unit, p05, p25, p50, p75, p95, n (members with a
    value) of how many, p_lower (of a difference, the share of those n in which it is below 0).
    """
    parts = {"outcome": outcomes(summaries), "difference": differences(summaries, baseline)}
    rows = pd.concat([part.assign(what=what) for what, part in parts.items() if len(part)], ignore_index=True)
    rows = rows.rename(columns={"median": percent(MIDDLE)}).assign(p_lower=rows.get("p_lower"))
    rows["unit"] = [MEASURES[name].unit for name in rows["measure"]]
    return rows[["scenario", "what", "measure", "unit", *map(percent, LEVELS), "n", "of", "p_lower"]]


def assumptions(members: Iterable[Assumed]) -> pd.DataFrame:
    """Return a row for each number that a member assumed: member, seed, path, value."""
    rows = [
        {"member": member.number, "seed": member.seed, "path": path, "value": value}
        for member in members
        for path, value in member.values.items()
    ]
    return pd.DataFrame(rows, columns=["member", "seed", "path", "value"])


def cell(row: Mapping[Hashable, Any], measure: Measure, joint: str = " ") -> str:
    """Write one outcome: ``median [p05–p95]``, or on lines of their own, and of how many members if not of all."""
    middle, low, high = (float(row[key]) for key in ("median", "p05", "p95"))
    if np.isnan(middle):
        return measure.absent
    missing = f"{joint}({row['n']} of {row['of']})" if row["n"] < row["of"] else ""
    interval = interval_in_words(low, high, measure)
    return f"{in_words(middle, measure)}{joint}{f'[{interval}]' if joint == ' ' else interval}{missing}"


def _spread(values: np.ndarray) -> dict[str, float]:
    """Return the median, the other quantiles, and of how many values they are."""
    known = values[np.isfinite(values)]
    found = np.quantile(known, LEVELS) if known.size else np.full(len(LEVELS), np.nan)
    quantiles = {
        "median" if level == MIDDLE else percent(level): float(at) for level, at in zip(LEVELS, found, strict=True)
    }
    return {**quantiles, "n": int(known.size), "of": int(values.size)}


def markdown(summaries: pd.DataFrame, baseline: str) -> str:
    """Return both tables as Markdown: how each scenario ends, and how it differs from ``baseline``."""
    table = by_member(summaries)
    n_members = table["member"].nunique()
    parts = [
        f"Median [5–95% of {n_members} members]",
        _markdown_table(outcomes(table), lambda row, measure: cell(row, measure)),
    ]
    changes = differences(table, baseline)
    if len(changes):
        parts += [
            f"Difference from `{baseline}`, member by member: median [5–95%], probability that it is lower",
            _markdown_table(changes, change_cell),
        ]
    return "\n\n".join(parts) + "\n"


def change_cell(row: Mapping[Hashable, Any], measure: Measure, joint: str = " ") -> str:
    """Write one difference: ``median [p05 to p95], P(lower)``."""
    if np.isnan(float(row["median"])):
        return "–"
    return f"{cell(row, measure, joint)}{',' if joint == ' ' else ''}{joint}P {float(row['p_lower']):.2f}"


def heads(measures: Iterable[str] = COMPARED) -> list[str]:
    """Return the heads of columns: short name and unit."""
    return [f"{MEASURES[name].head} ({MEASURES[name].unit})" for name in measures]


def _markdown_table(long: pd.DataFrame, write: Callable[[Mapping[Hashable, Any], Measure], str]) -> str:
    lines = ["| scenario | " + " | ".join(heads()) + " |", "|---" + "|---:" * len(COMPARED) + "|"]
    for scenario, rows in long.groupby("scenario", sort=False):
        by_measure = {str(row["measure"]): row for row in rows.to_dict("records")}
        cells = (write(by_measure[name], MEASURES[name]) for name in COMPARED)
        lines.append(f"| {scenario} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
