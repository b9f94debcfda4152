"""The calibrated model against the counts of 2023 that its calibration has not seen."""

from __future__ import annotations

import pytest

import sim
from sim.evaluation.hindcast import Hindcast, hindcast


@pytest.fixture(scope="module")
def outcome() -> Hindcast:
    return hindcast(sim.load("as_reported"), members=24, seed=1, workers=2)


def test_fitting_and_scoring_counts_do_not_overlap(outcome: Hindcast) -> None:
    assert len(outcome.fit.persons) == 10
    assert outcome.fit.times.max() < outcome.score.times.min()


def test_seen_counts_are_met_better_than_by_a_constant_rate(outcome: Hindcast) -> None:
    errors = outcome.table["mae_fitted_counts"]
    assert errors["model (median)"] < errors["constant-rate server"]


def test_unseen_counts_are_met_better_than_by_fitted_curves(outcome: Hindcast) -> None:
    errors = outcome.table["mae_later_counts"]
    assert errors["model (median)"] < errors["constant-rate server"]
    assert errors["model (median)"] < errors["logistic"]


def test_the_wide_interval_holds_most_unseen_counts(outcome: Hindcast) -> None:
    assert outcome.coverage["90%"] >= 0.75
    assert outcome.coverage["50%"] <= outcome.coverage["90%"]
