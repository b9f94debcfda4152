"""A disk that fills up, or a folder that nobody can write: a clear refusal, and what was there before is whole."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def most(n_bytes: int) -> Callable[[], None]:
    """Return what keeps the files of a process below ``n_bytes``, as a quota does."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


@pytest.mark.parametrize(
    ("name", "n_bytes"),
    [("run", 0), ("run", 2_000), ("run", 30_000), ("run", 100_000), ("compare", 2_000), ("compare", 30_000)],
)
def test_what_does_not_fit_is_said_in_a_line_and_the_earlier_result_is_whole(
    corridor, commands, contents, copied, name, n_bytes
):
    before, folder = contents(copied), copied / name
    answer = corridor(*commands[name], "--out", folder, before=most(n_bytes))
    assert answer.code == 2
    assert answer.said.startswith("error: ")
    assert answer.said.count("\n") == 1
    assert "found file too large, expected a folder that can be written; free space" in answer.said
    assert contents(copied) == before
    assert sorted(path.name for path in copied.iterdir()) == sorted(commands)


def test_an_ensemble_keeps_what_fitted_and_continues(corridor, commands, contents, made, tmp_path):
    words = (*commands["ensemble"], "--seed", 1, "--out", tmp_path / "out")
    for n_bytes in (200, 2_000, 30_000):
        answer = corridor(*words, before=most(n_bytes))
        assert answer.code == 2
        assert "/out: found file too large, expected a folder that can be written; what is finished is" in answer.said
    assert corridor(*words).code == 0
    assert contents(tmp_path / "out") == contents(made / "ensemble")


def test_a_report_that_does_not_fit_leaves_the_earlier_one(corridor, contents, copied):
    assert corridor("report", copied / "run").code == 0
    before = contents(copied)
    answer = corridor("report", copied / "run", before=most(100_000))
    assert answer.code == 2
    assert answer.said.endswith("report.html: found file too large, expected a file that can be written; "
                                "choose another file with `--out`\n")  # fmt: skip
    assert contents(copied) == before


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 300 kB."""
    (tmp_path / "disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(tmp_path / "disk")]
    if (
        os.geteuid() != 0
        or not shutil.which("mount")
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("needs leave to mount a small disk")
    yield tmp_path / "disk"
    subprocess.run(["umount", str(tmp_path / "disk")], check=True)


def test_a_disk_that_is_really_full(corridor, commands, contents, made, small_disk):
    answer = corridor(*commands["run"], "--out", small_disk / "out")
    assert answer.said == (
        f"error: {small_disk / 'out'}: found no space left on device, expected a folder that can be written; "
        "free space or choose another folder\n"
    )
    assert answer.code == 2
    assert list(small_disk.iterdir()) == []
    words = (*commands["ensemble"], "--seed", 1, "--out", small_disk / "many")
    assert "no space left on device" in corridor(*words).said
    assert len(list(small_disk.glob("many/members/*/*.nc.gz"))) == 4
    assert subprocess.run(["mount", "-o", "remount,size=50m", small_disk], check=False).returncode == 0
    assert corridor(*words).code == 0
    assert contents(small_disk / "many") == contents(made / "ensemble")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_an_output_that_is_full_is_said_in_a_line(corridor):
    def into_full() -> None:
        os.dup2(os.open("/dev/full", os.O_WRONLY), 1)

    answer = corridor("list", before=into_full)
    assert answer.said == "error: the output: found no space left on device; mend this, and try again\n"
    assert answer.code == 2


@pytest.mark.parametrize("name", ["run", "compare", "ensemble"])
def test_folders_that_nobody_can_make_are_refused_before_anything_runs(corridor, commands, tmp_path, name):
    (tmp_path / "file").write_text("mine")
    answer = corridor(*commands[name], "--out", tmp_path / "file" / "out")
    assert answer.said == (
        f"error: {tmp_path / 'file' / 'out'}: found the file {tmp_path / 'file'}, expected a folder; "
        + ("choose another folder with `--out`\n")
    )
    assert (answer.code, (tmp_path / "file").read_text()) == (2, "mine")
    if Path("/proc/self").exists():
        answer = corridor(*commands[name], "--out", "/proc/out")
        assert answer.said.startswith("error: /proc/out: found /proc (")
        assert (answer.code, answer.said.count("\n")) == (2, 1)
