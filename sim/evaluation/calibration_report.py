"""A calibration as tables, files and figures: what the counts hang on, told, and cannot separate."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd

from sim.ensemble.posterior import CORE_LINE, correlations, data_hash, identified, write_posterior
from sim.evaluation.calibrate import Posterior
from sim.evaluation.counts import Counts
from sim.evaluation.screening import kept
from sim.results.folder import replacing
from sim.results.provenance import versions
from sim.results.text import markdown, number, write_csv
from sim.results.write import describe, write_figures, write_manifest
from sim.scenario.schema import Scenario

TOLD = 0.1
"""Narrowing of the middle half below which the counts are said to tell nothing."""

TIED = 0.4
"""Rank correlation from which two numbers are said to be tied."""


def show_calibration(scenario: Scenario, screened: pd.DataFrame, posterior: Posterior) -> str:
    """Return what was learned as Markdown."""
    core = kept(screened)
    found = identified(posterior.draws, scenario.priors(), core)
    silent = [short(path) for path in found.loc[found["narrowed"] < TOLD, "assumption"]]
    return "\n\n".join(
        [
            f"{len(core)} of {len(screened)} uncertain numbers move arrivals at the hours of the counts; all were "
            f"sampled: {len(posterior.draws)} draws, {len(posterior.temperatures) - 1} temperatures, acceptance "
            f"{min(posterior.acceptance):.0%} to {max(posterior.acceptance):.0%}.",
            _told(found, screened),
            f"Of these the counts narrow hardly at all: {', '.join(silent)}." if silent else "The counts narrow all.",
            "What one curve cannot separate (rank correlations in the posterior):",
            _tied(correlations(posterior.draws, core)),
        ]
    )


def short(path: str) -> str:
    """Return a path without its group."""
    return path.removeprefix("parameters.").removeprefix("interventions.").removeprefix("shocks.")


def _told(found: pd.DataFrame, screened: pd.DataFrame) -> str:
    effect = screened.set_index("assumption")["persons"]
    rows = [
        (
            short(row["assumption"]),
            number(effect[row["assumption"]]),
            f"{number(row['prior_05'])} to {number(row['prior_95'])}",
            f"{number(row['posterior_05'])} to {number(row['posterior_95'])}",
            number(row["posterior_50"]),
            f"{row['narrowed']:.0%}",
        )
        for row in found.to_dict("records")
    ]
    return markdown(
        ("number", "effect [persons]", "prior, 90%", "posterior, 90%", "median", "narrowed"), "lrrrrr", rows
    )


def _tied(table: pd.DataFrame) -> str:
    values = table.to_numpy(dtype=float)
    names = [short(str(path)) for path in table.columns]
    pairs = [(a, b, float(values[a, b])) for a, b in combinations(range(len(names)), 2) if abs(values[a, b]) >= TIED]
    if not pairs:
        return f"None of {TIED:g} or more."
    pairs.sort(key=lambda pair: -abs(pair[2]))
    return markdown(("", "", "correlation"), "llr", [(names[a], names[b], f"{value:+.2f}") for a, b, value in pairs])


def write_calibration(
    folder: Path,
    scenario: Scenario,
    counts: Counts,
    screened: pd.DataFrame,
    posterior: Posterior,
    seed: int,
    command: str,
) -> None:
    """Write the posterior with what it saw, the screening, correlations, table and figures to ``folder``."""
    from sim.figures.posterior import posterior_figure

    core = kept(screened)
    header = {
        "posterior of": f"every uncertain number of {scenario.name}, one column each",
        "scenario": f"{scenario.name}, priors of hash {scenario.hash()[:16]}",
        "data": f"{counts.file.parent.name}/{counts.file.name}, {len(counts.persons)} counts up to {counts.times[-1]}",
        "data_sha256": data_hash(counts.file),
        "method": f"sequential Monte Carlo, {len(posterior.draws)} particles, "
        f"{len(posterior.temperatures) - 1} temperatures",
        "command": command,
        CORE_LINE.strip("# :"): " ".join(core),
    }
    found = identified(posterior.draws, scenario.priors(), core)
    ties = correlations(posterior.draws, core)
    figure = posterior_figure(found, ties, f"{scenario.name}, seed {seed}, {len(posterior.draws)} draws")
    manifest = {
        "kind": "calibrate",
        "scenario": describe(scenario),
        "seed": seed,
        "particles": len(posterior.draws),
        "temperatures": posterior.temperatures,
        "acceptance": posterior.acceptance,
        "data": header["data"],
        "data_sha256": header["data_sha256"],
        "core": core,
        "provenance": {"versions": versions()},
    }
    with replacing(folder) as partial:
        write_posterior(posterior.draws, partial / "posterior.csv", header)
        write_csv(partial / "screening.csv", screened)
        write_csv(partial / "identified.csv", found)
        write_csv(partial / "correlations.csv", ties.rename_axis("assumption").reset_index())
        text = show_calibration(scenario, screened, posterior)
        (partial / "table.md").write_text(text + "\n", encoding="utf-8", newline="\n")
        write_figures({"posterior": figure}, partial / "figures")
        write_manifest(partial, "calibrate.json", manifest, command)


def write_conditioned(
    folder: Path, scenario: Scenario, early: pd.DataFrame, posterior: Posterior, seed: int, command: str
) -> None:
    """Write draws conditioned on early counts of displaced persons, with what they saw, to ``folder``."""
    n, temperatures = len(posterior.draws), len(posterior.temperatures) - 1
    header = {
        "conditioned draws of": f"every uncertain number of {scenario.name}, one column each",
        "scenario": f"{scenario.name}, priors of hash {scenario.hash()[:16]}",
        "rows kept whole": f"of {scenario.posterior}",
        "data": f"counts/fit, {len(early)} counts up to {early['when'].max():%Y-%m-%d}",
        "method": f"sequential Monte Carlo, {n} particles, {temperatures} temperatures",
        "command": command,
    }
    manifest = {
        "kind": "condition",
        "scenario": describe(scenario),
        "seed": seed,
        "particles": n,
        "temperatures": posterior.temperatures,
        "acceptance": posterior.acceptance,
        "data": header["data"],
        "provenance": {"versions": versions()},
    }
    with replacing(folder) as partial:
        write_posterior(posterior.draws, partial / "posterior.csv", header)
        write_manifest(partial, "calibrate.json", manifest, command)
