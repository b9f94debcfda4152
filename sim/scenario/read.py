"""Reads a scenario file and the parents that it extends."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from sim import library
from sim.errors import Problem, ScenarioError, did_you_mean
from sim.scenario.problems import listed, shown

MAX_BYTES = 8 * 2**20
_LONG_KEY = re.compile(r"(?:[\w-]+[ \t]*\.[ \t]*){100}")
"""What the parser would take hours for."""


@dataclass(frozen=True, slots=True)
class File:
    """The content of one scenario file; ``path`` is None for data that came from memory."""

    label: str
    path: Path | None
    data: dict[str, Any]


def shipped(name: str, asked_by: str = "", key: str = "") -> File:
    """Return the shipped scenario file of that name."""
    known = library.shipped_scenarios()
    if name not in known:
        what = f"the unknown scenario {shown(name)}"
        expected = f"one of {listed(known)}, or the path of a .toml file"
        raise ScenarioError(Problem(asked_by or "scenario", key, what, expected, did_you_mean(name, known)))
    return read_file(known[name], f"scenarios/{name}.toml")


def read_file(path: Path, label: str) -> File:
    """Return the content of the TOML (or, for a resolved scenario, JSON) file at ``path``."""
    text = _text(path, label)
    if _LONG_KEY.search(text):
        raise ScenarioError(Problem(label, "", "a key of more than 100 parts", "a scenario file"))
    try:
        data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except RecursionError:
        raise ScenarioError(Problem(label, "", "lists or tables nested too deep", "a scenario file")) from None
    except ValueError as error:
        raise ScenarioError(_syntax_problem(label, str(error))) from None
    if not isinstance(data, dict):
        raise ScenarioError(Problem(label, "", shown(data), "a table"))
    return File(label, path, data)


def _syntax_problem(label: str, message: str) -> Problem:
    """Return the problem of a file that can't be parsed, with the line and column if they are known."""
    where = re.search(r"line (\d+),? column (\d+)", message)
    what = re.sub(r"\s*[(:]\s*(at )?(line|end of document).*$", "", message)
    key = f"line {where[1]}, column {where[2]}" if where else "end of file" if "end of document" in message else ""
    remedy = "strings need quotes, dates look like 2023-09-24T09:00:00+04:00, and each key stands once in its table"
    return Problem(label, key, f"a mistake in the syntax ({what.lower()})", "valid TOML", remedy)


def _text(path: Path, label: str) -> str:
    """Return the text of a file of reasonable size."""
    if "\0" in str(path):
        raise ScenarioError(Problem(label, "", "a path that can't be read (it holds a null)", "a scenario file"))
    try:
        if not path.exists():
            raise ScenarioError(Problem(label, "", "no such file", "a scenario file", "check the spelling of the path"))
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "something other than a file"
            raise ScenarioError(Problem(label, "", kind, "a scenario file"))
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        found = f"a path that can't be read ({str(error.strerror).lower()})"
        raise ScenarioError(Problem(label, "", found, "a scenario file")) from None
    if len(content) > MAX_BYTES:
        raise ScenarioError(Problem(label, "", "a file of more than 8 MiB", "a scenario file of at most 8 MiB"))
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        remedy = "save it with the encoding UTF-8"
        raise ScenarioError(Problem(label, f"line {line}", "bytes that aren't UTF-8", "UTF-8 text", remedy)) from None


def lineage(file: File) -> list[File]:
    """Return the file and its ancestors, the oldest last."""
    files = [file]
    while (parent := _parent(files[-1])) is not None:
        files.append(parent)
        paths = [item.path.resolve() for item in files if item.path is not None]
        if len(set(paths)) < len(paths):
            ring = " → ".join(item.label for item in files)
            problem = Problem(files[-2].label, "extends", f"a circle ({ring})", "a line of parents that ends")
            raise ScenarioError(problem)
    return files


def _parent(file: File) -> File | None:
    """Return the file that ``file`` extends: a shipped scenario, or a ``.toml`` beside it."""
    name = file.data.get("extends")
    if name is None:
        return None
    if not isinstance(name, str) or not name.endswith(".toml"):
        if not isinstance(name, str):
            known = "the name of a shipped scenario or of a .toml file beside this one"
            raise ScenarioError(Problem(file.label, "extends", shown(name), known))
        return shipped(name, file.label, "extends")
    if file.path is None:
        raise ScenarioError(Problem(file.label, "extends", shown(name), "the name of a shipped scenario"))
    folder = file.path.parent
    path = folder / name
    if _leaves_folder(name) or not path.resolve().is_relative_to(folder.resolve()):
        remedy = "put the parent beside this file"
        expected = "a file in the same folder or below it"
        raise ScenarioError(Problem(file.label, "extends", f"{shown(name)}, which lies elsewhere", expected, remedy))
    if not library.is_file(path):
        near = did_you_mean(name, [item.name for item in folder.glob("*.toml")])
        expected = f"a file in {PurePosixPath(file.label).parent}"
        raise ScenarioError(Problem(file.label, "extends", f"{shown(name)}, which doesn't exist", expected, near))
    return read_file(path, str(PurePosixPath(file.label).parent / name))


def _leaves_folder(name: str) -> bool:
    """Whether a path is absolute or climbs up, by the rules of any system."""
    forms = PurePosixPath(name), PureWindowsPath(name)
    return any(form.is_absolute() or form.anchor or ".." in form.parts for form in forms) or "\0" in name
