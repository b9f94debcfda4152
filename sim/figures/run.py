"""What happened in one run: each function draws one question's answer onto the caller's Axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from sim.errors import InputError, Problem, did_you_mean
from sim.figures import people, places
from sim.figures.curves import (
    day,
    first_time_at,
    host,
    peaks,
    per_hour,
    persons_by_state,
    residents_mean,
    thinned,
    total,
    zone,
)
from sim.figures.style import (
    BLACK,
    BLUE,
    CAUTION,
    DASHES,
    GREEN,
    ORANGE,
    PALETTE,
    PURPLE,
    QUIET,
    SKY,
    VERMILION,
    counted,
    dated,
    footer,
    from_zero,
    grouped,
    mark_counts,
    shared_legend,
    sheet,
    style,
    title,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.results.result import Result

STATE_LOOKS = (
    (GREEN, ""),
    (ORANGE, "...."),
    (VERMILION, "////"),
    (SKY, ""),
    (PURPLE, "xxxx"),
    (BLACK, ""),
)
"""Colour and hatch of each state, in the order of :data:`sim.figures.curves.STATES`."""

PROVINCES_NAMED = len(PALETTE)


def arrivals(ax: Axes, data: xr.Dataset, counts: pd.Series | None = None) -> None:
    """Draw persons arrived so far; ``counts`` (index: local times, values: persons) are overlaid as markers."""
    curve = data["arrivals_cumulative"]
    drawn = thinned(data)
    ax.plot(drawn["time"], drawn["arrivals_cumulative"], color=BLUE, label="simulated")
    if counts is not None:
        mark_counts(ax, counts, curve["time"].to_numpy())
        ax.legend(loc="lower right")
    _over_time(ax, data, "arrived so far", "persons")
    from_zero(ax)
    title(ax, _arrivals_in_words(curve, host(data)))


def flow(ax: Axes, data: xr.Dataset) -> None:
    """Draw persons who arrive in each hour."""
    drawn = thinned(data)["arrivals_cumulative"]
    hours = np.diff(drawn["time"].to_numpy()[:2]) / np.timedelta64(1, "h")
    hourly = per_hour(drawn)
    ax.fill_between(hourly["time"], hourly, step="pre", color=SKY, alpha=0.6, linewidth=0)
    ax.step(hourly["time"], hourly, where="pre", color=BLUE, linewidth=1.0)
    _over_time(ax, data, "arrivals", "persons/h")
    from_zero(ax)
    of_hours = f", means of {grouped(float(hours[0]))} h" if hours.size and hours[0] > 1 else ""
    most = round(float(hourly.max()))
    title(ax, f"Arrivals: at most {grouped(most)} persons per hour{of_hours}" if most else "Arrivals: none")


def queue(ax: Axes, data: xr.Dataset) -> None:
    """Draw vehicles that wait at the crossing and for petrol."""
    at_crossing, for_petrol = peaks(data["queue_vehicles"]), peaks(data["fuel_queue_vehicles"])
    ax.plot(at_crossing["time"], at_crossing, color=VERMILION, label="at the crossing")
    ax.plot(for_petrol["time"], for_petrol, color=BLACK, linestyle=DASHES[1], label="for petrol")
    _over_time(ax, data, "waiting", "vehicles")
    from_zero(ax)
    shared_legend(ax)
    most = round(float(data["queue_vehicles"].max()))
    title(ax, f"Queues: at most {grouped(most)} vehicles wait at the crossing" if most else "No queue at the crossing")


def wait(ax: Axes, data: xr.Dataset) -> None:
    """Draw how long those who cross have waited."""
    drawn = peaks(data["wait_hours"])
    ax.plot(drawn["time"], drawn, color=VERMILION)
    _over_time(ax, data, "waited", "h")
    from_zero(ax)
    longest = float(data["wait_hours"].max()) if data["wait_hours"].notnull().any() else 0.0
    title(ax, f"Waiting time at the crossing: at most {longest:,.1f} h" if longest else "Nobody waits at the crossing")


def whereabouts(ax: Axes, data: xr.Dataset) -> None:
    """Draw where everybody is, stacked: at home, ready, in transit, displaced, returned, dead."""
    drawn = thinned(data, 400)
    states = persons_by_state(drawn)
    looks = [look for look, persons in zip(STATE_LOOKS, states.values(), strict=True) if persons.any()]
    states = {state: persons for state, persons in states.items() if persons.any()}
    bands = ax.stackplot(
        drawn["time"].to_numpy(), list(states.values()), colors=[colour for colour, _ in looks], labels=list(states)
    )
    for band, (_, hatch) in zip(bands, looks, strict=True):
        band.set(hatch=hatch, edgecolor="white", linewidth=0.4)
    _over_time(ax, data, "residents at the start", "persons")
    ax.set_ylim(0, sum(persons[0] for persons in states.values()))
    shared_legend(ax, reverse=True)
    remaining = sum(states[state][-1] for state in ("at home", "ready to leave") if state in states)
    title(ax, f"Where people are: {grouped(round(remaining))} remain on {day(data['time'].to_numpy()[-1])}")


def provinces(ax: Axes, data: xr.Dataset) -> None:
    """Draw displaced persons by province; the smallest provinces together."""
    drawn = thinned(data)["persons_by_province"]
    order = drawn.isel(time=-1).to_series().sort_values(ascending=False, kind="stable").index
    for name, colour, dashes in zip(order[:PROVINCES_NAMED], PALETTE, DASHES, strict=False):
        curve = drawn.sel(province=name)
        label = f"{name} {grouped(round(float(curve[-1])))}"
        ax.plot(drawn["time"], curve, color=colour, linestyle=dashes, label=label)
    rest = drawn.sel(province=list(order[PROVINCES_NAMED:])).sum("province")
    if len(order) > PROVINCES_NAMED:
        label = f"{len(order) - PROVINCES_NAMED} others {grouped(round(float(rest[-1])))}"
        ax.plot(drawn["time"], rest, color=QUIET, linewidth=1.2, label=label)
    _over_time(ax, data, "displaced persons", "persons")
    from_zero(ax)
    shared_legend(ax, title="province, persons at the end")
    anybody = float(drawn.isel(time=-1).sum()) > 0
    title(ax, f"Displaced persons by province: most are in {order[0]}" if anybody else "Nobody is displaced at the end")


def trust(ax: Axes, data: xr.Dataset) -> None:
    """Draw believed guarantees and threat: mean over residents, and the range over settlements."""
    drawn = thinned(data)
    for name, label, colour, dashes in (
        ("guarantees", "guarantees", BLUE, "-"),
        ("threat", "threat", VERMILION, "--"),
    ):
        levels = drawn[name]
        low, high = levels.min("settlement"), levels.max("settlement")
        ax.fill_between(drawn["time"], low, high, color=colour, alpha=0.15, linewidth=0)
        ax.plot(drawn["time"], residents_mean(levels, drawn), color=colour, linestyle=dashes, label=label)
    _over_time(ax, data, "level", "0–1")
    ax.set_ylim(0, max(1.0, ax.get_ylim()[1]))
    shared_legend(ax, title="mean over residents\n(band: settlements)")
    title(ax, "Believed guarantees and felt threat at home")


def assurances(ax: Axes, data: xr.Dataset) -> None:
    """Draw the credibility of each assurance that is believed at any time."""
    drawn = thinned(data)["assurance_credibility"]
    shown = [name for name in drawn["assurance"].to_numpy() if float(drawn.sel(assurance=name).max()) > 0]
    _lines(ax, {name.replace("_", " "): drawn.sel(assurance=name) for name in shown})
    _over_time(ax, data, "credibility", "0–1")
    ax.set_ylim(0, 1.02)
    if shown:
        shared_legend(ax, title="assurance")
    title(ax, "How far each assurance is believed" if shown else "No assurance is believed")


def services(ax: Axes, data: xr.Dataset) -> None:
    """Draw service levels by sector, mean over residents."""
    drawn = thinned(data)
    levels = residents_mean(drawn["service_level"], drawn)
    _lines(ax, {str(name): levels.sel(sector=name) for name in levels["sector"].to_numpy()})
    _over_time(ax, data, "service level", "share of normal")
    ax.set_ylim(0, 1.02)
    shared_legend(ax, title="mean over residents")
    lowest = str(levels.isel(time=-1).idxmin("sector").item())
    title(ax, f"Services: at the end {lowest} is lowest, {float(levels.isel(time=-1).min()):.0%} of normal")


def needs(ax: Axes, data: xr.Dataset) -> None:
    """Draw the share of needs met by commodity, mean over residents."""
    drawn = thinned(data)
    levels = residents_mean(drawn["need_met"], drawn)
    _lines(ax, {str(name): levels.sel(commodity=name) for name in levels["commodity"].to_numpy()})
    _over_time(ax, data, "need met", "share of need")
    ax.set_ylim(0, 1.02)
    shared_legend(ax, title="mean over residents")
    title(ax, "Needs met in the territory, by commodity")


def aid(ax: Axes, data: xr.Dataset) -> None:
    """Draw tonnes of aid requested and delivered so far, all commodities together."""
    drawn = thinned(data)
    asked, came = (total(drawn[f"{name}_tonnes_cumulative"]) for name in ("requested", "delivered"))
    _lines(ax, {"delivered": came, "requested": asked})
    _over_time(ax, data, "aid so far", "t")
    from_zero(ax)
    shared_legend(ax)
    tonnes, wanted = round(float(came[-1])), round(float(asked[-1]))
    title(
        ax, f"Aid: {grouped(tonnes)} t delivered of {grouped(wanted)} t requested" if wanted else "No aid is requested"
    )


def stocks(ax: Axes, data: xr.Dataset) -> None:
    """Draw the days that stocks would last at full need, by commodity, up to two months."""
    drawn = thinned(data)["stock_days"]
    _lines(ax, {str(name): drawn.sel(commodity=name) for name in drawn["commodity"].to_numpy()})
    _over_time(ax, data, "stock", "days of full need")
    ax.set_ylim(0, 60)
    shared_legend(ax, title="depot and settlements")
    title(ax, "How long stocks would last")


KINDS: dict[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        arrivals,
        flow,
        queue,
        wait,
        whereabouts,
        provinces,
        trust,
        assurances,
        services,
        needs,
        aid,
        stocks,
        people.shelter,
        people.shelter_by_province,
        people.in_need,
        people.severities,
        places.province_shares,
        places.origins,
    )
}
"""Name → function of every plot of one run."""


def plot(result: Result, kind: str, ax: Axes | None = None) -> Axes:
    """Draw the plot called ``kind`` onto ``ax``, or onto a new figure with a footer; return the Axes.

    Raises
    ------
    InputError
        If there is no such kind.
    """
    if kind not in KINDS:
        known = ", ".join(f"`{name}`" for name in KINDS)
        raise InputError(Problem("plot", "kind", f"`{kind}`", f"one of {known}", did_you_mean(kind, KINDS)))
    with style():
        if ax is None:
            figure, axes = sheet(1, 1, size=(8.0, 4.2))
            ax = axes[0, 0]
            footer(figure, run_footer(result))
        KINDS[kind](ax, result.dataset)
    return ax


def run_footer(result: Result) -> str:
    """Say which run a figure shows."""
    return f"Scenario: {result.scenario.title} ({result.scenario.name}) · seed {result.seed} · 1 member · {CAUTION}"


def _over_time(ax: Axes, data: xr.Dataset, label: str, unit: str) -> None:
    dated(ax, data["time"].to_numpy(), zone(data))
    counted(ax, label, unit)


def _lines(ax: Axes, curves: dict[str, xr.DataArray]) -> None:
    for index, (label, curve) in enumerate(curves.items()):
        colour, dashes = PALETTE[index % len(PALETTE)], DASHES[index // len(PALETTE) + index % len(DASHES)]
        ax.plot(curve["time"], curve, color=colour, linestyle=dashes, linewidth=1.5, label=label)


def _arrivals_in_words(curve: xr.DataArray, where: str) -> str:
    arrived = float(curve[-1])
    if arrived < 1:
        return f"Nobody arrives{where}"
    half = first_time_at(curve, arrived / 2)
    when = "" if half is None else f", half of them by {day(half)}"
    return f"{grouped(round(arrived))} persons arrive{where} by {day(curve['time'].to_numpy()[-1])}{when}"
