"""Persons displaced in the host country and those who came back: draws, the counts they saw, and later counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.dates import date2num

from sim.evaluation.prediction import since_first_return
from sim.figures.curves import LEVELS
from sim.figures.style import (
    BLACK,
    BLUE,
    DASHES,
    QUIET,
    counted,
    dated,
    footer,
    from_zero,
    shared_legend,
    sheet,
    style,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DAYS_BEYOND = 30
"""Days of returns drawn after the last count."""

MARKS = {"all": ("s", "anywhere"), "host": ("o", "in the host country"), "back": ("o", "came back")}


def displaced_figure(
    paths: Mapping[str, Mapping[str, pd.DataFrame]], early: pd.DataFrame, later: pd.DataFrame, note: str = ""
) -> Figure:
    """Return two panels: displaced persons over the whole time, and returns until a month after the last early count.

    Parameters
    ----------
    paths : ``unfitted`` and perhaps ``conditioned`` → series → persons, rows are times, columns members
    early, later : counts with the columns ``when``, ``series`` and ``persons``
    note : footer
    """
    with style():
        figure, axes = sheet(2, 1, size=(9.0, 7.2), height_ratios=(3, 2))
        split = early["when"].max()
        _panel(axes[0, 0], paths, "host", early, later, split)
        counted(axes[0, 0], "displaced", "persons")
        title(axes[0, 0], _in_words(paths))
        until = split + pd.Timedelta(days=DAYS_BEYOND)
        window = {name: {"back": since_first_return(found["back"], early)[:until]} for name, found in paths.items()}
        _panel(axes[1, 0], window, "back", early, later, split)
        counted(axes[1, 0], "came back", "persons")
        title(axes[1, 0], "Came back since the first count of returns, which says none")
        if note:
            footer(figure, note)
    return figure


def _panel(
    ax: Axes,
    paths: Mapping[str, Mapping[str, pd.DataFrame]],
    series: str,
    early: pd.DataFrame,
    later: pd.DataFrame,
    split: pd.Timestamp,
) -> None:
    """Draw one series: intervals of the last set of draws, the median of the others, counts and the split."""
    *others, (best, found) = paths.items()
    path = found[series]
    times = path.index.to_numpy()
    low, lower, middle, upper, high = np.quantile(path.to_numpy(), list(LEVELS), axis=1)
    ax.fill_between(times, low, high, color=BLUE, alpha=0.15, linewidth=0, label=f"{best}, 90%")
    ax.fill_between(times, lower, upper, color=BLUE, alpha=0.3, linewidth=0, label=f"{best}, 50%")
    ax.plot(times, middle, color=BLUE, label=f"{best}, median")
    for name, other in others:
        span = np.quantile(other[series].to_numpy(), [0.05, 0.5, 0.95], axis=1)
        ax.plot(times, span[1], color=QUIET, linestyle=DASHES[3], linewidth=1.3, label=f"{name}, median")
        for edge, label in ((span[0], f"{name}, 90%"), (span[2], None)):
            ax.plot(times, edge, color=QUIET, linestyle=DASHES[2], linewidth=1.0, label=label)
    kinds = ("back",) if series == "back" else ("all", "host")
    _points(ax, early[early["series"].isin(kinds)], BLACK, "counted, seen", times)
    _points(ax, later[later["series"].isin(kinds)], "white", "counted, held back", times)
    dated(ax, times, "UTC+4")
    from_zero(ax)
    when: float = date2num(split)  # type: ignore[no-untyped-call]
    ax.axvline(when, color=QUIET, linewidth=1.0, linestyle=DASHES[1], label="last count seen")
    shared_legend(ax)


def _points(ax: Axes, counts: pd.DataFrame, face: str, words: str, times: np.ndarray) -> None:
    """Draw counts, each series with its own mark."""
    for series, rows in counts.groupby("series"):
        shown = rows[(rows["when"] >= times[0]) & (rows["when"] <= times[-1])]
        mark, where = MARKS[str(series)]
        look: dict[str, Any] = {"marker": mark, "markerfacecolor": face, "markeredgecolor": BLACK, "markersize": 5}
        ax.plot(shown["when"], shown["persons"], linestyle="none", zorder=4, label=f"{words}: {where}", **look)


def _in_words(paths: Mapping[str, Mapping[str, pd.DataFrame]]) -> str:
    """Say what the last set of draws expects at the end."""
    name, found = list(paths.items())[-1]
    last = found["host"].iloc[-1]
    low, middle, high = (float(f"{last.quantile(level):.2g}") for level in (0.05, 0.5, 0.95))
    end = found["host"].index[-1] - pd.Timedelta(days=1)
    return f"Still displaced at the end of {end:%B %Y}: about {middle:,.0f} ({low:,.0f} to {high:,.0f}), {name} draws"
