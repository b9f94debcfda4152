"""Reference extremes side by side: the share of residents gone under two cases' institutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.ticker import PercentFormatter

from sim.figures.curves import LEVELS
from sim.figures.style import BLACK, BLUE, footer, sheet, style, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.evaluation.extremes import Case

DAYS_SHOWN = 20.0
"""Of a case that is over in days."""


def extremes_figure(left: Mapping[str, pd.DataFrame], cases: Sequence[Case], note: str = "") -> Figure:
    """Return a panel for each case: median, 50 and 90 per cent of draws, and what the record says."""
    with style():
        figure, axes = sheet(1, len(cases), size=(9.0, 3.9))
        for ax, case in zip(axes[0], cases, strict=True):
            _panel(ax, left[case.scenario], case)
        axes[0, 0].legend(loc="lower right")
        if note:
            footer(figure, note)
    return figure


def _panel(ax: Axes, shares: pd.DataFrame, case: Case) -> None:
    quick = case.day < DAYS_SHOWN
    shown = shares[: DAYS_SHOWN if quick else None]
    unit = 1.0 if quick else 365.25 / 12.0
    times = shown.index.to_numpy() / unit
    low, lower, middle, upper, high = np.quantile(shown.to_numpy(), list(LEVELS), axis=1)
    ax.fill_between(times, low, high, color=BLUE, alpha=0.15, linewidth=0, label="model, 90%")
    ax.fill_between(times, lower, upper, color=BLUE, alpha=0.3, linewidth=0, label="model, 50%")
    ax.plot(times, middle, color=BLUE, label="model, median")
    centre = (case.low + case.high) / 2.0
    bar = [[centre - case.low], [case.high - centre]]
    ax.errorbar(case.day / unit, centre, bar, fmt="o", color=BLACK, capsize=3, markersize=4, label="record")
    above = centre < 0.5
    ax.annotate(
        case.record,
        (case.day / unit, case.high if above else case.low),
        (0, 14 if above else -20),
        textcoords="offset points",
        ha="center" if above else "left",
        fontsize=8.5,
    )
    ax.set_xlim(times[0], times[-1])
    ax.set_ylim(0.0, 1.03)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    ax.set_xlabel(f"since control was to change [{'days' if quick else 'months'}]")
    ax.set_ylabel("residents gone")
    title(ax, case.title)
