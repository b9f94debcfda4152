"""What the README shows works as shown."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", snippets("python"))
def test_python_snippet_runs_and_draws(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mpl.use("Agg")
    monkeypatch.chdir(tmp_path)
    assert len([line for line in code.splitlines() if line.strip()]) <= 10
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)
    assert (tmp_path / "sweep.png").stat().st_size > 5_000
    hours = names["table"]["hours_to_half_arrived"].tolist()  # type: ignore[index]
    assert hours == sorted(hours, reverse=True)


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_scripts_named_are_there() -> None:
    named = set(re.findall(r"scripts/\w+", README))
    assert named >= {"scripts/demo", "scripts/test"}
    assert all((ROOT / name).is_file() for name in named)
