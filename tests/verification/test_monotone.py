"""More of what helps never means less of what it helps with, run by run, on common random numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.model.run import run
from sim.scenario.load import load
from sim.scenario.schema import Scenario

ONE_WAY = {
    "time.days": 12.0,
    "parameters.residents_total": 6000.0,
    "parameters.return_base_per_day": 0.0,
    "parameters.transit_deaths_per_million_person_hours": 0.0,
    "parameters.incidents_offensive_per_day": 0.0,
    "parameters.incidents_unsettled_per_day": 0.0,
    "parameters.checkpoint_initial_per_hour": 2.0,
    "parameters.checkpoint_full_per_hour": 14.0,
    "parameters.hr_deprivation": 1.0,
    "parameters.hr_service_loss": 1.0,
    "parameters.queue_tolerance_hours": 1e6,
}
"""Nobody comes back, dies or holds back, and what lorries bring in by the same crossing keeps nobody at home."""
REPORTED = load("as_reported").without("fuel_depot_explosion").vary(ONE_WAY)
ON_THEIR_OWN = REPORTED.without("buses", "buses_first")


def curves(scenario: Scenario, path: str, values: list[Any], seed: int, name: str) -> list[np.ndarray]:
    return [run(scenario.vary({path: value}), seed).dataset[name].to_numpy() for value in values]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("parameters.checkpoint_full_per_hour", [7.0, 14.0, 15.0, 40.0]),
        ("parameters.checkpoint_initial_per_hour", [1.0, 2.0, 6.0]),
        ("parameters.night_capacity_share", [0.2, 0.7, 1.0]),
        ("interventions.corridor_opens.strength", [0.3, 0.7, 1.0]),
    ],
)
def test_more_capacity_never_means_fewer_arrivals_or_a_longer_wait(path: str, values: list[float], seed: int) -> None:
    runs = [run(ON_THEIR_OWN.vary({path: value}), seed).dataset for value in values]
    for less, more in pairwise(runs):
        arrived = [data.arrivals_cumulative.to_numpy() for data in (less, more)]
        assert (arrived[1] >= arrived[0]).all()
        assert (more.queue_vehicles.to_numpy() <= less.queue_vehicles.to_numpy()).all()
    reached = [int(data.arrivals_cumulative.sum()) for data in runs]
    assert reached[0] < reached[-1]
    persons = np.linspace(50, int(runs[0].arrivals_cumulative[-1]), 40)
    hours = [np.searchsorted(data.arrivals_cumulative.to_numpy(), persons) for data in runs]
    assert all((later >= sooner).all() for later, sooner in pairwise(hours)), "each comes no later"


@pytest.mark.parametrize("seed", [0, 1])
def test_a_road_that_opens_later_means_no_vehicle_comes_sooner(seed: int) -> None:
    openings = ["2023-09-24T14:00:00+04:00", "2023-09-25T02:00:00+04:00", "2023-09-26T14:00:00+04:00"]
    still = ON_THEIR_OWN.vary({"parameters.crossing_noise_share": 0.0, "parameters.night_capacity_share": 1.0})
    found = curves(still, "interventions.corridor_opens.start", openings, seed, "vehicles_crossed_cumulative")
    assert all((sooner >= later).all() for sooner, later in pairwise(found))


@pytest.mark.parametrize("seed", [3])
def test_more_petrol_never_means_fewer_vehicles_over_the_crossing(seed: int) -> None:
    for path, values in (
        ("interventions.free_petrol.tonnes", [0.5, 3.0, 260.0]),
        ("interventions.free_petrol.stations", [1, 2, 20]),
        ("parameters.fuelled_share", [0.0, 0.3, 1.0]),
    ):
        slow = ON_THEIR_OWN.vary({"parameters.station_vehicles_per_hour": 2.0})
        vehicles = curves(slow, path, values, seed, "vehicles_crossed_cumulative")
        assert all((more >= less - 1e-9).all() for less, more in pairwise(vehicles)), path
        assert vehicles[0][-1] < vehicles[-1][-1], path


@pytest.mark.parametrize("seed", [0, 1])
def test_more_buses_never_mean_that_people_come_later(seed: int) -> None:
    wide = {
        "parameters.checkpoint_initial_per_hour": 1e5,
        "parameters.checkpoint_full_per_hour": 1e5,
        "parameters.ride_share_probability": 0.0,
        "parameters.residents_total": 12_000.0,
    }
    found = curves(REPORTED.vary(wide), "interventions.buses_first.n_buses", [1, 2, 5, 40], seed, "arrivals_cumulative")
    assert all((more >= less).all() for less, more in pairwise(found))
    assert found[0].sum() < found[-1].sum()


@pytest.mark.parametrize("seed", [3])
def test_less_fighting_never_means_more_incidents(seed: int) -> None:
    fighting = load("renewed_hostilities").vary(
        {"time.days": 40.0, "time.step_minutes": 360, "parameters.residents_total": 1000.0}
        | {"parameters.ceasefire_collapse_per_day": 0.0}
    )
    for path, values in (
        ("shocks.offensive.intensity", [0.1, 0.5, 1.0]),
        ("shocks.hostilities_of_october.intensity", [0.0, 0.5, 2.0]),
        ("parameters.incidents_unsettled_per_day", [0.0, 0.3, 3.0]),
        ("parameters.ceasefire_violation_share", [0.0, 0.5, 1.0]),
    ):
        found = curves(fighting, path, values, seed, "incidents_cumulative")
        assert all((more >= less).all() for less, more in pairwise(found)), path
        assert found[0].sum() < found[-1].sum(), path


@pytest.mark.parametrize("seed", [3])
def test_more_belief_never_means_that_more_decide_to_leave(seed: int) -> None:
    kept = load("blockade").vary(ONE_WAY | {"time.days": 20.0})
    assured = kept.with_intervention(
        {"kind": "assurance", "id": "assured", "assurance": "legal_rights", "start": "2023-09-20T13:00:00+04:00"}
    )
    for path, values in (
        ("interventions.assured.strength", [0.0, 0.3, 1.0]),
        ("parameters.strength_legal_rights", [0.0, 0.5, 1.0]),
        ("parameters.credibility_initial_declaration", [0.0, 0.4, 1.0]),
    ):
        home = curves(assured, path, values, seed, "persons_home")
        assert all((more >= less).all() for less, more in pairwise(home)), path
        assert home[0][-1].sum() < home[-1][-1].sum(), path
