"""JSON and CSV as Corridor writes them: UTF-8, LF, sorted keys, numbers without noise."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

DECIMALS = 6


def tidy_number(value: float) -> float | int | None:
    """Round to :data:`DECIMALS` decimals; whole numbers become int and what is not finite becomes None.

    >>> tidy_number(3.0), tidy_number(0.1 + 0.2), tidy_number(float("nan"))
    (3, 0.3, None)
    """
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else round(number, DECIMALS)


def plain(value: Any) -> Any:
    """Turn mappings, sequences and NumPy scalars into what JSON can hold; what is not finite becomes None."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write ``content`` with sorted keys."""
    path.write_text(json_text(content), encoding="utf-8", newline="\n")


def json_text(content: Mapping[str, Any]) -> str:
    """Return ``content`` as JSON with sorted keys."""
    return json.dumps(plain(content), indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"


def write_csv(path: Path, table: pd.DataFrame, *, exact: bool = False) -> None:
    """Write ``table`` without its index; times to the minute, numbers to :data:`DECIMALS` decimals unless exact."""
    decimals = dict.fromkeys(table.select_dtypes("number"), DECIMALS)
    written = table if exact else table.round(decimals)
    written.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", date_format="%Y-%m-%dT%H:%M")


def number(value: float) -> str:
    """Write a number with three digits that count, thousands apart; nothing for what is missing.

    >>> number(12345.6), number(0.12345), number(float("nan"))
    ('12,346', '0.123', '')
    """
    if math.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"


def markdown(heads: Sequence[str], align: str, rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; ``align`` holds ``l`` or ``r`` for each column."""
    rule = ["---:" if side == "r" else "---" for side in align]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in (heads, rule, *rows))
