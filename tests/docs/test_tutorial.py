"""The tutorial runs as shown, and the reference says what the docstrings say."""

from __future__ import annotations

import importlib.util
import re
import shlex
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from typer.testing import CliRunner

from sim.cli.main import app

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TUTORIAL, flags=re.DOTALL)


def test_the_tutorial_leads_from_a_first_run_to_a_scenario_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for code in blocks("python"):
        exec(compile(code, "tutorial.md", "exec"), names)
    said = capsys.readouterr().out
    assert re.search(r"The queue was longest on 2\d September at \d\d:00: \d{1,2},\d{3} vehicles", said)
    assert names["hours_to_half"](names["high"]) < 60.0 <= names["hours_to_half"](names["low"])
    assert len(names["swept"]) == 6
    assert {path.name for path in tmp_path.glob("*.png")} == {"first.png", "difference.png"}
    tuned = names["sim"].load("half_in_60_hours.toml")
    assert tuned.values()["checkpoint_full_per_hour"] == round(names["high"])

    lines = [line for block in blocks("sh") for line in block.splitlines() if line]
    assert [shlex.split(line)[1] for line in lines] == ["check", "run"]
    checked = CliRunner().invoke(app, shlex.split(lines[0])[1:])
    assert (checked.exit_code, checked.output) == (
        0,
        "half_in_60_hours.toml: good (Half arrive within 60 hours)\n",
    )


def test_the_reference_is_current() -> None:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    current = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert current == reference.page(), "run scripts/docs"
    for name in ("sim.load", "sim.run", "sim.sweep", "sim.compare", ".save(", "corridor dashboard", "--port"):
        assert name in current
