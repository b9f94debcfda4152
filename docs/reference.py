"""Writes docs/reference.md from the docstrings of the public interface; a test holds the two together."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

import sim
from sim.cli.main import VERBS, app
from sim.figures.accessor import ComparisonPlots, RunPlots

PAGE = Path(__file__).resolve().parent / "reference.md"
HEAD = """# Reference

The public interface of the package `sim` and the verbs of `corridor`. Written by `scripts/docs` from the docstrings.
"""
SHOWN = {
    "Scenario": ("resolved", "values", "hash", "priors", "vary", "with_intervention", "with_shock", "without", "save")
}
"""Methods that matter to readers, where a class has others too."""


def page() -> str:
    """Return the whole page."""
    things = {name: getattr(sim, name) for name in sorted(sim.__all__, key=lambda name: (name[0].isupper(), name))}
    parts = [HEAD, "## Python\n"]
    parts += [text for name, thing in things.items() for text in described(f"sim.{name}", thing, SHOWN.get(name))]
    parts += [text for name, thing in PLOTS.items() for text in described(name, thing, None)]
    parts.append("## Command line\n")
    commands: Any = typer.main.get_command(app)
    parts += [text for verb in VERBS for text in usage(verb, commands.commands[verb])]
    return "\n".join(parts).rstrip() + "\n"


PLOTS = {"result.plot": RunPlots, "comparison.plot": ComparisonPlots}


def described(name: str, thing: Any, methods: tuple[str, ...] | None) -> Iterator[str]:
    """Yield the description of a function, or of a class and its public methods."""
    yield f"### `{name}{signature(thing) if inspect.isfunction(thing) else ''}`\n\n{markdown(thing)}\n"
    if not inspect.isclass(thing):
        return
    own = {key: member for base in reversed(thing.__mro__[:2]) for key, member in vars(base).items()}
    for key in methods or sorted(own):
        member = own.get(key)
        inner = member.fget if isinstance(member, property) else member
        if key.startswith("_") or not inspect.isfunction(inner) or not inner.__module__.startswith("sim."):
            continue
        shown = key if isinstance(member, property) else f"{key}{signature(inner)}"
        yield f"**`.{shown}`** {markdown(inner)}\n"


def usage(verb: str, command: Any) -> Iterator[str]:
    """Yield the description of a verb, with its arguments and options."""
    options = [f"- `{' '.join(item.opts)}`: {item.help}" for item in command.params if item.param_type_name == "option"]
    words = " ".join(item.metavar for item in command.params if item.param_type_name == "argument")
    yield "\n".join([f"### `corridor {verb} {words}".rstrip() + "`\n", command.help, "", *options, ""])


def signature(function: Any) -> str:
    """Return the signature without ``self``, and without the quotes of deferred annotations."""
    text = re.sub(r"^\(self(, )?", "(", str(inspect.signature(function)))
    return re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)


def markdown(thing: Any) -> str:
    """Return a numpydoc docstring as Markdown: sections in bold, parameters as lists, references as code."""
    lines = (inspect.getdoc(thing) or "").splitlines()
    text: list[str] = []
    section = ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch(r"-{3,}", line):
            continue
        if re.fullmatch(r"-{3,}", below):
            section = line
            text.append(f"*{line}*\n")
        elif section in ("Parameters", "Attributes", "Raises") and line and not line.startswith(" "):
            key, _, meaning = line.partition(" : ")
            text.append(f"- `{key}`: {meaning}" if meaning else f"- `{key}`")
        elif section and line.startswith("    "):
            text.append(f"  {line.strip()}")
        else:
            text.append(line)
    joined = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", "\n".join(text)).replace("``", "`")
    return re.sub(r"(?m)^>>> .*(?:\n(?!$).*)*", lambda found: f"```python\n{found[0]}\n```", joined)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    sys.stdout.write(f"{PAGE.name}: {len(PAGE.read_text(encoding='utf-8').splitlines())} lines\n")
