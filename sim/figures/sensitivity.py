"""What outputs hang on: swings and variance shares of assumptions, and the region where an outcome comes about."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from sim.figures.style import (
    BLUE,
    CAUTION,
    ORANGE,
    QUIET,
    VERMILION,
    Grouped,
    footer,
    grouped,
    shared_legend,
    sheet,
    style,
    title,
)
from sim.results.said import short
from sim.results.words import Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST_BARS = 10
WIDE = 50.0
"""Ratio of the 95% to the 5% value from which an axis is logarithmic."""

VISIBLE = 0.005
"""Bars shorter than this share of the longest are left out."""


def sensitivity_figures(
    swings: pd.DataFrame, indices: pd.DataFrame, measures: Mapping[str, Measure], note: str
) -> dict[str, Figure]:
    """Return a tornado figure for each output and one of all variance shares.

    Parameters
    ----------
    swings, indices : as :class:`sim.sensitivity.analyse.Sensitivity` holds them
    measures : output → what it is
    note : what was played
    """
    figures = {f"tornado_{name}": _tornado_sheet(swings, name, measure, note) for name, measure in measures.items()}
    return figures | {"variance_shares": _shares_sheet(indices, measures, note)}


def tornado(ax: Axes, swings: pd.DataFrame, measure: Measure) -> None:
    """Draw what moving each assumption from its 5% to its 95% value does to one output, the largest at the top.

    Parameters
    ----------
    swings : rows of one output, largest first, with assumption, low_value, high_value, at_median, at_low, at_high,
        least and greatest
    """
    middle = float(swings["at_median"].iloc[0])
    ends = swings[["at_low", "at_high"]].to_numpy(dtype=float) - middle
    rows = swings[np.abs(ends).max(axis=1) > VISIBLE * np.abs(ends).max()].head(MOST_BARS)
    for place, row in enumerate(rows.to_dict("records")):
        _bar(ax, place, middle, [float(row[key]) for key in ("at_low", "at_high", "low_value", "high_value")])
    ax.axvline(middle, color=QUIET, linewidth=1.0)
    ax.set_yticks(range(len(rows)), [short(path) for path in rows["assumption"]])
    ax.set_ylim(max(1, len(rows)) - 0.4, -0.6)
    ax.margins(x=0.2)
    ax.locator_params(axis="x", nbins=5)
    ax.set_xlabel(f"{measure.label} [{measure.unit}]")
    ax.xaxis.set_major_formatter(Grouped())
    ax.grid(visible=False, axis="y")
    handles = [Rectangle((0, 0), 1, 1, color=colour) for colour in (BLUE, VERMILION)]
    shared_legend(ax, handles=handles, labels=["at its 5% value", "at its 95% value"])


def _bar(ax: Axes, place: int, middle: float, numbers: Sequence[float]) -> None:
    """Draw both ends of one assumption, with its values beside them.

    Parameters
    ----------
    numbers : the output at the low and the high value, and these values
    """
    at_low, at_high, low, high = numbers
    for end, colour in sorted(((at_low, BLUE), (at_high, VERMILION)), key=lambda item: -abs(item[0] - middle)):
        ax.barh(place, end - middle, left=middle, height=0.62, color=colour, linewidth=0)
    if (at_low - middle) * (at_high - middle) < 0:
        texts = [(at_low, grouped(low), BLUE), (at_high, grouped(high), VERMILION)]
    else:
        furthest = max(at_low, at_high, key=lambda end: abs(end - middle))
        texts = [(furthest, f"{grouped(low)} to {grouped(high)}", QUIET)]
    for end, text, colour in texts:
        side = 1 if end >= middle else -1
        ax.annotate(
            text, (end, place), (3 * side, 0), textcoords="offset points", ha="left" if side > 0 else "right",
            va="center", fontsize=7.5, color=colour,
        )  # fmt: skip


def variance_shares(ax: Axes, indices: pd.DataFrame) -> None:
    """Draw total and first-order shares of one output's variance with their 95% intervals."""
    rows = indices.reset_index(drop=True)
    places = np.arange(len(rows))
    for shift, key, colour, label in (
        (-0.19, "first", ORANGE, "by itself"),
        (0.19, "total", BLUE, "with interactions"),
    ):
        ax.barh(places + shift, rows[key].clip(0, 1), height=0.34, color=colour, label=label, linewidth=0)
        low, high = (rows[key] + sign * rows[f"{key}_error"] for sign in (-1, 1))
        ax.hlines(places + shift, low.clip(0, 1), high.clip(0, 1), color="0.25", linewidth=1.0)
    ax.set_yticks(places, [short(name) for name in rows["assumption"]])
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.grid(visible=False, axis="y")
    if rows["total"].isna().all():
        ax.text(0.5, 0.5, "does not vary", transform=ax.transAxes, ha="center", color=QUIET)


def region(
    ax: Axes,
    assumed: pd.DataFrame,
    wanted: np.ndarray,
    limits: Mapping[str, tuple[float, float]],
    axes: Sequence[str],
    words: str,
) -> None:
    """Draw members over two assumptions, whether the outcome came about in each, and the region's edges.

    Parameters
    ----------
    assumed : one row for each member, one column for each assumption
    wanted : whether the outcome came about, shape (n_members,)
    limits : assumption → lowest and highest value within the region, infinite where it has no edge; none if empty
    axes : the assumptions across and up
    words : the outcome
    """
    inside = np.ones(len(assumed), dtype=bool)
    for name, (low, high) in limits.items():
        inside &= assumed[name].between(low, high).to_numpy()
    x, y = (assumed[name].to_numpy(dtype=float) for name in axes)
    for chosen, colour, marker, label in ((wanted, VERMILION, "o", "came about"), (~wanted, BLUE, "x", "did not")):
        for part, opacity in ((chosen & inside, 0.95), (chosen & ~inside, 0.4)):
            n = f" ({int(chosen.sum())})"
            ax.scatter(
                x[part], y[part], c=colour, marker=marker, s=22, alpha=opacity, linewidths=1.1,
                label=label + n if opacity > 0.9 else None,
            )  # fmt: skip
    for axis, name, values, scale in ((ax.xaxis, axes[0], x, ax.set_xscale), (ax.yaxis, axes[1], y, ax.set_yscale)):
        axis.set_label_text(short(name))
        axis.set_major_formatter(Grouped())
        low, high = np.quantile(values, [0.05, 0.95])
        if values.min() > 0 and high > WIDE * low:
            scale("log")
            axis.set_major_formatter(lambda value, _: grouped(value))
    if limits:
        edges = [_edges(limits.get(name, (-np.inf, np.inf)), lim) for name, lim in zip(axes, _spans(ax), strict=True)]
        (left, right), (low, high) = edges
        ax.add_patch(
            Rectangle((left, low), right - left, high - low, fill=False, edgecolor="0.15", linewidth=1.6, zorder=3)
        )
    shared_legend(ax, title=textwrap.fill(words, 26))


def region_figure(
    assumed: pd.DataFrame,
    wanted: np.ndarray,
    limits: Mapping[str, tuple[float, float]],
    axes: Sequence[str],
    words: str,
    heading: str,
    note: str,
) -> Figure:
    """Return the figure of a region; see :func:`region`."""
    with style():
        figure, panels = sheet(1, 1, size=(8.4, 5.0))
        region(panels[0, 0], assumed, wanted, limits, axes, words)
        title(panels[0, 0], heading)
        footer(figure, f"{note} · {CAUTION}")
    return figure


def _spans(ax: Axes) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the limits of both axes and keep them."""
    spans = ax.get_xlim(), ax.get_ylim()
    ax.set_xlim(spans[0])
    ax.set_ylim(spans[1])
    return spans


def _edges(limits: tuple[float, float], span: tuple[float, float]) -> tuple[float, float]:
    """Return a region's edges, the axis' own where it has none."""
    return max(limits[0], span[0]), min(limits[1], span[1])


def _tornado_sheet(swings: pd.DataFrame, output: str, measure: Measure, note: str) -> Figure:
    rows = swings[swings["output"] == output]
    with style():
        figure, axes = sheet(1, 1, size=(8.4, 1.9 + 0.34 * min(MOST_BARS, len(rows))))
        ax = axes[0, 0]
        if len(rows):
            tornado(ax, rows, measure)
        title(ax, f"{measure.label[0].upper()}{measure.label[1:]}: one assumption moved at a time")
        footer(figure, f"{note} · others at their medians, pairs under the same chance · {CAUTION}")
    return figure


def _shares_sheet(indices: pd.DataFrame, measures: Mapping[str, Measure], note: str) -> Figure:
    n_columns = min(2, len(measures))
    n_rows = -(-len(measures) // n_columns)
    n_bars = indices["assumption"].nunique()
    with style():
        size = (4.9 * n_columns + 1.2, (0.9 + 0.28 * n_bars) * n_rows + 0.7)
        figure, axes = sheet(n_rows, n_columns, size=size, sharey=True)
        for ax, (output, measure) in zip(axes.flat, measures.items(), strict=False):
            variance_shares(ax, indices[indices["output"] == output])
            title(ax, f"{measure.label[0].upper()}{measure.label[1:]}")
        for ax in axes.flat[len(measures) :]:
            ax.remove()
        for ax in axes[-1, :]:
            ax.set_xlabel("share of variance")
        shared_legend(axes[0, -1])
        footer(figure, f"{note} · lines: 95% intervals of the estimates · {CAUTION}")
    return figure
