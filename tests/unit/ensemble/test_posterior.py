"""What a posterior says of what the counts told, and the folder that a calibration leaves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.ensemble import posterior as posterior_module
from sim.ensemble.posterior import core_of, correlations, identified, read_posterior
from sim.evaluation.calibrate import Posterior
from sim.evaluation.calibration_report import show_calibration, write_calibration
from sim.evaluation.counts import fitting_counts
from sim.results.folder import read_manifest
from sim.scenario.load import load
from sim.scenario.uncertain import values_of

CAPACITY, INSECURITY, SEATS = (
    "parameters.checkpoint_full_per_hour",
    "parameters.hr_insecurity",
    "parameters.vehicle_seats",
)
CORE = (CAPACITY, INSECURITY, SEATS)


@pytest.fixture
def draws() -> pd.DataFrame:
    """Return draws of which capacity was narrowed and tied to insecurity, and seats were left at their prior."""
    priors = load("as_reported").priors()
    shares = (np.arange(400) + 0.5) / 400
    narrow = 0.45 + 0.1 * shares
    mixed = np.random.default_rng(0).permutation(shares)
    columns = {CAPACITY: narrow, INSECURITY: narrow[::-1], SEATS: mixed}
    return pd.DataFrame({path: values_of(priors[path], path, column) for path, column in columns.items()})


def test_narrowing_and_ties_are_those_that_were_planted(draws: pd.DataFrame) -> None:
    found = identified(draws, load("as_reported").priors(), CORE).set_index("assumption")
    assert found.loc[CAPACITY, "narrowed"] > 0.8
    assert found.loc[SEATS, "narrowed"] == pytest.approx(0.0, abs=0.05)
    ties = correlations(draws, CORE)
    assert ties.loc[CAPACITY, INSECURITY] == pytest.approx(-1.0)
    assert abs(ties.loc[CAPACITY, SEATS]) < 0.15


def test_a_calibration_leaves_its_posterior_with_what_it_saw(
    draws: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario, counts = load("as_reported"), fitting_counts("karabakh_2023")
    screened = pd.DataFrame({"assumption": CORE, "persons": [900.0, 300.0, 40.0], "share": 0.3, "kept": True})
    outcome = Posterior(draws, np.zeros(len(draws)), (0.0, 1.0), (0.3, 0.5))
    text = show_calibration(scenario, screened, outcome)
    assert "hardly at all: vehicle_seats" in text
    assert "| checkpoint_full_per_hour | hr_insecurity | -1.00 |" in text
    write_calibration(tmp_path / "made", scenario, counts, screened, outcome, 3, "corridor calibrate")
    manifest = read_manifest(tmp_path / "made")
    assert manifest is not None
    assert manifest["core"] == list(CORE)
    assert json.loads((tmp_path / "made" / "calibrate.json").read_text())["data_sha256"] == manifest["data_sha256"]
    monkeypatch.setattr(posterior_module, "seeds_folder", lambda: tmp_path)
    assert core_of("made/posterior.csv") == CORE
    assert read_posterior("made/posterior.csv")[SEATS].to_numpy() == pytest.approx(draws[SEATS].to_numpy(), rel=1e-5)
    assert (tmp_path / "made" / "figures" / "posterior.png").stat().st_size > 5000
