"""The verbs that fit the model and score it, small but for real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import tomli_w
from click.testing import Result
from typer.testing import CliRunner

from sim.cli.main import app
from sim.scenario.load import load

UNCERTAIN = ("checkpoint_full_per_hour", "leave_base_per_day", "queue_tolerance_hours")


def corridor(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_hindcast_scores_later_counts_beside_simple_rivals(tmp_path: Path) -> None:
    answer = corridor("hindcast", "as_reported", "--members", 2, "--workers", 1, "--seed", 1, "--out", tmp_path / "h")
    assert answer.exit_code == 0, answer.output
    for rival in ("constant-rate server", "logistic", "persistence"):
        assert rival in answer.output
    arrivals = pd.read_csv(tmp_path / "h" / "arrivals.csv")
    assert list(arrivals.columns[-2:]) == ["0", "1"]
    table = (tmp_path / "h" / "table.md").read_text("utf-8")
    assert table.strip() in answer.output
    assert {"hindcast.png", "predicted.svg"} <= {path.name for path in (tmp_path / "h" / "figures").iterdir()}


def test_hindcast_plays_the_reference_extremes(tmp_path: Path) -> None:
    answer = corridor("hindcast", "--reference", "--members", 2, "--workers", 1, "--out", tmp_path / "h")
    assert answer.exit_code == 0, answer.output
    left = pd.read_csv(tmp_path / "h" / "left.csv")
    assert set(left["scenario"]) == {"reference_krajina", "reference_eastern_slavonia"}
    assert left[["0", "1"]].stack().between(0.0, 1.0).all()


@pytest.fixture
def few_unknowns(tmp_path: Path) -> Path:
    """Return a scenario file with three uncertain numbers, coarse steps and no posterior."""
    reported = load("as_reported").vary({"time.days": 10.0, "time.step_minutes": 180})
    known = {"prior": None, "basis": "reported"}
    parameters = {
        name: parameter if name in UNCERTAIN else parameter.model_copy(update=known)
        for name, parameter in reported.parameters.items()
    }
    few = reported.model_copy(update={"name": "few", "parameters": parameters, "posterior": None, "uncertainties": ()})
    file = tmp_path / "few.toml"
    file.write_text(tomli_w.dumps(without_nothing(few.resolved())), encoding="utf-8")
    return file


def without_nothing(content: Any) -> Any:
    """Leave out what is None, which TOML can't hold."""
    if isinstance(content, dict):
        return {key: without_nothing(value) for key, value in content.items() if value is not None}
    return [without_nothing(item) for item in content] if isinstance(content, list | tuple) else content


def test_calibrate_screens_fits_and_writes_a_posterior(few_unknowns: Path, tmp_path: Path) -> None:
    words = ("--particles", 4, "--trajectories", 2, "--workers", 1, "--seed", 1, "--out", tmp_path / "c")
    answer = corridor("calibrate", few_unknowns, *words)
    assert answer.exit_code == 0, answer.output
    draws = pd.read_csv(tmp_path / "c" / "posterior.csv", comment="#")
    assert set(draws) == {f"parameters.{name}" for name in UNCERTAIN}
    assert len(draws) == 4
    manifest = json.loads((tmp_path / "c" / "calibrate.json").read_text("utf-8"))
    assert manifest["seed"] == 1
    assert len(pd.read_csv(tmp_path / "c" / "screening.csv")) == len(UNCERTAIN)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("hindcast", "--members", "1"), "--members"),
        (("calibrate", "--trajectories", "1"), "--trajectories"),
        (("calibrate", "--workers", "0"), "--workers"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(words: tuple[str, ...], said: str) -> None:
    answer = corridor(*words)
    assert answer.exit_code == 2
    assert said in answer.output
    assert "Traceback" not in answer.output
