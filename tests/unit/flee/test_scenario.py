"""An instance becomes an ordinary scenario: checked, hashed, varied and played like any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.flee.convert import read_data, read_scenario, scenario_text
from sim.flee.instance import Closure, read_instance
from sim.flee.scenario import daily_departures, shut
from sim.flee.score import score
from sim.model.run import run
from sim.scenario.interventions import Forwarding
from sim.scenario.shocks import Conflict, Departures

RIVERLAND = Path(__file__).parents[3] / "docs" / "examples" / "riverland"


def test_file_and_memory_give_the_same_scenario(tmp_path: Path) -> None:
    path = tmp_path / "riverland.toml"
    path.write_text(scenario_text(RIVERLAND), encoding="utf-8")
    scenario = sim.load(path)
    assert scenario == read_scenario(RIVERLAND)
    assert scenario.hash() == sim.load(scenario.resolved()).hash()
    assert scenario.posterior is None
    assert scenario.place.dataset == ""


def test_nothing_of_another_place_comes_along() -> None:
    scenario = read_scenario(RIVERLAND)
    text = str(scenario.place) + str(scenario.shocks) + str(scenario.interventions)
    assert not any(word in text for word in ("Lachin", "Armenia", "Stepanakert", "karabakh"))


def test_timelines_are_those_of_the_files() -> None:
    scenario = read_scenario(RIVERLAND)
    spells = [action for action in scenario.shocks if isinstance(action, Conflict)]
    assert [(spell.settlements, spell.intensity) for spell in spells] == [
        (("Oakford",), 1.0), (("Mill, Upper",), 1.0), (("Redbridge",), 0.5), (("Redbridge",), 1.0),
    ]  # fmt: skip
    forwarding = [action for action in scenario.interventions if isinstance(action, Forwarding)]
    assert [(rule.at, rule.to, str(rule.end)[:10]) for rule in forwarding] == [
        ("Ferry Landing", "Highcamp", "2031-05-30")
    ]


def test_departures_are_the_growth_of_all_camps() -> None:
    instance = read_instance(RIVERLAND)
    daily, first = daily_departures(instance)
    assert daily.sum() + sum(first.values()) == pytest.approx(9000 + 8800 + 5200 + 4700)
    assert (daily >= 0.0).all()


def test_predicted_departures_leave_the_counts_out() -> None:
    data = read_data(RIVERLAND, departures_given=False)
    assert not any(shock["kind"] == "departures" for shock in data["shocks"])
    assert data["place"] == read_data(RIVERLAND)["place"]
    result = run(sim.load(data).vary({"time.days": 30}), 1)
    assert result.summary["persons_left"] > 0


def test_a_closed_location_that_names_a_neighbour_shuts_the_road_alone() -> None:
    instance = read_instance(RIVERLAND)
    assert shut(instance, Closure("location", "Oakford", "Redbridge", 0, None)) == ([["Oakford", "Redbridge"]], [])
    assert shut(instance, Closure("location", "Oakford", "Uplandia", 0, None)) == ([], ["Oakford"])
    assert shut(instance, Closure("country", "Uplandia", "Riverland", 0, None))[0] == [
        ["Crossroads", "Ferry Landing"],
        ["Crossroads", "Newcamp"],
    ]


def test_many_spells_become_daily_series(tmp_path: Path) -> None:
    folder = shutil.copytree(RIVERLAND, tmp_path / "flicker")
    rows = [f"{day},{(day * 7 % 11) / 10},{(day * 5 % 7) / 6:.3f},{(day * 3 % 5) / 4}" for day in range(120)]
    path = folder / "input_csv" / "conflicts.csv"
    path.write_text('#Day,Oakford,"Mill, Upper",Redbridge\n' + "\n".join(rows), encoding="utf-8")
    scenario = read_scenario(folder)
    (conflict,) = [action for action in scenario.shocks if isinstance(action, Conflict)]
    assert conflict.intensity_at("Oakford", 3.5) == pytest.approx((21 % 11) / 10)
    assert conflict.intensity_at("Oakford", 1e4) == conflict.daily["Oakford"][-1]
    assert conflict.intensity_at("Southholm", 3.0) == 0.0
    written = tmp_path / "flicker.toml"
    written.write_text(scenario_text(folder), encoding="utf-8")
    assert sim.load(written) == scenario == sim.load(scenario.resolved())
    assert run(scenario.vary({"time.days": 30}), 1).summary["persons_arrived"] > 0


def test_populations_that_are_missing_or_too_small_are_made_good(tmp_path: Path) -> None:
    folder = shutil.copytree(RIVERLAND, tmp_path / "small")
    path = folder / "input_csv" / "locations.csv"
    text = path.read_text(encoding="utf-8")
    for old, new in (("84000", "840"), ("15000", ""), ("36000", "360")):
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    scenario = read_scenario(folder)
    assert "Without a population" in " ".join(scenario.assumptions)
    result = run(scenario, 1)
    assert result.summary["persons_arrived"] == pytest.approx(27_700, rel=0.01)


def test_given_departures_set_out_to_the_day() -> None:
    scenario = read_scenario(RIVERLAND)
    data = run(scenario, 1).dataset
    daily = next(action.daily for action in scenario.shocks if isinstance(action, Departures))
    left = data.departures_cumulative.to_numpy()
    assert np.abs(left[1:] - np.cumsum((*daily, 0.0))).max() <= 60


def test_scores_are_those_of_the_formula() -> None:
    scenario = read_scenario(RIVERLAND)
    found = score(scenario, run(scenario, 1).dataset)
    day = found.daily[found.daily.day == 100]
    assert day.rescaled.sum() == pytest.approx(day.counted.sum(), abs=1.0)
    error = found.daily.assign(off=(found.daily.rescaled - found.daily.counted).abs()).groupby("day")
    assert (error.off.sum() / error.counted.sum()).mean() == pytest.approx(found.rescaled, abs=1e-3)
    assert found.rescaled < found.equal
    assert np.isnan(found.capacity)
