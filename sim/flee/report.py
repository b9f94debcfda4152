"""A score as files: every camp and day, and the errors."""

from __future__ import annotations

from pathlib import Path

from sim.flee.score import Score
from sim.results.folder import replacing
from sim.results.text import write_csv
from sim.results.write import describe, rounded, write_manifest
from sim.scenario.schema import Scenario

MANIFEST = "score.json"


def write_score(score: Score, scenario: Scenario, seed: int, folder: Path, command: str) -> None:
    """Write ``daily.csv`` and ``score.json`` to ``folder``, whole or not at all."""
    with replacing(folder) as partial:
        write_csv(partial / "daily.csv", score.daily)
        manifest = {"kind": "score", "errors": rounded(score.numbers()), "scenario": describe(scenario), "seed": seed}
        write_manifest(partial, MANIFEST, manifest, command)
