"""The folder of an ensemble: what was begun in it, which members are whole, and when all is finished."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import OutputError, Problem
from sim.results.checksums import check_seal, is_whole, sealed, sha256
from sim.results.folder import ENSEMBLE, MAKER, files_in, obstacle
from sim.results.lock import locked
from sim.results.provenance import software
from sim.results.write import FORMAT, describe
from sim.scenario.schema import Scenario

MEMBERS = "members"
DIGITS = 16
"""Of a file's SHA-256 that its name holds."""

_NAME = re.compile(rf"(\d+)-([0-9a-f]{{{DIGITS}}})\.nc\.gz")
_PARTIAL = ".partial"
_ELSEWHERE = "Choose another folder with `--out`, or remove this one"
_KEPT = "What is finished is kept; mend this, and the same command continues"
_SAME = "Give what it was begun with, choose another folder with `--out`, or remove this one"

Key = tuple[str, int]
"""Scenario and number of a member."""


def plan(scenarios: Sequence[Scenario], members: int, seed: int) -> dict[str, Any]:
    """Return all that an ensemble's bytes depend on, as plain JSON values."""
    return {
        "made_by": MAKER,
        "format": FORMAT,
        "kind": "ensemble",
        "scenarios": [describe(scenario) for scenario in scenarios],
        "members": members,
        "seed": seed,
        "software": software(),
    }


class EnsembleFolder:
    """A folder in which members gather, one file each; what a killed run left half-written is passed over.

    A member's file is ``members/<scenario>/<number>-<digest>.nc.gz``; the digest of its content is in its name, so
    that a damaged file is known as such. Nobody but the process that holds the folder writes to it. ``remedy`` is for
    when it can't be written.
    """

    def __init__(self, path: Path, remedy: str = "") -> None:
        self.path = path
        self.remedy = remedy or _KEPT

    @property
    def manifest(self) -> Path:
        """The file that says what was begun here and, once all is finished, which files came of it."""
        return self.path / ENSEMBLE

    def member_file(self, key: Key, content: bytes) -> Path:
        """Return where the file of a member with that content belongs."""
        scenario, number = key
        return self.path / MEMBERS / scenario / f"{number:05d}-{_digest(content)}.nc.gz"

    def keep(self, key: Key, content: bytes) -> Path:
        """Write a member's file, whole or not at all, and return it."""
        file = self.member_file(key, content)
        with _written(self.path, self.remedy):
            file.parent.mkdir(parents=True, exist_ok=True)
            _replace(file, content)
        return file

    def kept(self) -> dict[Key, Path]:
        """Return the members that are here and whole; remove what is damaged or half-written."""
        found: dict[Key, Path] = {}
        for file in sorted((self.path / MEMBERS).glob("*/*")):
            name = _NAME.fullmatch(file.name)
            if name and _digest(file.read_bytes()) == name[2]:
                found[(file.parent.name, int(name[1]))] = file
            elif name or file.name.endswith(_PARTIAL):
                file.unlink()
        return found

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Begin what is asked here, or make sure that it is what was begun.

        Raises
        ------
        OutputError : if something else was begun, or the folder holds other files
        """
        begun = read_plan(self.path)
        if begun is None:
            _check_empty(self.path)
            with _written(self.path):
                self.manifest.with_name(ENSEMBLE + _PARTIAL).unlink(missing_ok=True)
                _replace(self.manifest, _json(sealed(_through_json(asked))))
            return
        problems = list(_differences(self.manifest, begun, _through_json(asked)))
        if problems:
            raise OutputError(problems)

    def finished(self) -> bool:
        """Whether every file that came of the members is here and whole."""
        files = (read_plan(self.path) or {}).get("files", {})
        return bool(files) and all(is_whole(self.path / name, digest) for name, digest in files.items())

    @contextmanager
    def finishing(self) -> Iterator[Path]:
        """Give a folder to write the outcome into; move its files here and note them as finished at the end."""
        work = self.path / f".outcome{_PARTIAL}"
        with _written(self.path):
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            yield work
            digests = {name: sha256(work / name) for name in files_in(work)}
            for name in digests:
                (self.path / name).parent.mkdir(parents=True, exist_ok=True)
                (work / name).replace(self.path / name)
            shutil.rmtree(work)
            begun = read_plan(self.path) or {}
            _replace(self.manifest, _json(sealed({**begun, "files": digests})))


@contextmanager
def held(path: Path) -> Iterator[EnsembleFolder]:
    """Give the folder to one process at a time, made if need be; freed however the process ends.

    Raises
    ------
    OutputError : if another process is at work in it, or it can't be written
    """
    target = Path(path).expanduser().resolve()
    refusal = obstacle(target / MEMBERS)
    if refusal:
        raise OutputError(Problem(str(path), "", *refusal))
    with _written(target):
        target.mkdir(parents=True, exist_ok=True)
    with locked(target) as free:
        if not free:
            found = "another process at work in it"
            raise OutputError(Problem(str(target), "", found, "nobody else", "Wait until it ends"))
        yield EnsembleFolder(target)


def read_plan(path: Path) -> dict[str, Any] | None:
    """Return the manifest of the ensemble in ``path``, or None if there is none.

    Raises
    ------
    OutputError : if it can't be read, or belongs to something else
    """
    file = path / ENSEMBLE
    if not file.is_file():
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise OutputError(Problem(str(file), "", "a damaged manifest", "a whole one", _ELSEWHERE)) from error
    if not isinstance(found, dict) or (found.get("made_by"), found.get("format")) != (MAKER, FORMAT):
        raise OutputError(Problem(str(file), "", "no manifest of Corridor's", "one", _ELSEWHERE))
    check_seal(file, found, _ELSEWHERE)
    return found


@contextmanager
def _written(folder: Path, remedy: str = _KEPT) -> Iterator[None]:
    """Turn failures of the file system into OutputError."""
    try:
        yield
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        raise OutputError(Problem(str(folder), "", found, "a folder that can be written", remedy)) from error


def _check_empty(path: Path) -> None:
    strange = [name for name in files_in(path) if not name.endswith(_PARTIAL)]
    if strange:
        found = f"other files (`{strange[0]}`{f' and {len(strange) - 1} more' if len(strange) > 1 else ''})"
        raise OutputError(Problem(str(path), "", found, "no folder, an empty one or this ensemble's own", _ELSEWHERE))


def _differences(file: Path, begun: Mapping[str, Any], asked: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield how what was begun differs from what is asked."""
    for key in ("members", "seed"):
        if begun[key] != asked[key]:
            yield Problem(str(file), key, f"{begun[key]} when it was begun", f"{asked[key]} as asked now", _SAME)
    names = [[item["name"] for item in side["scenarios"]] for side in (begun, asked)]
    if names[0] != names[1]:
        yield Problem(str(file), "scenarios", ", ".join(names[0]), f"{', '.join(names[1])} as asked now", _SAME)
    for old, new in zip(begun["scenarios"], asked["scenarios"], strict=False):
        if old["name"] == new["name"] and old["hash"] != new["hash"]:
            changed = ", ".join(_changed(old["resolved"], new["resolved"])[:5])
            found = f"another scenario when it was begun (hash {old['hash'][:12]}; it differs in {changed})"
            yield Problem(str(file), f"scenarios.{old['name']}", found, f"hash {new['hash'][:12]} as asked now", _SAME)
    for name in sorted(begun["software"].keys() | asked["software"].keys()):
        old, new = (side["software"].get(name, "none") for side in (begun, asked))
        if old != new:
            remedy = "Go back to that one, or begin anew in another folder with `--out`"
            yield Problem(str(file), f"software.{name}", f"{old} when it was begun", f"{new} as installed now", remedy)


def _changed(old: Any, new: Any, path: str = "") -> list[str]:
    """Return the dotted paths at which two JSON values differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        keys = dict.fromkeys(key for key in [*old, *new] if not key.startswith("file_"))
        return [found for key in keys for found in _changed(old.get(key), new.get(key), f"{path}.{key}")]
    return [] if old == new else [path.removeprefix(".")]


def _replace(file: Path, content: bytes) -> None:
    partial = file.with_name(file.name + _PARTIAL)
    partial.write_bytes(content)
    partial.replace(file)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _through_json(content: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_json(content))
    return found


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]
