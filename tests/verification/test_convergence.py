"""Runs with steps of a quarter of an hour to a day agree within what docs/odd.md states of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = 15


@pytest.fixture(scope="module")
def convergence() -> ModuleType:
    spec = importlib.util.spec_from_file_location("convergence", ROOT / "benchmarks" / "convergence.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(convergence: ModuleType) -> dict[int, dict[str, float]]:
    return {step: convergence.measured("as_reported", step, 1) for step in (REFERENCE, 60, 180, 360, 1440)}


@pytest.mark.parametrize(
    ("step", "arrived_share", "half_hours", "queue_share"),
    [(60, 0.005, 2, 0.02), (180, 0.01, 3, 0.12), (360, 0.03, 4, 0.3)],
)
def test_steps_agree(
    step: int, arrived_share: float, half_hours: float, queue_share: float, found: dict[int, dict[str, float]]
) -> None:
    run, fine = found[step], found[REFERENCE]
    assert run["arrived_day_10"] == pytest.approx(fine["arrived_day_10"], rel=arrived_share)
    assert run["half_arrived"] == pytest.approx(fine["half_arrived"], abs=half_hours)
    assert run["peak_queue"] == pytest.approx(fine["peak_queue"], rel=queue_share)


def test_a_day_is_too_long_a_step_for_a_queue_but_tells_who_came(found: dict[int, dict[str, float]]) -> None:
    day, fine = found[1440], found[REFERENCE]
    assert day["peak_queue"] < 0.2 * fine["peak_queue"]
    assert day["arrived_day_10"] == pytest.approx(fine["arrived_day_10"], rel=0.06)
    assert day["half_arrived"] == pytest.approx(fine["half_arrived"], abs=6.0)


def test_the_error_of_the_queue_grows_with_the_step(found: dict[int, dict[str, float]]) -> None:
    off = [abs(found[step]["peak_queue"] - found[REFERENCE]["peak_queue"]) for step in (60, 180, 360, 1440)]
    assert off == sorted(off)
