"""``corridor report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

REPORT = "report.html"


def report(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that `corridor run` or `corridor compare` wrote.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="File to write (default: report.html in the folder).")
    ] = None,
) -> None:
    """Turn a result into one self-contained HTML page that opens without a network."""
    from sim.report.material import read_material
    from sim.report.write import check_report, write_report

    target = folder / REPORT if out is None else out
    material = read_material(folder)
    check_report(target)

    from sim.report.html import page

    write_report(page(material), target, folder)
    typer.echo(f"Written to {target}: one page that opens in any browser and asks nothing of any network")
