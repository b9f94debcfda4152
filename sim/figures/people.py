"""How people are sheltered and in need: each function draws one question's answer onto the caller's Axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from sim.figures.curves import day, thinned, total, zone
from sim.figures.style import (
    BLACK,
    BLUE,
    DASHES,
    GREEN,
    ORANGE,
    PALETTE,
    SKY,
    VERMILION,
    YELLOW,
    counted,
    dated,
    grouped,
    shared_legend,
    title,
)
from sim.results.needs import IN_NEED, SEVERITIES, people_by_severity, worst

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHELTERS = (
    ("persons_in_state_shelter", "state beds", BLUE, ""),
    ("persons_with_hosts", "host families", GREEN, "...."),
    ("persons_in_rented_homes", "rented homes", SKY, "////"),
    ("persons_unsheltered", "without shelter", VERMILION, "xxxx"),
)
"""Series, name, colour and hatch of each way of being sheltered, from the bottom of a stack to its top."""

SEVERITY_LOOKS = ((GREEN, ""), (YELLOW, "...."), (ORANGE, "////"), (VERMILION, "xxxx"), (BLACK, ""))
"""Colour and hatch of severities 1 to 5."""

FEW_TIMES = 300


def shelter(ax: Axes, data: xr.Dataset) -> None:
    """Draw how displaced persons in the provinces are sheltered, stacked, and the beds that the state has open."""
    drawn = thinned(data, FEW_TIMES)
    curves = [total(drawn[name]).to_numpy() for name, *_ in SHELTERS]
    _stack(ax, drawn, curves, [(name, colour, hatch) for _, name, colour, hatch in SHELTERS])
    ax.plot(drawn["time"], total(drawn["state_beds"]), color=BLACK, linestyle=DASHES[1], label="state beds open")
    _over_time(ax, data, "in provinces", "persons")
    shared_legend(ax, reverse=True)
    without = total(data["persons_unsheltered"])
    most = float(without.max())
    when = day(data["time"].to_numpy()[int(np.argmax(without.to_numpy()))])
    title(ax, f"At most {grouped(round(most))} without shelter, on {when}" if most >= 1 else "All find some shelter")


def shelter_by_province(ax: Axes, data: xr.Dataset) -> None:
    """Draw how displaced persons are sheltered in each province when most are without shelter."""
    at = int(np.argmax(total(data["persons_unsheltered"]).to_numpy()))
    then = data.isel(time=at)
    order = then["persons_by_province"].to_series().sort_values(kind="stable").index
    left = np.zeros(len(order))
    for name, label, colour, hatch in SHELTERS:
        width = then[name].sel(province=list(order)).to_numpy().astype(float)
        ax.barh(list(order), width, left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0.4, label=label)
        left += width
    ax.set_xlabel("displaced persons [persons]")
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.grid(visible=False, axis="y")
    shared_legend(ax)
    title(ax, f"Shelter by province on {day(data['time'].to_numpy()[at])}")


def in_need(ax: Axes, data: xr.Dataset) -> None:
    """Draw people in need (severity 3 and above) by sector."""
    drawn = thinned(data)["people_in_need"]
    for name, colour, dashes in zip(drawn["sector_of_need"].to_numpy(), PALETTE, DASHES, strict=False):
        curve = drawn.sel(sector_of_need=name)
        ax.plot(drawn["time"], curve, color=colour, linestyle=dashes, linewidth=1.5, label=str(name))
    _over_time(ax, data, "people in need", "persons")
    ax.set_ylim(bottom=0)
    shared_legend(ax, title="severity 3 to 5")
    last = drawn.isel(time=-1)
    most = str(last.idxmax("sector_of_need").item())
    count = grouped(round(float(last.max())))
    title(ax, f"People in need: at the end {count}, most of them in {most}" if last.max() >= 1 else "Nobody is in need")


def severities(ax: Axes, data: xr.Dataset) -> None:
    """Draw everybody who is not abroad by the worst severity in any sector, stacked."""
    drawn = thinned(data, FEW_TIMES)
    people = worst(people_by_severity(drawn)).sum("location")
    curves = [people.sel(severity=level).to_numpy() for level in SEVERITIES]
    looks = [(f"severity {level}", *look) for level, look in zip(SEVERITIES, SEVERITY_LOOKS, strict=True)]
    _stack(ax, drawn, curves[::-1], looks[::-1])
    _over_time(ax, data, "by worst sector", "persons")
    shared_legend(ax)
    most = float(people.sel(severity=slice(IN_NEED, None)).sum("severity").max())
    title(ax, f"Severity of need: at most {grouped(round(most))} are at 3 or above in some sector")


def _stack(ax: Axes, drawn: xr.Dataset, curves: list[np.ndarray], looks: list[tuple[str, str, str]]) -> None:
    bands = ax.stackplot(
        drawn["time"].to_numpy(), curves, colors=[colour for _, colour, _ in looks], labels=[name for name, *_ in looks]
    )
    for band, (_, _, hatch) in zip(bands, looks, strict=True):
        band.set(hatch=hatch, edgecolor="white", linewidth=0.4)
    ax.set_ylim(0, max(1.0, float(np.sum(curves, axis=0).max())))


def _over_time(ax: Axes, data: xr.Dataset, label: str, unit: str) -> None:
    dated(ax, data["time"].to_numpy(), zone(data))
    counted(ax, label, unit)
