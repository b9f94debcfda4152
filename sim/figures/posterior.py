"""What counts told of the numbers they hang on, and which of these one curve cannot separate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.figures.style import BLUE, QUIET, footer, sheet, style, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def posterior_figure(found: pd.DataFrame, ties: pd.DataFrame, note: str = "") -> Figure:
    """Draw how far the counts narrowed each number beside the rank correlations that are left.

    Parameters
    ----------
    found : as from :func:`sim.ensemble.posterior.identified`
    ties : rank correlations, in the same order
    """
    with style():
        n = len(found)
        figure, axes = sheet(1, 2, size=(11.0, max(3.6, 0.36 * n + 1.8)))
        narrowed(axes[0, 0], found)
        tied(axes[0, 1], ties)
        if note:
            footer(figure, note)
    return figure


def narrowed(ax: Axes, found: pd.DataFrame) -> None:
    """Draw the share by which the middle half of each number is narrower after the counts."""
    rows = np.arange(len(found))
    ax.barh(rows, 100.0 * found["narrowed"], color=BLUE, height=0.6)
    ax.axvline(0.0, color=QUIET, linewidth=1.0)
    ax.set_yticks(rows, [_short(path) for path in found["assumption"]])
    ax.invert_yaxis()
    ax.set_xlim(min(-20.0, 110.0 * float(found["narrowed"].min())), 100.0)
    ax.set_xlabel("middle half narrower than the prior's [%]")
    ax.grid(axis="y", visible=False)
    title(ax, "What the early counts told")


def tied(ax: Axes, ties: pd.DataFrame) -> None:
    """Draw rank correlations as a lower triangle, each with its number."""
    values = ties.to_numpy(dtype=float)
    n = len(values)
    shown = np.where(np.tri(n, k=-1, dtype=bool), values, np.nan)
    ax.imshow(shown, cmap="RdBu", vmin=-1.0, vmax=1.0, aspect="auto")
    for row, column in zip(*np.nonzero(np.tri(n, k=-1)), strict=True):
        value = values[row, column]
        if abs(value) >= 0.15:
            ink = "white" if abs(value) > 0.6 else "black"
            ax.text(column, row, f"{value:+.1f}", ha="center", va="center", fontsize=7.5, color=ink)
    names = [_short(str(path)) for path in ties.columns]
    ax.set_yticks(np.arange(1, n), names[1:])
    ax.set_xticks(np.arange(n - 1), names[:-1], rotation=45, ha="right")
    ax.grid(visible=False)
    title(ax, "What one curve cannot separate: rank correlations")


def _short(path: str) -> str:
    return path.partition(".")[2].replace("_", " ").replace(".", ": ")
