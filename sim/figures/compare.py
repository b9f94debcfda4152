"""How scenarios differ: each function draws one question's answer onto the caller's Axes.

Lines are medians over members; bands hold 50% and 90% of the members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.ticker import MaxNLocator

from sim.figures.curves import LEVELS, day, quantiles, thinned, total, zone
from sim.figures.style import (
    DASHES,
    PALETTE,
    QUIET,
    Grouped,
    counted,
    dated,
    from_zero,
    grouped,
    mark_counts,
    shared_legend,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BANDS = ((0.05, 0.95, 0.13), (0.25, 0.75, 0.25))
"""Low level, high level and opacity of each band."""

FAINT = ((0.25, 0.75, 0.08),)
"""The band where many lie over each other."""

FEW = 3
"""Most scenarios whose bands can be told apart when they lie over each other."""

ARRIVED = "arrivals_cumulative"


def called(name: str) -> str:
    """Write a scenario's name for readers.

    >>> called("un_monitoring")
    'un monitoring'
    """
    return name.replace("_", " ")


def look(index: int) -> dict[str, Any]:
    """Return colour and line style of the scenario at ``index``, distinct also in grey."""
    turns = index // len(PALETTE)
    return {"color": PALETTE[index % len(PALETTE)], "linestyle": DASHES[(index + turns) % len(DASHES)]}


def bands_in_words(n_scenarios: int, joint: str = " ") -> str:
    """Say what lines and bands are where that many scenarios lie over each other."""
    return f"median, 50% and 90%{joint}of members" if n_scenarios <= FEW else "median, 50% of members"


def overlay(ax: Axes, data: xr.Dataset, variable: str = ARRIVED, counts: pd.Series | None = None) -> None:
    """Draw all scenarios over each other; where they are many, only the narrower band; ``counts`` as markers."""
    drawn = thinned(data[[variable]])
    names = [str(name) for name in drawn["scenario"].to_numpy()]
    bands = BANDS if len(names) <= FEW else FAINT
    for index, name in enumerate(names):
        _fan(ax, drawn[variable].sel(scenario=name), index, called(name), bands)
    if counts is not None:
        mark_counts(ax, counts, data["time"].to_numpy())
    _labelled(ax, data, variable)
    from_zero(ax)
    shared_legend(ax, title=bands_in_words(len(names), "\n"))
    final = {name: _median_at_end(drawn[variable].sel(scenario=name)) for name in names}
    low, high = min(final, key=final.__getitem__), max(final, key=final.__getitem__)
    span = f"{grouped(round(final[low]))} ({called(low)})"
    if len(names) > 1:
        span += f" to {grouped(round(final[high]))} ({called(high)})"
    what = _quantity(data, variable).capitalize()
    title(ax, f"{what} by {day(data['time'].to_numpy()[-1])}, median: {span}")


def whole(array: xr.DataArray) -> xr.DataArray:
    """Return one series for each scenario and member: of needs the worst sector, of all else the sum."""
    if "sector_of_need" in array.dims:
        return array.max("sector_of_need", keep_attrs=True)
    return total(array).assign_attrs(array.attrs)


def spread(ax: Axes, series: xr.DataArray, heading: str) -> None:
    """Draw how far members lie apart in the :func:`whole` of a series, a fan for each scenario."""
    names = [str(name) for name in series["scenario"].to_numpy()]
    bands = BANDS if len(names) <= FEW else FAINT
    for index, name in enumerate(names):
        _fan(ax, whole(series.sel(scenario=name)), index, called(name), bands)
    dated(ax, series["time"].to_numpy(), zone(series.to_dataset(name="series")))
    ax.set_ylabel(str(series.attrs.get("units", "persons")))
    ax.yaxis.set_major_formatter(Grouped())
    from_zero(ax)
    title(ax, heading)


def alone(ax: Axes, data: xr.Dataset, scenario: str, variable: str = ARRIVED) -> None:
    """Draw one scenario, with the medians of the others in grey."""
    drawn = thinned(data[[variable]])[variable]
    names = [str(name) for name in drawn["scenario"].to_numpy()]
    for name in names:
        if name != scenario:
            ax.plot(drawn["time"], quantiles(drawn.sel(scenario=name))[0.5], color="0.75", linewidth=0.9)
    _fan(ax, drawn.sel(scenario=scenario), names.index(scenario), called(scenario))
    _labelled(ax, data, variable)
    from_zero(ax)
    title(ax, f"{called(scenario)}: {grouped(round(_median_at_end(drawn.sel(scenario=scenario))))}")


def difference(ax: Axes, data: xr.Dataset, baseline: str, scenario: str, variable: str = ARRIVED) -> None:
    """Draw one scenario less the baseline, member by member under the same chance."""
    drawn = thinned(data[[variable]])[variable]
    names = [str(name) for name in drawn["scenario"].to_numpy()]
    change = drawn.sel(scenario=scenario) - drawn.sel(scenario=baseline)
    _fan(ax, change, names.index(scenario), called(scenario))
    ax.axhline(0.0, color=QUIET, linewidth=1.0)
    _labelled(ax, data, variable, "difference in ")
    levels = {level: grouped(round(float(values[-1]))) for level, values in quantiles(change).items()}
    title(ax, f"{called(scenario)}: {levels[0.5]} [{levels[0.05]} to {levels[0.95]}]")


def outcome(ax: Axes, summaries: pd.DataFrame, measure: str, label: str, unit: str) -> None:
    """Draw one headline number of each scenario: median as a dot, 50% thick and 90% thin."""
    names = list(dict.fromkeys(summaries["scenario"]))
    edge = max(1.0, 1.1 * float(summaries[measure].astype(float).quantile(1.0)))
    for index, name in enumerate(names):
        values = summaries.loc[summaries["scenario"] == name, measure].astype(float).dropna()
        if not values.empty:
            _interval(ax, index, np.quantile(values, LEVELS), edge)
    ax.set_yticks(range(len(names)), [called(name) for name in names])
    ax.set_ylim(len(names) - 0.5, -0.7)
    ax.set_xlim(0, edge)
    ax.set_xlabel(f"{label} [{unit}]\nmedian, 50% and 90% of members")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(Grouped())
    ax.grid(visible=False, axis="y")


def _interval(ax: Axes, row: int, levels: np.ndarray, edge: float) -> None:
    low, lower, middle, upper, high = levels
    colour = look(row)["color"]
    ax.plot([low, high], [row, row], color=colour, linewidth=1.3)
    ax.plot([lower, upper], [row, row], color=colour, linewidth=6, alpha=0.5, solid_capstyle="butt")
    ax.plot([middle], [row], "o", color=colour, markersize=5.5, clip_on=False, zorder=3)
    aligned, shift = ("left", -3) if middle < 0.06 * edge else ("center", 0)
    ax.annotate(grouped(round(middle)), (middle, row), (shift, 6), textcoords="offset points", ha=aligned, fontsize=8.5)


def _fan(
    ax: Axes, members: xr.DataArray, index: int, label: str, bands: tuple[tuple[float, float, float], ...] = BANDS
) -> None:
    levels = quantiles(members)
    appearance = look(index)
    for low, high, opacity in bands:
        ax.fill_between(
            members["time"], levels[low], levels[high], color=appearance["color"], alpha=opacity, linewidth=0
        )
    ax.plot(members["time"], levels[0.5], label=label, **appearance)


def _labelled(ax: Axes, data: xr.Dataset, variable: str, before: str = "") -> None:
    dated(ax, data["time"].to_numpy(), zone(data))
    text = _quantity(data, variable)
    counted(ax, before + text if before else text, str(data[variable].attrs.get("units", "persons")))


def _quantity(data: xr.Dataset, variable: str) -> str:
    return "arrivals" if variable == ARRIVED else str(data[variable].attrs.get("long_name", variable))


def _median_at_end(members: xr.DataArray) -> float:
    return float(members.isel(time=-1).median("member"))
