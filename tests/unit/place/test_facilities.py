"""Facilities: what the tables hold, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from sim.errors import SeedError
from sim.library import seeds_folder
from sim.place.facilities import Facilities
from sim.place.place import load_place, read_place
from sim.place.sectors import SECTORS, STATES

FOLDER = seeds_folder() / "karabakh_2023"


@pytest.fixture(scope="module")
def facilities() -> Facilities:
    return load_place("karabakh_2023").facilities


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "dataset"))


def replaced(folder: Path, old: str, new: str, table: str = "facilities.csv") -> Path:
    path = folder / table
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_every_sector_has_a_facility_and_every_source_somebody_who_needs_it(facilities: Facilities) -> None:
    assert {site.sector for site in facilities.sites} == set(SECTORS)
    graph = facilities.graph()
    sources = [i for i, site in enumerate(facilities.sites) if not site.serves]
    assert len(sources) >= 5
    assert all(graph.out_degree(i) > 0 for i in sources)


def test_each_generation_comes_after_what_it_depends_on(facilities: Facilities) -> None:
    rank = {i: number for number, generation in enumerate(facilities.generations) for i in generation}
    assert len(rank) == len(facilities.sites)
    assert all(rank[a] < rank[b] for a, b in facilities.graph().edges)


def test_the_hospital_needs_power_and_water_and_in_the_end_the_power_line(facilities: Facilities) -> None:
    hospital = facilities.index("Republican Medical Centre")
    needed = {facilities.sites[i].name for i in nx.ancestors(facilities.graph(), hospital)}
    assert needed >= {"Stepanakert substation", "Stepanakert waterworks", "Power line from Armenia"}
    assert facilities.sites[hospital].generator_tonnes_per_day > 0.0


def test_local_hydropower_meets_a_third_of_the_need(facilities: Facilities) -> None:
    local = sum(site.capacity for site in facilities.sites if site.kind == "hydropower")
    assert local == pytest.approx(0.33)


def test_the_reservoir_stood_at_about_15_per_cent(facilities: Facilities) -> None:
    (sarsang,) = facilities.reservoirs
    assert sarsang.storage / sarsang.capacity == pytest.approx(0.15, abs=0.005)
    assert sarsang.dead == 70.0


def test_worse_damage_takes_longer_and_leaves_less(facilities: Facilities) -> None:
    assert facilities.repair_days.shape == (len(facilities.sites), len(STATES))
    assert (np.diff(facilities.repair_days, axis=1) >= 0.0).all()
    assert (np.diff(facilities.functionality, axis=1) < 0.0).all()


def test_a_dataset_without_facilities_has_one_for_each_sector(copy: Path) -> None:
    (copy / "facilities.csv").unlink()
    place = read_place(copy)
    assert [site.sector for site in place.facilities.sites] == list(SECTORS)
    assert all(len(site.serves) == len(place.settlements) for site in place.facilities.sites)


def test_a_circle_is_refused_and_named(copy: Path) -> None:
    folder = replaced(copy, "power,Goris,,0.67,,", "power,Goris,,0.67,Stepanakert waterworks,")
    with pytest.raises(SeedError, match=r"a circle: .*Stepanakert waterworks → ") as caught:
        read_place(folder)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Shushi,1,Power line from Armenia+", "Shushi,1,Power line from Armenja+", "did you mean `Power line from Ar"),
        ("Martuni,Martuni,1,Martuni substation", "Martuni,Martuny,1,Martuni substation", "did you mean `Martuni`"),
        ("Stepanakert,all,0.6,", "Stepanakert,all,0.5,", "health of 0.9 for Stepanakert"),
        ("Aghdam road,road,road", "Lachin road,road,road", "`?Lachin road`?.* more than once"),
        ("Aghdam road,road,road", "Aghdam road,road,raod", "did you mean `road`"),
        ("Aghdam road,road,road,Askeran", "Aghdam road,road,road,Nowhere", "a node of roads.csv"),
        ("telecom,telecom,Stepanakert,,1", "telecoms,telecom,Stepanakert,,1", "one of `electricity`"),
        ("bridge,Hakari bridge,,1,", "bridge,Hakari bridge,,-1,", "from 1e-06 to 1"),
    ],
)
def test_mistakes_are_told_in_plain_words(copy: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SeedError, match=f"(?i){message}"):
        read_place(replaced(copy, old, new))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Sarsang hydropower,587", "Sarsang hydropwer,587", "did you mean `Sarsang hydropower`"),
        ("587,70,88", "587,90,88", "dead volume ≤ storage ≤ capacity"),
    ],
)
def test_mistakes_about_reservoirs_are_told(copy: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(SeedError, match=f"(?i){message}"):
        read_place(replaced(copy, old, new, "reservoirs.csv"))
