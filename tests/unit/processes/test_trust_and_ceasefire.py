"""Ceasefires that collapse, missions that are late or shut out, roadmaps that fail."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from sim.model.displacement import DisplacementModel
from sim.model.run import run
from sim.processes.ceasefire import collapse_hazard
from sim.results.result import Result
from sim.scenario.load import load
from sim.scenario.parameters import ASSURANCES, Parameters

SMALL = {"parameters.residents_total": 3000, "time.days": 90, "time.step_minutes": 360}
CALM, UNSETTLED, CEASEFIRE, OFFENSIVE = range(4)
SAFE_STEPS = {f"interventions.roadmap.milestones.{n}.failure_probability": 0.0 for n in range(1, 6)}
ON_TIME = {f"interventions.roadmap.milestones.{n}.late_days_mean": 0.0 for n in range(1, 6)}


def played(name: str, changes: dict[str, object] | None = None, seed: int = 1) -> Result:
    return run(load(name, {**SMALL, **(changes or {})}), seed)


def test_the_hazard_of_collapse_is_what_the_formula_says() -> None:
    changes = {"hr_violations_collapse": 4.0, "hr_monitors_collapse": 0.8, "hr_peacekeepers_collapse": 0.4}
    p = Parameters.from_values(load("base").values() | changes | {"ceasefire_collapse_per_day": 0.001}).violence
    assert collapse_hazard(p, 0.0, 0.0, 0.0) == pytest.approx(0.001)
    assert collapse_hazard(p, 1e9, 1.0, 1.0) == pytest.approx(0.001 * 4.0 * 0.8 * 0.4)
    assert collapse_hazard(p, np.log(2), 0.5, 0.0) == pytest.approx(0.001 * 2.0 * 0.8**0.5)


def test_phases_follow_one_another() -> None:
    phases = played("renewed_hostilities", {"parameters.ceasefire_collapse_per_day": 0.0}).dataset["phase"].to_numpy()
    order = phases[np.flatnonzero(np.diff(phases, prepend=-1))].tolist()
    assert order == [CALM, OFFENSIVE, CEASEFIRE, OFFENSIVE, UNSETTLED]


def test_a_ceasefire_that_collapses_brings_fighting_of_the_length_given_and_no_ceasefire_after() -> None:
    changes = {"parameters.ceasefire_collapse_per_day": 0.05, "parameters.renewed_fighting_days": 5.0}
    data = played("ceasefire", changes).dataset
    phases = data["phase"].to_numpy()
    order = phases[np.flatnonzero(np.diff(phases, prepend=-1))].tolist()
    assert order == [CALM, OFFENSIVE, CEASEFIRE, OFFENSIVE, UNSETTLED]
    second = np.flatnonzero(phases == OFFENSIVE)[4:]
    assert second.size == 5 * 4
    kept = data["assurance_credibility"].sel(assurance="ceasefire_kept").to_numpy()
    assert kept[second[0] - 1] > 0
    assert (kept[second[0] + 1 :] == 0).all()


def test_a_lower_hazard_never_brings_the_collapse_forward() -> None:
    def first_collapse(per_day: float, seed: int) -> float:
        changes = {"parameters.ceasefire_collapse_per_day": per_day, "parameters.incidents_unsettled_per_day": 0.05}
        phases = played("ceasefire", changes, seed).dataset["phase"].to_numpy()
        again = np.flatnonzero((phases == OFFENSIVE) & (np.arange(phases.size) > 10))
        return float(again[0]) if again.size else np.inf

    for seed in range(4):
        assert first_collapse(0.01, seed) >= first_collapse(0.05, seed)


def test_armies_are_held_back_less_by_peacekeepers_than_others_are() -> None:
    at_once = {"kind": "peacekeepers", "id": "helmets", "start": "2023-09-19T00:00:00+04:00"}
    base = load("ceasefire", {**SMALL, "time.days": 2, "parameters.excitation_share": 0.0})
    with_them = base.with_intervention(at_once)
    found = {share: run(with_them.vary({"parameters.peacekeepers_government_share": share}), 1) for share in (0.0, 1.0)}
    incidents = {share: int(r.dataset["incidents_cumulative"].isel(time=-1).sum()) for share, r in found.items()}
    without = int(run(base, 1).dataset["incidents_cumulative"].isel(time=-1).sum())
    assert incidents[1.0] < 0.7 * incidents[0.0]
    assert incidents[0.0] == pytest.approx(without, rel=0.05)


def test_monitors_arrive_late_are_kept_out_of_villages_and_leave() -> None:
    result = played("monitoring_late", {"time.days": 100})
    cover = result.dataset["mission_coverage"].sel(mission="monitors").max("settlement")
    rural = result.dataset["mission_coverage"].sel(mission="monitors", settlement="Martuni")
    assert float(cover.sel(time="2023-10-07").max()) == 0
    assert float(cover.sel(time="2023-10-30").max()) == pytest.approx(0.8)
    assert float(rural.sel(time="2023-10-30").max()) == 0
    assert float(rural.sel(time="2023-11-20").max()) == pytest.approx(0.4)
    gone = result.dataset.sel(time=slice("2023-12-16", None))
    assert float(gone["mission_coverage"].sel(mission="monitors").max()) == 0
    assert float(gone["assurance_credibility"].sel(assurance="monitors").max()) == 0


def test_a_mission_that_leaves_costs_belief_in_the_rest() -> None:
    leaves = played("monitoring_late", {"time.days": 95, "parameters.credibility_loss_departure": 0.5})
    stays = played("monitoring_late", {"time.days": 95, "parameters.credibility_loss_departure": 0.0})
    last = [r.dataset["assurance_credibility"].isel(time=-1).sel(assurance="legal_rights") for r in (leaves, stays)]
    assert float(last[0]) < 0.8 * float(last[1])


def test_a_step_given_up_costs_belief_in_the_whole_plan() -> None:
    fails = {**SAFE_STEPS, **ON_TIME, "interventions.roadmap.milestones.2.failure_probability": 1.0}
    failed = played("roadmap_not_believed", fails).dataset
    kept = played("roadmap_not_believed", {**SAFE_STEPS, **ON_TIME}).dataset
    row = {"assurance": "renouncing_force"}
    for when, same in (("2023-10-10", True), ("2023-10-20", False)):
        pair = [float(data["assurance_credibility"].sel(row).sel(time=when).isel(time=0)) for data in (failed, kept)]
        assert (pair[0] == pytest.approx(pair[1])) == same
    assert float(failed["assurance_credibility"].sel(assurance="amnesty").max()) == 0


def test_a_step_that_is_late_comes_into_force_later() -> None:
    late = {**SAFE_STEPS, **ON_TIME, "interventions.roadmap.milestones.2.late_days_mean": 40.0}
    delayed = played("roadmap_not_believed", late).dataset
    on_time = played("roadmap_not_believed", {**SAFE_STEPS, **ON_TIME}).dataset

    def first(data: xr.Dataset) -> int:
        believed = data["assurance_credibility"].sel(assurance="amnesty").to_numpy() > 0
        return int(believed.argmax()) if believed.any() else believed.size  # past the horizon

    assert 4 * (14 + 2) <= first(on_time) <= 4 * (14 + 2) + 2
    assert first(delayed) > first(on_time)


def test_belief_is_lost_faster_than_it_is_regained() -> None:
    p = load("base").values()
    lost_at_once = p["credibility_loss_per_violation"]
    days_to_regain = -p["credibility_gain_days"] * np.log(1 - lost_at_once)
    assert days_to_regain > 7
    assert "autonomy" in ASSURANCES


def test_what_ended_is_forgiven_in_time_whatever_else_is_in_force() -> None:
    start = "2023-09-19T00:00:00+04:00"
    base = load("base")
    bare = base.without(*(action.id for _, action in base.actions())).vary({**SMALL, "time.days": 40})
    ended = {"kind": "assurance", "id": "rights", "assurance": "legal_rights", "start": start, "strength": 1.0}
    lasting = {"kind": "assurance", "id": "pardon", "assurance": "amnesty", "start": start, "strength": 1.0}
    alone = bare.with_intervention({**ended, "end": "2023-09-24T00:00:00+04:00"})
    standing = []
    for scenario in (alone, alone.with_intervention(lasting)):
        model = DisplacementModel(scenario, 1)
        for _ in range(30 * 4):
            model.step()
        standing.append(model.guarantees.standing[ASSURANCES.index("legal_rights")])
    assert standing[0] == pytest.approx(standing[1])
    assert (standing[0] > 1.0 - bare.values()["credibility_loss_departure"]).all()
