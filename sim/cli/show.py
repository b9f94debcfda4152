"""Tables on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

    from sim.results.compared import Compared
    from sim.results.result import Result
    from sim.scenario.schema import Scenario

PLAIN_WIDTH = 160
"""Width of tables where stdout is no terminal."""

PROSE_WIDTH = 100
"""Width of running text."""

PEOPLE = ("persons_left", "persons_arrived", "persons_remaining", "persons_returned")
ROAD = ("deaths", "hours_to_half_arrived", "peak_queue_vehicles", "peak_wait_hours")


def show(table: Table, title: str = "") -> None:
    """Print ``title`` and ``table`` on stdout, within the terminal's width."""
    if sys.stdout.isatty():
        _print(Console(highlight=False, markup=False, emoji=False), table, title)
        return
    console = Console(width=PLAIN_WIDTH, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        _print(console, table, title)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def plain_table(heads: Sequence[str] = (), *, right: bool = True) -> Table:
    """Return an empty table: the first column to the left, the others to the right unless told otherwise."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for index, head in enumerate(heads):
        table.add_column(head, justify="right" if right and index else "left", overflow="fold")
    return table


def _print(console: Console, table: Table, title: str) -> None:
    if title:
        console.print(title, style="bold")
    console.print(table)


def show_run(result: Result) -> None:
    """Print the headline numbers of a run."""
    from sim.results.words import headlines

    table = plain_table()
    table.show_header = False
    for justify in ("left", "right", "left"):
        table.add_column(justify=justify)
    for row in headlines(result.summary):
        table.add_row(*row)
    show(table, f"{result.scenario.title} ({result.scenario.name}), seed {result.seed}")


def show_comparison(comparison: Compared, scenarios: Sequence[Scenario]) -> None:
    """Print how each scenario ends, how it differs from the first, and what may be said of that."""
    from sim.results.compared import by_member, cell, change_cell, differences, outcomes

    summaries = by_member(comparison.summaries)
    ends, changes = outcomes(summaries), differences(summaries, comparison.baseline)
    n_members = summaries["member"].nunique()
    show(_measures(ends, PEOPLE, cell), f"People: median [5–95% of {n_members} members]")
    show(_measures(ends, ROAD, cell), "The road: median [5–95%]")
    if len(changes):
        title = f"Difference from {comparison.baseline}, member by member: median [5–95%], P that it is lower"
        show(_measures(changes, PEOPLE, change_cell), title)
        _show_claims(comparison, scenarios)


def _show_claims(comparison: Compared, scenarios: Sequence[Scenario]) -> None:
    """Print what may be said of each pair's differences."""
    import textwrap
    from itertools import groupby

    from sim.results.claims import claims
    from sim.results.said import HEADLINES, HEADS, caveat, cells

    found = claims(comparison, scenarios)
    for (scenario, other), pair in groupby(found, key=lambda item: (item.scenario, item.other)):
        table = plain_table(HEADS, right=False)
        for item in pair:
            if item.output in HEADLINES:
                table.add_row(*cells(item))
        show(table, f"What may be said of {scenario} against {other}")
    sys.stdout.write(textwrap.fill(caveat(found), PROSE_WIDTH) + "\n")


def _measures(long: pd.DataFrame, measures: Sequence[str], write: Callable[..., str]) -> Table:
    from sim.results.compared import heads
    from sim.results.words import MEASURES

    table = plain_table(["scenario", *(head.replace(" (", "\n(") for head in heads(measures))])
    for scenario, rows in long.groupby("scenario", sort=False):
        by_measure = {str(row["measure"]): row for row in rows.to_dict("records")}
        cells = (write(by_measure[name], MEASURES[name], "\n") for name in measures)
        table.add_row(str(scenario), *cells)
    return table
