"""The reference case that every draw has to agree with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.evaluation.reference import DAYS, log_likelihood, undecided_after
from sim.scenario.parameters import Decisions, Parameters


@pytest.fixture(scope="module")
def decisions() -> Decisions:
    return Parameters.from_values(sim.load("as_reported").values()).decisions


def test_the_shipped_values_empty_the_territory_in_days(decisions: Decisions) -> None:
    assert undecided_after(decisions) < 0.05


def test_without_frailty_survival_is_exponential(decisions: Decisions) -> None:
    alike = replace(decisions, leave_frailty_variance=0.0)
    drivers = np.log(alike.hr_insecurity) + np.log(alike.hr_threat)
    hazard = alike.leave_base_per_day * np.expm1(drivers) * alike.hr_road_known_open
    assert undecided_after(alike) == pytest.approx(np.exp(-hazard * DAYS))


def test_frailty_leaves_more_behind_and_fear_fewer(decisions: Decisions) -> None:
    assert undecided_after(replace(decisions, leave_frailty_variance=3.0)) > undecided_after(decisions)
    slow = replace(decisions, hr_insecurity=20.0)
    assert undecided_after(slow) > undecided_after(decisions)
    assert log_likelihood(slow) < log_likelihood(decisions) <= 0.0
