"""A result folder appears whole or not at all, and only ever replaces a folder that Corridor wrote itself."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import OutputError, Problem

MANIFESTS = (
    *("run.json", "compare.json", "hindcast.json", "calibrate.json", "sensitivity.json", "discovery.json"),
    "score.json",
)
"""Files that mark a folder as Corridor's; each lists all files written beside it."""

READ_BACK = (".nc", ".csv", ".json")
"""Sorts of file whose content is checked before it is read again."""

ENSEMBLE = "ensemble.json"
"""File that marks a folder as an ensemble, which may have taken days and is replaced by nothing else."""

MAKER = "corridor"
_ELSEWHERE = "Choose another folder with `--out`"


def check_target(folder: Path) -> Path:
    """Return ``folder`` resolved, or raise OutputError where a result can't or must not be put."""
    target = Path(folder).expanduser().resolve()
    reason = _refusal(target)
    if reason:
        raise _error(folder, *reason)
    return target


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Give a partial folder beside ``folder`` to write into; put it in place if the block succeeds.

    Whatever goes wrong, the partial folder and any parents made for it are removed and an earlier result stays as it
    was. Failures of the file system become OutputError.
    """
    target = check_target(folder)
    made = [parent for parent in (target.parent, *target.parent.parents) if not parent.exists()]
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    done = False
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        yield partial
        _put_in_place(partial, target)
        done = True
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        raise _error(folder, found, "a folder that can be written", "Free space or choose another folder") from error
    finally:
        if not done:
            _discard(partial, made)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder that Corridor wrote, or None."""
    path = manifest_path(folder)
    return None if path is None else _manifest_at(path)


def manifest_path(folder: Path) -> Path | None:
    """Return the file that marks ``folder`` as Corridor's, or None."""
    return next((folder / name for name in MANIFESTS if _manifest_at(folder / name) is not None), None)


def _manifest_at(path: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    ours = isinstance(manifest, dict) and manifest.get("made_by") == MAKER
    return manifest if ours and ("seal" not in manifest or manifest == sealed(manifest)) else None


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest with its seal, the SHA-256 of all else in it: whoever edits it by hand breaks that."""
    content = {key: value for key, value in manifest.items() if key != "seal"}
    return content | {"seal": hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}


def digests(folder: Path) -> dict[str, str]:
    """Return name and SHA-256 of the files of :data:`READ_BACK` sorts that lie in ``folder`` itself."""
    files = [path for path in sorted(folder.iterdir()) if path.suffix in READ_BACK and path.is_file()]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def check_whole(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Raise OutputError unless the files are those that were written with ``manifest``."""
    written = manifest.get("digests", {})
    found = digests(folder)
    for name in written:
        if found.get(name) != written[name]:
            what = f"a damaged result ({'changed since it was written' if name in found else 'no such file'})"
            raise OutputError(Problem(str(folder / name), "", what, "the file as it was written", "Run it again"))


def files_in(folder: Path) -> list[str]:
    """Return the relative names of all files under ``folder``, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def obstacle(target: Path) -> tuple[str, str, str] | None:
    """Say why no folder can be made at ``target``, or nothing be put beside it: found, expected, remedy."""
    blocking = next(parent for parent in (target, *target.parents) if parent.exists())
    if not blocking.is_dir():
        return f"the file {blocking}", "a folder", _ELSEWHERE
    reason = _obstacle_to_writing(target.parent if blocking == target else blocking)
    return (reason, "a folder that can be written", _ELSEWHERE) if reason else None


def _refusal(target: Path) -> tuple[str, str, str] | None:
    """Say why nothing can be put at ``target``: found, expected, remedy."""
    reason = obstacle(target)
    if reason or not target.exists():
        return reason
    if Path.cwd().is_relative_to(target):
        return "the current folder or one above it", "a folder of its own for the result", _ELSEWHERE
    return _foreign(target)


def _obstacle_to_writing(folder: Path) -> str:
    """Try to make a folder within ``folder``; return what the file system says against it."""
    try:
        os.rmdir(tempfile.mkdtemp(prefix=".corridor-", dir=folder))
    except OSError as error:
        return f"{folder} ({(error.strerror or str(error)).lower()})"
    return ""


def _foreign(target: Path) -> tuple[str, str, str] | None:
    if (target / ENSEMBLE).is_file():
        return "an ensemble", "no folder, an empty one or another result", f"{_ELSEWHERE}, or remove the ensemble"
    present = files_in(target)
    ours = read_manifest(target) or {}
    strange = [name for name in present if name not in ours.get("files", [])]
    if not strange:
        return None
    more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
    return (
        f"files that Corridor did not write (`{strange[0]}`{more})",
        "no folder, an empty one or an earlier result of Corridor",
        f"{_ELSEWHERE}, or move these files away",
    )


def _put_in_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
        return
    aside = target.with_name(f".{target.name}.earlier-{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        target.rename(aside)
        partial.rename(target)
    except BaseException:
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _discard(partial: Path, made: list[Path]) -> None:
    shutil.rmtree(partial, ignore_errors=True)
    for parent in made:
        try:
            parent.rmdir()
        except OSError:
            return


def _error(folder: Path, found: str, expected: str, remedy: str) -> OutputError:
    return OutputError(Problem(str(folder), "", found, expected, remedy))
