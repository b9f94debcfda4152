"""``corridor dashboard``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.options import in_range, raise_all
from sim.errors import InputError, Problem

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

NEEDED = ("solara", "solara_assets", "altair")
"""Modules of the extra ``dashboard``, without which nothing can be shown."""


def dashboard(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", help="Scenario files to choose from, besides those that ship."),
    ] = None,
    port: Annotated[int, typer.Option("--port", metavar="N", help="Port on this machine.")] = 8765,
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the default browser.")] = False,
) -> None:
    """Explore scenarios in a browser: move levers, play, compare with the baseline, save (extra `dashboard`)."""
    raise_all(in_range("--port", port, 1, 65_535))
    _check_extra()
    from sim.dashboard.server import serve
    from sim.scenario.load import load

    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for file in files or []:
        try:
            scenario = load(file)
        except InputError as error:
            problems += error.problems
        else:
            scenarios.append(scenario)
            if not scenario.place.dataset:
                expected = "a dataset of seeds/, whose crossing and provinces the page shows"
                problems.append(Problem(file, "place", "a network of its own", expected, "Use `corridor run`"))
    raise_all(problems)
    serve(scenarios, port, _announce, open_browser=open_browser)


def _announce(url: str) -> None:
    typer.echo(f"Dashboard: {url} (Ctrl+C ends it)")
    sys.stdout.flush()


def _check_extra() -> None:
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        found = f"no {', '.join(missing)} installed"
        remedy = "Install it with `pip install 'corridor-sim[dashboard]'`"
        raise InputError(Problem("dashboard", "", found, "the extra `dashboard`", remedy))
