"""Writing one file that appears whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from sim.errors import OutputError, Problem


def check_file(path: Path) -> None:
    """Raise OutputError now if :func:`write_file` could not write ``path`` later."""
    if path.is_dir():
        raise _error(path, "a folder")
    try:
        partial = _partial(path)
        partial.touch()
        partial.unlink()
    except OSError as error:
        raise _error(path, (error.strerror or str(error)).lower()) from error


def write_file(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 with LF; an earlier file is replaced only once the new one is whole."""
    partial = _partial(path)
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        partial.replace(path)
    except OSError as error:
        raise _error(path, (error.strerror or str(error)).lower()) from error
    finally:
        if partial.is_file():
            partial.unlink()


def _partial(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial-{os.getpid()}")


def _error(path: Path, found: str) -> OutputError:
    return OutputError(Problem(str(path), "", found, "a file that can be written", "Choose another file with `--out`"))
