"""The documents say what the code and the recorded runs say."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

from sim.ensemble.posterior import data_hash
from sim.evaluation.counts import fitting_counts
from sim.scenario.load import load
from sim.scenario.parameters import SPECS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.glob("*.md"))
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build", DOCS / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_up_to_date(page: Path, build: ModuleType) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == build.filled(text), "run scripts/docs"


def test_what_is_built_from_the_code_changes_with_it(build: ModuleType) -> None:
    page = "before\n<!-- begin: assurances -->\nold\n<!-- end -->\nafter\n"
    assert "`monitors`" in build.filled(page)
    assert "old" not in build.filled(page)
    with pytest.raises(KeyError, match="nothing_builds_this"):
        build.filled("<!-- begin: nothing_builds_this -->\n<!-- end -->")


BESIDE = [ROOT / name for name in ("README.md", "CHANGELOG.md", "benchmarks/README.md", "figures/README.md")]


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=lambda page: f"{page.parent.name}/{page.name}")
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert missing == []


def test_the_protocol_names_every_parameter() -> None:
    text = (DOCS / "odd.md").read_text(encoding="utf-8")
    assert [name for name in SPECS if f"`{name}`" not in text] == []


RECORDS = sorted((DOCS / "evaluation").glob("*/record.json"))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.parent.name)
def test_a_recorded_run_is_of_what_ships_and_stands_on_the_page(record: Path, build: ModuleType) -> None:
    kept = json.loads(record.read_text(encoding="utf-8"))
    assert kept["command"].startswith("corridor ")
    if kept["kind"] == "calibrate":
        assert kept["data_sha256"] == data_hash(fitting_counts(load("as_reported").place.dataset).file)
    else:
        days = re.search(r"--days (\S+)", kept["command"])
        changes: dict[str, object] = {"time.days": days[1]} if days else {}
        changed = [item["name"] for item in kept["scenarios"] if item["hash"] != load(item["name"], changes).hash()]
        assert changed == [], "run scripts/figures"
    page = (DOCS / "evaluation.md").read_text(encoding="utf-8")
    assert f"<!-- begin: {record.parent.name} -->" in page
    assert build.recorded(record.parent.name) in page
