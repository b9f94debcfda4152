"""A result folder appears whole or not at all, and only ever replaces a folder that Corridor wrote itself."""

from __future__ import annotations

import ctypes
import glob
import json
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import OutputError, Problem
from sim.results.checksums import check_seal
from sim.results.lock import abandoned, locked

MANIFESTS = (
    *("run.json", "compare.json", "hindcast.json", "calibrate.json", "sensitivity.json", "discovery.json"),
    "score.json",
)
"""Files that mark a folder as Corridor's; each lists all files written beside it."""

ENSEMBLE = "ensemble.json"
"""File that marks a folder as an ensemble, which may have taken days and is replaced by nothing else."""

MAKER = "corridor"
_HALF_WRITTEN = re.compile(r"\..+\.partial-\d+")
_HERE, _SWAP = -100, 2
"""AT_FDCWD of Linux; RENAME_EXCHANGE of Linux, which macOS calls RENAME_SWAP."""
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
    was. What a killed process could not remove, the next one does. Failures of the file system become OutputError.
    """
    target = check_target(folder)
    made = [parent for parent in (target.parent, *target.parent.parents) if not parent.exists()]
    partial = _beside(target, "partial")
    done = False
    try:
        _tidy(target)
        partial.mkdir(parents=True)
        with locked(partial):
            yield partial
            check_target(folder)  # nobody else's files may have come there meanwhile
            _put_in_place(partial, target)
        done = True
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        raise _error(folder, found, "a folder that can be written", "Free space or choose another folder") from error
    finally:
        if not done:
            _discard(partial, made)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a folder that Corridor wrote, or None.

    Raises
    ------
    OutputError : if it is not as it was written
    """
    path = manifest_path(folder)
    manifest = None if path is None else _manifest_at(path)
    if path is not None and manifest is not None:
        check_seal(path, manifest)
    return manifest


def manifest_path(folder: Path) -> Path | None:
    """Return the file that marks ``folder`` as Corridor's, or None."""
    return next((folder / name for name in MANIFESTS if _manifest_at(folder / name) is not None), None)


def _manifest_at(path: Path) -> dict[str, Any] | None:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return manifest if isinstance(manifest, dict) and manifest.get("made_by") == MAKER else None


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
    strange = sorted(set(files_in(target)) - _own_files(target))
    if not strange:
        return None
    more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
    return (
        f"files that Corridor did not write (`{strange[0]}`{more})",
        "no folder, an empty one or an earlier result of Corridor",
        f"{_ELSEWHERE}, or move these files away",
    )


def _own_files(folder: Path) -> set[str]:
    """Return the names of the files that Corridor wrote to ``folder``, half-written ones included."""
    path = manifest_path(folder)
    if path is None:
        return set()
    listed = (_manifest_at(path) or {}).get("files", ())
    half_written = [name for name in files_in(folder) if _HALF_WRITTEN.fullmatch(Path(name).name)]
    return {path.name, *map(str, listed), *half_written}


def _beside(target: Path, what: str) -> Path:
    """Return a path beside ``target`` that is nobody else's, in whatever process or machine."""
    return target.with_name(f".{target.name}.{what}-{secrets.token_hex(4)}")


def _tidy(target: Path) -> None:
    """Clear away what killed processes left beside ``target``; an earlier result moved aside by one comes back."""
    left = glob.escape(f".{target.name}")
    for aside in sorted(target.parent.glob(f"{left}.earlier-*")):
        if not target.exists():
            aside.rename(target)
    for folder in [*target.parent.glob(f"{left}.earlier-*"), *target.parent.glob(f"{left}.partial-*")]:
        if folder.is_dir() and abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _put_in_place(partial: Path, target: Path) -> None:
    """Move ``partial`` to ``target``; whoever looks there finds the earlier folder or the new one, and both whole."""
    try:
        partial.rename(target)
        return
    except OSError:
        if not target.is_dir():
            raise
    if _swapped(partial, target):
        shutil.rmtree(partial, ignore_errors=True)
        return
    aside = _beside(target, "earlier")
    try:
        target.rename(aside)
        partial.rename(target)
    except BaseException:
        if aside.exists() and not target.exists():
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _swapped(a: Path, b: Path) -> bool:
    """Let two folders change places in one move; False where the system can't."""
    if os.name != "posix":
        return False
    library, one, other = ctypes.CDLL(None), os.fsencode(a), os.fsencode(b)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(_HERE, one, _HERE, other, _SWAP) == 0)
    return hasattr(library, "renamex_np") and bool(library.renamex_np(one, other, _SWAP) == 0)


def _discard(partial: Path, made: list[Path]) -> None:
    shutil.rmtree(partial, ignore_errors=True)
    for parent in made:
        try:
            parent.rmdir()
        except OSError:
            return


def _error(folder: Path, found: str, expected: str, remedy: str) -> OutputError:
    return OutputError(Problem(str(folder), "", found, expected, remedy))
