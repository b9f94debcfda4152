"""Which figures go beside a result: name → figure."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sim.figures import compare as of_comparison
from sim.figures import run as of_run
from sim.figures.curves import busy, host, thinned
from sim.figures.run import run_footer
from sim.figures.style import CAUTION, footer, sheet, style, title
from sim.results.compared import Compared, by_member
from sim.results.words import MEASURES

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.results.result import Result

WHOLE, BUSY = "whole", "busy"

RUN_SHEETS: dict[str, tuple[tuple[str, str], ...]] = {
    "arrivals": (("arrivals", WHOLE),),
    "corridor": (("arrivals", BUSY), ("flow", BUSY), ("queue", BUSY), ("wait", BUSY)),
    "whereabouts": (("whereabouts", WHOLE), ("whereabouts", BUSY)),
    "provinces": (("provinces", WHOLE),),
    "reception": (("shelter", WHOLE), ("shelter_by_province", WHOLE)),
    "people_in_need": (("in_need", BUSY), ("severities", WHOLE)),
    "trust": (("trust", WHOLE), ("assurances", WHOLE)),
    "services_and_aid": (("services", WHOLE), ("needs", WHOLE), ("stocks", WHOLE), ("aid", WHOLE)),
}
"""File name → the plots on it from top to bottom, each over the whole run or over the busy days of departure."""


OPEN_NETWORK_SHEETS = ("arrivals", "whereabouts", "provinces")
"""What there is to draw where nobody queues at a crossing and services and aid aren't counted."""
FANNED = {
    "arrivals_cumulative": "Arrived",
    "persons_home": "At home and not leaving",
    "queue_vehicles": "Waiting at the crossing",
    "people_in_need": "In need in the worst sector",
}
"""Series whose spread over members has a panel, and its title."""

BRIEF = ("queue_vehicles",)
"""Series that are drawn over the days of departure alone."""


def run_figures(result: Result) -> dict[str, Figure]:
    """Return the figures that are written beside the result of a run."""
    names = OPEN_NETWORK_SHEETS if result.dataset.attrs.get("open_network") else tuple(RUN_SHEETS)
    return {name: _sheet(result, RUN_SHEETS[name]) for name in names}


def _sheet(result: Result, panels: tuple[tuple[str, str], ...]) -> Figure:
    window = busy(result.dataset)
    if window is result.dataset:
        panels = tuple({kind: (kind, WHOLE) for kind, _ in panels}.values())
    with style():
        figure, axes = sheet(len(panels), 1, size=(8.0, 4.2 if len(panels) == 1 else 2.9 * len(panels)))
        for ax, (kind, when) in zip(axes[:, 0], panels, strict=True):
            of_run.KINDS[kind](ax, window if when == BUSY else result.dataset)
        footer(figure, run_footer(result))
    return figure


def comparison_figures(comparison: Compared, seed: int, titles: Mapping[str, str] | None = None) -> dict[str, Figure]:
    """Return the figures that are written beside a comparison."""
    return {
        name: _finished(draw(comparison), comparison, seed, titles or {})
        for name, draw in (
            ("arrivals", _overlaid),
            ("fan", _fans),
            ("each_scenario", _small_multiples),
            ("difference", _differences),
            ("outcomes", _outcomes),
        )
        if name != "difference" or comparison.dataset.sizes["scenario"] > 1
    }


def comparison_footer(comparison: Compared, seed: int, titles: Mapping[str, str]) -> str:
    """Say what a figure compares, and under what conditions."""
    names = [str(name) for name in comparison.dataset["scenario"].to_numpy()]
    scenarios = ", ".join(f"{titles[name]} ({name})" if name in titles else name for name in names)
    n_members = comparison.dataset.sizes["member"]
    return f"Scenarios: {scenarios} · seed {seed} · {n_members} member{'s' * (n_members != 1)} · {CAUTION}"


def _finished(figure: Figure, comparison: Compared, seed: int, titles: Mapping[str, str]) -> Figure:
    with style():
        footer(figure, comparison_footer(comparison, seed, titles))
    return figure


def _overlaid(comparison: Compared) -> Figure:
    with style():
        figure, axes = sheet(1, 1, size=(9.0, 4.6))
        of_comparison.overlay(axes[0, 0], comparison.dataset)
    return figure


def _fans(comparison: Compared) -> Figure:
    drawn = thinned(comparison.dataset[list(FANNED)])
    names = [str(name) for name in drawn["scenario"].to_numpy()]
    with style():
        figure, axes = sheet(2, 2, size=(10.0, 6.4))
        for ax, (name, heading) in zip(axes.flat, FANNED.items(), strict=True):
            series = drawn[name].sel(time=_busy_days(drawn)) if name in BRIEF else drawn[name]
            where = host(comparison.dataset) if name == "arrivals_cumulative" else ""
            of_comparison.spread(ax, series, heading + where)
        heading = of_comparison.bands_in_words(len(names))
        lines = axes[0, 0].get_legend_handles_labels()
        figure.legend(*lines, loc="outside upper left", ncols=min(4, len(names)), title=heading, alignment="left")
    return figure


def _busy_days(data: xr.Dataset) -> slice:
    """Return the time in which people of any scenario set out, by the medians of members."""
    medians = data[["arrivals_cumulative", "persons_home"]].median("member")
    times = [busy(medians.sel(scenario=name))["time"].to_numpy() for name in data["scenario"].to_numpy()]
    return slice(min(each[0] for each in times), max(each[-1] for each in times))


def _small_multiples(comparison: Compared) -> Figure:
    names = [str(name) for name in comparison.dataset["scenario"].to_numpy()]
    with style():
        figure, axes = _panels(
            len(names), f"Persons arrived{host(comparison.dataset)}: median at the end; grey: the other medians"
        )
        for ax, name in zip(axes, names, strict=True):
            of_comparison.alone(ax, comparison.dataset, name)
        _label_outer(axes)
    return figure


def _differences(comparison: Compared) -> Figure:
    names = [str(name) for name in comparison.dataset["scenario"].to_numpy()]
    others = [name for name in names if name != comparison.baseline]
    heading = f"Arrivals less those of {of_comparison.called(comparison.baseline)}, paired: median [5–95%] at the end"
    with style():
        figure, axes = _panels(len(others), heading)
        for ax, name in zip(axes, others, strict=True):
            of_comparison.difference(ax, comparison.dataset, comparison.baseline, name)
        _label_outer(axes)
    return figure


def _panels(n_panels: int, heading: str) -> tuple[Figure, list[Axes]]:
    """Return a figure with a heading and that many panels on common scales."""
    n_columns = {1: 1, 2: 2, 4: 2}.get(n_panels, 3)
    n_rows = math.ceil(n_panels / n_columns)
    size = (8.0, 4.4) if n_panels == 1 else (4.0 * n_columns + 0.6, 3.1 * n_rows)
    figure, axes = sheet(n_rows, n_columns, size=size, sharey=True)
    for ax in axes.flat[n_panels:]:
        ax.remove()
    figure.suptitle(textwrap.fill(heading, int(11 * size[0])), x=0.01, ha="left")
    return figure, list(axes.flat[:n_panels])


def _label_outer(axes: list[Axes]) -> None:
    """Keep the y label of the first column only."""
    for ax in axes:
        place = ax.get_subplotspec()
        if place is not None and not place.is_first_col():
            ax.set_ylabel("")


def _outcomes(comparison: Compared) -> Figure:
    summaries = by_member(comparison.summaries)
    with style():
        figure, axes = sheet(1, 2, size=(10.0, 1.7 + 0.5 * summaries["scenario"].nunique()), sharey=True)
        for ax, name in zip(axes.flat, ("persons_remaining", "persons_arrived"), strict=True):
            measure = MEASURES[name]
            of_comparison.outcome(ax, summaries, name, measure.label, measure.unit)
        title(axes[0, 0], "Who remains at the end")
        title(axes[0, 1], f"Who has arrived{host(comparison.dataset)}")
    return figure
