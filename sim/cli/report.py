"""``corridor report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def report(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that `corridor run` or `corridor compare` wrote.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="File to write (default: report.html in the folder)."),
    ] = None,
) -> None:
    """Turn a result into one self-contained HTML page that opens without a network."""
    from sim.results.file import check_file

    target = out or folder / REPORT
    if out is not None:
        check_file(target)
    from sim.report.material import read_material

    material = read_material(folder)
    check_file(target)

    from sim.report.html import page
    from sim.report.write import write_report

    write_report(page(material), target, folder)
    typer.echo(f"Written to {target}: opens in any browser, asks nothing of any network")


REPORT = "report.html"
