from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from sim.errors import OutputError
from sim.figures import gallery
from sim.results import folder as kept_in
from sim.results import write as writing
from sim.results.folder import check_target, files_in
from sim.results.write import read, write
from sim.scenario.load import load


@pytest.fixture(scope="module")
def real_scenario_result(made_up_result):
    return dataclasses.replace(made_up_result, scenario=load("ceasefire"))


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_in(folder)}


def test_read_gives_back_what_was_written(real_scenario_result, tmp_path):
    again = read(write(real_scenario_result, tmp_path / "out", figures=False))
    xr.testing.assert_identical(again.dataset, real_scenario_result.dataset)
    assert again.summary["persons_arrived"] == pytest.approx(real_scenario_result.summary["persons_arrived"])
    assert again.summary["runtime_s"] == real_scenario_result.summary["runtime_s"]
    assert again.scenario == real_scenario_result.scenario
    assert again.scenario.hash() == real_scenario_result.scenario.hash()
    assert again.seed == 7
    assert again.provenance["steps"] == 240


def test_writing_what_was_read_gives_the_same_bytes(real_scenario_result, tmp_path):
    first = write(real_scenario_result, tmp_path / "first", figures=False)
    second = write(read(first), tmp_path / "second", figures=False)
    for name in ("result.nc", "series.csv", "summary.json", *PLANNER):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_all_files_but_the_manifest_are_the_same_bytes_each_time(made_up_result, tmp_path):
    first, second = (contents(write(made_up_result, tmp_path / name)) for name in ("first", "second"))
    assert (
        set(first)
        == set(second)
        == {
            "result.nc",
            "series.csv",
            "summary.json",
            "run.json",
            *PLANNER,
            *(f"figures/{name}.{form}" for name in SHEETS for form in ("svg", "png")),
        }
    )
    assert [name for name in first if first[name] != second[name]] in ([], ["run.json"])


PLANNER = (
    "planner.xlsx",
    "planner/caseload.csv",
    "planner/people_in_need.csv",
    "planner/places.geojson",
    "planner/provinces.geojson",
    "planner/shelter.csv",
    "planner/stocks_needed.csv",
)
SHEETS = (
    "arrivals",
    "corridor",
    "whereabouts",
    "provinces",
    "reception",
    "people_in_need",
    "trust",
    "services_and_aid",
    "origins",
    "map",
)


def test_manifest_says_what_made_the_result(made_up_result, tmp_path):
    folder = write(made_up_result, tmp_path / "out", figures=False, command="corridor run made_up")
    manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert manifest["made_by"] == "corridor"
    assert manifest["command"] == "corridor run made_up"
    assert manifest["seed"] == 7
    assert manifest["scenario"] == {
        "name": "made_up",
        "title": "Made up",
        "hash": "0" * 64,
        "resolved": {"name": "made_up", "rate": 1e-9},
    }
    assert {"corridor", "python", "mesa", "numpy", "xarray"} <= set(manifest["provenance"]["versions"])
    assert manifest["provenance"]["runtime_s"] == 0.25
    assert list(manifest["files"]) == sorted([*PLANNER, "result.nc", "series.csv", "summary.json"])


def test_text_files_have_lf_sorted_keys_and_short_numbers(made_up_result, tmp_path):
    folder = write(made_up_result, tmp_path / "out", figures=False)
    for name in ("series.csv", "summary.json", "run.json"):
        assert b"\r" not in (folder / name).read_bytes()
    text = (folder / "summary.json").read_text(encoding="utf-8")
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert '"persons_initial": 101700,' in text
    assert json.loads(text)["runtime_s"] == 0.25
    table = pd.read_csv(folder / "series.csv")
    assert table["time"].iloc[0] == "2023-09-19T12:00"
    assert table.loc[table["variable"] == "persons_home", "place"].iloc[0] == "Stepanakert / Khankendi"


def test_parents_are_made(made_up_result, tmp_path):
    assert write(made_up_result, tmp_path / "a" / "b" / "c", figures=False).is_dir()


def test_an_earlier_result_is_replaced_whole(made_up_result, tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "run_figures", lambda result: {"only": result.plot("arrivals").figure})
    folder = write(made_up_result, tmp_path / "out")
    assert "figures/only.svg" in files_in(folder)
    write(dataclasses.replace(made_up_result, seed=8), folder, figures=False)
    assert json.loads((folder / "run.json").read_text())["seed"] == 8
    assert files_in(folder) == sorted([*PLANNER, "result.nc", "run.json", "series.csv", "summary.json"])
    assert leftovers(tmp_path) == []


def test_an_empty_folder_is_used(made_up_result, tmp_path):
    (tmp_path / "out").mkdir()
    assert (write(made_up_result, tmp_path / "out", figures=False) / "run.json").is_file()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), RuntimeError("defect")])
@pytest.mark.parametrize("failing", ["write_dataset", "write_csv", "write_json", "write_manifest"])
def test_a_failure_in_the_middle_leaves_nothing_behind(made_up_result, tmp_path, monkeypatch, error, failing):
    def fail(*_args, **_keys):
        raise error

    monkeypatch.setattr(writing, failing, fail)
    expected = OutputError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write(made_up_result, tmp_path / "new" / "out", figures=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_in_the_middle_leaves_the_earlier_result_as_it_was(made_up_result, tmp_path, monkeypatch, error):
    folder = write(made_up_result, tmp_path / "out", figures=False)
    before = contents(folder)

    def fail(*_args, **_keys):
        raise error

    monkeypatch.setattr(writing, "write_csv", fail)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write(made_up_result, folder, figures=False)
    assert contents(folder) == before
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_a_failure_of_the_swap_itself_puts_the_earlier_result_back(made_up_result, tmp_path, monkeypatch, error):
    folder = write(made_up_result, tmp_path / "out", figures=False)
    before = contents(folder)
    rename = Path.rename

    def fail_into_place(path, target):
        if ".partial-" in path.name:
            raise error
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_into_place)
    monkeypatch.setattr(kept_in, "_swapped", lambda *_: False)  # as where the system can't swap folders
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write(made_up_result, folder, figures=False)
    monkeypatch.undo()
    assert contents(folder) == before
    assert leftovers(tmp_path) == []


def test_a_full_disk_is_reported_with_its_reason(made_up_result, tmp_path, monkeypatch):
    def fail(*_args, **_keys):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "write_csv", fail)
    with pytest.raises(OutputError, match="found no space left on device, expected a folder that can be written"):
        write(made_up_result, tmp_path / "out", figures=False)


def test_a_folder_of_somebody_else_is_refused(made_up_result, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match=r"did not write \(`thesis.txt`\).*choose another folder"):
        write(made_up_result, tmp_path / "out")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "years of work"


def test_a_file_added_to_an_earlier_result_is_not_lost(made_up_result, tmp_path):
    folder = write(made_up_result, tmp_path / "out", figures=False)
    (folder / "notes.md").write_text("what I saw")
    with pytest.raises(OutputError, match=r"`notes.md`"):
        write(made_up_result, folder, figures=False)
    assert (folder / "notes.md").read_text() == "what I saw"


@pytest.mark.parametrize("manifest", ['{"made_by": "others", "files": ["run.json"]}', "not json", "[]", "\x00"])
def test_a_folder_with_a_strange_run_json_is_refused(made_up_result, tmp_path, manifest):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run.json").write_text(manifest)
    with pytest.raises(OutputError, match=r"`run.json`"):
        write(made_up_result, tmp_path / "out")


def test_a_file_in_place_of_the_folder_is_refused(made_up_result, tmp_path):
    (tmp_path / "out").write_text("a file")
    for target in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(OutputError, match=r"found the file .*expected a folder"):
            write(made_up_result, target)
    assert (tmp_path / "out").read_text() == "a file"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody can write")
def test_a_folder_that_nobody_can_write_is_refused_before_the_run():
    with pytest.raises(OutputError, match=r"found /proc \(.*\), expected a folder that can be written"):
        check_target(Path("/proc/out"))


def test_the_current_folder_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OutputError, match="the current folder"):
        check_target(Path("."))


def test_checking_leaves_no_trace(tmp_path):
    check_target(tmp_path / "a" / "b")
    assert os.listdir(tmp_path) == []


def test_a_link_to_a_folder_is_followed(made_up_result, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert write(made_up_result, tmp_path / "link", figures=False) == (tmp_path / "real").resolve()
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "link" / "run.json").is_file()


def test_reading_another_folder_says_what_was_expected(tmp_path):
    with pytest.raises(OutputError, match="found no result of a run, expected a folder that `corridor run` wrote"):
        read(tmp_path)


def test_reading_a_damaged_result_says_so(made_up_result, tmp_path):
    folder = write(made_up_result, tmp_path / "out", figures=False)
    (folder / "summary.json").write_text("{")
    with pytest.raises(OutputError, match=r"summary.json: found a damaged file"):
        read(folder)


def test_a_result_of_an_earlier_version_is_refused_in_words(made_up_result, tmp_path):
    folder = write(made_up_result, tmp_path / "out", figures=False)
    manifest = json.loads((folder / "run.json").read_text("utf-8"))
    del manifest["seal"]
    (folder / "run.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(OutputError, match=r"run\.json: found a manifest without a seal, of an earlier version"):
        read(folder)
