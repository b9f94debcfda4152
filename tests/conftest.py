"""A made-up run and a made-up comparison, small and without the model, for tests of what is written and drawn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import settings

from sim.ensemble.compare import compare
from sim.ensemble.comparison import Comparison
from sim.ensemble.member import totals
from sim.figures import gallery
from sim.model.run import run
from sim.results.needs import with_needs
from sim.results.result import Result
from sim.results.write import write
from sim.results.write_comparison import write_comparison
from sim.scenario.load import load

settings.register_profile("same", derandomize=True)  # the same examples everywhere
settings.register_profile("explore")  # pytest --hypothesis-profile=explore draws fresh ones
settings.load_profile("same")

SETTLEMENTS = ("Stepanakert / Khankendi", "Martuni / Khojavend", "Askeran")
DISTRICTS = ("Stepanakert", "Martuni", "Askeran")
PROVINCES = ("Yerevan", "Ararat", "Kotayk", "Syunik")
PLACES = (*PROVINCES, "Kornidzor", "abroad")
ASSURANCES = ("ceasefire_kept", "monitors", "legal_rights")
SECTORS = ("electricity", "gas", "water", "health")
COMMODITIES = ("food", "medical", "fuel")
RESIDENTS = 101_700.0


class MadeUpScenario:
    """As much of a Scenario as results and figures read."""

    def __init__(self, name: str = "made_up") -> None:
        self.name = name
        self.title = name.replace("_", " ").capitalize()
        self.summary = "A run that no model made."
        self.place = SimpleNamespace(dataset="karabakh_2023", network=None)

    def hash(self) -> str:
        return "0" * 64

    def resolved(self) -> dict[str, Any]:
        return {"name": self.name, "rate": 1e-9}

    def priors(self) -> dict[str, Any]:
        return {"parameters.x": None}

    @classmethod
    def from_resolved(cls, resolved: dict[str, Any]) -> MadeUpScenario:
        return cls(resolved["name"])


def made_up_dataset(n_hours: int = 240, share_leaving: float = 0.99, seed: int = 0) -> xr.Dataset:
    """Return a dataset of the shape and units that runs have, in which persons are conserved."""
    hours = np.arange(n_hours + 1.0)
    noise = np.random.default_rng(seed).normal(0.0, 4.0)
    spread = np.array([0.6, 0.25, 0.15])
    decided = share_leaving * RESIDENTS / (1.0 + np.exp(-(hours - 70.0 - noise) / 14.0)) * (hours > 0)
    departed = np.minimum(decided, np.maximum(0.0, hours - 20.0) * 1100.0)
    arrived = np.interp(hours - 6.0, hours, departed, left=0.0)
    deaths = 12.0 * (hours > 30.0)
    returned = 0.02 * np.maximum(0.0, arrived - 80_000.0)
    displaced = np.outer(arrived - returned, [0.4, 0.16, 0.14, 0.2, 0.07, 0.03])
    home = RESIDENTS - decided - deaths
    queue = np.maximum(0.0, (decided - departed) / 9.0)
    level = np.clip(1.0 - hours / 400.0, 0.0, 1.0)

    def by(values: np.ndarray, weights: Any) -> np.ndarray:
        return np.multiply.outer(values, np.asarray(weights, dtype=float))

    def variable(dims: str, values: np.ndarray, units: str, name: str, aggregates: str) -> Any:
        return (dims.split(), values, {"units": units, "long_name": name, "aggregates": aggregates})

    near = [1.0, 0.8, 0.6]
    variables = {
        "arrivals_cumulative": variable("time", arrived, "persons", "arrived in Armenia", "stock"),
        "vehicles_crossed_cumulative": variable("time", arrived / 4.5, "vehicles", "crossed", "stock"),
        "queue_vehicles": variable("time", queue, "vehicles", "waiting at the crossing", "stock"),
        "wait_hours": variable("time", np.where(queue > 0, queue / 240.0, np.nan), "h", "wait", "level"),
        "persons_home": variable("time settlement", by(home, spread), "persons", "at home", "stock"),
        "persons_ready": variable("time settlement", by(decided - departed, spread), "persons", "ready", "stock"),
        "persons_in_transit": variable("time", departed - arrived, "persons", "on the road", "stock"),
        "persons_displaced": variable("time place", displaced, "persons", "displaced", "stock"),
        "persons_returned": variable("time settlement", by(returned, spread), "persons", "returned", "stock"),
        "arrivals_by_origin_cumulative": variable(
            "time district", by(arrived, spread), "persons", "by origin", "stock"
        ),
        "persons_present_by_district": variable(
            "time district", by(home + decided - departed + returned, spread), "persons", "in their homes", "stock"
        ),
        "displaced_by_origin": variable(
            "district place", np.outer(spread, displaced[-1]), "persons", "displaced at the end", "stock"
        ),
        "persons_by_province": variable("time province", displaced[:, :4], "persons", "in province", "stock"),
        "registered_cumulative": variable("time", 0.9 * arrived, "persons", "registered", "stock"),
        "threat": variable("time settlement", by(np.exp(-hours / 90.0), near), "1", "memory of violence", "level"),
        "guarantees": variable("time settlement", by(1.0 - np.exp(-hours / 200.0), near), "1", "guarantees", "level"),
        "deaths_cumulative": variable("time", deaths, "persons", "deaths", "stock"),
        "injured_cumulative": variable("time", 3.0 * deaths, "persons", "injured", "stock"),
        "service_level": variable(
            "time settlement sector", by(by(level, near), [1.0, 0.9, 0.8, 0.5]), "share", "service level", "level"
        ),
        "stock_tonnes": variable("time commodity", by(level * 900.0, [1.0, 0.1, 0.3]), "t", "in stock", "stock"),
        "delivered_tonnes_cumulative": variable("time commodity", by(hours, [2, 0.1, 0.5]), "t", "delivered", "stock"),
        "requested_tonnes_cumulative": variable("time commodity", by(hours, [3, 0.2, 0.5]), "t", "requested", "stock"),
        "stock_days": variable("time commodity", by(level * 30.0, [1.0, 0.5, 0.2]), "day", "stock", "level"),
        "need_met": variable("time settlement commodity", by(by(level, near), [1, 0.8, 0.5]), "share", "met", "level"),
        "assurance_credibility": variable("time assurance", by(level, [0.6, 0.4, 0.1]), "share", "belief", "level"),
        "fuel_queue_vehicles": variable("time", 0.3 * queue, "vehicles", "waiting for petrol", "stock"),
    }
    in_provinces = displaced[:, :4]
    for name, share in (
        ("persons_in_state_shelter", 0.3),
        ("persons_with_hosts", 0.4),
        ("persons_in_rented_homes", 0.2),
        ("persons_unsheltered", 0.1),
        ("state_beds", 0.35),
    ):
        unit = "beds" if name == "state_beds" else "persons"
        variables[name] = variable("time province", share * in_provinces, unit, name.replace("_", " "), "stock")
    crowding = np.full(in_provinces.shape, 0.15)
    variables["crowding"] = variable("time province", crowding, "share", "without decent housing", "level")
    variables["meals_needed"] = variable("time", 0.4 * in_provinces.sum(axis=1), "meals/day", "meals needed", "level")
    variables["meals_short"] = variable("time", 0.1 * in_provinces.sum(axis=1), "meals/day", "meals short", "level")
    variables["insecurity"] = variable("time settlement", by(level, near), "share", "insecurity", "level")
    variables["homes_unfit"] = variable("time settlement", by(0.1 * level, near), "share", "homes unfit", "level")
    coords = {
        "time": ("time", pd.date_range("2023-09-19T12:00", periods=n_hours + 1, freq="h"), {"time_zone": "UTC+4"}),
        "settlement": list(SETTLEMENTS),
        "district": list(DISTRICTS),
        "place": list(PLACES),
        "province": list(PROVINCES),
        "assurance": list(ASSURANCES),
        "sector": list(SECTORS),
        "commodity": list(COMMODITIES),
    }
    return with_needs(xr.Dataset(variables, coords, {"scenario": "made_up"}))


def made_up_summary(dataset: xr.Dataset) -> dict[str, float | None]:
    """Return the headline numbers of a made-up dataset."""
    last = dataset.isel(time=-1)
    arrived = dataset["arrivals_cumulative"].to_numpy()
    half = np.flatnonzero(arrived >= RESIDENTS / 2)
    home = float(last["persons_home"].sum())
    return {
        "persons_initial": RESIDENTS,
        "persons_left": RESIDENTS - home - float(last["deaths_cumulative"]),
        "persons_arrived": float(arrived[-1]),
        "persons_returned": float(last["persons_returned"].sum()),
        "persons_remaining": home,
        "persons_in_transit": float(last["persons_in_transit"]),
        "deaths": float(last["deaths_cumulative"]),
        "hours_to_half_arrived": float(half[0]) if half.size else None,
        "peak_queue_vehicles": float(dataset["queue_vehicles"].max()),
        "peak_wait_hours": float(dataset["wait_hours"].max()),
        "runtime_s": 0.25,
    }


def make_result(**keys: Any) -> Result:
    dataset = made_up_dataset(**keys)
    scenario: Any = MadeUpScenario()
    return Result(dataset, made_up_summary(dataset), scenario, 7, {"steps": 240})


def make_comparison(names: tuple[str, ...], n_members: int) -> Any:
    """Return what compares scenarios: members share their noise, later scenarios have fewer people leave."""
    rows, scenarios = [], []
    for place, name in enumerate(names):
        members = []
        for member in range(n_members):
            share = 0.99 * 0.75**place * (1.0 - 0.05 * np.random.default_rng(member).random())
            dataset = made_up_dataset(share_leaving=share, seed=member)
            members.append(totals(dataset))
            rows.append({"scenario": name, "member": member, **made_up_summary(dataset)})
        scenarios.append(xr.concat(members, pd.RangeIndex(n_members, name="member")))
    dataset = xr.concat(scenarios, pd.Index(names, name="scenario"))
    drawn = [SimpleNamespace(number=member, seed=member, values={"parameters.x": 0.5}) for member in range(n_members)]
    return SimpleNamespace(dataset=dataset, summaries=pd.DataFrame(rows), baseline=names[0], members=drawn)


@pytest.fixture(scope="session")
def made_up_result() -> Result:
    return make_result()


@pytest.fixture(scope="session")
def made_up_comparison() -> Any:
    return make_comparison(("as_reported", "ceasefire", "un_monitoring", "integration_roadmap"), 12)


@pytest.fixture(scope="session")
def real_result() -> Result:
    """Return ten real days of September 2023."""
    return run(load("as_reported").vary({"time.days": 10}), seed=1)


@pytest.fixture(scope="session")
def real_comparison() -> Comparison:
    """Return two scenarios over ten real days, three members each."""
    scenarios = [load(name).vary({"time.days": 10}) for name in ("as_reported", "integration_roadmap")]
    return compare(scenarios, members=3, seed=1, workers=1)


@pytest.fixture(scope="session")
def folders(real_result: Result, real_comparison: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds ``run`` and ``comparison`` as the command line writes them, without figures."""
    folder = tmp_path_factory.mktemp("results")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gallery, "comparison_figures", lambda *_: {})
        write(real_result, folder / "run", figures=False, command="corridor run as_reported --days 10 --seed 1")
        scenarios = list(real_comparison.scenarios.values())
        write_comparison(real_comparison, folder / "comparison", scenarios, 1, command="corridor compare")
    return folder
