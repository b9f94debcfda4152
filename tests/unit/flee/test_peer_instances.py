"""FLEE's own instances, where they are at hand: the measure meets the published table, and Corridor meets its mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.flee.convert import read_scenario
from sim.flee.score import Score, score
from sim.model.run import run

ROOT = Path(__file__).parents[3]
FOLDERS = [path / "peers" / "flee" for path in (ROOT / "shared", ROOT.parent / "shared", ROOT.parents[1] / "shared")]
PEER = next((path for path in FOLDERS if path.is_dir()), None)
pytestmark = pytest.mark.skipif(PEER is None, reason="the four instances aren't at hand; they are not shipped")

TABLE = {
    "mali2012": (0.314, 0.168, 0.398, 0.11),
    "burundi2015": (0.467, 0.337, 0.363, 0.29),
    "car2013": (0.362, 0.373, 0.918, 0.24),
    "ssudan2013": (0.544, 0.423, 0.824, 0.45),
}
"""Instance → rescaled ARD of FLEE, of the capacity split and of frozen shares as measured elsewhere, and our limit."""


def played(name: str) -> Score:
    assert PEER is not None
    scenario = read_scenario(PEER / name)
    return score(scenario, run(scenario, 1).dataset)


@pytest.mark.parametrize("name", TABLE)
def test_measure_and_mark(name: str) -> None:
    flee, capacity, frozen, limit = TABLE[name]
    found = played(name)
    assert found.capacity == pytest.approx(capacity, abs=0.0015)
    assert found.frozen == pytest.approx(frozen, abs=0.004)
    assert found.rescaled < limit < flee
