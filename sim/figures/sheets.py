"""Figures of several panels that show places, ribbons and sectors, for runs and for comparisons."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from sim.figures import places
from sim.figures.compare import called, look, overlay
from sim.figures.curves import LEVELS, STATE_SERIES, busy_of, day, per_hour, persons_by_state, thinned, zone
from sim.figures.run import STATE_LOOKS
from sim.figures.style import Grouped, counted, dated, grouped, shared_legend, sheet, style, title
from sim.place.atlas import Atlas
from sim.results.located import Located, located

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sim.results.compared import Compared

FEW_TIMES = 300
MAP_HEIGHT = 3.6


def panels(n_panels: int, heading: str, height: float = 3.1, *, sharey: bool = True) -> tuple[Figure, list[Axes]]:
    """Return a figure with a heading and that many panels."""
    n_columns = {1: 1, 2: 2, 4: 2}.get(n_panels, 3)
    n_rows = math.ceil(n_panels / n_columns)
    size = (8.0, 1.4 * height) if n_panels == 1 else (4.0 * n_columns + 0.6, height * n_rows)
    figure, axes = sheet(n_rows, n_columns, size=size, sharey=sharey)
    for ax in axes.flat[n_panels:]:
        ax.remove()
    figure.suptitle(textwrap.fill(heading, int(11 * size[0])), x=0.01, ha="left")
    return figure, list(axes.flat[:n_panels])


def label_outer(axes: Sequence[Axes]) -> None:
    """Keep the y label of the first column only."""
    for ax in axes:
        place = ax.get_subplotspec()
        if place is not None and not place.is_first_col():
            ax.set_ylabel("")


def map_of_run(data: xr.Dataset, atlas: Atlas) -> Figure:
    """Return maps at four moments: the start, the longest queue, nearly all arrived, and the end."""
    found = located(data, atlas)
    moments = _moments(data)
    hourly = per_hour(data["arrivals_cumulative"])
    most = max(1.0, *(float(item.stock.max()) for item in found))
    with style():
        figure, axes = panels(len(moments), "Where people are", MAP_HEIGHT, sharey=False)
        for ax, at in zip(axes, moments, strict=True):
            marks = [places.Mark(item.point, item.kind, float(item.stock.isel(time=at))) for item in found]
            places.ground(ax, atlas, marks, most, float(hourly[at]))
            places.name_places(ax, atlas, marks)
            title(ax, _moment_in_words(data, at))
        _map_legend(figure, axes[-1], found)
        label_outer(axes)
    return figure


def _moments(data: xr.Dataset) -> list[int]:
    arrived = data["arrivals_cumulative"].to_numpy()
    last = arrived.size - 1
    nearly = int(np.argmax(arrived >= 0.9 * arrived[-1])) if arrived[-1] > 0 else last
    return sorted({0, int(np.argmax(data["queue_vehicles"].to_numpy())), nearly, last})


def _moment_in_words(data: xr.Dataset, at: int) -> str:
    when = pd.Timestamp(data["time"].to_numpy()[at])
    return f"{day(when)}, {when:%H:%M}: {grouped(round(float(data['arrivals_cumulative'][at])))} arrived"


def map_of_comparison(comparison: Compared, atlas: Atlas) -> Figure:
    """Return a map of each scenario at the end: medians, and the 95th percentile as a dashed rim."""
    data = comparison.dataset
    found = located(data.isel(time=[-1]), atlas)
    most = max(1.0, *(float(item.stock.quantile(0.95, "member").max()) for item in found))
    names = [str(name) for name in data["scenario"].to_numpy()]
    end = day(data["time"].to_numpy()[-1])
    with style():
        figure, axes = panels(
            len(names), f"Where people are on {end}: median; dashed: 95th percentile", MAP_HEIGHT, sharey=False
        )
        for ax, name in zip(axes, names, strict=True):
            marks = [_mark(item, name) for item in found]
            places.ground(ax, atlas, marks, most)
            places.name_places(ax, atlas, marks)
            at_home = sum(mark.amount for mark in marks if mark.kind in ("district", "settlement"))
            title(ax, f"{called(name)}: {grouped(round(at_home))} at home")
        _map_legend(figure, axes[-1], found)
        label_outer(axes)
    return figure


def _mark(item: Located, scenario: str) -> places.Mark:
    members = item.stock.sel(scenario=scenario).isel(time=0)
    middle, high = (float(value) for value in members.quantile([0.5, 0.95], "member"))
    return places.Mark(item.point, item.kind, middle, high)


def _map_legend(figure: Figure, ax: Axes, found: Sequence[Located]) -> None:
    from matplotlib.lines import Line2D

    kinds = dict.fromkeys(item.kind for item in found)
    handles = [
        Line2D(
            [], [], linestyle="none", marker="s" if kind == "crossing" else "o", markersize=7, alpha=0.7,
            color=places.KIND_COLOURS[kind], label=places.KIND_NAMES[kind],
        )
        for kind in kinds
    ]  # fmt: skip
    ax.legend(handles=handles, loc="lower left", fontsize=6.5, borderaxespad=0.2, handletextpad=0.3)


def origins_of(data: xr.Dataset, atlas: Atlas) -> xr.Dataset:
    """Return ``data`` with both forms of the districts' names, for :func:`sim.figures.places.origins`."""
    names = [str(name) for name in data["district"].to_numpy()]
    points = [atlas.district(name) for name in names]
    titles = [name if point is None else point.title for name, point in zip(names, points, strict=True)]
    return data.assign_coords(district=("district", names, {"titles": titles}))


def origins_of_comparison(comparison: Compared, atlas: Atlas) -> Figure:
    """Return flows from home districts to where people are at the end, for each scenario; means over members."""
    data = origins_of(comparison.dataset, atlas)
    names = [str(name) for name in data["scenario"].to_numpy()]
    with style():
        figure, axes = panels(len(names), "Who is displaced at the end, from where to where: mean persons", 4.2)
        for ax, name in zip(axes, names, strict=True):
            mean = data[["displaced_by_origin"]].sel(scenario=name).mean("member")
            places.origins(ax, mean.assign_coords(district=data["district"]))
            title(ax, f"{called(name)}: {grouped(round(float(mean['displaced_by_origin'].sum())))}")
    return figure


def ribbons(comparison: Compared) -> Figure:
    """Return who stayed, left and returned in each scenario, over the days of departure and over the whole run.

    Stacked means over members, which add up to everybody.
    """
    data = comparison.dataset[list(STATE_SERIES)]
    names = [str(name) for name in data["scenario"].to_numpy()]
    window = busy_of(comparison.dataset, comparison.baseline)
    with style():
        figure, axes = sheet(len(names), 2, size=(9.6, 2.5 * len(names)), sharey=True)
        figure.suptitle("Who stayed, left and returned: days of departure, and the whole period", x=0.01, ha="left")
        for row, name in zip(axes, names, strict=True):
            mean = data.sel(scenario=name).mean("member", keep_attrs=True)
            states = persons_by_state(mean.isel(time=-1).expand_dims("time"))
            _ribbon(row[0], thinned(mean.sel(time=window), FEW_TIMES), zone(data))
            _ribbon(row[1], thinned(mean, FEW_TIMES), zone(data))
            stay, back = (grouped(round(float(states[state][0]))) for state in ("at home", "returned"))
            title(row[0], f"{called(name)}: {stay} stay, {back} are home again")
        shared_legend(axes[0, 1], reverse=True, title="mean over members")
        label_outer(list(axes.flat))
    return figure


def _ribbon(ax: Axes, data: xr.Dataset, clock: str) -> None:
    states, times = persons_by_state(data), data["time"].to_numpy()
    colours = [colour for colour, _ in STATE_LOOKS]
    bands = ax.stackplot(times, list(states.values()), colors=colours, labels=list(states))
    for band, (_, hatch) in zip(bands, STATE_LOOKS, strict=True):
        band.set(hatch=hatch, edgecolor="white", linewidth=0.4)
    dated(ax, times, clock)
    counted(ax, "residents", "persons")
    ax.set_ylim(0, float(sum(persons[0] for persons in states.values())))


def by_label(comparison: Compared, variable: str, dim: str, heading: str) -> Figure:
    """Return a panel for each label of ``dim`` with all scenarios over each other: median and 50% of members."""
    data = comparison.dataset
    labels = [str(label) for label in data[dim].to_numpy()]
    with style():
        figure, axes = panels(len(labels), heading)
        for ax, label in zip(axes, labels, strict=True):
            one = data[variable].sel({dim: label}, drop=True)
            overlay(ax, data.drop_vars(variable).assign({variable: one}), variable)
            legend = ax.get_legend()
            if legend is not None and ax is not axes[min(3, len(axes)) - 1]:
                legend.remove()
            title(ax, label)
        label_outer(axes)
    return figure


def province_intervals(comparison: Compared) -> Figure:
    """Return the displaced in each province at the end: median as a dot, 50% thick, 90% thin, for each scenario."""
    final = comparison.dataset["persons_by_province"].isel(time=-1)
    names = [str(name) for name in final["scenario"].to_numpy()]
    order = final.median(("scenario", "member")).to_series().sort_values(ascending=False, kind="stable").index
    with style():
        figure, axes = sheet(1, 1, size=(8.6, 1.4 + 0.11 * len(order) * (len(names) + 1)))
        ax = axes[0, 0]
        for row, province in enumerate(order):
            for place, name in enumerate(names):
                y = row + 0.8 * ((place + 0.5) / len(names) - 0.5)
                _interval(ax, final.sel(province=province, scenario=name).to_numpy(), y, place)
        ax.set_yticks(range(len(order)), list(order))
        ax.set_ylim(len(order) - 0.4, -0.6)
        ax.set_xlim(left=0)
        ax.set_xlabel("displaced persons at the end [persons]")
        ax.xaxis.set_major_formatter(Grouped())
        ax.grid(visible=False, axis="y")
        for edge in range(1, len(order)):
            ax.axhline(edge - 0.5, color="0.9", linewidth=0.7)
        for place, name in enumerate(names):
            ax.plot([], [], "o-", color=look(place)["color"], label=called(name))
        shared_legend(ax, title="median, 50% and 90%\nof members")
        title(ax, f"Displaced persons by province on {day(comparison.dataset['time'].to_numpy()[-1])}")
    return figure


def _interval(ax: Axes, members: np.ndarray, y: float, place: int) -> None:
    low, lower, middle, upper, high = np.quantile(members.astype(float), LEVELS)
    colour = look(place)["color"]
    ax.plot([low, high], [y, y], color=colour, linewidth=1.1)
    ax.plot([lower, upper], [y, y], color=colour, linewidth=4, alpha=0.5, solid_capstyle="butt")
    ax.plot([middle], [y], "o", color=colour, markersize=4, zorder=3)
