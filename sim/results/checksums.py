"""What tells a whole result from a damaged one: digests of its files, and a seal on the manifest that lists them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import InputError, OutputError, Problem, SimError

SEAL = "seal"
"""Key of a manifest that holds the digest of all else in it."""

AGAIN = "Run it again"


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file; OSError if it can't be read."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def is_whole(file: Path, digest: str | None) -> bool:
    """Whether a file is there and is the one of that SHA-256."""
    try:
        return sha256(file) == digest
    except OSError:
        return False


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return a manifest of plain JSON values with its seal."""
    return {**manifest, SEAL: _seal(manifest)}


def check_seal(file: Path, manifest: Mapping[str, Any], remedy: str = AGAIN) -> None:
    """Raise OutputError unless ``manifest``, which ``file`` holds, is as it was written."""
    if SEAL not in manifest:
        raise damaged(file, "a manifest without a seal, of an earlier version", remedy)
    if manifest[SEAL] != _seal(manifest):
        raise damaged(file, "a damaged manifest", remedy)


def check_files(folder: Path, digests: Mapping[str, str], names: Iterable[str], remedy: str = AGAIN) -> None:
    """Raise OutputError unless the files of these names in ``folder`` are as they were written."""
    for name in names:
        if not (folder / name).is_file():
            raise damaged(folder / name, "no such file", remedy)
        if not is_whole(folder / name, digests.get(name)):
            raise damaged(folder / name, "a damaged file (its checksum is not the manifest's)", remedy)


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong while a result is read into an OutputError that names it.

    Files that Corridor wrote and nobody changed are read without fail; others may hold anything.
    """
    try:
        yield
    except OutputError:
        raise
    except InputError as error:
        raise damaged(path, f"a result that this version can't read ({error.problems[0]})") from error
    except (SimError, MemoryError):
        raise
    except Exception as error:
        raise damaged(path, f"a damaged result ({type(error).__name__}: {error})") from error


def damaged(path: Path, found: str, remedy: str = AGAIN) -> OutputError:
    """Return the error for a result that is not as it was written."""
    return OutputError(Problem(str(path), "", found, "a whole result", remedy))


def _seal(manifest: Mapping[str, Any]) -> str:
    content = {key: value for key, value in manifest.items() if key != SEAL}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
