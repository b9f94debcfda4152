"""Commands as a user gives them, in processes that faults can strike, forked so that they start at once."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.main import app, main
from sim.report.html import page
from sim.report.material import read_material
from sim.results import write_comparison

if not hasattr(os, "fork"):
    collect_ignore_glob = ["test_*.py"]

SMALL = ("--days", "1", "--set", "parameters.residents_total=300")
PAIR = ("as_reported", "ceasefire", *SMALL, "--members", "2", "--workers", "1")
COMMANDS = {
    "run": ("run", "as_reported", "--no-figures", *SMALL),
    "compare": ("compare", *PAIR),
    "ensemble": ("ensemble", *PAIR),
}


@dataclass(frozen=True)
class Answer:
    """How a command ended: its exit code, or the signal that ended it as a negative number, and all it said."""

    code: int
    said: str


@dataclass(frozen=True)
class Process:
    """A command under way."""

    pid: int
    output: int

    def end(self) -> Answer:
        """Wait for its end."""
        with os.fdopen(self.output, encoding="utf-8") as pipe:
            said = pipe.read()
        return Answer(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]), said)


Start = Callable[..., Process]
Corridor = Callable[..., Answer]


@pytest.fixture(scope="session")
def start() -> Start:
    """Return a function that starts a command; ``before`` is called in its process first."""
    return _begin


@pytest.fixture(scope="session")
def corridor(start: Start) -> Corridor:
    """Return a function that runs a command to its end."""
    return lambda *words, **keys: start(*words, **keys).end()


def _begin(*words: object, before: Callable[[], object] = lambda: None) -> Process:
    output, end = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking where other threads are about
        pid = os.fork()
    if not pid:
        _play([str(word) for word in words], end, before)
    os.close(end)
    return Process(pid, output)


def _play(words: list[str], output: int, before: Callable[[], object]) -> None:
    """Run the command line in this process, and end it."""
    code = 70
    try:
        os.dup2(output, 1)
        os.dup2(output, 2)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", buffering=1, closefd=False) for number in (1, 2))
        sys.argv = ["corridor", *words]
        before()
        main()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 70
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def draw_nothing(patch: pytest.MonkeyPatch) -> None:
    """Draw nothing: figures take most of the time of a comparison, and are files like all others."""
    patch.setattr(write_comparison, "_write_figures", lambda *_: None)


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    draw_nothing(monkeypatch)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds ``run``, ``compare`` and ``ensemble`` as nothing struck them.

    They are made in this process, so that all forked from it have imported everything.
    """
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        draw_nothing(patch)
        for name, words in COMMANDS.items():
            assert CliRunner().invoke(app, [*words, "--seed", "1", "--out", str(folder / name)]).exit_code == 0
    page(read_material(folder / "run"))
    return folder


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """Return a fresh copy of :func:`made`, in which nothing else lies."""
    target = tmp_path / "results"
    target.mkdir()
    for name in COMMANDS:
        shutil.copytree(made / name, target / name)
    return target


@pytest.fixture(scope="session")
def commands() -> dict[str, tuple[str, ...]]:
    """Return name → words of the commands, without seed and folder."""
    return COMMANDS


@pytest.fixture(scope="session")
def contents() -> Callable[[Path], dict[str, bytes]]:
    """Return a function that gives name → bytes of all files below a folder."""
    return lambda folder: {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
