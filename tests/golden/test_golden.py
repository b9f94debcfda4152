"""Headline numbers of every shipped scenario. They change only with a line under *Changes results* in the changelog.

Run this file to write them anew: ``python tests/golden/test_golden.py``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from sim.library import shipped_scenarios

GOLDEN = Path(__file__).with_name("summaries.json")
SEED = 1


def summary(name: str) -> dict[str, float | None]:
    found = dict(sim.run(sim.load(name), seed=SEED).summary)
    del found["runtime_s"]
    return found


def test_every_shipped_scenario_has_golden_numbers() -> None:
    assert set(json.loads(GOLDEN.read_text(encoding="utf-8"))) == set(shipped_scenarios())


@pytest.mark.parametrize("name", shipped_scenarios())
def test_golden_numbers(name: str) -> None:
    expected = json.loads(GOLDEN.read_text(encoding="utf-8"))[name]
    found = summary(name)
    assert {key for key, value in found.items() if value is None} == {k for k, v in expected.items() if v is None}
    numbers = {key: value for key, value in expected.items() if value is not None}
    assert {key: found[key] for key in numbers} == pytest.approx(numbers, rel=1e-9)
    assert found.keys() == expected.keys()


if __name__ == "__main__":
    numbers = {name: summary(name) for name in shipped_scenarios()}
    GOLDEN.write_text(json.dumps(numbers, indent=2, sort_keys=True) + "\n", encoding="utf-8")
