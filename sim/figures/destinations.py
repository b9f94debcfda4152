"""Where people went: simulated and counted persons in each destination."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from sim.figures.style import BLACK, BLUE, counted, dated, footer, from_zero, sheet, style, title

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_PANELS = 12


def by_destination(daily: pd.DataFrame, heading: str, note: str) -> Figure:
    """Draw counted and simulated persons of the largest destinations, a panel each.

    Parameters
    ----------
    daily : rows of date, camp, counted and simulated persons
    heading, note : what stands above and below
    """
    largest = daily.groupby("camp")["counted"].max().sort_values(ascending=False).index[:MOST_PANELS]
    n_columns = min(3, len(largest))
    n_rows = math.ceil(len(largest) / n_columns)
    with style():
        figure, axes = sheet(n_rows, n_columns, size=(4.0 * n_columns + 0.6, 2.7 * n_rows + 0.6))
        for ax, camp in zip(axes.flat, largest, strict=False):
            rows = daily[daily["camp"] == camp]
            when = pd.DatetimeIndex(rows["date"]).to_numpy()
            ax.plot(when, rows["counted"], color=BLACK, linestyle="--", label="counted")
            ax.plot(when, rows["simulated"], color=BLUE, label="simulated")
            dated(ax, when, "UTC")
            ax.set_xlabel("")
            counted(ax, "there", "persons")
            from_zero(ax)
            title(ax, str(camp))
        for ax in axes.flat[len(largest) :]:
            ax.remove()
        axes.flat[0].legend(loc="best")
        figure.suptitle(heading, x=0.01, ha="left")
        footer(figure, note)
    return figure
