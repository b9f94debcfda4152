"""Malformed files of a place: each mistake is named with its file and cell, all at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sim.errors import SeedError
from sim.library import seeds_folder
from sim.place.place import read_place


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(seeds_folder() / "karabakh_2023", tmp_path / "karabakh_2023"))


def replace(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def message(folder: Path) -> str:
    with pytest.raises(SeedError) as caught:
        read_place(folder)
    return str(caught.value)


def test_the_copy_itself_is_fine(folder: Path) -> None:
    assert len(read_place(folder).settlements) == 22


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("settlements.csv", "39.8177", "139.8", "line 2, lat: found `139.8`, expected a finite number from -90 to 90"),
        ("settlements.csv", "39.8177", "nan", "line 2, lat: found `nan`"),
        ("settlements.csv", "39.8177", "", "line 2, lat: found nothing"),
        ("settlements.csv", "58300", "-1", "residents_weight: found `-1`, expected a finite number of at least 0"),
        ("settlements.csv", "58300", "inf", "residents_weight: found `inf`"),
        ("settlements.csv", "58300,true", "58300,yes", "urban: found `yes`, expected `true` or `false`"),
        ("settlements.csv", "Stepanakert,city", "Stepanakert,capital", "kind: found `capital`, expected one of `city`"),
        ("settlements.csv", "G06;G01,estimated", "G06;G01,guessed", "basis: found `guessed`"),
        ("settlements.csv", "Askeran,Asgaran", "Stepanakert,Asgaran", "Stepanakert: found the name 2 times"),
        ("settlements.csv", "Askeran,Asgaran", "Askerann,Asgaran", "found `Askerann`, expected a node of roads.csv"),
        ("settlements.csv", "alt_name", "altname", "altname: found an unknown column"),
        ("settlements.csv", ",basis,", ",kind,", "kind: found the column twice"),
        ("settlements.csv", ",Khankendi", "", "line 2: found 10 cells, expected 11 cells"),
        ("roads.csv", ",22.4,", ",0,", "line 2, km: found `0`"),
        (
            "roads.csv",
            "22.4,,",
            "22.4,900,",
            "line 2, kmh: found `900`, expected a finite number from 1 to 150, or nothing",
        ),
        ("roads.csv", "Askeran,Ivanyan", "Askeran,Askeran", "a road from Askeran to itself"),
        ("roads.csv", "Noragyugh,Ivanyan", "Ivanyan,Askeran", "Askeran–Ivanyan more than once"),
        ("roads.csv", "Martakert,Khnapat", "Martakert,Haterkk", "Martakert: found no way to Hakari bridge"),
        ("roads.csv", ",crossing,", ",,", "queue: found no such road"),
        ("roads.csv", ",crossing,", ",toll,", "line 4, queue: found `toll`"),
        ("roads.csv", "22.4,,Lachin,", "22.4,,Lachin,crossing", "Hakari bridge–Kornidzor"),
        (
            "provinces.csv",
            "Syunik,Kapan",
            "Syunik,Kapann",
            "found `Kapann`, expected a node of roads.csv; did you mean",
        ),
        ("provinces.csv", "1086677", "0", "residents: found `0`"),
        ("place.toml", '"Hakari bridge"', '"Hakari"', "found `Hakari`, expected a node of roads.csv"),
        ("place.toml", "utc_offset_hours = 4", "utc_offset_hours = 40", "utc_offset_hours: found 40"),
        ("place.toml", "utc_offset_hours = 4", "utc_offset_hours = true", "utc_offset_hours: found True"),
        ("place.toml", '["Goris", "Vayk"]', "[]", "registration: found []"),
        ("place.toml", 'Lachin = "Goris"', "Lachin = 3", "aid_heads: found"),
        ("place.toml", "title", "titel", "title: found nothing"),
        ("place.toml", "title", "titel", "did you mean `title`?"),
        ("place.toml", "= 4", "= ", "found malformed TOML"),
    ],
)
def test_a_mistake_is_named(folder: Path, file: str, old: str, new: str, expected: str) -> None:
    replace(folder, file, old, new)
    found = message(folder)
    assert file in found
    assert expected in found


def test_all_mistakes_of_a_file_are_told_at_once(folder: Path) -> None:
    replace(folder, "settlements.csv", "39.8177", "north")
    replace(folder, "settlements.csv", "58300", "many")
    assert len(message(folder).splitlines()) == 2


@pytest.mark.parametrize("file", ["place.toml", "settlements.csv", "roads.csv", "provinces.csv"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    found = message(folder)
    assert file in found
    assert "no such file" in found


@pytest.mark.parametrize("file", ["place.toml", "settlements.csv", "roads.csv", "provinces.csv"])
def test_bytes_that_are_not_text_are_named(folder: Path, file: str) -> None:
    (folder / file).write_bytes(b"\xff\xfe\x00")
    assert file in message(folder)


@pytest.mark.parametrize("file", ["settlements.csv", "roads.csv", "provinces.csv"])
def test_a_table_without_rows_is_named(folder: Path, file: str) -> None:
    header = (folder / file).read_text(encoding="utf-8").splitlines()[0]
    (folder / file).write_text(header + "\n", encoding="utf-8")
    assert f"{file}: found no rows" in message(folder)


def test_residents_nowhere_are_refused(folder: Path) -> None:
    path = folder / "settlements.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    head, first = lines[0], lines[1].replace("58300", "0")
    path.write_text(f"{head}\n{first}\n", encoding="utf-8")
    assert "residents_weight: found a sum of 0" in message(folder)
