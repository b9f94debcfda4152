"""Put a report on disk; one that lies within its result's folder is listed among the folder's files."""

from __future__ import annotations

import json
from pathlib import Path

from sim.results.file import write_file
from sim.results.folder import manifest_path
from sim.results.text import json_text


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
    write_file(path, json_text({**manifest, "files": files}))
