"""No name in a file leads out of the folder that it belongs to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.errors import InputError
from sim.flee.convert import read_data
from sim.place.read import dataset_folder
from sim.scenario.load import load

OWN = {"name": "own", "title": "t", "summary": "s", "narrative": "n", "assumptions": ["a"]}
OUTSIDE = [
    "/etc/passwd",
    "../secret.toml",
    "a/../../secret.toml",
    "C:\\secret.toml",
    "..\\secret.toml",
    "\\\\host\\x.toml",
]


def own(folder: Path, extends: str) -> Path:
    (folder / "own.toml").write_text(
        f"extends = '{extends}'\nname = 'own'\ntitle = 't'\nsummary = 's'\nnarrative = 'n'\nassumptions = ['a']\n"
    )
    return folder / "own.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.toml").write_text('secret = "42"')
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


@pytest.mark.parametrize("name", OUTSIDE)
def test_parents_elsewhere_are_refused(folder, name):
    with pytest.raises(InputError, match=r"extends: found .*, expected ") as caught:
        load(own(folder, name))
    assert "42" not in str(caught.value)


def test_links_to_elsewhere_are_refused_and_siblings_and_shipped_names_are_not(folder):
    (folder / "link.toml").symlink_to(folder.parent / "secret.toml")
    with pytest.raises(InputError, match="which lies elsewhere, expected a file in the same folder or below it"):
        load(own(folder, "link.toml"))
    assert load(own(folder, "ceasefire")).name == "own"
    own(folder, "ceasefire").rename(folder / "sibling.toml")
    assert load(own(folder, "sibling.toml")).name == "own"


@pytest.mark.parametrize("name", [*OUTSIDE, "..", ".", "karabakh_2023/place.toml", "", "a\0b"])
def test_a_posterior_or_a_dataset_elsewhere_is_refused(name):
    for change in ({"posterior": name}, {"place": {"dataset": name}}):
        with pytest.raises(InputError, match=r"(posterior|place).*: found .*, expected "):
            load({"extends": "ceasefire", **OWN, **change})
    with pytest.raises(InputError):
        dataset_folder(name)


@pytest.mark.parametrize("name", ["../../../x", "Own", "a/b", "", "a" * 65, ".."])
def test_a_scenario_s_name_can_not_name_another_folder(name):
    with pytest.raises(InputError, match=r"name: found"):
        load({"extends": "ceasefire", **OWN, "name": name})


@pytest.fixture
def instance(folder: Path) -> Path:
    """Return a small instance in FLEE's format."""
    tables = {
        "sim_period.csv": "StartDate,2012-02-29\nLength,20\n",
        "locations.csv": "#name,region,country,lat,lon,location_type,conflict_date,population\n"
        "A,r,c,1,1,conflict_zone,0,1000\nB,r,c,2,2,camp,,500\n",
        "routes.csv": "#name1,name2,distance,forced_redirection\nA,B,100,0\n",
        "closures.csv": "#closure_type,name1,name2,closure_start,closure_end\n",
    }
    for part in ("input_csv", "source_data"):
        (folder / part).mkdir()
    for name, text in tables.items():
        (folder / "input_csv" / name).write_text(text)
    (folder / "source_data" / "data_layout.csv").write_text("total,refugees.csv\nB,b.csv\n")
    (folder / "source_data" / "refugees.csv").write_text("Date,n\n2012-02-29,0\n2012-03-10,50\n")
    (folder / "source_data" / "b.csv").write_text("Date,n\n2012-02-29,0\n2012-03-10,50\n")
    (folder.parent / "secret.csv").write_text("2012-02-29,424242\n")
    return folder


@pytest.mark.parametrize("name", ["../../secret.csv", "/etc/passwd", "../input_csv/routes.csv"])
def test_a_layout_can_not_name_counts_elsewhere(instance, name):
    assert read_data(instance, departures_given=True)
    (instance / "source_data" / "data_layout.csv").write_text(f"total,refugees.csv\nB,{name}\n")
    with pytest.raises(InputError, match=r"found no file .* in source_data") as caught:
        read_data(instance, departures_given=True)
    assert "424242" not in str(caught.value)


@pytest.mark.parametrize("name", ["input_csv/routes.csv", "source_data/b.csv", "source_data/data_layout.csv"])
def test_links_out_of_an_instance_are_refused(instance, name):
    (instance / name).unlink()
    (instance / name).symlink_to(instance.parent / "secret.csv")
    with pytest.raises(InputError, match=r"a link that leads out of its folder|found no file .* in source_data"):
        read_data(instance, departures_given=True)
    shutil.rmtree(instance)
