"""A scenario's data as TOML text: tables of their own for what people edit, one line for each row of a list."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MOMENTS = ("start", "end")


def toml_text(data: Mapping[str, Any], comment: str) -> str:
    """Return ``data`` as a TOML file that begins with ``comment``."""
    lines = [f"# {line}" for line in comment.splitlines()] + [""]
    lines += [f"{key} = {_value(key, value)}" for key, value in data.items() if not _is_table(value)]
    for key, value in data.items():
        if _is_table(value):
            lines += _table(key, value)
    return "\n".join(lines) + "\n"


def _is_table(value: object) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and bool(value) and isinstance(value[0], Mapping))


def _table(path: str, value: Any) -> list[str]:
    """Return the lines of a table, or of an array of tables."""
    if isinstance(value, list):
        return [line for item in value for line in _entries(path, item, f"[[{path}]]")]
    return _entries(path, value, f"[{path}]")


def _entries(path: str, table: Mapping[str, Any], head: str) -> list[str]:
    own = [f"{_key(key)} = {_value(key, value)}" for key, value in table.items() if _inline(key, value)]
    below = [line for key, value in table.items() if not _inline(key, value) for line in _table(f"{path}.{key}", value)]
    return (["", head, *own] if own else []) + below


def _inline(key: str, value: object) -> bool:
    return not _is_table(value) or key == "prior"


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and key.isascii() else json.dumps(key, ensure_ascii=False)


def _value(key: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(name, item)}" for name, item in value.items()) + " }"
    if isinstance(value, list):
        if key in ("roads", "assumptions"):
            return "[\n" + "".join(f"    {_value('', item)},\n" for item in value) + "]"
        return "[" + ", ".join(_value("", item) for item in value) + "]"
    if isinstance(value, str):
        return value if key in MOMENTS else _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(int(value)) if float(value).is_integer() and abs(value) < 2**53 else repr(float(value))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
