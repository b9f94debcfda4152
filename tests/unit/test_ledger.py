"""The article's ledger: closed, and held together with scenarios and tables in both directions."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.errors import SeedError
from sim.library import seeds_folder, shipped_scenarios
from sim.scenario.ledger import Entry, load_ledger

LONGEST_SHARED_RUN = 5
ARTICLES = sorted((Path(__file__).resolve().parents[3] / "shared" / "seed").glob("*.txt"))


@pytest.fixture(scope="module")
def ledger() -> dict[str, Entry]:
    return load_ledger()


def named_in_scenarios() -> dict[str, set[str]]:
    """Target → ledger ids that it names, of everything that a scenario file gives itself."""
    found: dict[str, set[str]] = {}
    for scenario, path in shipped_scenarios().items():
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = {f"parameters.{name}": table for name, table in raw.get("parameters", {}).items()}
        for section in ("shocks", "interventions"):
            tables |= {f"{section}.{table['id']}": table for table in raw.get(section, [])}
        found |= {f"{scenario}:{key}": set(table.get("ledger", [])) for key, table in tables.items()}
    return found


def named_in_seeds() -> dict[str, set[str]]:
    """Target → ledger ids that its rows name, of every table."""
    found = {}
    for path in seeds_folder().rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            ids = {name for row in csv.DictReader(file) for name in (row.get("ledger") or "").split(";") if name}
        found[f"seeds:{path.relative_to(seeds_folder()).as_posix()}"] = ids
    return found


def targets() -> dict[str, set[str]]:
    return named_in_scenarios() | named_in_seeds()


def test_what_an_entry_feeds_exists_and_names_it_back(ledger: dict[str, Entry]) -> None:
    known = targets()
    for entry in ledger.values():
        for target in entry.used_by:
            assert target in known, f"{entry.id}: {target}"
            assert entry.id in known[target], f"{target} doesn't name {entry.id}"


def test_what_a_scenario_or_table_names_is_in_the_ledger(ledger: dict[str, Entry]) -> None:
    for target, ids in targets().items():
        for name in ids:
            assert name in ledger, f"{target}: {name}"
            assert target in ledger[name].used_by, f"{name} doesn't list {target}"


def test_every_entry_goes_somewhere_or_says_why_not(ledger: dict[str, Entry]) -> None:
    assert all(bool(entry.used_by) != bool(entry.context_reason) for entry in ledger.values())


def test_what_the_article_puts_forward_is_simulated(ledger: dict[str, Entry]) -> None:
    measures = [entry for entry in ledger.values() if entry.kind == "measure"]
    assert len(measures) >= 10
    for entry in measures:
        assert any(":interventions." in target for target in entry.used_by), entry.id


@pytest.mark.parametrize(
    ("name", "value", "unit"),
    [
        ("offensive_two_days", 2, "day"),
        ("thirty_years_of_conflict", 30, "year"),
        ("armenian_control_since_1994", 1994, "year of our era"),
        ("war_2020_six_weeks", 6, "week"),
        ("war_2020_deaths", 6700, "persons"),
        ("deaths_over_200", 200, "persons"),
        ("thousands_fled", 1000, "persons"),
    ],
)
def test_figures_of_the_article(ledger: dict[str, Entry], name: str, value: float, unit: str) -> None:
    assert (ledger[name].value, ledger[name].unit) == (value, unit)


def test_disputed_claims_name_both_sides(ledger: dict[str, Entry]) -> None:
    disputed = {entry.id for entry in ledger.values() if entry.contested}
    assert disputed >= {"deaths_over_200", "thousands_fled", "infrastructure_targeted", "ethnic_cleansing_alleged"}
    for name in disputed:
        assert ledger[name].claimed_by != ledger[name].denied_by


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


def runs(text: str, length: int) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", ""))
    return set(zip(*(words[start:] for start in range(length)), strict=False))


@pytest.mark.skipif(not ARTICLES, reason="the article's text is not part of the project and isn't beside this checkout")
def test_nothing_is_worded_like_the_article() -> None:
    article = set().union(*(runs(path.read_text(encoding="utf-8"), LONGEST_SHARED_RUN + 1) for path in ARTICLES))
    assert article
    for path in (seeds_folder() / "article.toml", *shipped_scenarios().values()):
        for text in texts(tomllib.loads(path.read_text(encoding="utf-8"))):
            assert not runs(text, LONGEST_SHARED_RUN + 1) & article, f"{path.name}: {text}"


ENTRY = """
[[entry]]
id = "a_figure"
kind = "figure"
statement = "Something was counted."
value = 3
unit = "persons"
contested = false
sentence = 1
context_reason = "It feeds nothing."
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('kind = "figure"', 'kind = "number"', "a_figure.kind: found 'number', expected one of figure"),
        ("sentence = 1", "sentence = 0", "a_figure.sentence: found 0"),
        ("sentence = 1", "sentence = true", "a_figure.sentence: found True"),
        ("sentence = 1", "", "a_figure.sentence: found nothing"),
        ("contested = false", "contested = 0", "a_figure.contested: found 0, expected true or false"),
        ("contested = false", "contested = true", "found a contested entry, expected `claimed_by` and `denied_by`"),
        ("value = 3", "value = inf", "a_figure.value: found inf"),
        ("value = 3", "value = nan", "a_figure.value: found nan"),
        ('unit = "persons"', "", "one of `value` and `unit`, expected both or neither"),
        ('value = 3\nunit = "persons"', "", "a figure without a number"),
        ("context_reason", "context_reson", "did you mean `context_reason`?"),
        ('context_reason = "It feeds nothing."', "", "found neither of `used_by` and `context_reason`"),
        ("[[entry]]", '[[entry]]\nused_by = ["base:shocks.x"]', "found both of `used_by` and `context_reason`"),
        ('context_reason = "It feeds nothing."', 'used_by = ["shocks.x"]', "a_figure.used_by: found ['shocks.x']"),
        ('context_reason = "It feeds nothing."', 'used_by = ["seeds:../x.csv"]', "a_figure.used_by: found"),
        ('context_reason = "It feeds nothing."', "used_by = []", "a_figure.used_by: found []"),
        ('id = "a_figure"', 'id = "A figure"', "A figure.id: found 'A figure', expected a plain id"),
        (ENTRY, ENTRY + ENTRY, "a_figure: found the id 2 times"),
        (ENTRY, ENTRY + "[notes]\n", "notes: found an unknown key"),
        (ENTRY, "", "found no entries"),
        (ENTRY, "entry = 3", "found no entries"),
        (ENTRY, "entry = ", "found malformed TOML"),
    ],
)
def test_a_mistake_in_the_ledger_is_named(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in ENTRY
    path = tmp_path / "article.toml"
    path.write_text(ENTRY.replace(old, new), encoding="utf-8")
    with pytest.raises(SeedError) as caught:
        load_ledger(path)
    assert expected in str(caught.value)


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match="no such file or directory"):
        load_ledger(tmp_path / "article.toml")
