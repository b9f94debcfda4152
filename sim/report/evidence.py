"""The assumptions of a report: every number and every dated action, what it rests on and who says so."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from typing import Any

from sim.library import seeds_folder
from sim.report.material import Material
from sim.scenario.explain import ActionRow, action_rows, channel_rows, rows

Row = dict[str, Any]


@lru_cache(maxsize=1)
def sources() -> dict[str, dict[str, str]]:
    """Return id → title, publisher, date and url of every source that is shipped."""
    with (seeds_folder() / "sources.csv").open(encoding="utf-8", newline="") as file:
        return {row["source_id"]: row for row in csv.DictReader(file)}


def cited(text: str) -> list[dict[str, str]]:
    """Return the sources whose ids stand in ``text``, such as ``C08; D05``."""
    return [sources()[name] for name in dict.fromkeys(re.findall(r"\b[A-Z]\d\d\b", text)) if name in sources()]


def numbers(material: Material) -> list[Row]:
    """Return a row for each parameter, with the values of scenarios that differ from the baseline beside it."""
    tables = {name: rows(scenario) for name, scenario in material.scenarios.items()}
    found = []
    for place, row in enumerate(tables[material.baseline]):
        others = {name: table[place] for name, table in tables.items()}
        differing = [(name, f"{item.value:g}") for name, item in others.items() if item.value != row.value]
        found.append(
            {
                "name": row.name.replace("_", " "),
                "key": f"parameters.{row.name}",
                "group": row.group,
                "meaning": row.meaning,
                "value": f"{row.value:g}",
                "unit": row.unit,
                "others": differing,
                "set_by_hand": row.file_value is not None,
                "basis": row.basis,
                "prior": row.prior,
                "source": row.source,
                "note": row.note,
            }
        )
    return found


def actions(material: Material) -> list[Row]:
    """Return a row for each shock and intervention as it stands in some scenarios, the earliest first."""
    found: dict[tuple[Any, ...], Row] = {}
    for name, scenario in material.scenarios.items():
        for row in action_rows(scenario):
            shown = _action(row)
            key = tuple(str(value) for value in shown.values())
            found.setdefault(key, {**shown, "scenarios": []})["scenarios"].append(name)
    every = len(material.scenarios)
    table = sorted(found.values(), key=lambda row: (row["start"], row["id"]))
    return [{**row, "in_all": len(row["scenarios"]) == every} for row in table]


def _action(row: ActionRow) -> Row:
    how = [] if row.strength is None else [f"strength {row.strength:g}"]
    how += [f"{key.replace('_', ' ')} {text}" for key, text in row.details]
    return {
        "id": row.id.replace("_", " "),
        "section": row.section,
        "kind": row.kind.replace("_", " "),
        "start": f"{row.start:%Y-%m-%d %H:%M}",
        "end": "" if row.end is None else f"{row.end:%Y-%m-%d %H:%M}",
        "how": "; ".join(how),
        "basis": row.basis,
        "source": row.source,
        "note": row.note,
    }


def levers(material: Material) -> list[Row]:
    """Return, for each kind of intervention in any scenario, through what it acts and what is known of that."""
    found: dict[str, Row] = {}
    for scenario in material.scenarios.values():
        for row in channel_rows(scenario):
            found.setdefault(
                row.kind,
                {"kind": row.kind.replace("_", " "), "channels": ", ".join(row.channels), "evidence": row.evidence},
            )
    return list(found.values())


def all_cited(*tables: list[Row]) -> list[dict[str, str]]:
    """Return the sources that any row of any table cites, by id."""
    texts = [f"{row['source']} {row['note']}" for table in tables for row in table]
    found = {item["source_id"]: item for text in texts for item in cited(text)}
    return [found[name] for name in sorted(found)]
