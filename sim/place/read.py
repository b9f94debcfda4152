"""Read the sourced tables of a dataset in ``seeds/``; every malformed cell becomes a :class:`Problem`."""

from __future__ import annotations

import csv
import math
import re
import tomllib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sim.errors import Problem, SeedError, did_you_mean
from sim.library import seeds_folder

Row = dict[str, Any]
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
NAME = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True, slots=True)
class Column:
    """How the cells of one column are read: ``parse`` raises ValueError on a bad cell."""

    parse: Callable[[str], Any]
    expected: str


def _number(low: float, high: float) -> Callable[[str], float]:
    """Return a parser of finite numbers within ``[low, high]``."""

    def parse(cell: str) -> float:
        value = float(cell)
        if not (math.isfinite(value) and low <= value <= high):
            raise ValueError(cell)
        return value

    return parse


def _choice(words: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return a parser of a closed list of words."""

    def parse(cell: str) -> Any:
        if cell not in words:
            raise ValueError(cell)
        return words[cell]

    return parse


def _some_text(cell: str) -> str:
    if not cell:
        raise ValueError(cell)
    return cell


def number(low: float = -math.inf, high: float = math.inf) -> Column:
    """Declare a column of finite numbers within ``[low, high]``."""
    limits = {(False, False): "", (True, False): f" of at least {low:g}", (False, True): f" of at most {high:g}"}
    both = f" from {low:g} to {high:g}"
    return Column(_number(low, high), "a finite number" + limits.get((low > -math.inf, high < math.inf), both))


def optional(column: Column) -> Column:
    """Let cells of ``column`` be empty; they are read as None."""
    return Column(lambda cell: column.parse(cell) if cell else None, f"{column.expected}, or nothing")


def flag() -> Column:
    """Declare a column of ``true`` and ``false``."""
    return Column(_choice({"true": True, "false": False}), "`true` or `false`")


def choice(*words: str) -> Column:
    """Declare a column of a closed list of words."""
    return Column(_choice({word: word for word in words}), "one of " + ", ".join(f"`{word}`" for word in words))


def text() -> Column:
    """Declare a column of any text, empty included."""
    return Column(str, "text")


def name() -> Column:
    """Declare a column of text that must not be empty."""
    return Column(_some_text, "a name")


def _moment(cell: str) -> datetime:
    found = datetime.fromisoformat(cell)
    if found.tzinfo is not None or not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
        raise ValueError(cell)
    return found


def moment() -> Column:
    """Declare a column of dates, or of dates and times by local clocks, without an offset."""
    return Column(_moment, "a date, or date and time, such as 2023-09-24T17:00")


def dataset_folder(dataset: str) -> Path:
    """Return the folder of ``dataset`` inside ``seeds/``.

    Raises
    ------
    SeedError
        If the name isn't a plain word (so no path can lead out of ``seeds/``), or no such dataset is shipped.
    """
    root = seeds_folder()
    known = sorted(path.parent.name for path in root.glob("*/place.toml"))
    if not NAME.match(dataset):
        raise SeedError(Problem("place.dataset", "", repr(dataset), "a plain name such as " + ", ".join(known)))
    if dataset not in known:
        expected = "one of " + ", ".join(known) if known else "a folder with a place.toml"
        raise SeedError(Problem(f"seeds/{dataset}", "", "no such dataset", expected, did_you_mean(dataset, known)))
    return root / dataset


def lineage(folder: Path) -> tuple[Path, ...]:
    """Return ``folder`` after those of the datasets that it extends (key ``extends`` of place.toml), farthest first.

    Raises
    ------
    SeedError
        If a place.toml can't be read, or names no dataset, or one that leads back to itself.
    """
    folders = [folder]
    while "extends" in (raw := read_toml(folders[0] / "place.toml")):
        file, parent = shown(folders[0] / "place.toml"), raw["extends"]
        if not isinstance(parent, str):
            raise SeedError(Problem(file, "extends", repr(parent), "the name of a dataset"))
        above = dataset_folder(parent)
        if above in folders:
            raise SeedError(Problem(file, "extends", f"`{parent}`, which leads back here", "another dataset"))
        folders.insert(0, above)
    return tuple(folders)


def inherited(folders: Sequence[Path], file: str) -> list[Path]:
    """Return the paths of ``file`` in a dataset's :func:`lineage`; the dataset's own where nobody has it."""
    return [folder / file for folder in folders if (folder / file).exists()] or [folders[-1] / file]


def read_tables(paths: Sequence[Path], columns: Mapping[str, Column], key: Callable[[Row], Hashable]) -> list[Row]:
    """Return the rows of all ``paths``; a row takes the place of those of earlier files with the same ``key``."""
    rows: list[Row] = []
    for path in paths:
        own = read_table(path, columns)
        replaced = {key(row) for row in own}
        rows = [row for row in rows if key(row) not in replaced] + own
    return rows


def shown(path: Path) -> str:
    """Return how a message names ``path``: from ``seeds/`` on, where it lies there."""
    root = seeds_folder().resolve()
    path = path.resolve()
    return f"seeds/{path.relative_to(root).as_posix()}" if path.is_relative_to(root) else str(path)


def read_table(path: Path, columns: Mapping[str, Column]) -> list[Row]:
    """Read a CSV file whose header names exactly ``columns``; return its rows with typed cells.

    Raises
    ------
    SeedError
        With every problem of the file: missing, not UTF-8, wrong header, short or long rows, malformed cells.
    """
    header, lines = _split(path)
    problems = list(_header_problems(shown(path), header, list(columns)))
    if problems:
        raise SeedError(problems)
    rows: list[Row] = []
    for number_of_line, cells in lines:
        if len(cells) != len(header):
            key = f"line {number_of_line}"
            problems.append(Problem(shown(path), key, f"{len(cells)} cells", f"{len(header)} cells"))
        else:
            line = dict(zip(header, cells, strict=True))
            rows.append(_typed(shown(path), number_of_line, line, columns, problems))
    if not rows and not problems:
        problems.append(Problem(shown(path), "", "no rows", "at least one row"))
    if problems:
        raise SeedError(problems)
    return rows


def _split(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header and the numbered lines of a CSV file."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file, strict=True)
            lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if cells]
    except FileNotFoundError:
        raise SeedError(Problem(shown(path), "", "no such file", "a table", "Restore it from the project")) from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SeedError(Problem(shown(path), "", f"an unreadable table ({error})", "CSV in UTF-8")) from None
    return (lines[0][1], lines[1:]) if lines else ([], [])


def _header_problems(file: str, header: list[str], expected: list[str]) -> Iterable[Problem]:
    """Yield what is wrong with the column names."""
    for column in sorted(set(header)):
        if column not in expected:
            yield Problem(file, column, "an unknown column", "only known columns", did_you_mean(column, expected))
        elif header.count(column) > 1:
            yield Problem(file, column, "the column twice", "each column once")
    for column in expected:
        if column not in header:
            yield Problem(file, column, "no such column", f"the columns {', '.join(expected)}")


def _typed(file: str, line: int, cells: Mapping[str, str], columns: Mapping[str, Column], out: list[Problem]) -> Row:
    """Return the cells of one line as values; note malformed ones in ``out``."""
    row: Row = {"line": line}
    for column, cell in cells.items():
        try:
            row[column] = columns[column].parse(cell)
        except ValueError:
            found = f"`{cell}`" if cell else "nothing"
            out.append(Problem(file, f"line {line}, {column}", found, columns[column].expected))
    return row


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of ``seeds/``; raise :class:`SeedError` if it is missing or malformed."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SeedError(
            Problem(shown(path), "", "no such file", "a TOML file", "Restore it from the project")
        ) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SeedError(Problem(shown(path), "", f"malformed TOML ({error})", "TOML in UTF-8")) from None
