"""Tables with a row of HXL hashtags below their head, as CSV files and as one workbook; equal tables, equal bytes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from sim.errors import OutputError, Problem

DECIMALS = 1
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WIDEST = 40


def tagged(table: pd.DataFrame, tags: Mapping[str, str]) -> list[list[Any]]:
    """Return head, hashtags and rows of ``table``; dates as ISO text, numbers to :data:`DECIMALS`.

    Raises
    ------
    OutputError
        If a column has no hashtag.
    """
    bare = [str(name) for name in table.columns if name not in tags]
    if bare:
        raise OutputError(Problem("HXL", bare[0], "a column without a hashtag", "a hashtag for each column"))
    cells = {str(name): _cells(table[name]) for name in table.columns}
    rows = [list(row) for row in zip(*cells.values(), strict=True)]
    return [list(cells), [tags[name] for name in cells], *rows]


def write_table(path: Path, table: pd.DataFrame, tags: Mapping[str, str]) -> None:
    """Write ``table`` as CSV with its hashtags in the second row."""
    rows = tagged(table, tags)
    frame = pd.DataFrame(rows[1:], columns=rows[0])
    frame.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def write_workbook(
    path: Path, tables: Mapping[str, pd.DataFrame], tags: Mapping[str, str], notes: Iterable[tuple[str, str]]
) -> None:
    """Write all tables as sheets of one workbook, after a sheet of notes."""
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "read me"
    for row in notes:
        first.append(list(row))
    first.column_dimensions["A"].width = 12
    first.column_dimensions["B"].width = 120
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        rows = tagged(table, tags)
        for cells in rows:
            sheet.append(cells)
        for number, head in enumerate(rows[0], 1):
            sheet.cell(1, number).font = Font(bold=True)
            widest = max(len(str(row[number - 1])) for row in rows[:200])
            sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, max(len(head), widest) + 2)
        sheet.freeze_panes = "A3"
    buffer = BytesIO()
    book.save(buffer)
    path.write_bytes(_undated(buffer.getvalue()))


def _cells(column: pd.Series[Any]) -> list[Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return [f"{moment:%Y-%m-%d}" for moment in column]
    if pd.api.types.is_float_dtype(column):
        return [int(value) if float(value).is_integer() else value for value in column.round(DECIMALS).tolist()]
    return column.tolist()


def _undated(workbook: bytes) -> bytes:
    """Return the same workbook without the times at which it was made."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()
