from __future__ import annotations

import json

import numpy as np
import pytest

from sim.errors import SeedError
from sim.library import seeds_folder
from sim.place import atlas as module
from sim.place.atlas import load_atlas
from sim.place.place import load_place

DATASET = "karabakh_2023"


def test_every_node_of_the_roads_has_a_position():
    place, atlas = load_place(DATASET), load_atlas(DATASET)
    assert len(atlas.roads) == place.roads.number_of_edges()


def test_the_corridor_leads_from_the_city_over_the_crossing():
    ends = {end for road in load_atlas(DATASET).roads if road.corridor for end in road.line}
    points = {point.name: (point.lon, point.lat) for point in load_atlas(DATASET).points if point.kind != "province"}
    assert {points[name] for name in ("Stepanakert", "Hakari bridge", "Kornidzor", "Goris")} <= ends


def test_places_bear_both_forms_of_their_names():
    atlas = load_atlas(DATASET)
    titles = [atlas.district(name).title for name in load_place(DATASET).districts]
    assert titles[0] == "Stepanakert / Khankendi"
    assert all(" / " in title for title in titles)
    assert atlas.district("Nowhere") is None


def test_every_province_has_outlines_around_its_centre():
    atlas = load_atlas(DATASET)
    assert set(atlas.provinces) == {item.name for item in load_place(DATASET).provinces}
    for point in atlas.of_kind("province"):
        ring = np.concatenate([np.array(part) for part in atlas.provinces[point.name]])
        (west, south), (east, north) = ring.min(axis=0), ring.max(axis=0)
        assert west < point.lon < east, point
        assert south < point.lat < north, point


def test_outlines_are_closed_counterclockwise_and_within_the_box_that_the_readme_names():
    file = seeds_folder() / "outlines" / "south_caucasus.geojson"
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        assert feature["properties"]["kind"] in ("province", "line")
        if feature["properties"]["kind"] == "province":
            for (ring,) in feature["geometry"]["coordinates"]:
                x, y = np.array(ring).T
                assert ring[0] == ring[-1]
                assert np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1])) < 0
                assert 43.2 < x.min() < x.max() < 47.7
                assert 38.6 < y.min() < y.max() < 41.5


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Goris,Goris,registration,95,46.3,G01,reported,", "from -90 to 90"),
        ("Goris,Goris,town,39,46,G01,reported,", "kind"),
    ],
)
def test_a_malformed_waypoint_is_named(tmp_path, monkeypatch, row, expected):
    (tmp_path / "waypoints.csv").write_text(f"name,alt_name,kind,lat,lon,source_id,basis,note\n{row}\n", "utf-8")
    monkeypatch.setattr(module, "lineage", lambda folder: (tmp_path,))
    with pytest.raises(SeedError, match=expected):
        load_atlas.__wrapped__(DATASET)


def test_a_dataset_without_waypoints_has_homes_and_provinces_only(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "lineage", lambda folder: (tmp_path,))
    atlas = load_atlas.__wrapped__(DATASET)
    assert {point.kind for point in atlas.points} == {"settlement", "province"}
    assert 0 < len(atlas.roads) < load_place(DATASET).roads.number_of_edges()


def test_a_dataset_that_extends_another_has_its_waypoints_too():
    atlas = load_atlas("karabakh_2020")
    assert {point.name for point in atlas.of_kind("reception")} == {"Kornidzor"}
    assert len(atlas.roads) == load_place("karabakh_2020").roads.number_of_edges()
    assert len(atlas.of_kind("settlement")) == len(load_place("karabakh_2020").settlements)


def test_missing_outlines_are_an_error_of_the_seeds(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "seeds_folder", lambda: tmp_path)
    with pytest.raises(SeedError, match="south_caucasus"):
        load_atlas.__wrapped__(DATASET)
