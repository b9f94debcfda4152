"""What the page for users of FLEE shows works as shown."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.main import app
from sim.scenario.parameters import SPECS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "coming_from_flee.md"
TEXT = PAGE.read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.fixture
def at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    os.symlink(ROOT / "docs", tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_commands_run(at_work: Path) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.strip()]
    assert len(lines) == 3
    one_go = re.findall(r"`(corridor score-flee [^`]+)`", TEXT)
    assert len(one_go) == 2
    for line in (*lines, *one_go):
        answer = CliRunner().invoke(app, line.split()[1:])
        assert answer.exit_code == 0, (line, answer.output)
    assert (at_work / "results/score/daily.csv").read_text(encoding="utf-8").count("\n") == 120 * 4 + 1
    assert (at_work / "results/riverland/figures/provinces.png").stat().st_size > 5_000


def test_code_runs(at_work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    names: dict[str, object] = {}
    exec(compile(code, PAGE.name, "exec"), names)
    told = re.search(r"rescaled ARD (\S+), camps alike (\S+)", capsys.readouterr().out)
    assert told is not None
    assert float(told[1]) < float(told[2])
    assert names["persons"].sum() > 20_000  # type: ignore[attr-defined]


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", TEXT)
    assert len(targets) >= 3
    assert [target for target in targets if not (PAGE.parent / target).exists()] == []


def test_parameters_named_exist() -> None:
    named = set(re.findall(r"`((?:destination|conflict|free_flow)_\w+)`", TEXT))
    assert named >= {"destination_full_pull", "conflict_detour_km", "free_flow_kmh"}
    assert named <= set(SPECS)
