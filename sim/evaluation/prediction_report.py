"""A hindcast of displaced persons as a table, files and a figure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.evaluation.prediction import Prediction, at_month_ends
from sim.results.folder import replacing
from sim.results.provenance import versions
from sim.results.text import write_csv
from sim.results.write import describe, write_figures, write_manifest
from sim.scenario.schema import Scenario

WORDS = {"all": "displaced anywhere", "host": "displaced in the host country", "back": "came back, cumulative"}


def show_prediction(outcome: Prediction) -> str:
    """Return the monthly numbers and the counts as Markdown tables, with what they rest on."""
    monthly = outcome.monthly()
    chosen = monthly[monthly["draws"] == outcome.best]
    others = monthly[monthly["draws"] != outcome.best]
    other = dict(zip(others["month_end"].astype(str), others["median"].astype(int), strict=True))
    rows = [
        f"| {row.month_end} | {row.median:,} | {row.p25:,} to {row.p75:,} | {row.p05:,} to {row.p95:,} |"
        + (f" {other[str(row.month_end)]:,} |" if len(other) else "")
        for row in chosen.itertuples()
    ]
    wide = len(other) > 0
    return "\n".join(
        [
            f"Persons displaced in the host country at each month's end, {outcome.best} draws",
            "",
            "| month's end | median | 50% | 90% |" + (" median of unfitted draws |" if wide else ""),
            "| --- | ---: | ---: | ---: |" + (" ---: |" if wide else ""),
            *rows,
            "",
            *_against(outcome, outcome.early, "Counts that draws were conditioned on"),
            "",
            *_against(outcome, outcome.later, "Counts that only judge"),
        ]
    )


def _against(outcome: Prediction, counts: pd.DataFrame, heading: str) -> list[str]:
    """Return a table of counts beside what each set of draws says."""
    if counts.empty:
        return [f"{heading}: none are given."]
    table, sets = outcome.at_counts(counts), list(outcome.paths)
    lines = [
        f"{heading} [persons]",
        "",
        "| day | what | counted | " + " | ".join(f"{name}, 90%" for name in sets) + " |",
    ]
    lines.append("| --- | --- | ---: |" + " ---: |" * len(sets))
    for _, row in table.iterrows():
        spans = (f"{row[f'{n}_median']:,.0f} ({row[f'{n}_p05']:,.0f} to {row[f'{n}_p95']:,.0f})" for n in sets)
        lines.append(
            f"| {row['when']:%Y-%m-%d} | {WORDS[row['series']]} | {row['persons']:,.0f} | " + " | ".join(spans) + " |"
        )
    return lines


def write_prediction(outcome: Prediction, folder: Path, scenario: Scenario, seed: int, command: str) -> None:
    """Write ``predicted.csv``, ``members.csv``, ``counts.csv``, ``table.md``, ``hindcast.json`` and the figure."""
    from sim.figures.displaced import displaced_figure

    n_members = outcome.paths[outcome.best]["host"].shape[1]
    note = f"{scenario.name}, seed {seed}, {n_members} draws; what happened after the dashed line was not used"
    figure = displaced_figure(outcome.paths, outcome.early, outcome.later, note)
    manifest = {
        "kind": "hindcast",
        "scenario": describe(scenario),
        "seed": seed,
        "members": n_members,
        "draws": list(outcome.paths),
        "counts_seen_up_to": f"{outcome.early['when'].max():%Y-%m-%d}",
        "provenance": {"versions": versions()},
    }
    judged = pd.concat([outcome.at_counts(outcome.early).assign(used="conditioned on"),
                        outcome.at_counts(outcome.later).assign(used="judges only")])  # fmt: skip
    members = pd.concat(
        at_month_ends(paths["host"]).rename_axis("month_end").reset_index().assign(draws=name)
        for name, paths in outcome.paths.items()
    )
    with replacing(folder) as partial:
        (partial / "table.md").write_text(show_prediction(outcome) + "\n", encoding="utf-8", newline="\n")
        write_csv(partial / "predicted.csv", outcome.monthly())
        write_csv(partial / "members.csv", members)
        write_csv(partial / "counts.csv", judged)
        write_figures({"hindcast": figure}, partial / "figures")
        write_manifest(partial, "hindcast.json", manifest, command)
