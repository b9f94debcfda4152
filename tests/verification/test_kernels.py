"""The kernel that finds who is due leaves as many gone as asking everybody at every step does."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "benchmarks" / "kernels.py"


def kernels():
    spec = importlib.util.spec_from_file_location("kernels", SOURCE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["Mesa objects", "columns", "events"])
def test_as_many_leave_as_the_hazard_says(name):
    module = kernels()
    n, steps = 3000, 100
    gone = 1.0 - (1.0 - module.HAZARD) ** steps
    spread = (n * gone * (1.0 - gone)) ** 0.5
    assert abs(module.KERNELS[name](n, steps) - n * gone) < 4.0 * spread
