"""The ledger of the article: each figure, actor and measure, where it goes, or why it goes nowhere."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.errors import Problem, SeedError, did_you_mean
from sim.library import seeds_folder

KINDS = ("figure", "actor", "measure", "event", "claim")
SCENARIO_TARGET = re.compile(r"^[a-z][a-z0-9_]*:(parameters|shocks|interventions)\.[a-z][a-z0-9_]*$")
SEED_TARGET = re.compile(r"^seeds:[a-z0-9_]+(/[a-z0-9_]+)*\.csv$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the article says, in our own words.

    Attributes
    ----------
    sentence : number of the article's sentence, from 1
    used_by : what it feeds: ``<scenario>:<section>.<name>`` or ``seeds:<file>``
    context_reason : why it feeds nothing; empty if it feeds something
    """

    id: str
    kind: str
    statement: str
    sentence: int
    contested: bool
    value: float | None = None
    unit: str = ""
    claimed_by: str = ""
    denied_by: str = ""
    used_by: tuple[str, ...] = ()
    context_reason: str = ""
    note: str = ""


def _text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12


def _targets(value: Any) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        return False
    known = all(SCENARIO_TARGET.match(item) or SEED_TARGET.match(item) for item in value)
    return known and len(set(value)) == len(value)


Check = tuple[Callable[[Any], bool], str]
_TEXT: Check = (_text, "a text that isn't empty")
KEYS: Mapping[str, Check] = {
    "id": (lambda value: isinstance(value, str) and re.match(r"^[a-z][a-z0-9_]*$", value) is not None, "a plain id"),
    "kind": (lambda value: value in KINDS, "one of " + ", ".join(KINDS)),
    "statement": _TEXT,
    "sentence": (lambda value: type(value) is int and value >= 1, "the number of a sentence, from 1"),
    "contested": (lambda value: isinstance(value, bool), "true or false"),
    "value": (_number, "a number"),
    "unit": _TEXT,
    "claimed_by": _TEXT,
    "denied_by": _TEXT,
    "used_by": (_targets, "a list of `<scenario>:<section>.<name>` or `seeds:<file>.csv`, each once"),
    "context_reason": _TEXT,
    "note": _TEXT,
}
REQUIRED = ("id", "kind", "statement", "sentence", "contested")


def load_ledger(path: Path | None = None) -> dict[str, Entry]:
    """Return id → entry of the shipped ledger, or of the one at ``path``.

    Raises
    ------
    SeedError
        With every problem: a missing file, malformed TOML, unknown or missing keys, a value of the wrong kind, an id
        used twice, an entry that neither feeds anything nor says why.
    """
    path = path or seeds_folder() / "article.toml"
    file = f"seeds/{path.name}" if path.parent == seeds_folder() else str(path)
    raw = _read(path, file)
    problems = [
        Problem(file, key, "an unknown key", "only `entry`", did_you_mean(key, ["entry"]))
        for key in raw
        if key != "entry"
    ]
    tables = raw.get("entry", [])
    if not isinstance(tables, list) or not tables or not all(isinstance(item, dict) for item in tables):
        raise SeedError([*problems, Problem(file, "entry", "no entries", "tables headed [[entry]]")])
    for number, table in enumerate(tables, start=1):
        problems += _problems(file, str(table.get("id", f"entry {number}")), table)
    ids = Counter(str(table.get("id")) for table in tables)
    problems += [Problem(file, key, f"the id {times} times", "unique ids") for key, times in ids.items() if times > 1]
    if problems:
        raise SeedError(problems)
    entries = (Entry(**{**table, "used_by": tuple(table.get("used_by", ()))}) for table in tables)
    return {entry.id: entry for entry in entries}


def _read(path: Path, file: str) -> dict[str, Any]:
    """Return the content of a TOML file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        found = error.strerror or "an unreadable file"
        raise SeedError(Problem(file, "", found.lower(), "the ledger", "Restore it from the project")) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SeedError(Problem(file, "", f"malformed TOML ({error})", "TOML in UTF-8")) from None


def _problems(file: str, name: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield everything wrong with one entry."""
    for key in table:
        if key not in KEYS:
            yield Problem(file, f"{name}.{key}", "an unknown key", "only known keys", did_you_mean(key, KEYS))
    for key in REQUIRED:
        if key not in table:
            yield Problem(file, f"{name}.{key}", "nothing", KEYS[key][1])
    for key, (fine, expected) in KEYS.items():
        if key in table and not fine(table[key]):
            yield Problem(file, f"{name}.{key}", repr(table[key]), expected)
    yield from _contradictions(file, name, table)


def _contradictions(file: str, name: str, table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield keys that don't fit together."""
    if ("used_by" in table) == ("context_reason" in table):
        found = "both" if "used_by" in table else "neither"
        yield Problem(file, name, f"{found} of `used_by` and `context_reason`", "one of them")
    if table.get("contested") is True and not {"claimed_by", "denied_by"} <= table.keys():
        yield Problem(file, name, "a contested entry", "`claimed_by` and `denied_by` beside it")
    if ("value" in table) != ("unit" in table):
        yield Problem(file, name, "one of `value` and `unit`", "both or neither")
    if table.get("kind") == "figure" and "value" not in table:
        yield Problem(file, name, "a figure without a number", "`value` and `unit`")
