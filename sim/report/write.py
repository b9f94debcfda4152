"""Put a report on disk; one that lies within its result's folder is listed among the folder's files."""

from __future__ import annotations

import json
from pathlib import Path

from sim.errors import OutputError, Problem
from sim.files import check_file, write_file
from sim.results.folder import manifest_path, sealed
from sim.results.text import json_text


def check_report(target: Path) -> None:
    """Raise OutputError now if :func:`write_report` could not or should not write ``target`` later."""
    if target.suffix.lower() not in (".html", ".htm"):
        raise OutputError(
            Problem(str(target), "", "another kind of file", "a name that ends in .html", "Choose another with `--out`")
        )
    check_file(target)


def write_report(text: str, target: Path, folder: Path) -> None:
    """Write ``text`` to ``target``; an earlier file is replaced only once the new one is whole.

    Raises
    ------
    OutputError
        If the file can't be written.
    """
    write_file(target, text)
    inside, home = target.resolve(), folder.expanduser().resolve()
    path = manifest_path(home)
    if path is None or not inside.is_relative_to(home):
        return
    manifest = json.loads(path.read_text(encoding="utf-8"))
    files = sorted({*manifest.get("files", []), inside.relative_to(home).as_posix()})
    write_file(path, json_text(sealed({**manifest, "files": files})))
