"""A comparison on one page of A4: what comes out, how sure, what it hangs on, and what it is not."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.figures import compare as of_comparison
from sim.figures.curves import busy_of, day
from sim.figures.style import CAUTION, style, title
from sim.results.compared import Compared, by_member, cell, outcomes
from sim.results.words import MEASURES

if TYPE_CHECKING:
    import pandas as pd

A4 = (8.27, 11.69)
LEFT, RIGHT = 0.075, 0.955
MOST_OUTCOMES = 6
"""Most scenarios with which there is room for panels of outcomes below their table."""

TOLD = ("persons_remaining", "persons_arrived", "persons_returned", "hours_to_half_arrived", "peak_queue_vehicles")
CAVEATS = (
    "Intervals hold what is uncertain within the model, not what the model leaves out or gets wrong.",
    "One arrivals curve cannot separate fear, distrust and road capacity; nothing measured tells what unarmed "
    "monitors change. Differences between scenarios follow from assumptions.",
    "Severity of need is read off modelled shortfalls; it is not a survey. Households are synthetic.",
    "Disputed claims name who makes them; the whole list of assumptions and sources lies beside this page.",
)


def brief(comparison: Compared, seed: int, titles: Mapping[str, str], counts: pd.Series | None = None) -> Figure:
    """Return the page."""
    names = [str(name) for name in comparison.dataset["scenario"].to_numpy()]
    with style():
        figure = Figure(figsize=A4)
        top = _head(figure, comparison, seed, titles)
        top = _table(figure, comparison, titles, top)
        ax = figure.add_axes((LEFT + 0.045, top - 0.245, 0.62, 0.205))
        window = busy_of(comparison.dataset, comparison.baseline)
        of_comparison.overlay(ax, comparison.dataset.sel(time=window), counts=counts)
        title(ax, "Arrivals in Armenia, the days of departure")
        legend = ax.get_legend()
        if legend is not None:
            legend.set_title("median, band: 50% of runs" if len(names) > of_comparison.FEW else "median, 50% and 90%")
        top -= 0.31
        for place, name in enumerate(("persons_remaining", "persons_returned") if len(names) <= MOST_OUTCOMES else ()):
            below = figure.add_axes((LEFT + 0.13 + 0.45 * place, top - 0.145, 0.29, 0.125))
            measure = MEASURES[name]
            of_comparison.outcome(below, by_member(comparison.summaries), name, measure.label, measure.unit)
            title(below, measure.label.capitalize())
            if place:
                below.set_yticklabels([])
        _caveats(figure, top - (0.225 if len(names) <= MOST_OUTCOMES else 0.0))
    return figure


def write_brief(figure: Figure, path: Path) -> None:
    """Write the page as PDF; equal pages are equal files."""
    with style(), mpl.rc_context({"pdf.fonttype": 42}):
        figure.savefig(path, format="pdf", metadata={"CreationDate": None, "Producer": None, "Creator": "Corridor"})


def _head(figure: Figure, comparison: Compared, seed: int, titles: Mapping[str, str]) -> float:
    data = comparison.dataset
    times, n_members = data["time"].to_numpy(), data.sizes["member"]
    others = data.sizes["scenario"] - 1
    base = titles.get(comparison.baseline, comparison.baseline)
    heading = f"{base}, and {others} other scenario{'s' * (others > 1)}" if others else base
    figure.text(LEFT, 0.963, "CORRIDOR · " + CAUTION.upper(), fontsize=7.5, color="#0b5263", weight="bold")
    lines = textwrap.wrap(heading, 52)[:2]
    figure.text(LEFT, 0.952, "\n".join(lines), fontsize=16, weight="bold", va="top", linespacing=1.15)
    y = 0.945 - 0.0235 * len(lines)
    runs = f"{n_members} paired runs of each scenario" if n_members > 1 else "one run of each scenario"
    text = f"{day(times[0])} to {day(times[-1])} · {runs} · seed {seed}"
    figure.text(LEFT, y, text, fontsize=8.5, color="0.35", va="top")
    return y - 0.025


def _table(figure: Figure, comparison: Compared, titles: Mapping[str, str], top: float) -> float:
    """Write median and interval of each headline number by scenario; return where the table ends."""
    ends = outcomes(comparison.summaries, TOLD)
    columns = [0.36 + 0.128 * place for place in range(len(TOLD))]
    for x, name in zip(columns, TOLD, strict=True):
        measure = MEASURES[name]
        head = f"{textwrap.fill(measure.head, 14)}\n[{measure.unit}]"
        figure.text(x, top - 0.012, head, fontsize=7.5, color="0.35", va="center", ha="center", linespacing=1.2)
    y = top - 0.036
    _rule(figure, y + 0.006, "0.1")
    for place, (scenario, rows) in enumerate(ends.groupby("scenario", sort=False)):
        by_measure = {str(row["measure"]): row for row in rows.to_dict("records")}
        colour = of_comparison.look(place)["color"]
        named = textwrap.wrap(titles.get(str(scenario), str(scenario)), 34)[:2]
        figure.text(LEFT, y - 0.012, "■", fontsize=9, color=colour, va="center")
        figure.text(LEFT + 0.02, y - 0.012, "\n".join(named), fontsize=8.5, va="center", linespacing=1.1)
        for x, name in zip(columns, TOLD, strict=True):
            middle, _, rest = cell(by_measure[name], MEASURES[name]).partition(" ")
            figure.text(x, y - 0.007, middle, fontsize=9.5, weight="bold", va="center", ha="center")
            figure.text(x, y - 0.019, rest, fontsize=6.6, color="0.35", va="center", ha="center")
        y -= 0.031
        _rule(figure, y + 0.004, "0.85")
    figure.text(LEFT, y - 0.008, "Median [5th–95th percentile of runs]", fontsize=7, color="0.35", va="center")
    return y - 0.022


def _rule(figure: Figure, y: float, colour: str) -> None:
    from matplotlib.lines import Line2D

    figure.add_artist(Line2D([LEFT, RIGHT], [y, y], color=colour, linewidth=0.7))


def _caveats(figure: Figure, top: float, caveats: Sequence[str] = CAVEATS) -> None:
    figure.text(LEFT, top, "How far to trust it", fontsize=10.5, weight="bold", va="top")
    y = top - 0.021
    for text in caveats:
        lines = textwrap.wrap(text, 122)
        figure.text(LEFT, y, "–", fontsize=8.2, va="top")
        figure.text(LEFT + 0.015, y, "\n".join(lines), fontsize=8.2, va="top", linespacing=1.3)
        y -= 0.0145 * len(lines) + 0.004
