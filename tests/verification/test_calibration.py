"""Calibration finds parameters that are known, and never opens the counts that are kept for scoring."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import ScenarioError
from sim.evaluation.calibrate import calibrate
from sim.evaluation.counts import Counts
from sim.evaluation.screening import kept, screening
from sim.evaluation.simulate import arrivals_at
from sim.scenario.load import load
from sim.scenario.schema import Scenario

ROOT = Path(__file__).parents[2]
START = "2023-09-19T00:00:00+04:00"
CAPACITY, DECISION = "parameters.checkpoint_full_per_hour", "parameters.leave_base_per_day"
TRUTH = {CAPACITY: 10.0, DECISION: 0.0015}
SEED = 2
"""Of counts and calibration alike: which households leave early is not what the fit has to find out."""
PRIORS = {
    CAPACITY: {"kind": "lognormal", "median": 16.0, "p025": 4.0, "p975": 64.0},
    DECISION: {"kind": "lognormal", "median": 0.001, "p025": 0.0003, "p975": 0.003},
}


def small_territory() -> Scenario:
    """Return a territory of 1,500 whose road is open from the start, in which two numbers are uncertain."""
    reported = load("as_reported")
    bare = reported.without(*(action.id for _, action in reported.actions())).vary(
        {
            "time.days": 2.0,
            "time.step_minutes": 180,
            "parameters.residents_total": 1500.0,
            "parameters.checkpoint_initial_per_hour": 5.0,
            "parameters.checkpoint_ramp_hours": 6.0,
            "parameters.night_capacity_share": 1.0,
            "parameters.news_delay_hours": 1.0,
            "parameters.fuelled_share": 1.0,
            "parameters.crossing_noise_share": 0.05,
            **{f"{path}.prior": prior for path, prior in PRIORS.items()},
        }
    )
    known = {"prior": None, "basis": "reported"}
    parameters = {
        name: parameter if f"parameters.{name}" in PRIORS else parameter.model_copy(update=known)
        for name, parameter in bare.parameters.items()
    }
    certain = bare.model_copy(update={"parameters": parameters, "posterior": None})
    control = {"kind": "control_change", "id": "control", "start": START}
    road = {"kind": "corridor_open", "id": "road", "start": START}
    return certain.with_shock(control).with_intervention(road)


def counted(scenario: Scenario) -> Counts:
    """Return what would have been counted every six hours if the truth were the truth, give or take 25 persons."""
    hours = np.arange(6.0, 43.0, 6.0)
    persons = arrivals_at(scenario.vary({"parameters.crossing_noise_share": 0.0, **TRUTH}), hours, SEED)
    times = pd.Timestamp("2023-09-19") + pd.to_timedelta(hours, unit="h")
    return Counts(pd.DatetimeIndex(times), persons, np.full(hours.size, 25.0), Path("made up"))


def test_known_parameters_are_found() -> None:
    scenario = small_territory()
    assert set(scenario.priors()) == set(TRUTH)
    reached: list[float] = []
    outcome = calibrate(
        scenario, counted(scenario), core=tuple(TRUTH), particles=20, seed=SEED, progress=reached.append
    )
    assert reached == list(outcome.temperatures[1:])
    assert reached[-1] == 1.0
    assert (np.diff(outcome.temperatures) > 0.0).all()
    for path, value in TRUTH.items():
        low, high = outcome.draws[path].quantile([0.025, 0.975])
        assert low <= value <= high, path
    prior = np.log([PRIORS[CAPACITY]["p025"], PRIORS[CAPACITY]["p975"]])
    posterior = np.log(outcome.draws[CAPACITY].quantile([0.025, 0.975]))
    assert np.ptp(posterior) < 0.5 * np.ptp(prior)


def test_screening_keeps_what_arrivals_hang_on_and_nothing_else() -> None:
    scenario = small_territory()
    idle = {"kind": "lognormal", "median": 2.0, "p025": 0.5, "p975": 8.0}
    with_idle = scenario.vary({"parameters.hr_return_threat.prior": idle})
    screened = screening(with_idle, counted(scenario), trajectories=2, seed=SEED)
    assert set(kept(screened)) == set(TRUTH)
    assert screened.set_index("assumption").loc["parameters.hr_return_threat", "persons"] == 0.0
    assert screened["share"].sum() == pytest.approx(1.0)


def test_a_number_without_a_prior_cannot_be_fitted() -> None:
    with pytest.raises(ScenarioError, match="abroad_share"):
        calibrate(small_territory(), counted(small_territory()), core=("parameters.abroad_share",), particles=2)


WATCHED = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from sim.evaluation.calibrate import calibrate
from sim.evaluation.counts import fitting_counts
from sim.evaluation.screening import kept, screening
from sim.scenario.load import load
scenario = load("as_reported").vary({"parameters.residents_total": 200.0, "time.step_minutes": 720})
counts = fitting_counts(scenario.place.dataset)
screened = screening(scenario, counts, trajectories=2)
outcome = calibrate(scenario, counts, core=kept(screened), particles=2)
names = [name.replace(chr(92), "/") for name in opened]
assert len(outcome.draws) == 2
assert any("counts/fit" in name for name in names), "the hook sees what is opened"
print(sorted({name for name in names if "counts/score" in name}))
"""


def test_calibration_never_opens_the_counts_for_scoring() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
