"""Where the nodes of the road network lie, for maps; the model itself knows lengths of roads alone."""

from __future__ import annotations

from collections.abc import Mapping

from sim.place.place import BASIS, Place
from sim.place.read import Column, dataset_folder, name, number, read_table, text

COLUMNS: Mapping[str, Column] = {
    "node": name(),
    "lat": number(-90.0, 90.0),
    "lon": number(-180.0, 180.0),
    "source_id": name(),
    "basis": BASIS,
    "note": text(),
}


def positions(place: Place) -> dict[str, tuple[float, float]]:
    """Return node → longitude and latitude [degrees] of every node whose position is known."""
    known = {item.name: (item.lon, item.lat) for item in place.settlements}
    known |= {item.centre: (item.lon, item.lat) for item in place.provinces}
    waypoints = dataset_folder(place.name) / "waypoints.csv"
    if waypoints.is_file():
        known |= {row["node"]: (row["lon"], row["lat"]) for row in read_table(waypoints, COLUMNS)}
    return known
