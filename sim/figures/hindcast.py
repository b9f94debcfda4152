"""What was counted against what the model and simpler curves say, before and after the split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.dates import date2num

from sim.figures.curves import LEVELS, day
from sim.figures.style import (
    BLACK,
    BLUE,
    DASHES,
    PALETTE,
    QUIET,
    counted,
    dated,
    footer,
    from_zero,
    grouped,
    shared_legend,
    sheet,
    style,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def hindcast(
    ax: Axes,
    counts_fit: pd.Series,
    counts_score: pd.Series,
    times: np.ndarray,
    quantiles: Mapping[float, np.ndarray],
    split: pd.Timestamp,
    baselines: Mapping[str, np.ndarray],
    zone: str = "UTC+4",
) -> None:
    """Draw counts (index: local times, values: persons) over the model's median with 50% and 90% intervals.

    ``quantiles`` maps each of 0.05, 0.25, 0.5, 0.75 and 0.95 to persons at ``times``, and ``baselines`` a name to
    persons at ``times``. Counts up to ``split``, which fitted the parameters, are filled; later ones, which score the
    model, are open.
    """
    low, lower, middle, upper, high = (quantiles[level] for level in LEVELS)
    ax.fill_between(times, low, high, color=BLUE, alpha=0.15, linewidth=0, label="model, 90%")
    ax.fill_between(times, lower, upper, color=BLUE, alpha=0.3, linewidth=0, label="model, 50%")
    ax.plot(times, middle, color=BLUE, label="model, median")
    for index, (name, persons) in enumerate(baselines.items(), start=1):
        ax.plot(times, persons, color=PALETTE[index], linestyle=DASHES[index], linewidth=1.3, label=name)
    marker: dict[str, Any] = {
        "linestyle": "none",
        "marker": "o",
        "markersize": 5,
        "markeredgecolor": BLACK,
        "zorder": 4,
    }
    ax.plot(counts_fit.index, counts_fit, markerfacecolor=BLACK, label="counted, used to fit", **marker)
    ax.plot(counts_score.index, counts_score, markerfacecolor="white", label="counted, held back", **marker)
    dated(ax, times, zone)
    counted(ax, "arrived so far", "persons")
    from_zero(ax)
    _mark_split(ax, split)
    shared_legend(ax)
    title(ax, _in_words(counts_score, times, middle, baselines))


def hindcast_figure(
    counts_fit: pd.Series,
    counts_score: pd.Series,
    times: np.ndarray,
    quantiles: Mapping[float, np.ndarray],
    split: pd.Timestamp,
    baselines: Mapping[str, np.ndarray],
    note: str = "",
) -> Figure:
    """Return :func:`hindcast` as a figure of its own, with ``note`` as its footer."""
    with style():
        figure, axes = sheet(1, 1, size=(9.0, 4.8))
        hindcast(axes[0, 0], counts_fit, counts_score, times, quantiles, split, baselines)
        if note:
            footer(figure, note)
    return figure


def _mark_split(ax: Axes, split: pd.Timestamp) -> None:
    when: float = date2num(split)  # type: ignore[no-untyped-call]
    ax.axvline(when, color=QUIET, linewidth=1.0, linestyle=DASHES[1])
    ax.annotate(
        "split",
        (when, 0.98),
        (4, 0),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        va="top",
        color=QUIET,
        fontsize=8.5,
    )


def _in_words(counts: pd.Series, times: np.ndarray, median: np.ndarray, baselines: Mapping[str, np.ndarray]) -> str:
    """Say how far the model and the best of the simpler curves are from the held-back counts."""
    if counts.empty:
        return "Counted and modelled arrivals"
    errors = {name: _mean_error(counts, times, persons) for name, persons in baselines.items()}
    model = _about(_mean_error(counts, times, median))
    span = f"{day(counts.index[0])} to {day(counts.index[-1])}"
    text = f"Held-back counts, {span}: mean absolute error about {model} persons"
    if not errors:
        return f"{text} (model's median)"
    best = min(errors, key=errors.__getitem__)
    return f"{text} (model's median), {_about(errors[best])} ({best})"


def _mean_error(counts: pd.Series, times: np.ndarray, persons: np.ndarray) -> float:
    modelled = np.interp(_seconds(counts.index), _seconds(times), persons)
    return float(np.mean(np.abs(modelled - counts.to_numpy())))


def _about(value: float) -> str:
    """Write a number with three digits that count."""
    return grouped(float(f"{value:.3g}"))


def _seconds(times: Any) -> np.ndarray:
    return pd.DatetimeIndex(times).to_numpy().astype("datetime64[s]").astype(float)


def predicted(ax: Axes, others: pd.DataFrame) -> None:
    """Draw what was predicted beside arrivals against what was reported, as ratios: median and 90% interval.

    ``others`` has columns what, when, reported, median, low and high; rows without a report are left out.
    """
    table = others[others["reported"].notna()].iloc[::-1]
    rows = np.arange(len(table))
    ratio = table[["low", "median", "high"]].div(table["reported"], axis=0).to_numpy(dtype=float)
    ax.axvline(1.0, color=QUIET, linewidth=1.0, linestyle=DASHES[1])
    ax.hlines(rows, ratio[:, 0], ratio[:, 2], color=BLUE, linewidth=5, alpha=0.3, label="model, 90%")
    ax.plot(ratio[:, 1], rows, "o", color=BLUE, markersize=5, label="model, median")
    ax.set_yticks(rows, [f"{row['what']}, {row['when'][5:]}" for row in table.to_dict("records")])
    ax.set_xscale("log")
    marks = [0.25, 0.5, 1.0, 2.0, 4.0]
    ax.set_xticks(marks, [f"{mark:g} ×" for mark in marks])
    ax.minorticks_off()
    ax.set_xlim(min(0.3, ratio.min() * 0.9), max(3.0, ratio.max() * 1.1))
    ax.set_xlabel("predicted against reported [ratio]")
    ax.grid(axis="y", visible=False)
    shared_legend(ax)
    inside = int(((ratio[:, 0] <= 1.0) & (ratio[:, 2] >= 1.0)).sum())
    title(ax, f"{inside} of {len(table)} other reported numbers lie in the 90% interval")


def predicted_figure(others: pd.DataFrame, note: str = "") -> Figure:
    """Return :func:`predicted` as a figure of its own, with ``note`` as its footer."""
    with style():
        figure, axes = sheet(1, 1, size=(9.0, 6.2))
        predicted(axes[0, 0], others)
        if note:
            footer(figure, note)
    return figure
