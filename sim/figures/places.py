"""Where people are and where they came from: shares of provinces, flows from districts, and the map.

Circles and squares have areas in proportion to what they stand for; a dashed rim is the 95th percentile of members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path

from sim.figures.curves import day
from sim.figures.style import BLUE, GREEN, ORANGE, PALETTE, QUIET, VERMILION, Grouped, grouped, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sim.place.atlas import Atlas, Point

KIND_COLOURS = {"settlement": GREEN, "district": GREEN, "province": BLUE, "reception": ORANGE, "crossing": VERMILION}
KIND_NAMES = {
    "settlement": "at home (persons)",
    "district": "at home (persons)",
    "crossing": "waiting to cross (vehicles)",
    "reception": "at the reception point (persons)",
    "province": "displaced (persons)",
}
NODE, GAP, ROOM = 0.03, 0.025, 0.045
"""Width of a node, gap between nodes and least room for a node's name, as shares of the panel."""


def province_shares(ax: Axes, data: xr.Dataset) -> None:
    """Draw the share of the displaced that each province has at the end, largest on top, with the persons."""
    persons = data["persons_by_province"].isel(time=-1).to_series().sort_values(kind="stable")
    everybody = float(persons.sum())
    shares = persons / everybody if everybody else persons * 0.0
    ax.barh([str(name) for name in shares.index], 100 * shares.to_numpy(), color=BLUE, height=0.66)
    for row, (share, count) in enumerate(zip(shares, persons, strict=True)):
        ax.annotate(
            grouped(round(float(count))),
            (100 * share, row),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    ax.set_xlabel("share of the displaced in provinces [%]")
    ax.set_xlim(0, max(1.0, 112 * float(shares.max())))
    ax.grid(visible=False, axis="y")
    when = day(data["time"].to_numpy()[-1])
    most = str(shares.index[-1])
    title(ax, f"{most} has {shares.iloc[-1]:.0%} of the displaced on {when}" if everybody else "Nobody is displaced")


def origins(ax: Axes, data: xr.Dataset) -> None:
    """Draw flows from home districts on the left to where their people are at the end on the right."""
    table = data["displaced_by_origin"]
    names = [str(name) for name in table["place"].to_numpy()]
    districts = [str(name) for name in data["district"].attrs.get("titles", table["district"].to_numpy())]
    persons = table.to_numpy().astype(float)
    ax.set_axis_off()
    ax.set_xlim(0, 1)
    ax.set_ylim(1, 0)
    everybody = float(persons.sum())
    if everybody < 1:
        title(ax, "Nobody is displaced at the end")
        return
    starts, ends = stacked(persons.sum(axis=1)), stacked(persons.sum(axis=0))
    left, right = 0.3, 0.72
    _links(ax, persons / everybody, starts, ends, (left, right))
    for nodes, labels, totals, x, side in (
        (starts, districts, persons.sum(axis=1), left - NODE, "right"),
        (ends, names, persons.sum(axis=0), right, "left"),
    ):
        for at, (y, height) in nodes.items():
            colour = PALETTE[at % len(PALETTE)] if side == "right" else QUIET
            ax.add_patch(Rectangle((x, y), NODE, max(height, 0.002), facecolor=colour, edgecolor="none"))
            edge = x - 0.012 if side == "right" else x + NODE + 0.012
            text = f"{labels[at]}  {grouped(round(float(totals[at])))}"
            ax.text(edge, y + height / 2, text, ha=side, va="center", fontsize=8.5)
    title(ax, "Persons displaced at the end: home district, and where they are")


def stacked(totals: np.ndarray) -> dict[int, tuple[float, float]]:
    """Return number → top and height of each node that holds anybody, the largest on top, within [0, 1].

    >>> {at: (round(y, 2), round(h, 2)) for at, (y, h) in stacked(np.array([1.0, 3.0])).items()}
    {1: (0.0, 0.73), 0: (0.76, 0.24)}
    """
    order = [int(at) for at in np.argsort(-totals, kind="stable") if totals[at] > 0]
    wanted = totals / max(1.0, float(totals.sum()))
    room = np.maximum(wanted, ROOM)
    scale = 1.0 / (float(room[order].sum()) + GAP * (len(order) - 1)) if order else 1.0
    scale = min(1.0 - GAP * (len(order) - 1), scale)
    found, y = {}, 0.0
    for at in order:
        found[at] = (y + scale * (room[at] - wanted[at]) / 2, scale * wanted[at])
        y += scale * room[at] + GAP * scale
    return {at: (float(top), float(height)) for at, (top, height) in found.items()}


def _links(
    ax: Axes,
    shares: np.ndarray,
    starts: dict[int, tuple[float, float]],
    ends: dict[int, tuple[float, float]],
    edges: tuple[float, float],
) -> None:
    from_y = {at: y for at, (y, _) in starts.items()}
    to_y = {at: y for at, (y, _) in ends.items()}
    for start, (_, height) in starts.items():
        for end, (_, depth) in ends.items():
            share = shares[start, end]
            if share <= 0:
                continue
            out = height * share / shares[start].sum()
            into = depth * share / shares[:, end].sum()
            ribbon = _ribbon(edges, (from_y[start], to_y[end]), (out, into))
            ax.add_patch(PathPatch(ribbon, facecolor=PALETTE[start % len(PALETTE)], alpha=0.38, edgecolor="none"))
            from_y[start] += out
            to_y[end] += into


def _ribbon(x: tuple[float, float], y: tuple[float, float], sizes: tuple[float, float]) -> Path:
    """Return the outline of a flow from the left, at ``y[0]`` and ``sizes[0]`` high, to the right."""
    middle = sum(x) / 2
    upper = [(x[0], y[0]), (middle, y[0]), (middle, y[1]), (x[1], y[1])]
    lower = [(x[1], y[1] + sizes[1]), (middle, y[1] + sizes[1]), (middle, y[0] + sizes[0]), (x[0], y[0] + sizes[0])]
    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    return Path([*upper, *lower, upper[0]], codes)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stock on the map: where, of what kind, how much, and its 95th percentile or None."""

    point: Point
    kind: str
    amount: float
    high: float | None = None


def ground(ax: Axes, atlas: Atlas, marks: Sequence[Mark], most: float, flow: float = 0.0) -> None:
    """Draw outlines, roads and ``marks``; ``most`` has the largest radius, ``flow`` [persons/h] widens the corridor."""
    for rings in atlas.provinces.values():
        for ring in rings:
            ax.fill(*zip(*ring, strict=True), facecolor="0.955", edgecolor="0.75", linewidth=0.5, zorder=0)
    for line in atlas.lines:
        ax.plot(*zip(*line, strict=True), color="0.8", linewidth=0.5, linestyle=(0, (5, 4)), zorder=0)
    for road in atlas.roads:
        width = 0.9 + flow / 250.0 if road.corridor else 0.6
        colour = VERMILION if road.corridor else "0.6"
        ax.plot(*zip(*road.line, strict=True), color=colour, linewidth=width, zorder=1, solid_capstyle="round")
    points = np.array([(mark.point.lon, mark.point.lat) for mark in marks])
    outer = np.array([point for rings in atlas.provinces.values() for ring in rings for point in ring] or points)
    everything = np.concatenate([points, outer])
    (west, south), (east, north) = everything.min(axis=0) - 0.1, everything.max(axis=0) + np.array([1.0, 0.1])
    ax.set(xlim=(west, east), ylim=(south, north), xlabel="longitude [°E]", ylabel="latitude [°N]")
    ax.set_aspect(1.0 / np.cos(np.radians((south + north) / 2.0)))
    ax.grid(visible=False)
    ax.xaxis.set_major_formatter(Grouped())
    ax.yaxis.set_major_formatter(Grouped())
    for mark in sorted(marks, key=lambda mark: -mark.amount):
        _draw_mark(ax, mark, most, squeeze=float(np.cos(np.radians((south + north) / 2.0))))


def _draw_mark(ax: Axes, mark: Mark, most: float, squeeze: float, largest: float = 0.26) -> None:
    """Draw one stock; ``largest`` is the radius of the largest [degrees of latitude]."""
    from matplotlib.transforms import Affine2D

    colour = KIND_COLOURS[mark.kind]
    stretch = Affine2D().scale(1.0 / squeeze, 1.0).translate(mark.point.lon, mark.point.lat) + ax.transData
    for amount, look in ((mark.amount, {"facecolor": colour, "alpha": 0.55}), (mark.high, {"fill": False})):
        if amount is None or amount <= 0:
            continue
        radius = largest * float(np.sqrt(amount / most))
        half = radius * 0.886
        shape = Rectangle((-half, -half), 2 * half, 2 * half) if mark.kind == "crossing" else Circle((0.0, 0.0), radius)
        shape.set(edgecolor=colour, linewidth=0.9, linestyle="-" if "alpha" in look else "--", zorder=3, **look)
        shape.set_transform(stretch)
        ax.add_patch(shape)


def name_places(ax: Axes, atlas: Atlas, marks: Sequence[Mark]) -> None:
    """Name provinces, and the largest home with both forms of its name."""
    for mark in marks:
        if mark.kind == "province":
            ax.annotate(
                mark.point.title, (mark.point.lon, mark.point.lat), (0, -9), textcoords="offset points", ha="center",
                va="center", fontsize=6.5, color="0.3", zorder=4,
            )  # fmt: skip
    homes = atlas.of_kind("settlement")[:1]
    for point in (*homes, *atlas.of_kind("crossing")):
        ax.annotate(
            point.title, (point.lon, point.lat), (7, 6 if point in homes else -9), textcoords="offset points",
            va="center", fontsize=7, fontweight="bold", zorder=4,
        )  # fmt: skip
