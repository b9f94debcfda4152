"""The hindcast as a table, files and a figure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from sim.evaluation.hindcast import Hindcast
from sim.results.folder import replacing
from sim.results.provenance import versions
from sim.results.text import markdown, number, write_csv
from sim.results.write import describe, write_figures, write_manifest
from sim.scenario.schema import Scenario


def show_hindcast(outcome: Hindcast) -> str:
    """Return the scores as Markdown tables with what they rest on."""
    members = outcome.arrivals.shape[1]
    inside = ", ".join(f"{share:.0%} of them in the {name} interval" for name, share in outcome.coverage.items())
    return "\n\n".join(
        [
            f"Mean absolute error [persons]; fitted to {len(outcome.fit.persons)} counts up to "
            f"{outcome.fit.times[-1]:%d %B %Y %H:%M}, {len(outcome.score.persons)} later counts held back; "
            f"{members} draws",
            _scores(outcome.table),
            f"Held-back counts: {inside}, the counts' own error included. They lie on one curve and are far from "
            "independent, so these shares are those of a few independent counts.",
            "Predicted beside arrivals, nothing of it fitted:",
            _others(outcome.others),
            "Planning figures of the day against the last count:",
            _planners(outcome.planners),
        ]
    )


def _scores(table: pd.DataFrame) -> str:
    rows = [
        (
            name,
            f"{row.mae_fitted_counts:,.0f}",
            f"{row.mae_later_counts:,.0f}",
            f"{row.relative_later_counts:.1%}",
            f"{row.crps_later_counts:,.0f}",
        )
        for name, row in table.iterrows()
    ]
    return markdown(("curve", "seen counts", "held-back counts", "relative", "CRPS"), "lrrrr", rows)


def _others(table: pd.DataFrame) -> str:
    verdicts = {True: "yes", False: "no", None: ""}
    rows = [
        (
            row["what"],
            row["when"],
            row["unit"],
            number(row["reported"]),
            number(row["median"]),
            f"{number(row['low'])} to {number(row['high'])}",
            verdicts[row["inside"]],
            row["source_id"],
        )
        for row in table.to_dict("records")
    ]
    heads = ("what", "local time", "unit", "reported", "median", "90% interval", "inside", "source")
    return markdown(heads, "lllrrrll", rows)


def _planners(table: pd.DataFrame) -> str:
    rows = [
        (
            row["date"],
            f"{row['who']}: {row['statement']}",
            f"{row['persons']:,.0f}",
            f"{row['came']:,.0f}",
            f"{row['relative_error']:+.0%}",
        )
        for row in table.to_dict("records")
    ]
    return markdown(("date", "who", "persons", "came", "error"), "llrrr", rows)


def write_hindcast(outcome: Hindcast, folder: Path, scenario: Scenario, seed: int, command: str) -> None:
    """Write ``table.md``, ``predicted.csv``, members' ``arrivals.csv``, ``hindcast.json`` and the figure."""
    from sim.figures.hindcast import hindcast_figure, predicted_figure

    drawn = f"{scenario.name}, seed {seed}, {outcome.arrivals.shape[1]} draws from the posterior"
    figure = hindcast_figure(
        pd.Series(outcome.fit.persons, outcome.fit.times),
        pd.Series(outcome.score.persons, outcome.score.times),
        outcome.arrivals.index.to_numpy(),
        outcome.quantiles(),
        outcome.fit.times[-1],
        outcome.baselines,
        f"{drawn}; fitted to the filled counts only",
    )
    figures = {"hindcast": figure}
    if outcome.others["reported"].notna().any():
        figures["predicted"] = predicted_figure(outcome.others, f"{drawn}; nothing here was fitted")
    manifest = {
        "kind": "hindcast",
        "scenario": describe(scenario),
        "seed": seed,
        "members": int(outcome.arrivals.shape[1]),
        "scores": outcome.table.to_dict("index"),
        "coverage": outcome.coverage,
        "planners": outcome.planners.to_dict("records"),
        "provenance": {"versions": versions()},
    }
    with replacing(folder) as partial:
        (partial / "table.md").write_text(show_hindcast(outcome) + "\n", encoding="utf-8", newline="\n")
        write_csv(partial / "predicted.csv", outcome.others)
        write_csv(partial / "arrivals.csv", outcome.arrivals.rename_axis("time").reset_index())
        write_figures(figures, partial / "figures")
        write_manifest(partial, "hindcast.json", manifest, command)
