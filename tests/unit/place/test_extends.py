"""A dataset on top of another: rows are added or take the place of those of the same name, keys likewise."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import SeedError
from sim.library import seeds_folder
from sim.place.place import load_place, read_place
from sim.place.read import lineage

HEAD = "name,alt_name,district,kind,lat,lon,residents_weight,urban,source_id,basis,note\n"


@pytest.fixture
def child(tmp_path: Path) -> Path:
    folder = tmp_path / "child"
    folder.mkdir()
    (folder / "place.toml").write_text('extends = "karabakh_2023"\ntitle = "A child"\n', encoding="utf-8")
    return folder


def test_without_files_of_its_own_only_keys_change(child: Path) -> None:
    place, parent = read_place(child), load_place("karabakh_2023")
    assert (place.name, place.title) == ("child", "A child")
    assert place.settlements == parent.settlements
    assert place.facilities.sites == parent.facilities.sites
    assert dict(place.roads.edges) == dict(parent.roads.edges)
    assert place.crossing == parent.crossing


def test_a_row_of_the_same_name_takes_the_place_of_the_parents(child: Path) -> None:
    row = "Lisagor,Turshsu,Shushi,village,39.6875,46.64306,121554,false,G01,assumed,as many as all others\n"
    (child / "settlements.csv").write_text(HEAD + row, encoding="utf-8")
    link = "from,to,km,kmh,road,queue,basis,source_id,note\nLisagor,Stepanakert,30,,Lachin,,assumed,DER,\n"
    (child / "roads.csv").write_text(link, encoding="utf-8")
    place, parent = read_place(child), load_place("karabakh_2023")
    assert len(place.settlements) == len(parent.settlements)
    assert place.settlements[place.index("Lisagor")].weight > 0.5
    assert place.km("Stepanakert", "Lisagor") == 30.0


def test_2020_adds_what_was_lost_to_the_place_of_2023() -> None:
    place, later = load_place("karabakh_2020"), load_place("karabakh_2023")
    added = {item.name: item.district for item in place.settlements} | {}
    for item in later.settlements:
        del added[item.name]
    assert added == {
        "Shushi": "Shushi",
        "Hadrut": "Hadrut",
        "Karvachar": "Shahumyan",
        "Berdzor": "Kashatagh",
        "Kovsakan": "Kashatagh",
    }
    for name in added:
        assert place.crossing in place.path(name, place.reception)
    served = {s for site in place.facilities.sites if site.sector == "electricity" for s in site.serves}
    assert served == set(range(len(place.settlements)))


def test_lineage_goes_from_the_farthest_to_the_dataset_itself() -> None:
    names = [folder.name for folder in lineage(seeds_folder() / "karabakh_2020")]
    assert names == ["karabakh_2023", "karabakh_2020"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("extends = 3\n", "place.toml: extends: found 3, expected the name of a dataset"),
        ('extends = "karabakh_2032"\n', "did you mean `karabakh_2023`"),
        ('extends = "../karabakh_2023"\n', "expected a plain name"),
        ('extends = "karabakh_2023"\ntitel = "x"\n', "did you mean `title`"),
    ],
)
def test_a_mistake_is_named(child: Path, text: str, expected: str) -> None:
    (child / "place.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        read_place(child)
    assert expected in str(caught.value)


def test_a_dataset_that_leads_back_to_itself_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, parent in (("one", "two"), ("two", "one")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "place.toml").write_text(f'extends = "{parent}"\n', encoding="utf-8")
    monkeypatch.setattr("sim.place.read.seeds_folder", lambda: tmp_path)
    with pytest.raises(SeedError, match="leads back here"):
        lineage(tmp_path / "one")
