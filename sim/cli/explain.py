"""``corridor explain``."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from sim.cli.options import ScenarioName
from sim.cli.show import plain_table, show

if TYPE_CHECKING:
    from datetime import datetime

    from sim.scenario.schema import Scenario

WIDTH = 100
"""Width of running text."""


def explain(
    scenario: ScenarioName,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the resolved scenario, which other verbs read as a .json file.")
    ] = False,
) -> None:
    """Say what a scenario assumes: its story, what happens when, and each number with what it rests on."""
    from sim.scenario.load import load

    definition = load(scenario)
    if as_json:
        import json

        typer.echo(json.dumps(definition.resolved(), indent=2, sort_keys=True, ensure_ascii=False))
        return
    typer.echo(_story(definition))
    show(_actions(definition), "What happens when")
    show(_channels(definition), "Through what each lever acts, and what is known of that")
    for group, table in _parameters(definition).items():
        show(table, f"Numbers: {group}")


def _story(scenario: Scenario) -> str:
    start, days = scenario.time.start, scenario.time.days
    lines = [f"{scenario.title} ({scenario.name})", scenario.summary, ""]
    lines += [
        f"{_moment(start)} to {_moment(scenario.time.end)}, {days:g} days of {scenario.time.step_minutes} min",
        "",
    ]
    lines += [*textwrap.wrap(scenario.narrative, WIDTH), "", "Assumptions"]
    for text in scenario.assumptions:
        lines += textwrap.wrap(text, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    if scenario.triggers:
        lines += ["", "Triggers", *(f"  - {text}" for text in scenario.triggers)]
    return "\n".join(lines) + "\n"


def _actions(scenario: Scenario) -> Table:
    from sim.scenario.explain import action_rows

    table = plain_table(("from", "to", "what", "how", "rests on"), right=False)
    for row in action_rows(scenario):
        how = [] if row.strength is None else [f"strength {row.strength:g}"]
        how += [f"{key} {text}" for key, text in row.details]
        until = "" if row.end is None else _moment(row.end)
        what = f"{row.id}\n{row.section}, {row.kind}"
        table.add_row(_moment(row.start), until, what, "; ".join(how), _rests_on(row.basis, row.source))
    return table


def _channels(scenario: Scenario) -> Table:
    from sim.scenario.explain import channel_rows

    table = plain_table(("lever", "acts through", "evidence"), right=False)
    for row in channel_rows(scenario):
        table.add_row(f"{row.kind}\n{', '.join(row.ids)}", ", ".join(row.channels), row.evidence)
    return table


def _parameters(scenario: Scenario) -> dict[str, Table]:
    from sim.scenario.explain import rows

    tables: dict[str, Table] = {}
    for row in rows(scenario):
        heads = ("parameter", "value", "prior", "rests on")
        table = tables.setdefault(row.group, plain_table(heads, right=False))
        value = f"{row.value:g} {row.unit}" + (f"\n(file: {row.file_value:g})" if row.file_value is not None else "")
        table.add_row(f"{row.name}\n{row.meaning}", value, row.prior, _rests_on(row.basis, row.source))
    return tables


def _rests_on(basis: str, source: str) -> str:
    """Name basis and source, once where the source begins with a form of the same word."""
    return source if source.startswith(basis[:6]) else f"{basis}: {source}"


def _moment(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"
