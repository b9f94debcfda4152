"""The command ``corridor``: one module for each verb, gathered here.

Nothing heavy is imported before a verb runs, so that ``corridor --help`` answers at once.
"""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

from sim.cli.calibrate import calibrate
from sim.cli.check import check
from sim.cli.compare import compare
from sim.cli.dashboard import dashboard
from sim.cli.discover import discover
from sim.cli.ensemble import ensemble
from sim.cli.explain import explain
from sim.cli.flee import import_flee, score_flee
from sim.cli.guard import expect_interrupts, guarded
from sim.cli.hindcast import hindcast
from sim.cli.list import list_scenarios
from sim.cli.report import report
from sim.cli.run import run
from sim.cli.schema import schema
from sim.cli.sensitivity import sensitivity

app = typer.Typer(
    name="corridor",
    help="Play out what-if scenarios of displacement, and compare them. Conditional explorations, not forecasts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

VERBS: dict[str, Callable[..., None]] = {
    "list": list_scenarios,
    "check": check,
    "explain": explain,
    "run": run,
    "compare": compare,
    "ensemble": ensemble,
    "report": report,
    "sensitivity": sensitivity,
    "discover": discover,
    "calibrate": calibrate,
    "hindcast": hindcast,
    "import-flee": import_flee,
    "score-flee": score_flee,
    "dashboard": dashboard,
    "schema": schema,
}
"""Name → function of every verb, in the order of the help."""

for _name, _function in VERBS.items():
    app.command(_name)(guarded(_function))


def _print_version(wanted: bool) -> None:
    if wanted:
        from sim.results.provenance import corridor_version

        typer.echo(f"corridor {corridor_version()}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Hold the options that come before a verb."""


def main() -> None:
    """Run the command line; the process exits with 0, 1 (failed), 2 (wrong input), 130 (interrupted) or 143 (ended)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    signal.signal(signal.SIGTERM, _terminate)
    expect_interrupts()
    app()


def _terminate(number: int, frame: FrameType | None) -> None:
    """Leave by an exception, so that half-written folders are removed on the way."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
