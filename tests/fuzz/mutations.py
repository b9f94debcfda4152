"""Ways to spoil a file, knowing what it is: a tree of keys and values, a table of cells, a text, or bytes.

Each returns what it made and, where nothing but a refusal will do, why: an empty reason leaves it to the reader.
"""

from __future__ import annotations

import copy
import csv
import io
import random
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sim.scenario.parameters import SPECS

Tree = dict[str, Any]
Way = tuple[str | int, ...]
NUMBER = re.compile(r"(?<![\w.:+-])-?\d+(\.\d+)?(?![\w.:-])")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
NO_NUMBERS = ("nan", "inf", "-inf", "1e999", "9" * 400, "many", "½")
"""What no cell of numbers may hold."""

RUBBISH_NUMBERS = (*NO_NUMBERS, "-1", "-0.5", "1e300", "0x1f", "1_0", "", "1,5")

SIGNED = {"lat", "lon", "counts", "utc_offset_hours"}
"""Keys whose numbers may be below zero."""

FREE = {"file_value", "file_days", "roads", "daily"}
"""Keys that only say what was; and lists whose members change places freely."""

NAMES = ("districts", "settlements", "settlement", "road", "opens_roads", "facilities", "reconnects", "provinces")


def ways_in(tree: Any, way: Way = ()) -> list[Way]:
    """Return where everything within a tree lies."""
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [found for key, item in inner for found in ((*way, key), *ways_in(item, (*way, key)))]


def at(tree: Any, way: Way) -> Any:
    """Return what lies there."""
    for key in way:
        tree = tree[key]
    return tree


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _pick(rng: random.Random, tree: Tree, wanted: Callable[[Way, Any], bool]) -> Way | None:
    found = [way for way in ways_in(tree) if wanted(way, at(tree, way))]
    return rng.choice(found) if found else None


def dropped(rng: random.Random, tree: Tree) -> str:
    """Drop a key or an entry."""
    way = rng.choice(ways_in(tree))
    del at(tree, way[:-1])[way[-1]]
    return ""


def renamed(rng: random.Random, tree: Tree) -> str:
    """Rename a key into one that is not known."""
    way = _pick(rng, tree, lambda way, _: isinstance(way[-1], str))
    if way is None:
        return ""
    table, key = at(tree, way[:-1]), str(way[-1])
    new = rng.choice([key + "s", key.upper(), key[:-1], key + " ", "ключ", "", key[::-1] + "x"])
    if new in table or new == key:
        return ""
    table[new] = table.pop(key)
    return f"unknown key {new!r}"


def doubled(rng: random.Random, tree: Tree) -> str:
    """Give a shock, an intervention or an uncertainty twice."""
    lists = [key for key in ("shocks", "interventions", "uncertainties") if tree.get(key)]
    if not lists:
        return ""
    key = rng.choice(lists)
    tree[key] = [*tree[key], copy.deepcopy(rng.choice(tree[key]))]
    return f"the same entry of {key} twice"


def mistyped(rng: random.Random, tree: Tree) -> str:
    """Put a value of another type in the place of a number, a text or a list."""
    way = rng.choice(ways_in(tree))
    old, new = at(tree, way), rng.choice([True, "12", [], {}, [1.0], {"a": 1}, 7, 0.5, "2023-09-24"])
    if type(old) is type(new) or (_is_number(old) and _is_number(new)):
        return ""
    at(tree, way[:-1])[way[-1]] = new
    if old is None or (isinstance(old, bool) and new is True):
        return ""
    alike = isinstance(old, list | dict) and isinstance(new, list | dict) and not new
    return "" if alike or way[0] == "remove" else f"{new!r} in the place of {old!r}"


def unnumbered(rng: random.Random, tree: Tree) -> str:
    """Put an infinite, absurd or negative number in the place of a number."""
    way = _pick(rng, tree, lambda _, value: _is_number(value))
    if way is None:
        return ""
    new = rng.choice([float("nan"), float("inf"), float("-inf"), 1e300, -1e300, -abs(at(tree, way)) - 1.0, 10**30])
    at(tree, way[:-1])[way[-1]] = new
    if FREE & set(way) and abs(new) < 1e12:
        return ""
    if SIGNED & set(way) and abs(new) < 1e12:
        return ""
    return "" if "file_value" in way or "file_days" in way else f"the number {new!r}"


def out_of_range(rng: random.Random, tree: Tree) -> str:
    """Put a parameter, or a share, just out of its range."""
    way = _pick(rng, tree, lambda way, _: way[0] == "parameters" and way[-1] == "value" and way[1] in SPECS)
    if way is None:
        return ""
    spec = SPECS[str(way[1])]
    new = rng.choice([spec.high * 1.0001 + 1e-6, spec.low - 1e-6 - abs(spec.low)])
    at(tree, way[:-1])["value"] = new
    return f"{way[1]} = {new!r}"


def other_unit(rng: random.Random, tree: Tree) -> str:
    """Give a number in another unit."""
    way = _pick(rng, tree, lambda way, _: way[-1] == "unit")
    if way is None:
        return ""
    old = at(tree, way)
    new = rng.choice([unit for unit in ("km", "miles", "persons/min", "%", "", " share", "1/Day") if unit != old])
    at(tree, way[:-1])["unit"] = new
    return f"the unit {new!r}"


def dates_swapped(rng: random.Random, tree: Tree) -> str:
    """Swap start and end, so that something ends before it starts."""
    way = _pick(rng, tree, lambda _, item: isinstance(item, dict) and bool(item.get("start")) and bool(item.get("end")))
    if way is None:
        return ""
    table = at(tree, way)
    table["start"], table["end"] = table["end"], table["start"]
    return "start and end swapped"


def misdated(rng: random.Random, tree: Tree) -> str:
    """Put a date that there is not, or that says too little."""
    way = _pick(rng, tree, lambda way, value: way[-1] in ("start", "end") and value is not None)
    if way is None:
        return ""
    new = rng.choice(
        ["2023-02-30T00:00:00+04:00", "2023-09-24", "2023-09-24T09:00:00", "9999-01-01T00:00:00+00:00", "now", "",
         "24.09.2023 09:00", 1695500000, "2023-09-24T25:00:00+04:00", datetime(2023, 9, 24), "0001-01-01T00:00:00Z"]
    )  # fmt: skip
    at(tree, way[:-1])[way[-1]] = new
    return f"the date {new!r}"


def misnamed(rng: random.Random, tree: Tree) -> str:
    """Name a place that there is not."""
    way = _pick(rng, tree, lambda way, value: isinstance(value, str) and bool(set(NAMES) & set(way[:-1] + way[-1:])))
    if way is None or way[0] == "place":
        return ""
    at(tree, way[:-1])[way[-1]] = rng.choice(["Atlantis", "stepanakert", "Martuni\u200b", "../x"])
    return "an unknown place"


def nested(rng: random.Random, tree: Tree) -> str:
    """Put a nest of tables and lists somewhere."""
    way = _pick(rng, tree, lambda _, value: isinstance(value, dict))
    nest: Any = rng.choice([1, "x", [], {}])
    for _ in range(rng.choice([1, 3, 15, 40])):
        nest = rng.choice([[nest], {"value": nest}, {"kind": nest}, {"id": "a", "start": nest}])
    (tree if way is None else at(tree, way))[rng.choice(["nest", "prior", "kind", "milestones", "network"])] = nest
    return ""


def extended(rng: random.Random, tree: Tree) -> str:
    """Extend or remove something odd."""
    tree[rng.choice(["extends", "remove", "posterior", "name"])] = rng.choice(
        ["base", "nothing", "../base.toml", "base.toml", "", ["offensive"], ["nothing"], 3, "a b", "\u0000", "x" * 500]
    )
    return ""


TREE_WAYS = (
    *(dropped, renamed, doubled, mistyped, unnumbered, unnumbered, out_of_range, other_unit, dates_swapped),
    *(misdated, misnamed, nested, extended),
)


def spoilt_tree(rng: random.Random, tree: Tree) -> tuple[Tree, str]:
    """Spoil a tree in one to three ways; return it and why it must be refused."""
    tree, reasons = copy.deepcopy(tree), []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        way = rng.choice(TREE_WAYS)
        if ways_in(tree):
            reasons.append(way(rng, tree))
    only = reasons[0] if len(reasons) == 1 else ""  # a later way may take back what an earlier one did
    return tree, only


OTHER_CONTENTS = (b"", b"\n", b"\xff\xfe", b"PK\x03\x04", b"{}", b"[]", b"null", b"0")


def spoilt_bytes(rng: random.Random, content: bytes) -> tuple[bytes, str]:  # noqa: C901 (a list of ways)
    """Spoil a file whatever it holds: bytes, encodings, ends."""
    n, where = len(content), rng.randrange(len(content) + 1)
    match rng.randrange(10):
        case 0:
            spoilt = bytearray(content)
            for _ in range(rng.choice([1, 1, 3, 20])):
                spoilt[rng.randrange(n)] ^= 1 << rng.randrange(8)
            return bytes(spoilt), ""
        case 1:
            return content[:where], ""
        case 2:
            return content[:where] + b"\0" * rng.choice([1, 50]) + content[where:], ""
        case 3:
            return content[:where] + rng.randbytes(rng.choice([1, 4, 200])) + content[where:], ""
        case 4:
            return content[: where // 2] + content[where:], ""
        case 5:
            return b"\xef\xbb\xbf" * rng.choice([1, 2]) + content, ""
        case 6:
            return content.replace(b"\n", rng.choice([b"\r\n", b"\r", b"\n\n", b"\x0b"])), ""
        case 7:
            return content[:where] + content[rng.randrange(n) :] + content[where:], ""
        case 8:
            return rng.choice([*OTHER_CONTENTS, rng.randbytes(300)]), ""
        case _:
            text = content.decode("utf-8", errors="replace")
            code = rng.choice(["utf-16", "utf-16-le", "utf-32"])
            return text.encode(code), f"text in {code}" if len(text) > 1 else ""


def spoilt_text(rng: random.Random, text: str) -> tuple[str, str]:
    """Spoil a text of numbers, dates and lines."""
    lines, numbers, dates = text.splitlines(keepends=True), [*NUMBER.finditer(text)], [*DATE.finditer(text)]
    match rng.randrange(5):
        case 0 if numbers:
            found = rng.choice(numbers)
            return text[: found.start()] + rng.choice(RUBBISH_NUMBERS) + text[found.end() :], ""
        case 1 if len(dates) > 1:
            a, b = sorted(rng.sample(dates, 2), key=lambda found: found.start())
            return text[: a.start()] + b[0] + text[a.end() : b.start()] + a[0] + text[b.end() :], ""
        case 2 if len(lines) > 1:
            del lines[rng.randrange(len(lines))]
        case 3:
            lines.insert(rng.randrange(len(lines) + 1), rng.choice([*lines, "[", '"', "[[x]]\n", "a = " + "[" * 2000]))
        case _:
            i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
    return "".join(lines), ""


def spoilt_table(rng: random.Random, text: str) -> tuple[str, str]:
    """Spoil the cells, the columns or the rows of a table that begins with a header, perhaps under comments."""
    lines = text.splitlines()
    first = next((i for i, line in enumerate(lines) if not line.startswith("# ")), 0)
    rows = [*csv.reader(lines[first:])]
    reason = rng.choice(TABLE_WAYS)(rng, rows) if len(rows) > 1 else ""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return "".join(f"{line}\n" for line in lines[:first]) + out.getvalue(), reason


Rows = list[list[str]]
RUBBISH_CELLS = ("x" * 70_000, "'", '"', "#", "true", "2023-13-45", "all")


def _cell(rng: random.Random, rows: Rows) -> str:
    row = rng.choice(rows[1:])
    column = rng.randrange(len(row)) if row else 0
    if not row:
        return ""
    old = row[column]
    other = rng.choice(rng.choice(rows) or [""])
    row[column] = rng.choice([*RUBBISH_NUMBERS, *RUBBISH_CELLS, rows[0][0], other])
    numeric = all(NUMBER.fullmatch(each[column]) for each in rows[1:] if len(each) > column and each is not row)
    numeric = numeric and len(rows) > 2 and NUMBER.fullmatch(old) is not None
    return f"{row[column][:20]!r} for {old!r} in {rows[0][column]}" if numeric and row[column] in NO_NUMBERS else ""


def _column(rng: random.Random, rows: Rows) -> str:
    column = rng.randrange(len(rows[0]))
    match rng.randrange(3):
        case 0:
            rows[0][column] = rng.choice([rows[0][column].upper() + "_", "", rows[0][column - 1]])
        case 1:
            for row in rows:
                del row[column : column + 1]
        case _:
            for row in rows:
                row.insert(column, row[column] if column < len(row) else "")
    return ""


def _row(rng: random.Random, rows: Rows) -> str:
    at_ = rng.randrange(1, len(rows))
    match rng.randrange(5):
        case 0:
            del rows[at_]
        case 1:
            rows.insert(rng.randrange(1, len(rows)), [*rows[at_]])
        case 2:
            rows[at_] = rows[at_][: rng.randrange(len(rows[at_]) + 1)]
        case 3:
            rows[at_] = [*rows[at_], "more"]
        case _:
            del rows[1:]
    return ""


TABLE_WAYS = (_cell, _cell, _cell, _column, _row)
