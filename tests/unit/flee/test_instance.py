"""Reading FLEE's format: everything a file may hold, and every mistake named with its file and line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from sim.errors import SeedError
from sim.flee.counts import interpolated
from sim.flee.instance import read_instance

RIVERLAND = Path(__file__).parents[3] / "docs" / "examples" / "riverland"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RIVERLAND, tmp_path / "riverland"))


def replace(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def message(folder: Path) -> str:
    with pytest.raises(SeedError) as caught:
        read_instance(folder)
    return str(caught.value)


def test_the_tutorial_is_read_whole() -> None:
    instance = read_instance(RIVERLAND)
    assert (instance.start, instance.days) == (date(2031, 3, 1), 120)
    assert instance.locations["Mill, Upper"].population == 15000
    assert instance.locations["Quayside"].population == 0
    assert [route.redirects for route in instance.routes if route.redirects] == ["Ferry Landing"]
    assert {closure.kind for closure in instance.closures} >= {"country", "camp", "links", "location"}
    assert instance.conflicts["Redbridge"][39:61] == [0.0, *[0.5] * 20, 1.0]
    assert instance.notes == []


def test_counts_of_several_files_add_up_and_are_corrected_backwards() -> None:
    counts = read_instance(RIVERLAND).counts
    assert counts is not None
    assert interpolated(counts["Newcamp"], 120)[-1] == pytest.approx(8800.0)
    factor = 8600 / 10400
    assert interpolated(counts["Highcamp"], 120)[[19, 69, 70]] == pytest.approx([2300 * factor, 8600, 8600])


def test_windows_line_ends_marks_and_blank_lines_are_read(folder: Path) -> None:
    for path in folder.rglob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n") + "\r\n \r\n,,\r\n# the end\r\n"
        path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    again, plain = read_instance(folder), read_instance(RIVERLAND)
    assert (again.locations, again.routes, again.conflicts) == (plain.locations, plain.routes, plain.conflicts)
    assert again.counts == plain.counts


def test_columns_are_found_by_their_names(folder: Path) -> None:
    path = folder / "input_csv" / "locations.csv"
    rows = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines() if '"' not in line]
    rows = [row for row in rows if not row[0].startswith("# ")]
    rows[0][0] = "name"
    path.write_text("\n".join(",".join([row[5], *row[:5], *row[6:]]) for row in rows), encoding="utf-8")
    for name in ("routes.csv", "conflicts.csv"):
        text = (folder / "input_csv" / name).read_text(encoding="utf-8")
        lines = [line.replace(',"Mill, Upper"', "", 1) for line in text.splitlines()]
        if name == "routes.csv":
            lines = [line for line in lines if "Mill" not in line and "Oakford,7" not in line]
        else:
            lines = [lines[0], *(",".join([*line.split(",")[:2], line.split(",")[3]]) for line in lines[1:])]
        (folder / "input_csv" / name).write_text("\n".join(lines), encoding="utf-8")
    assert read_instance(folder).locations["Redbridge"].kind == "conflict_zone"


def test_without_conflicts_zones_start_on_their_dates(folder: Path) -> None:
    (folder / "input_csv" / "conflicts.csv").unlink()
    conflicts = read_instance(folder).conflicts
    assert conflicts["Redbridge"][39:41] == [0.0, 1.0]
    assert set(conflicts) == {"Oakford", "Mill, Upper", "Redbridge"}


def test_without_data_there_are_no_counts(folder: Path) -> None:
    shutil.rmtree(folder / "source_data")
    assert read_instance(folder).counts is None


def test_what_can_be_mended_is_noted(folder: Path) -> None:
    with (folder / "input_csv" / "routes.csv").open("a", encoding="utf-8") as file:
        file.write("Redbridge,Oakford,90,0\nOakford,Oakford,5,0\nSouthholm,Crossroads,0,0\n")
    with (folder / "source_data" / "data_layout.csv").open("a", encoding="utf-8") as file:
        file.write("Elsewhere,elsewhere.csv\n")
    instance = read_instance(folder)
    assert len(instance.notes) == 4
    assert min(route.km for route in instance.routes if {route.a, route.b} == {"Oakford", "Redbridge"}) == 90
    assert all(f"line {line}" in "".join(instance.notes) for line in (13, 14, 15, 6))


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "input_csv/locations.csv",
            "town,,52000",
            "twon,,52000",
            "line 6: found `twon` as type, .*did you mean `town`",
        ),
        ("input_csv/locations.csv", "9.20,20.60,town", "920,20.60,town", "line 6: found `920` as latitude"),
        ("input_csv/locations.csv", "Redbridge,Marsh", "Oakford,Marsh", "line 5: found `Oakford` a second time"),
        (
            "input_csv/locations.csv",
            "conflict_zone,40",
            "conflict_zone,soon",
            "line 5: found `soon` as day of conflict",
        ),
        ("input_csv/locations.csv", "36000", "-36000", "line 5: found `-36000` as population"),
        ("input_csv/routes.csv", "Southholm,Quayside,95", "Southholm,Keyside,95", "line 8: .*did you mean `Quayside`"),
        ("input_csv/routes.csv", "Southholm,Quayside,95,0", "Southholm,Quayside", "line 8: found no distance in km"),
        ("input_csv/routes.csv", "70,2", "70,7", "line 10: found `7` as forced redirection"),
        ("input_csv/routes.csv", "70,2", "nan,2", "line 10: found `nan` as distance"),
        ("input_csv/closures.csv", "country,Riverland", "county,Riverland", "line 2: .*did you mean `country`"),
        ("input_csv/closures.csv", "Seaboard", "Seabord", "line 2: .*did you mean `Seaboard`"),
        ("input_csv/closures.csv", "camp,Newcamp,,0,30", "camp,Newcamp,,0,later", "line 3: found `later`"),
        ("input_csv/conflicts.csv", "Redbridge", "Redbrige", "line 1: found the column `Redbrige`"),
        ("input_csv/conflicts.csv", "\n3,1,0,0", "\n3,1,0", "line 5: found no intensity in Redbridge"),
        ("input_csv/registration_corrections.csv", "2031-05-10", "10/05/2031", "line 1: found `10/05/2031`"),
        ("input_csv/sim_period.csv", "Length,120", "Length,", "line 2: found no length in days"),
        ("input_csv/sim_period.csv", "StartDate", "Start", "StartDate: found no such row"),
        ("source_data/data_layout.csv", "sea-quayside.csv", "../quay.csv", "line 4: found no file `../quay.csv`"),
        ("source_data/sea-quayside.csv", "2031-04-30,2600", "2031-04-31,2600", "line 3: found `2031-04-31`"),
        ("source_data/sea-quayside.csv", "2600", "many", "line 3: found `many` as count of persons"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(folder: Path, file: str, old: str, new: str, words: str) -> None:
    replace(folder, file, old, new)
    with pytest.raises(SeedError, match=words) as caught:
        read_instance(folder)
    assert file.split("/")[-1] in str(caught.value)


def test_all_mistakes_are_named_at_once(folder: Path) -> None:
    replace(folder, "input_csv/routes.csv", "Southholm,Quayside,95", "Southholm,Keyside,95")
    replace(folder, "input_csv/closures.csv", "country,", "county,")
    replace(folder, "source_data/sea-quayside.csv", "2600", "many")
    assert len(message(folder).splitlines()) == 3


@pytest.mark.parametrize("name", ["locations.csv", "routes.csv", "sim_period.csv"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / "input_csv" / name).unlink()
    assert f"input_csv/{name}: found no such file" in message(folder)


def test_bytes_that_are_no_text_are_named(folder: Path) -> None:
    (folder / "input_csv" / "routes.csv").write_bytes(b"#name1,name2\nOak\xff,Mill\n")
    assert "line 2: found bytes that aren't UTF-8" in message(folder)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    assert "found no such folder" in message(tmp_path / "nowhere")
