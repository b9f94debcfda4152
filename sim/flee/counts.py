"""Persons counted in camps: source_data, and the corrections of its registrations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Problem
from sim.flee.tables import Findings, Line, as_date, data_rows, read_lines
from sim.library import is_file

Floats = NDArray[np.float64]
Count = tuple[float, float]
"""Day since the start, and persons."""

LAYOUT = "data_layout.csv"
MOST_PERSONS = 1e9


def read_counts(
    folder: Path, inputs: Path, found: Findings, camps: set[str], start: date
) -> dict[str, list[Count]] | None:
    """Return day and persons of every camp that the layout names; None if there is no layout.

    Several files of one camp are added up. ``registration_corrections.csv`` names camps and dates: all that was counted
    in the camp before is rescaled so as to meet the count at that date.
    """
    layout = folder / "source_data" / LAYOUT
    if not layout.exists():
        return None
    corrections = _corrections(inputs, found, start)
    counts: dict[str, list[Count]] = {}
    for row in data_rows(read_lines(layout, f"source_data/{LAYOUT}")):
        camp = row.cell(0)
        if camp.lower() == "total" or not camp:
            continue
        if camp not in camps:
            found.notes.append(f"{row.file}, line {row.number}: {camp} is no camp in locations.csv and is left out.")
            continue
        tables = [_table(layout.parent, name, row, found, start) for name in row.cells[1:] if name]
        tables = [_corrected(table, corrections.get(camp)) for table in tables if table]
        if tables:
            counts[camp] = _added(tables)
        elif not found.problems:
            found.problem(row, f"no counts for `{camp}`", "the name of a file with dates and counts")
    return counts


def interpolated(counts: Iterable[Count], days: int) -> Floats:
    """Return persons on the days 0 to ``days`` − 1, linear between counts and level beyond them, as FLEE does."""
    return _at(counts, np.arange(days))


def _corrections(inputs: Path, found: Findings, start: date) -> dict[str, float]:
    path = inputs / "registration_corrections.csv"
    rows = read_lines(path, f"{inputs.name}/{path.name}") if path.exists() else []
    corrections = {}
    for row in data_rows(rows):
        when = as_date(row.cell(1))
        if when is None:
            found.problem(row, f"`{row.cell(1)}`", "a date such as 2012-12-31")
        else:
            corrections[row.cell(0)] = float((when - start).days)
    return corrections


def _table(folder: Path, name: str, layout: Line, found: Findings, start: date) -> list[Count]:
    path = folder / name
    if not is_file(path) or not path.resolve().is_relative_to(folder.resolve()):
        found.problem(layout, f"no file `{name}` in source_data", "a file of dates and counts", "correct its name")
        return []
    by_day: dict[float, float] = {}
    for row in data_rows(read_lines(path, f"source_data/{name}"), lambda first: as_date(first.cell(0)) is None):
        when = as_date(row.cell(0))
        if when is None:
            found.problem(row, f"`{row.cell(0)}`", "a date such as 2012-02-29")
        elif row.cell(1):
            by_day[float((when - start).days)] = found.number(row, 1, "count of persons", 0, MOST_PERSONS)
    if not by_day:
        found.problems.append(Problem(f"source_data/{name}", "", "no counts", "rows of date and persons"))
    return sorted(by_day.items())


def _corrected(counts: list[Count], day: float | None) -> list[Count]:
    """Rescale all counts before ``day`` so that the last of them meets the count at ``day``."""
    before = [persons for when, persons in counts if day is not None and when < day]
    if day is None or not before or before[-1] <= 0.0:
        return counts
    factor = float(_at(counts, np.array([day]))[0]) / before[-1]
    return [(when, persons * factor if when < day else persons) for when, persons in counts]


def _added(tables: list[list[Count]]) -> list[Count]:
    days = np.unique([when for table in tables for when, _ in table])
    persons = np.sum([_at(table, days) for table in tables], axis=0)
    return [(float(when), round(float(count), 3)) for when, count in zip(days, persons, strict=True)]


def _at(counts: Iterable[Count], days: NDArray[Any]) -> Floats:
    when, persons = np.array(list(counts), dtype=float).T
    return np.asarray(np.interp(days, when, persons), dtype=float)
