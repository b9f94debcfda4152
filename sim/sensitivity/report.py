"""A sensitivity analysis as tables, files and figures."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.results.folder import replacing
from sim.results.outlook import PLANNER_OUTPUTS
from sim.results.provenance import versions
from sim.results.said import short
from sim.results.text import write_csv
from sim.results.words import in_words
from sim.results.write import describe, write_figures, write_manifest
from sim.sensitivity.analyse import CHANCE, REST, Sensitivity
from sim.sensitivity.factors import ties

NAMED = 5
"""Assumptions shown of each output in the table of swings."""

MOST_TIES = 4
"""Pairs of tied numbers that are named."""

STANDS_OUT = 0.05
"""An assumption stands out if its total share of variance is above this even at the low end of its interval."""


def show_sensitivity(outcome: Sensitivity) -> str:
    """Return one line for each output: which assumptions it hangs on, or that the runs can't tell."""
    lines = [f"What {outcome.scenario.name} hangs on (total share of variance ± half-width of its 95% interval)", ""]
    lines += [f"- {PLANNER_OUTPUTS[name].label}: {_sentence(outcome, name)}" for name in outcome.outputs]
    return "\n".join([*lines, "", _how(outcome)])


def markdown(outcome: Sensitivity) -> str:
    """Return what :func:`show_sensitivity` says, and the tables behind it."""
    return "\n\n".join([show_sensitivity(outcome), *_swing_tables(outcome), *_share_tables(outcome)]) + "\n"


def write_sensitivity(outcome: Sensitivity, folder: Path, command: str) -> None:
    """Write ``table.md``, ``screening.csv``, ``swings.csv``, ``variance_shares.csv``, ``sensitivity.json``, figures."""
    from sim.figures.sensitivity import sensitivity_figures

    measures = {name: PLANNER_OUTPUTS[name] for name in outcome.outputs}
    note = (
        f"{outcome.scenario.title} ({outcome.scenario.name}), {outcome.scenario.time.days:g} days, seed {outcome.seed}"
    )
    manifest = {
        "kind": "sensitivity",
        "scenario": describe(outcome.scenario),
        "seed": outcome.seed,
        "outputs": outcome.outputs,
        "plan": vars(outcome.plan),
        "assumptions": {
            factor.path: "posterior of the counts" if factor.calibrated else str(factor.prior)
            for factor in outcome.factors
        },
        "kept": outcome.kept,
        "provenance": {"versions": versions("SALib")},
    }
    with replacing(folder) as partial:
        (partial / "table.md").write_text(markdown(outcome), encoding="utf-8", newline="\n")
        write_csv(partial / "screening.csv", outcome.screening)
        write_csv(partial / "swings.csv", outcome.swings)
        write_csv(partial / "variance_shares.csv", outcome.indices)
        write_figures(sensitivity_figures(outcome.swings, outcome.indices, measures, note), partial / "figures")
        write_manifest(partial, "sensitivity.json", manifest, command)


def _sentence(outcome: Sensitivity, output: str) -> str:
    """Say which assumptions an output hangs on."""
    rows = outcome.indices[outcome.indices["output"] == output].sort_values("total", ascending=False, kind="stable")
    if rows["total"].isna().all():
        return "does not vary"
    clear = rows[rows["total"] - rows["total_error"] > STANDS_OUT]
    named = "; ".join(f"{short(row['assumption'])} {_share(row, 'total')}" for row in clear.to_dict("records"))
    if not named:
        return "these runs can't tell; a larger `--base` may"
    hidden = set(clear["assumption"]) & {REST}
    return named + ("; screening left out something that matters" if hidden else "")


def _how(outcome: Sensitivity) -> str:
    """Say how assumptions were varied, and what that leaves out."""
    n_screened = outcome.screening["assumption"].nunique()
    calibrated = sum(factor.calibrated for factor in outcome.factors)
    days = f"{outcome.scenario.time.days:g} days"
    return (
        f"{n_screened} uncertain numbers screened on {outcome.plan.trajectories} trajectories over {days}, "
        f"{len(outcome.kept)} kept. Each varies independently: {calibrated} of all along their posterior distribution, "
        "the others along their prior, so ties that calibration found between numbers are cut and some combinations "
        f"are ones that the counts speak against{_tied(outcome)}. `{REST}` holds what was not kept, `{CHANCE}` the "
        f"seed. What never came about counts as the whole {days}. All of it is conditional on the model and its "
        "priors; it is no forecast."
    )


def _tied(outcome: Sensitivity) -> str:
    """Name what the leading assumptions are tied to in the posterior, if to anything."""
    leading = set(outcome.swings["assumption"])
    pairs = [pair for pair in ties(outcome.scenario) if leading & set(pair[:2])][:MOST_TIES]
    named = ", ".join(f"{short(a)} with {short(b)} ({rho:+.2f})" for a, b, rho in pairs)
    return f" (tied, by rank correlation: {named})" if named else ""


def _swing_tables(outcome: Sensitivity) -> Iterator[str]:
    for output in outcome.outputs:
        measure = PLANNER_OUTPUTS[output]
        rows = outcome.swings[outcome.swings["output"] == output].head(NAMED)
        lines = [
            f"| {measure.label} ({measure.unit}) | 5% value | 95% value | output at 5% | output at 95% | swing |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        for row in rows.to_dict("records"):
            ends = (in_words(row[key], measure) for key in ("at_low", "at_high", "swing"))
            values = f"{_plain(row['low_value'])} | {_plain(row['high_value'])}"
            lines.append(f"| {short(row['assumption'])} | {values} | {' | '.join(ends)} |")
        yield "\n".join(lines)


def _share_tables(outcome: Sensitivity) -> Iterator[str]:
    for output, rows in outcome.indices.groupby("output", sort=False):
        lines = [
            f"| {PLANNER_OUTPUTS[str(output)].label}: share of variance | by itself | with interactions |",
            "|---|---:|---:|",
            *(
                f"| {short(row['assumption'])} | {_share(row, 'first')} | {_share(row, 'total')} |"
                for row in rows.to_dict("records")
            ),
        ]
        yield "\n".join(lines)


def _plain(value: float) -> str:
    """Write a value of an assumption with three digits.

    >>> _plain(3449.9), _plain(0.05)
    ('3,450', '0.05')
    """
    return f"{float(f'{value:.3g}'):,.12g}"


def _share(row: Mapping[Hashable, Any], key: str) -> str:
    value, error = float(row[key]), float(row[f"{key}_error"])
    return "–" if pd.isna(value) else f"{value:.2f} ± {error:.2f}"
