"""The shipped place: what it holds, and how far things are."""

from __future__ import annotations

import pickle
from itertools import pairwise

import numpy as np
import pytest

from sim.errors import SeedError
from sim.place.place import Place, load_place


@pytest.fixture(scope="module")
def place() -> Place:
    return load_place("karabakh_2023")


def test_shares_of_residents_sum_to_one(place: Place) -> None:
    weights = np.array([item.weight for item in place.settlements])
    assert weights.min() > 0.0
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)


def test_about_half_the_residents_live_in_the_countryside(place: Place) -> None:
    rural = sum(item.weight for item in place.settlements if not item.urban)
    assert rural == pytest.approx(0.52, abs=0.01)
    assert place.settlements[place.index("Stepanakert")].weight == pytest.approx(0.48, abs=0.01)


def test_settlements_held_by_azerbaijan_before_2023_are_left_out(place: Place) -> None:
    names = {item.name for item in place.settlements}
    assert names.isdisjoint({"Shusha", "Lachin", "Karkijahan"})
    assert names >= {"Stepanakert", "Martakert", "Martuni", "Askeran", "Lisagor"}


def test_both_forms_of_a_name_are_kept(place: Place) -> None:
    assert place.settlements[place.index("Stepanakert")].title == "Stepanakert / Khankendi"


def test_district_numbers_lead_back_to_districts(place: Place) -> None:
    named = [place.districts[number] for number in place.district_index]
    assert named == [item.district for item in place.settlements]
    with pytest.raises(ValueError, match="read-only"):
        place.district_index[0] = 1


def test_quoted_road_lengths(place: Place) -> None:
    assert place.km("Stepanakert", "Hakari bridge") == pytest.approx(50.0)
    assert place.km("Stepanakert", "Goris") == pytest.approx(100.0)


def test_everybody_leaves_by_the_crossing(place: Place) -> None:
    for settlement in place.settlements:
        way = place.path(settlement.name, place.reception)
        assert place.crossing in way
        assert settlement.name == place.reception or way[-2] == place.crossing


def test_only_the_road_beyond_the_crossing_queues(place: Place) -> None:
    queued = [{a, b} for a, b, edge in place.roads.edges(data=True) if edge["queue"]]
    assert queued == [{"Hakari bridge", "Kornidzor"}]


def test_named_roads_lead_from_the_aid_heads(place: Place) -> None:
    for road, head in place.aid_heads.items():
        links = pairwise(place.path(head, "Stepanakert"))
        assert {place.roads.edges[link]["road"] for link in links} == {road}


def test_travel_time_follows_speed_on_empty_roads(place: Place) -> None:
    assert place.hours("Stepanakert", "Goris", 50.0) == pytest.approx(2.0)
    assert place.hours("Stepanakert", "Goris", 25.0) == pytest.approx(4.0)


def test_distance_is_symmetric_and_zero_at_home(place: Place) -> None:
    assert place.km("Martuni", "Yerevan") == pytest.approx(place.km("Yerevan", "Martuni"))
    assert place.km("Martuni", "Martuni") == 0.0
    assert place.path("Martuni", "Martuni") == ("Martuni",)


def test_provinces_with_their_way_from_the_reception(place: Place) -> None:
    assert len(place.provinces) == 11
    for province in place.provinces:
        assert province.km_from_reception == pytest.approx(place.km(place.reception, province.centre))
    nearest = min(place.provinces, key=lambda item: item.km_from_reception)
    assert nearest.name == "Syunik"


def test_a_place_is_frozen_and_travels_to_workers(place: Place) -> None:
    with pytest.raises(AttributeError):
        place.crossing = "elsewhere"  # type: ignore[misc]
    copy = pickle.loads(pickle.dumps(place))
    assert copy.settlements == place.settlements
    assert dict(copy.roads.edges) == dict(place.roads.edges)


@pytest.mark.parametrize("ask", ["index", "path", "km"])
def test_an_unknown_name_gets_a_suggestion(place: Place, ask: str) -> None:
    arguments = ("Stepanakertt",) if ask == "index" else ("Stepanakertt", "Goris")
    with pytest.raises(SeedError, match="did you mean `Stepanakert`"):
        getattr(place, ask)(*arguments)


@pytest.mark.parametrize("name", ["../karabakh_2023", "/etc", "karabakh_2023/counts", "", "..", "A", "a\0b"])
def test_a_dataset_name_cannot_leave_the_seeds(name: str) -> None:
    with pytest.raises(SeedError, match="expected a plain name"):
        load_place(name)


def test_an_unknown_dataset_gets_a_suggestion() -> None:
    with pytest.raises(SeedError, match="did you mean `karabakh_2023`"):
        load_place("karabakh_2032")
