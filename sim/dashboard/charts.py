"""What the dashboard draws, as options of ECharts: curves of a run beside the baseline's, and two maps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sim.dashboard.exploration import Exploration, Moment
from sim.figures.style import BLUE, GREEN, ORANGE, PURPLE, VERMILION
from sim.place.atlas import load_atlas

Option = dict[str, Any]
Degrees = tuple[float, float]

DRAWN = 240
"""Most times that are drawn of one curve."""

ARRIVALS: tuple[tuple[str, str, str], ...] = (("arrived", "arrived", BLUE),)
QUEUE: tuple[tuple[str, str, str], ...] = (("queue", "waiting", VERMILION),)
PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("remaining", "remaining", GREEN),
    ("left", "left", ORANGE),
    ("returned", "returned", PURPLE),
)
"""Field of :class:`~sim.dashboard.exploration.Moment`, name and colour of each curve of a chart."""

GREY, PALE, FULL, INK = "#9a9a9a", (222, 235, 247), (8, 69, 148), "#333333"
_HALO = {"textBorderColor": "#ffffff", "textBorderWidth": 2}
_TEXT = {"fontFamily": "Roboto, Helvetica, Arial, sans-serif", "color": INK}
_ICONS = {"solid": "path://M0,4H24V6H0Z", "dashed": "path://M0,4H6V6H0ZM9,4H15V6H9ZM18,4H24V6H18Z"}
MARGIN = 0.1
"""Margin of a map all round, as a share of what it shows."""


def curves(
    kinds: Sequence[tuple[str, str, str]],
    unit: str,
    start: datetime,
    days: float,
    run: Sequence[Moment],
    baseline: Sequence[Moment],
) -> Option:
    """Return a chart of this run (solid) and of the baseline (dashed) over local time."""
    series = []
    for field, label, colour in kinds:
        dashed = GREY if len(kinds) == 1 else colour
        series.append(_line(f"{label}, baseline", baseline, field, start, dashed, "dashed"))
        series.append(_line(label, run, field, start, colour, "solid"))
    legend = [{"name": line["name"], "icon": _ICONS[line["lineStyle"]["type"]]} for line in series]
    return {
        "animation": False,
        "textStyle": _TEXT,
        "grid": {"left": 8, "right": 16, "top": 34, "bottom": 30 if len(kinds) == 1 else 52, "containLabel": True},
        "legend": {"bottom": 0, "itemWidth": 24, "textStyle": _TEXT, "data": legend},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": {
            "type": "time",
            "min": _local(start, 0.0),
            "max": _local(start, 24.0 * days),
            "axisLabel": {"formatter": "{d} {MMM}", "hideOverlap": True, "color": INK, "fontSize": 10},
            "splitLine": {"show": False},
        },
        "yAxis": {
            "type": "value",
            "name": unit,
            "nameTextStyle": {"align": "left", "color": INK},
            "min": 0,
            "axisLabel": {"color": INK},
        },
        "series": series,
    }


def home_map(model: Exploration) -> Option:
    """Return the map of homes and of the crossing: areas by residents at first, dark where they are present."""
    place, people, atlas = model.place, model.households, load_atlas(model.place.name)
    homes = []
    for settlement, present, before in zip(place.settlements, people.present, people.initial, strict=True):
        share = float(present) / float(before) if before else 0.0
        size = 8.0 + 34.0 * math.sqrt(float(before) / max(1.0, float(people.initial.max())))
        look = {"color": _shade(share), "borderColor": "rgb(8,69,148)", "borderWidth": 1}
        where = (settlement.lon, settlement.lat)
        homes.append(_point(settlement.title, where, int(present), size, look, settlement.kind != "village"))
    waiting = model.checkpoint.queue.waiting_units
    size = 10.0 + 26.0 * math.sqrt(min(1.0, waiting / 15_000.0))
    crossings = [point for point in atlas.of_kind("crossing") if point.name == place.crossing]
    queues = [
        _point(point.title, (point.lon, point.lat), round(waiting), size, {"color": VERMILION, "opacity": 0.85}, True)
        for point in crossings
    ]
    shown = [(point.lon, point.lat) for point in (*atlas.of_kind("settlement"), *crossings)]
    roads = [road.line for road in atlas.roads]
    series = [_lines(roads), _points("persons present", homes), _points("vehicles waiting", queues, symbol="diamond")]
    return _map(shown, series, (0.4, 0.55))


def host_map(model: Exploration) -> Option:
    """Return the map of the provinces that receive: areas by displaced persons who are there."""
    place, atlas = model.place, load_atlas(model.place.name)
    displaced = model.households.in_provinces
    total = max(1.0, float(model.households.initial.sum()))
    look = {"color": ORANGE, "opacity": 0.75, "borderColor": "#8a5a00", "borderWidth": 1}
    hosts = []
    for province, persons in zip(place.provinces, displaced, strict=True):
        size = 4.0 + 60.0 * math.sqrt(float(persons) / total)
        hosts.append(_point(province.name, (province.lon, province.lat), int(persons), size, look, True))
    outlines = [line for rings in atlas.provinces.values() for line in rings]
    shown = [(province.lon, province.lat) for province in place.provinces] + [at for line in outlines for at in line]
    return _map(shown, [_lines(outlines), _points("displaced persons", hosts)], (0.1, 0.1))


def aspect(option: Option) -> float:
    """Return width over height of a map, so that a kilometre is as long both ways."""
    x, y = option["xAxis"], option["yAxis"]
    return float((x["max"] - x["min"]) * math.cos(math.radians((y["min"] + y["max"]) / 2)) / (y["max"] - y["min"]))


def local_time(start: datetime, hours: float) -> datetime:
    """Return the local time ``hours`` after ``start``."""
    return start + timedelta(hours=hours)


def _line(name: str, trace: Sequence[Moment], field: str, start: datetime, colour: str, kind: str) -> Option:
    stride = max(1, math.ceil(len(trace) / DRAWN))
    kept = [moment for index, moment in enumerate(trace) if index % stride == 0 or index == len(trace) - 1]
    return {
        "name": name,
        "type": "line",
        "symbol": "none",
        "data": [[_local(start, moment.hours), round(getattr(moment, field))] for moment in kept],
        "lineStyle": {"color": colour, "type": kind, "width": 2.5 if kind == "solid" else 1.5},
        "itemStyle": {"color": colour},
    }


def _local(start: datetime, hours: float) -> str:
    return local_time(start, hours).strftime("%Y-%m-%dT%H:%M")


def _shade(share: float) -> str:
    levels = (round(pale + (full - pale) * min(1.0, share)) for pale, full in zip(PALE, FULL, strict=True))
    return f"rgb({','.join(map(str, levels))})"


def _point(title: str, where: Degrees, number: int, size: float, look: Option, labelled: bool) -> Option:
    label = {"show": labelled, "formatter": title.replace("{", "("), "color": INK, "fontSize": 11} | _HALO
    return {"name": title, "value": [*where, number], "symbolSize": size, "itemStyle": look, "label": label}


def _points(name: str, points: list[Option], symbol: str = "circle") -> Option:
    return {
        "name": name,
        "type": "scatter",
        "symbol": symbol,
        "z": 3,
        "data": points,
        "labelLayout": {"hideOverlap": True},
        "encode": {"x": 0, "y": 1, "tooltip": [2]},
        "dimensions": ["longitude", "latitude", name],
    }


def _lines(lines: Iterable[Sequence[Degrees]]) -> Option:
    """Return thin lines for orientation, as one broken line."""
    data = [point for line in lines for point in (*map(list, line), ["-", "-"])]
    return {
        "name": "lines",
        "type": "line",
        "data": data,
        "symbol": "none",
        "silent": True,
        "z": 1,
        "lineStyle": {"color": "#c8c8c8", "width": 1.2},
        "tooltip": {"show": False},
    }


def _map(shown: Sequence[Degrees], series: list[Option], room: tuple[float, float]) -> Option:
    """Return a map of all points ``shown``, with ``room`` for labels left and right as shares of its width."""
    axes = []
    for values in zip(*shown, strict=True):
        margin = MARGIN * (max(values) - min(values))
        axes.append({"type": "value", "show": False, "min": min(values) - margin, "max": max(values) + margin})
    wide = axes[0]["max"] - axes[0]["min"]
    axes[0] |= {"min": axes[0]["min"] - room[0] * wide, "max": axes[0]["max"] + room[1] * wide}
    for point in (point for item in series if item["type"] == "scatter" for point in item["data"]):
        left = point["value"][0] < sum(lon for lon, _ in shown) / len(shown)
        point["label"]["position"] = "left" if left else "right"
    return {
        "animation": False,
        "textStyle": _TEXT,
        "grid": {"left": 0, "right": 0, "top": 0, "bottom": 0},
        "tooltip": {"trigger": "item", "confine": True},
        "xAxis": axes[0],
        "yAxis": axes[1],
        "series": series,
    }
