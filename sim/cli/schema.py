"""``corridor schema``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


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
    from sim.files import write_file

    write_file(out, text)
    typer.echo(f"Written to {out}")
