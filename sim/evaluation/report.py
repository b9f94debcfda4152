"""The hindcast as a table, files and a figure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.evaluation.hindcast import Hindcast
from sim.results.folder import replacing
from sim.results.provenance import versions
from sim.results.text import write_csv
from sim.results.write import describe, write_figures, write_manifest
from sim.scenario.schema import Scenario


def show_hindcast(outcome: Hindcast) -> str:
    """Return the scores as a Markdown table with what they rest on."""
    heads = f"| curve | {len(outcome.fit.persons)} counts used to fit | {len(outcome.score.persons)} counts held back |"
    rows = [
        f"| {name} | {row.mae_fitted_counts:,.0f} | {row.mae_later_counts:,.0f} |"
        for name, row in outcome.table.iterrows()
    ]
    inside = ", ".join(f"{share:.0%} of them in the {name} interval" for name, share in outcome.coverage.items())
    return "\n".join(
        [
            f"Mean absolute error [persons]; fitted to counts up to {outcome.fit.times[-1]:%d %B %Y %H:%M}",
            "",
            heads,
            "| --- | ---: | ---: |",
            *rows,
            "",
            f"Held-back counts: {inside}, the counts' own error included.",
        ]
    )


def write_hindcast(outcome: Hindcast, folder: Path, scenario: Scenario, seed: int, command: str) -> None:
    """Write ``table.md``, members' ``arrivals.csv``, ``hindcast.json`` and the figure to ``folder``."""
    from sim.figures.hindcast import hindcast_figure

    figure = hindcast_figure(
        pd.Series(outcome.fit.persons, outcome.fit.times),
        pd.Series(outcome.score.persons, outcome.score.times),
        outcome.arrivals.index.to_numpy(),
        outcome.quantiles(),
        outcome.fit.times[-1],
        outcome.baselines,
        f"{scenario.name}, seed {seed}, {outcome.arrivals.shape[1]} draws from the posterior; "
        "fitted to the filled counts only",
    )
    manifest = {
        "kind": "hindcast",
        "scenario": describe(scenario),
        "seed": seed,
        "members": int(outcome.arrivals.shape[1]),
        "scores": outcome.table.to_dict("index"),
        "coverage": outcome.coverage,
        "provenance": {"versions": versions()},
    }
    with replacing(folder) as partial:
        (partial / "table.md").write_text(show_hindcast(outcome) + "\n", encoding="utf-8", newline="\n")
        write_csv(partial / "arrivals.csv", outcome.arrivals.rename_axis("time").reset_index())
        write_figures({"hindcast": figure}, partial / "figures")
        write_manifest(partial, "hindcast.json", manifest, command)
