"""``corridor list``."""

from __future__ import annotations

from sim.cli.show import plain_table, show


def list_scenarios() -> None:
    """List the scenarios that come with Corridor."""
    from sim.library import shipped_scenarios
    from sim.scenario.load import load

    table = plain_table(("scenario", "days", "what it plays out"), right=False)
    for name in shipped_scenarios():
        scenario = load(name)
        table.add_row(name, f"{scenario.time.days:g}", scenario.summary)
    show(table)
