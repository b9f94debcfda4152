"""Absurd sizes are refused in words before memory is taken; what planners may need is not."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import sim
from sim.cli.main import app
from sim.errors import InputError
from sim.flee import tables
from sim.scenario.load import load

OWN = {"extends": "ceasefire", "name": "own", "title": "t", "summary": "s", "narrative": "n", "assumptions": ["a"]}


@pytest.fixture(autouse=True)
def _little_time_and_memory() -> Any:
    began = time.process_time()
    tracemalloc.start(1)
    yield
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200 * 2**20
    assert time.process_time() - began < 20.0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("run ceasefire --set parameters.residents_total=1e12", "found 1e+12, expected 1 to 5e+07 (persons)"),
        ("run ceasefire --days 1e9", "found 1e+09, expected at most 3653"),
        ("run ceasefire --set time.step_minutes=0", "time.step_minutes: found 0"),
        ("run ceasefire --set time.step_minutes=0.016", "time.step_minutes: found 0.016"),
        ("run ceasefire --days 3653 --set time.step_minutes=1", "expected 1 to 1,000,000 steps"),
        ("compare ceasefire --members 1000000000", "expected a whole number from 1 to 100,000"),
        (
            "compare ceasefire --members 100000 --days 3653",
            "found 100,000 runs, expected at most 4,000; use `corridor en",
        ),
        ("ensemble ceasefire --workers 1000000", "--workers: found 1000000, expected a whole number from 1 to"),
        (
            "sensitivity ceasefire --base 1073741824",
            "--base: found 1073741824, expected a whole number from 2 to 65,536",
        ),
        ("calibrate --particles 1000000000", "expected a whole number from 2 to 100,000"),
        ("hindcast --members 1000000000", "expected a whole number from 2 to 100,000"),
        ("discover ceasefire deaths>1 --members 1000000000", "expected a whole number from 20 to 100,000"),
    ],
)
def test_absurd_sizes_are_refused(words, found, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(app, words.split())
    assert answer.exit_code == 2, answer.stderr
    assert found in answer.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters.residents_total": 1e7},
        {"time.days": 730},
        {"time.days": 180, "time.step_minutes": 1},
        {"time.days": 180, "time.step_minutes": 1, "time.output_minutes": 1},
    ],
    ids=str,
)
def test_what_planners_may_need_is_allowed(changes):
    assert load("as_reported", changes).time.n_steps > 0


def network(n: int, m: int, prefix: str = "P") -> dict[str, Any]:
    """Return a place of ``n`` settlements and ``m`` destinations."""
    where = {"lat": 1.0, "lon": 1.0}
    return {
        "title": "net",
        "settlements": [{"name": f"{prefix}{i}", "residents": 10.0, **where} for i in range(n)],
        "destinations": [{"name": f"D{i}", **where} for i in range(m)],
        "roads": [[f"{prefix}{i}", f"D{i % m}", 5.0] for i in range(n)],
    }


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            {"place": {"network": network(3000, 3000)}},
            "9,000,000 pairs of settlement and destination, expected at most",
        ),
        ({"place": {"network": network(5001, 1)}}, "settlements"),
        (
            {"shocks": [{"id": f"s{i}", "kind": "conflict"} for i in range(5000)]},
            "more problems, expected none; mend these first",
        ),
        ({"interventions": [{"id": f"s{i}"} for i in range(5000)]}, "more problems, expected none"),
        ({"time": {"days": int("f" * 5000, 16)}}, "found a whole number of more than 18 digits"),
        ({"title": "x" * 10_000}, "title: found `xxx"),
        ({"narrative": "x" * 1_000_000}, "expected at most 20000 characters"),
    ],
    ids=["pairs", "settlements", "shocks", "interventions", "digits", "title", "narrative"],
)
def test_absurd_files_are_refused(change, found):
    with pytest.raises(InputError) as caught:
        load(OWN | change)
    assert found in str(caught.value)
    assert len(str(caught.value)) < 100_000


def test_series_that_memory_can_not_hold_are_refused():
    time_ = {"days": 600, "step_minutes": 1, "output_minutes": 1}
    found = r"time.output_minutes: found 864,000 output times of 2,001 places, expected at most 21,464; make"
    with pytest.raises(InputError, match=found):
        load(OWN | {"place": {"network": network(2000, 1)}, "time": time_})


def test_huge_and_deep_files_are_refused(tmp_path: Path):
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as file:
        file.truncate(2**30)  # one gigabyte that takes no room on the disk
    with pytest.raises(InputError, match="found a file of more than 8 MiB"):
        load(huge)
    for text, found in (
        ("a = " + "[" * 100_000, "nested too deep"),
        ("a = " + "{b=" * 50_000, "nested too deep"),
        (".".join(["a"] * 300_000) + " = 1", "a key of more than 100 parts"),
    ):
        (tmp_path / "deep.toml").write_text(text)
        with pytest.raises(InputError, match=found):
            load(tmp_path / "deep.toml")


def test_tables_of_millions_of_rows_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 1000)
    (tmp_path / "rows.csv").write_text("a,1\n" * 1001)
    with pytest.raises(InputError, match="found more than 1,000 rows"):
        tables.read_lines(tmp_path / "rows.csv", "rows.csv")
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(65 * 2**20)
    with pytest.raises(InputError, match="found a file of more than 64 MiB"):
        tables.read_lines(tmp_path / "huge.csv", "huge.csv")


def test_comparisons_in_memory_are_bounded_for_scripts_too():
    with pytest.raises(InputError, match="found 8,000 runs, expected at most 4,000"):
        sim.compare([load("ceasefire"), load("as_reported")], members=4000)
