"""A score as files: every camp and day, the errors, and a figure."""

from __future__ import annotations

from pathlib import Path

from sim.figures.destinations import by_destination
from sim.figures.style import CAUTION
from sim.flee.score import Score
from sim.results.folder import replacing
from sim.results.text import write_csv
from sim.results.write import describe, rounded, write_figures, write_manifest
from sim.scenario.schema import Scenario

MANIFEST = "score.json"


def write_score(score: Score, scenario: Scenario, seed: int, folder: Path, command: str) -> None:
    """Write ``daily.csv``, ``score.json`` and a figure to ``folder``, whole or not at all."""
    with replacing(folder) as partial:
        write_csv(partial / "daily.csv", score.daily)
        heading = f"Rescaled ARD {score.rescaled:.3f}: persons in destinations"
        note = f"Scenario: {scenario.title} ({scenario.name}) · seed {seed} · {CAUTION}"
        write_figures({"destinations": by_destination(score.daily, heading, note)}, partial / "figures")
        manifest = {"kind": "score", "errors": rounded(score.numbers()), "scenario": describe(scenario), "seed": seed}
        write_manifest(partial, MANIFEST, manifest, command)
