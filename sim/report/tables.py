"""The tables of a report: how scenarios end, how they differ, and people in need, with their intervals."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import pandas as pd

from sim.report.material import Material
from sim.results import said
from sim.results.claims import Claim
from sim.results.compared import COMPARED, cell, change_cell, differences, heads, outcomes
from sim.results.planner_compared import needs_by_week
from sim.results.words import MEASURES

Table = dict[str, Any]


def tables(material: Material, found: Sequence[Claim]) -> list[Table]:
    """Return title, heads, rows and note of each table."""
    ends = outcomes(material.summaries)
    alone = material.n_members == 1
    how = "" if alone else f": median [5–95% of {material.n_members} runs]"
    made = [_measures(f"How each scenario ends{how}", ends, cell, material)]
    changes = differences(material.summaries, material.baseline)
    if len(changes):
        title = f"Difference from “{material.titles[material.baseline]}”, run by run"
        note = "Median [5–95%] over pairs of runs; P is the share of pairs in which the scenario's value is lower."
        made.append({**_measures(title, changes, change_cell, material), "note": note})
    made += [_said(material, found, name) for name in material.scenarios if any(_against(found, material, name))]
    made.append(_needs(material))
    return made


def _against(found: Sequence[Claim], material: Material, name: str) -> list[Claim]:
    return [item for item in found if (item.scenario, item.other) == (name, material.baseline)]


def _said(material: Material, found: Sequence[Claim], name: str) -> Table:
    """Return what may be said of a scenario against the baseline, and on what that hangs."""
    title = f"What may be said of “{material.titles[name]}” against “{material.titles[material.baseline]}”"
    rows = [list(said.cells(item)) for item in _against(found, material, name)]
    return {"title": title, "heads": list(said.HEADS), "rows": rows, "note": said.caveat(found), "text": True}


def _measures(title: str, long: pd.DataFrame, write: Callable[..., str], material: Material) -> Table:
    rows = []
    for scenario, group in long.groupby("scenario", sort=False):
        by_measure = {str(row["measure"]): row for row in group.to_dict("records")}
        cells = [write(by_measure[name], MEASURES[name]) for name in COMPARED]
        if material.n_members == 1:
            cells = [text.partition(" [")[0] for text in cells]
        rows.append([material.titles[str(scenario)], *cells])
    return {"title": title, "heads": ["scenario", *heads()], "rows": rows, "note": "", "text": False}


def _needs(material: Material) -> Table:
    table = needs_by_week(material.dataset)
    sectors = list(dict.fromkeys(table["sector"]))
    rows = []
    for (week, scenario), group in table.groupby(["week", "scenario"], sort=False):
        by_sector = {row["sector"]: row for row in group.to_dict("records")}
        cells = [_persons(by_sector[name], alone=material.n_members == 1) for name in sectors]
        rows.append([f"{week:%Y-%m-%d}", material.titles[str(scenario)], *cells])
    note = "Persons at severity 3 or above, means over the week; sectors overlap."
    return {
        "title": "People in need by week",
        "heads": ["week from", "scenario", *sectors],
        "rows": rows,
        "note": note,
        "text": False,
    }


def _persons(row: dict[Hashable, Any], *, alone: bool) -> str:
    interval = "" if alone else f" [{row['persons_p05']:,.0f}–{row['persons_p95']:,.0f}]"
    return f"{row['persons_median']:,.0f}{interval}"
