"""What a planner reads first: the headline numbers in plain sentences, with their intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.figures.curves import day
from sim.report.material import Material
from sim.results.claims import Claim
from sim.results.compared import outcomes
from sim.results.outlook import PLANNER_OUTPUTS
from sim.results.said import hanging, short
from sim.results.words import MEASURES, in_words, interval_in_words
from sim.scenario.parameters import SPECS
from sim.scenario.schema import Scenario

SCORED = (
    "persons_remaining",
    "persons_arrived",
    "persons_returned",
    "hours_to_half_arrived",
    "peak_queue_vehicles",
    "peak_wait_hours",
    "deaths",
)
"""The measures on the first screen, in order."""

MOST_HANGING = 2
"""Most sentences on what conclusions hang on."""

Row = dict[str, Any]


def scores(material: Material) -> list[Row]:
    """Return a row for each measure: its words, and for each scenario median, interval and where both lie in [0, 1]."""
    ends = outcomes(material.summaries, SCORED)
    rows = []
    for name in SCORED:
        measure, table = MEASURES[name], ends[ends["measure"] == name]
        most = float(np.nanmax([*table["p95"], *table["median"], 1e-9]))
        cells = [_cell(row, name, most) for row in table.to_dict("records")]
        rows.append({"name": name, "label": measure.label, "unit": measure.unit, "cells": cells})
    return rows


def _cell(row: Mapping[Hashable, Any], name: str, most: float) -> Row:
    measure = MEASURES[name]
    middle, low, high = (float(row[key]) for key in ("median", "p05", "p95"))
    never = np.isnan(middle)
    return {
        "median": in_words(middle, measure),
        "interval": "" if never or row["of"] == 1 else interval_in_words(low, high, measure),
        "missing": "" if row["n"] == row["of"] else f"{row['n']} of {row['of']} runs",
        "at": None if never else [round(100 * value / most, 2) for value in (low, middle, high)],
    }


def lead(material: Material) -> str:
    """Return the sentence that opens a report: what happens in the baseline."""
    base, end = material.baseline, day(material.dataset["time"].to_numpy()[-1])
    ends = outcomes(material.summaries, SCORED)
    rows = {str(row["measure"]): row for row in ends[ends["scenario"] == base].to_dict("records")}
    arrived, remain, half = (
        _told(rows[name], name) for name in ("persons_arrived", "persons_remaining", "hours_to_half_arrived")
    )
    never = half[0] == MEASURES["hours_to_half_arrived"].absent
    speed = "" if never else f", half of all residents within {half[0]} hours of the road opening{half[1]}"
    brackets = "" if material.n_members == 1 else " Brackets hold 90% of runs."
    return (
        f"Under “{material.titles[base]}”, {arrived[0]} persons arrive in Armenia by {end}{arrived[1]}{speed}, "
        f"and {remain[0]} remain at home{remain[1]}.{brackets}"
    )


def _told(row: Mapping[Hashable, Any], name: str) -> tuple[str, str]:
    """Return a median in words, and its interval in brackets where there is one."""
    measure = MEASURES[name]
    middle = in_words(float(row["median"]), measure)
    if row["of"] == 1 or np.isnan(float(row["median"])):
        return middle, ""
    return middle, f" [{interval_in_words(float(row['p05']), float(row['p95']), measure)}]"


def against(material: Material, found: Sequence[Claim]) -> list[dict[str, str]]:
    """Return title, sentence and verdict of each other scenario: how far it changes who remains."""
    remain = material.summaries.pivot(index="member", columns="scenario", values="persons_remaining").astype(float)
    verdicts = {
        item.scenario: item.verdict
        for item in found
        if (item.other, item.output) == (material.baseline, "persons_remaining_share")
    }
    rows = []
    for name in list(material.scenarios)[1:]:
        change = (remain[name] - remain[material.baseline]).to_numpy()
        rows.append({"title": material.titles[name], "text": _against(change), "verdict": verdicts.get(name, "")})
    return rows


def _against(change: NDArray[np.float64]) -> str:
    low, middle, high = np.quantile(change, [0.05, 0.5, 0.95])
    if change.size == 1:
        return f"{_signed(middle)} in this one pair of runs"
    span = interval_in_words(low, high, MEASURES["persons_remaining"]).replace("-", "−")
    more, fewer = float(np.mean(change > 0.0)), float(np.mean(change < 0.0))
    return f"{_signed(middle)} [{span}]; more in {more:.0%} of runs, fewer in {fewer:.0%}"


def _signed(change: float) -> str:
    count = round(abs(change))
    return "as many" if count == 0 else f"{count:,} {'more' if change > 0 else 'fewer'}"


def bases(material: Material) -> list[tuple[str, int]]:
    """Return how many numbers of the baseline rest on what: basis and count, the most certain first."""
    scenario = material.scenarios[material.baseline]
    counts = Counter(item.basis for item in scenario.parameters.values())
    return [(name, counts[name]) for name in ("measured", "reported", "calibrated", "estimated", "assumed")]


def hangs_on(material: Material, found: Sequence[Claim]) -> list[str]:
    """Say in sentences what the differences from the baseline hang on."""
    if material.n_members == 1:
        return ["One run tells nothing of that; a comparison over many runs does (corridor compare)."]
    standing = [item for item in found if item.hangs_on and item.other == material.baseline]
    if not standing:
        return [f"Over {material.n_members} runs no assumption stands out from chance; more runs would tell."]
    standing.sort(key=lambda item: (not item.told, -abs(item.hangs_on[0].correlation)))
    best = list({item.scenario: item for item in reversed(standing)}.values())[::-1][:MOST_HANGING]
    paths = dict.fromkeys((item.scenario, driver.path) for item in best for driver in item.hangs_on)
    meanings = {short(path): meaning(material.scenarios[name], path) for name, path in paths}
    return [
        *(
            f"{PLANNER_OUTPUTS[item.output].label.capitalize()} under “{material.titles[item.scenario]}”, against the "
            f"first: {'; '.join(map(hanging, item.hangs_on))}."
            for item in best
        ),
        *(f"{name}: {text}" for name, text in meanings.items() if text),
    ]


def meaning(scenario: Scenario, path: str) -> str:
    """Say what an uncertain number is: a parameter by its definition, another by the scenario's note; else nothing."""
    inner = path.rpartition(": ")[2]
    spec = SPECS.get(inner.removeprefix("parameters."))
    return f"{spec.meaning}." if spec else next((u.note for u in scenario.uncertainties if u.path == inner), "")


def how_sure(material: Material) -> list[str]:
    """Say what the intervals hold and what they leave out."""
    if material.n_members == 1:
        first = "This is one run of one scenario: it has no interval, and another seed gives other numbers."
    else:
        first = (
            f"Each scenario is run {material.n_members} times. Every run draws all uncertain numbers anew, and the "
            "runs of all scenarios share their draws and their chance in pairs. Intervals hold 90% of runs, darker "
            "bands 50%."
        )
    return [
        first,
        "Intervals hold what is uncertain within the model. They do not hold what the model leaves out or gets wrong.",
        "One arrivals curve cannot separate fear, distrust and road capacity, and nothing measured tells what unarmed "
        "monitors change: differences between scenarios follow from the assumptions that are listed here.",
    ]


NOT = (
    "It is a conditional exploration, not a forecast: it says what follows if its assumptions hold.",
    "Households are synthetic; nobody real is tracked.",
    "Severity of need is read off modelled shortfalls; it is not a survey.",
    "It takes no side: disputed claims name who makes them.",
)
"""What a report is not."""
