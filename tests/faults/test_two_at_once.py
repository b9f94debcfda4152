"""Two processes that write to one folder at once: one whole result, or a clear refusal; never a mix."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from sim.report.material import read_material
from sim.results import folder as kept_in
from sim.results.folder import replacing


@pytest.mark.parametrize("name", ["run", "compare"])
def test_of_two_runs_one_is_there_and_whole(start, commands, tmp_path, name):
    folder = tmp_path / "out"
    begun = [start(*commands[name], "--seed", seed, "--out", folder) for seed in (3, 4, 5)]
    answers = [process.end() for process in begun]
    assert [answer.code for answer in answers] == [0, 0, 0], answers
    assert read_material(folder).manifest["seed"] in (3, 4, 5)
    assert os.listdir(tmp_path) == ["out"]


def test_a_second_process_is_refused_an_ensemble_at_work(start, commands, contents, made, tmp_path):
    words = (*commands["ensemble"], "--seed", 1, "--out", tmp_path / "out")
    answers = [process.end() for process in [start(*words), start(*words)]]
    assert sorted(answer.code for answer in answers) in ([0, 2], [0, 0])
    for answer in answers:
        assert answer.code == 0 or "found another process at work in it, expected nobody else; wait" in answer.said
    assert contents(tmp_path / "out") == contents(made / "ensemble")


def write(folder: Path, word: str) -> None:
    with replacing(folder) as partial:
        for name in ("a", "b"):
            (partial / name).write_text(word)
        (partial / "run.json").write_text('{"made_by": "corridor", "files": {"a": "", "b": ""}}')


@pytest.mark.parametrize("swaps", [True, False], ids=["in one move", "in two"])
def test_who_looks_finds_a_whole_result_at_every_moment(tmp_path, monkeypatch, swaps):
    if not swaps:
        monkeypatch.setattr(kept_in, "_swapped", lambda *_: False)
    folder, missed, ended = tmp_path / "out", [], threading.Event()
    write(folder, "0")

    def look() -> None:
        while not ended.is_set():
            missed.append(not folder.exists())

    looking = threading.Thread(target=look)
    looking.start()
    for number in range(100):
        write(folder, str(number))
    ended.set()
    looking.join()
    assert len(missed) > 100
    assert not swaps or not any(missed)
    assert (folder / "a").read_text() == (folder / "b").read_text() == "99"
    assert os.listdir(tmp_path) == ["out"]


def test_files_put_there_while_a_run_is_under_way_are_not_lost(tmp_path):
    folder = tmp_path / "out"
    write(folder, "old")
    with (
        pytest.raises(kept_in.OutputError, match=r"files that Corridor did not write \(`notes.md`\)"),
        replacing(folder),
    ):
        (folder / "notes.md").write_text("what I saw")
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b", "notes.md", "run.json"]
    assert os.listdir(tmp_path) == ["out"]
    shutil.rmtree(folder)
