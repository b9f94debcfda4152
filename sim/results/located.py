"""Persons and vehicles at their places on the map: settlements or districts, the crossing, reception, provinces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import xarray as xr

from sim.place.atlas import Atlas, Point
from sim.results.needs import reception_point


@dataclass(frozen=True, eq=False)
class Located:
    """What is at a point: a stock over time, with dims time and perhaps scenario and member."""

    point: Point
    kind: str
    stock: xr.DataArray
    unit: str = "persons"


def located(data: xr.Dataset, atlas: Atlas) -> list[Located]:
    """Return every stock that has a position; where settlements are summed, districts stand for them."""
    return [*_homes(data, atlas), *_crossing(data, atlas), *_reception(data, atlas), *_provinces(data, atlas)]


def _homes(data: xr.Dataset, atlas: Atlas) -> Iterator[Located]:
    present = persons_present(data)
    if present is not None:
        points = {point.name: point for point in atlas.of_kind("settlement")}
        for name in map(str, data["settlement"].to_numpy()):
            if name in points:
                yield Located(points[name], "settlement", present.sel(settlement=name, drop=True))
    elif "persons_present_by_district" in data:
        for name in map(str, data["district"].to_numpy()):
            point = atlas.district(name)
            if point is not None:
                yield Located(point, "district", data["persons_present_by_district"].sel(district=name, drop=True))


def persons_present(data: xr.Dataset) -> xr.DataArray | None:
    """Return the persons at their homes by settlement, or None where settlements are summed."""
    if "persons_present" in data:
        return data["persons_present"]
    if "settlement" not in data["persons_home"].dims:
        return None
    return data["persons_home"] + data["persons_ready"] + data["persons_returned"]


def _crossing(data: xr.Dataset, atlas: Atlas) -> Iterator[Located]:
    for point in atlas.of_kind("crossing"):
        yield Located(point, "crossing", data["queue_vehicles"], "vehicles")


def _reception(data: xr.Dataset, atlas: Atlas) -> Iterator[Located]:
    name = reception_point(data)
    for point in atlas.of_kind("reception"):
        if point.name == name:
            yield Located(point, "reception", data["persons_displaced"].sel(place=name, drop=True))


def _provinces(data: xr.Dataset, atlas: Atlas) -> Iterator[Located]:
    points = {point.name: point for point in atlas.of_kind("province")}
    for name in map(str, data["province"].to_numpy()):
        if name in points:
            yield Located(points[name], "province", data["persons_by_province"].sel(province=name, drop=True))
