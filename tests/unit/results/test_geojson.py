from __future__ import annotations

import json

import numpy as np
import pytest


@pytest.fixture(params=["run", "comparison"])
def found(request, folders):
    folder = folders / request.param / "planner"
    files = {name: json.loads((folder / f"{name}.geojson").read_text("utf-8")) for name in ("places", "provinces")}
    return request.param, files


def test_files_are_feature_collections_in_degrees(found):
    _, files = found
    for collection in files.values():
        assert collection["type"] == "FeatureCollection"
        assert "crs" not in collection
        for feature in collection["features"]:
            assert feature["type"] == "Feature"
            flat = np.array(positions(feature["geometry"]))
            assert ((flat[:, 0] > 43) & (flat[:, 0] < 48)).all()
            assert ((flat[:, 1] > 38) & (flat[:, 1] < 42)).all()


def positions(geometry):
    if geometry["type"] == "Point":
        return [geometry["coordinates"]]
    assert geometry["type"] == "MultiPolygon"
    rings = [ring for polygon in geometry["coordinates"] for ring in polygon]
    assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings)
    return [point for ring in rings for point in ring]


def test_every_scenario_has_every_place(found):
    kind, files = found
    names = {"run": ["as_reported"], "comparison": ["as_reported", "integration_roadmap"]}[kind]
    homes = {"run": 22, "comparison": 5}[kind]
    for name in names:
        mine = [item["properties"] for item in files["places"]["features"] if item["properties"]["scenario"] == name]
        kinds = [item["kind"] for item in mine]
        assert kinds.count({"run": "settlement", "comparison": "district"}[kind]) == homes
        assert (kinds.count("crossing"), kinds.count("reception"), kinds.count("province")) == (1, 1, 11)
        assert "Stepanakert / Khankendi" in [item["name"] for item in mine]
    assert len(files["provinces"]["features"]) == 11 * len(names)


def test_numbers_are_those_of_the_run(folders, real_result):
    places = json.loads((folders / "run" / "planner" / "places.geojson").read_text("utf-8"))["features"]
    numbers = {item["properties"]["name"]: item["properties"] for item in places}
    data = real_result.dataset
    present = data["persons_home"] + data["persons_ready"] + data["persons_returned"]
    city = present.sel(settlement="Stepanakert")
    assert numbers["Stepanakert / Khankendi"]["persons_at_start"] == int(city[0])
    assert numbers["Stepanakert / Khankendi"]["persons_at_end"] == int(city[-1])
    assert numbers["Hakari bridge"]["vehicles_peak"] == round(float(data["queue_vehicles"].max()))
    assert numbers["Yerevan"]["persons_at_end"] == int(data["persons_by_province"].sel(province="Yerevan")[-1])
    assert "persons_at_end_p05" not in numbers["Yerevan"]


def test_a_comparison_tells_intervals(folders):
    places = json.loads((folders / "comparison" / "planner" / "places.geojson").read_text("utf-8"))["features"]
    for item in (feature["properties"] for feature in places):
        unit = item["unit"]
        assert item[f"{unit}_peak_p05"] <= item[f"{unit}_peak"] <= item[f"{unit}_peak_p95"]
        assert item["members"] == 3
