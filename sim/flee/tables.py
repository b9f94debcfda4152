"""Tables in FLEE's format: comma-separated, ``#`` before headers and comments, quotes where the author likes them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from sim.errors import Problem, SeedError, did_you_mean

MAX_BYTES = 64 * 2**20
MAX_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table; ``cells`` are trimmed."""

    file: str
    number: int
    cells: tuple[str, ...]

    def cell(self, index: int) -> str:
        """Return one cell, or an empty text where the row is too short."""
        return self.cells[index] if 0 <= index < len(self.cells) else ""


@dataclass(slots=True)
class Findings:
    """Problems, which stop the import, and notes on what was mended or left out, which don't."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def problem(self, line: Line, found: str, expected: str, remedy: str = "") -> None:
        """Note a mistake in a row."""
        self.problems.append(Problem(line.file, f"line {line.number}", found, expected, remedy))

    def number(self, line: Line, index: int, what: str, low: float, high: float, empty: float | None = None) -> float:
        """Return a number within ``[low, high]``; note what isn't one and return ``empty``, or 0."""
        text = line.cell(index).replace(",", "")
        if not text and empty is not None:
            return float(empty)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            found = f"`{text}` as {what}" if text else f"no {what}"
            self.problem(line, found, f"a number from {low:g} to {high:g}")
            return float(empty or 0.0)
        return value

    def whole(self, line: Line, index: int, what: str, low: int, high: int, empty: int | None = None) -> int:
        """Return a whole number within ``[low, high]``, as :meth:`number` does."""
        value = self.number(line, index, what, low, high, empty)
        if not value.is_integer():
            self.problem(line, f"`{line.cell(index)}` as {what}", f"a whole number from {low} to {high}")
        return int(value)

    def day(self, line: Line, index: int, what: str, start: date, empty: float | None = None) -> float:
        """Return a day counted from ``start``, given as a number or as a date."""
        text = line.cell(index)
        if "-" in text[1:]:
            found = as_date(text)
            if found is not None:
                return float((found - start).days)
            self.problem(line, f"`{text}` as {what}", "a day as a number, or a date such as 2012-02-29")
            return 0.0
        return self.number(line, index, what, -100_000, 100_000, empty)

    def known(self, line: Line, index: int, names: list[str] | tuple[str, ...], what: str) -> bool:
        """Whether a cell is one of ``names``; note it if not."""
        word = line.cell(index)
        if word in names:
            return True
        remedy = did_you_mean(word, names) or "correct the name, or add it to locations.csv"
        self.problem(line, f"`{word}`" if word else "nothing", what, remedy)
        return False

    def stop(self) -> None:
        """Raise SeedError if there are problems."""
        if self.problems:
            raise SeedError(self.problems)


def as_date(text: str) -> date | None:
    """Return the date of a text such as ``2012-02-29``, or None."""
    try:
        year, month, day = (int(part) for part in text[:10].split("T")[0].split("-"))
        return date(year, month, day)
    except ValueError:
        return None


def read_lines(path: Path, label: str) -> list[Line]:
    """Return all rows of a table that hold anything, comments and headers included.

    Raises
    ------
    SeedError
        If the file is missing, too large, or not text in UTF-8.
    """
    if not path.resolve().is_relative_to(path.parent.resolve()):
        found = "a link that leads out of its folder"
        raise SeedError(Problem(label, "", found, "a file in the instance", "Copy the file itself"))
    text = _text(path, label)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
        lines = (Line(label, reader.line_num, tuple(cell.strip() for cell in row)) for row in reader)
        rows = list(islice((line for line in lines if any(line.cells)), MAX_ROWS + 1))
    except csv.Error as error:
        problem = Problem(label, f"line {reader.line_num}", f"an unreadable row ({error})", "comma-separated values")
        raise SeedError(problem) from None
    if len(rows) > MAX_ROWS:
        raise SeedError(Problem(label, "", f"more than {MAX_ROWS:,} rows", "a table of a FLEE instance"))
    return rows


def _text(path: Path, label: str) -> str:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        remedy = "point to the folder of an instance, with `input_csv` and `source_data` in it"
        raise SeedError(Problem(label, "", "no such file", "a table of a FLEE instance", remedy)) from None
    except OSError as error:
        raise SeedError(Problem(label, "", f"a file that can't be read ({error.strerror})", "a table")) from None
    if len(content) > MAX_BYTES:
        raise SeedError(Problem(label, "", "a file of more than 64 MiB", "a table of a FLEE instance"))
    try:
        text = content.decode("utf-8-sig")
        strange = "null characters" if "\0" in text else ""
        line = text[: text.find("\0")].count("\n") + 1
    except UnicodeDecodeError as error:
        strange, line = "bytes that aren't UTF-8", content[: error.start].count(b"\n") + 1
    if strange:
        raise SeedError(Problem(label, f"line {line}", strange, "UTF-8 text", "save it as UTF-8"))
    return text


def data_rows(rows: list[Line], is_header: Callable[[Line], bool] | None = None) -> Iterator[Line]:
    """Yield the rows that are neither comments nor, as the first row may be, a header without ``#``."""
    for index, row in enumerate(rows):
        if row.cells[0].startswith("#") or (index == 0 and is_header is not None and is_header(row)):
            continue
        yield row


def header_of(rows: list[Line]) -> list[str]:
    """Return the names in the first row, without ``#``, in small letters; empty if there is no row."""
    return [cell.lstrip("#").strip().strip('"') for cell in rows[0].cells] if rows else []
