"""The tables of a report: how scenarios end, how they differ, and people in need, with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from sim.report.material import Material
from sim.results.compared import COMPARED, cell, change_cell, differences, heads, outcomes
from sim.results.planner_compared import needs_by_week
from sim.results.words import MEASURES

Table = dict[str, Any]


def tables(material: Material) -> list[Table]:
    """Return title, heads, rows and note of each table."""
    ends = outcomes(material.summaries)
    alone = material.n_members == 1
    how = "" if alone else f": median [5–95% of {material.n_members} runs]"
    found = [_measures(f"How each scenario ends{how}", ends, cell, material)]
    changes = differences(material.summaries, material.baseline)
    if len(changes):
        title = f"Difference from “{material.titles[material.baseline]}”, run by run"
        note = "Median [5–95%] over pairs of runs; P is the share of pairs in which the scenario's value is lower."
        found.append({**_measures(title, changes, change_cell, material), "note": note})
    found.append(_needs(material))
    return found


def _measures(title: str, long: pd.DataFrame, write: Callable[..., str], material: Material) -> Table:
    rows = []
    for scenario, group in long.groupby("scenario", sort=False):
        by_measure = {str(row["measure"]): row for row in group.to_dict("records")}
        cells = [write(by_measure[name], MEASURES[name]) for name in COMPARED]
        if material.n_members == 1:
            cells = [text.partition(" [")[0] for text in cells]
        rows.append([material.titles[str(scenario)], *cells])
    return {"title": title, "heads": ["scenario", *heads()], "rows": rows, "note": ""}


def _needs(material: Material) -> Table:
    table = needs_by_week(material.dataset)
    rows = [
        [
            f"{row['week']:%Y-%m-%d}",
            material.titles[str(row["scenario"])],
            str(row["sector"]),
            f"{row['persons_median']:,.0f}",
            "" if material.n_members == 1 else f"{row['persons_p05']:,.0f}–{row['persons_p95']:,.0f}",
        ]
        for row in table.to_dict("records")
    ]
    heads_ = ["week from", "scenario", "sector", "persons", "90% of runs"]
    note = "Means over the week of persons at severity 3 or above; sectors overlap."
    return {"title": "People in need by week and sector", "heads": heads_, "rows": rows, "note": note}
