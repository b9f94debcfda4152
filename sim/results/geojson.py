"""Key numbers at their places as GeoJSON (RFC 7946, WGS 84), for QGIS and its like.

``places.geojson`` has points: settlements or districts, the crossing, the reception point, provinces at their centres.
``provinces.geojson`` has the provinces' outlines with the same numbers. A feature for each scenario and place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from sim.place.atlas import NOTE, Atlas
from sim.results.located import Located, located

if TYPE_CHECKING:
    from sim.place.atlas import Line

Feature = dict[str, Any]
CAUTION = "Conditional exploration, not a forecast; households are synthetic."


def write_geojson(data: xr.Dataset, atlas: Atlas, folder: Path, titles: Mapping[str, str]) -> None:
    """Write both files to ``folder``; ``data`` has dims scenario and member, ``titles`` name → title of scenarios."""
    found = located(data, atlas)
    points = [_point(item, name, titles[name], data) for name in titles for item in found]
    _write(folder / "places.geojson", points)
    _write(folder / "provinces.geojson", list(_outlines(found, atlas, data, titles)))


def _point(item: Located, name: str, title: str, data: xr.Dataset) -> Feature:
    geometry = {"type": "Point", "coordinates": [round(item.point.lon, 5), round(item.point.lat, 5)]}
    return {"type": "Feature", "geometry": geometry, "properties": _properties(item, name, title, data)}


def _outlines(found: list[Located], atlas: Atlas, data: xr.Dataset, titles: Mapping[str, str]) -> Iterator[Feature]:
    for name, title in titles.items():
        for item in found:
            if item.kind == "province" and item.point.name in atlas.provinces:
                rings = [[_positions(ring)] for ring in atlas.provinces[item.point.name]]
                geometry = {"type": "MultiPolygon", "coordinates": rings}
                yield {"type": "Feature", "geometry": geometry, "properties": _properties(item, name, title, data)}


def _positions(ring: Line) -> list[list[float]]:
    return [[round(lon, 5), round(lat, 5)] for lon, lat in ring]


def _properties(item: Located, name: str, title: str, data: xr.Dataset) -> Feature:
    """Return who and where, and of the stock: start, end and peak, each with its 90% interval over members."""
    stock = item.stock.sel(scenario=name).astype(float)
    numbers = {"at_start": stock.isel(time=0), "at_end": stock.isel(time=-1), "peak": stock.max("time")}
    found: Feature = {
        "scenario": name,
        "scenario_title": title,
        "kind": item.kind,
        "name": item.point.title,
        "unit": item.unit,
        "date_start": str(data["time"].to_numpy()[0])[:10],
        "date_end": str(data["time"].to_numpy()[-1])[:10],
        "members": int(stock.sizes["member"]),
    }
    for key, values in numbers.items():
        low, middle, high = values.quantile([0.05, 0.5, 0.95], "member").to_numpy()
        found |= {f"{item.unit}_{key}": round(float(middle))}
        if stock.sizes["member"] > 1:
            found |= {f"{item.unit}_{key}_p05": round(float(low)), f"{item.unit}_{key}_p95": round(float(high))}
    return found


def _write(path: Path, features: list[Feature]) -> None:
    head = f'{{"type":"FeatureCollection","note":{json.dumps(f"{CAUTION} {NOTE}")},"features":[\n'
    body = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for item in features)
    path.write_text(f"{head}{body}\n]}}\n", encoding="utf-8", newline="\n")
