"""The map of a report: outlines as paths, and what is at each point at each of a few times."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.errors import SeedError
from sim.place.atlas import NOTE, Atlas, Line, atlas_of
from sim.report.curves import MEANS, levels_of, quantiles, sampled
from sim.report.material import Material
from sim.results.located import Located, located

WIDTH = 1000.0
MARGIN = (0.09, 0.09, 1.05, 0.09)
"""Degrees west, south, east and north of the outermost point; names stick out in the east."""


class Projection:
    """Equirectangular about the middle latitude, onto a sheet :data:`WIDTH` wide."""

    def __init__(self, lonlat: NDArray[np.float64]) -> None:
        low, high = lonlat.min(axis=0) - MARGIN[:2], lonlat.max(axis=0) + MARGIN[2:]
        self.west, self.north = float(low[0]), float(high[1])
        self.squeeze = math.cos(math.radians(float(low[1] + high[1]) / 2.0))
        self.scale = WIDTH / float(high[0] - low[0])
        self.height = round(float(high[1] - low[1]) * self.scale / self.squeeze)

    def __call__(self, lon: float, lat: float) -> tuple[float, float]:
        """Return x and y on the sheet."""
        return (
            round((lon - self.west) * self.scale, 1),
            round((self.north - lat) * self.scale / self.squeeze, 1),
        )

    def path(self, line: Line, *, closed: bool = False) -> str:
        """Return a line as the path of an SVG."""
        points = (self(lon, lat) for lon, lat in line)
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("Z" if closed else "")


def ground(material: Material, at: NDArray[np.int64]) -> dict[str, Any] | None:
    """Return the map's outlines and stocks, or None where the dataset has no positions."""
    try:
        atlas = atlas_of(material.scenarios[material.baseline].place)
    except SeedError:
        return None
    found = located(material.dataset, atlas)
    if not found:
        return None
    project = Projection(_extent(atlas, found))
    flow = sampled(material.dataset["arrivals_cumulative"], at, MEANS)
    return {
        "width": WIDTH,
        "height": project.height,
        "near": _near(found, project),
        "note": NOTE,
        **_base(atlas, project),
        "points": [_point(item, project, at, list(material.scenarios)) for item in found],
        "flow": [_levels(flow, name, 0) for name in material.scenarios],
    }


def _extent(atlas: Atlas, found: list[Located]) -> NDArray[np.float64]:
    """Return every position that must be on the sheet, shape (n, 2) [degrees]."""
    outlines = [point for rings in atlas.provinces.values() for ring in rings for point in ring]
    return np.array([*outlines, *((item.point.lon, item.point.lat) for item in found)])


def _near(found: list[Located], project: Projection) -> str:
    """Return the part of the sheet with the homes and the crossing, as a viewBox."""
    places = [project(item.point.lon, item.point.lat) for item in found if item.kind != "province"]
    west, east = np.array([130.0, 60.0]), np.array([190.0, 60.0])  # names stick out in the east
    (left, top), (right, bottom) = np.min(places, axis=0) - west, np.max(places, axis=0) + east
    height = max(bottom - top, (right - left) * project.height / WIDTH)
    width = height * WIDTH / project.height
    return f"{(left + right - width) / 2:.0f} {(top + bottom - height) / 2:.0f} {width:.0f} {height:.0f}"


def _base(atlas: Atlas, project: Projection) -> dict[str, Any]:
    return {
        "provinces": [
            {"name": name, "path": "".join(project.path(ring, closed=True) for ring in rings)}
            for name, rings in atlas.provinces.items()
        ],
        "lines": [project.path(line) for line in atlas.lines],
        "roads": [{"path": project.path(road.line), "corridor": road.corridor} for road in atlas.roads],
    }


def _point(item: Located, project: Projection, at: NDArray[np.int64], names: list[str]) -> dict[str, Any]:
    x, y = project(item.point.lon, item.point.lat)
    stock = item.stock.isel(time=at)
    return {
        "name": item.point.name,
        "title": item.point.title,
        "kind": item.kind,
        "unit": item.unit,
        "x": x,
        "y": y,
        "values": [_levels(stock, name, 0) for name in names],
    }


def _levels(stock: xr.DataArray, name: str, decimals: int) -> list[list[float | None]]:
    return quantiles(stock.sel(scenario=name), levels_of(stock, few=True), decimals)


def origins(material: Material) -> dict[str, Any] | None:
    """Return where the displaced of each district are at the end, mean persons over members; None if not recorded."""
    data = material.dataset
    if "displaced_by_origin" not in data:
        return None
    table = data["displaced_by_origin"].mean("member").transpose("scenario", "district", "place")
    atlas = atlas_of(material.scenarios[material.baseline].place)
    points = [atlas.district(str(name)) for name in data["district"].to_numpy()]
    names = [str(name) for name in data["district"].to_numpy()]
    titles = [name if point is None else point.title for name, point in zip(names, points, strict=True)]
    return {
        "districts": titles,
        "places": [str(name) for name in data["place"].to_numpy()],
        "values": np.rint(table.to_numpy()).astype(int).tolist(),
    }
