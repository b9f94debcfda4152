"""``corridor schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import OutputError, Problem


def schema(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="File to write, in place of printing.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors that check while you write."""
    from sim.scenario.editor import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(Problem(str(out), "", reason, "a file that can be written", "Choose another file")) from None
    typer.echo(f"Written to {out}")
