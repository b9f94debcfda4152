from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from sim.errors import InputError
from sim.results.series import COLUMNS, condensed, last_of_days, tidy


def test_series_of_a_scalar_variable_is_at_place_all(made_up_result):
    table = made_up_result.series(["arrivals_cumulative"])
    assert tuple(table.columns) == COLUMNS
    assert set(table["place"]) == {"all"}
    assert set(table["unit"]) == {"persons"}
    np.testing.assert_array_equal(table["value"], made_up_result.dataset["arrivals_cumulative"])


def test_series_names_places_by_coordinate_and_joins_three_dimensions(made_up_result):
    data = made_up_result.dataset
    table = made_up_result.series(["persons_home", "service_level"]).set_index(["variable", "place", "time"])
    when = data["time"].to_numpy()[40]
    name = "Martuni / Khojavend"
    home = data["persons_home"].sel(time=when, settlement=name)
    water = data["service_level"].sel(time=when, settlement=name, sector="water")
    assert table.loc[("persons_home", name, when), "value"] == pytest.approx(float(home))
    assert table.loc[("service_level", f"{name}|water", when), "value"] == pytest.approx(float(water))


def test_series_has_a_row_for_every_value(made_up_result):
    n_values = sum(array.size for array in made_up_result.dataset.data_vars.values() if "time" in array.dims)
    assert len(made_up_result.series()) == n_values


def test_series_leaves_out_what_has_no_time(made_up_result):
    data = made_up_result.dataset.assign(area=("settlement", [1.0, 2.0, 3.0]))
    assert tidy(data, ["area"]).empty
    assert list(tidy(data, ["area"]).columns) == list(COLUMNS)


def test_last_of_days_keeps_the_first_and_the_last_time_of_each_day(made_up_result):
    times = [f"{time:%d %H:%M}" for time in last_of_days(made_up_result.dataset)["time"].to_index()]
    assert times[:3] == ["19 12:00", "19 23:00", "20 23:00"]
    assert times[-1] == "29 12:00"


def test_condensed_table_has_places_daily_and_totals_hourly(made_up_result):
    rows = condensed(made_up_result.dataset).groupby("variable").size()
    assert rows["arrivals_cumulative"] == 241
    assert rows["persons_home"] == 12 * 3


def test_result_is_frozen(made_up_result):
    with pytest.raises(dataclasses.FrozenInstanceError):
        made_up_result.seed = 3


def test_repr_says_scenario_seed_span_and_headlines(made_up_result):
    text = repr(made_up_result)
    assert "made_up, seed 7: 19 Sep 2023 12:00 to 29 Sep 2023 12:00" in text
    assert re.search(r"residents at the start +101,700 persons", text)


def test_html_escapes_titles_and_holds_the_same_headlines(made_up_result):
    scenario = type(made_up_result.scenario)("made_up")
    scenario.title = "<b>&"
    text = dataclasses.replace(made_up_result, scenario=scenario)._repr_html_()
    assert "&lt;b&gt;&amp;" in text
    assert "101,700" in text


def test_repr_says_never_where_nothing_happened(made_up_result):
    quiet = dataclasses.replace(made_up_result, summary={**made_up_result.summary, "hours_to_half_arrived": None})
    assert re.search(r"half arrived, after opening +never(\n|$)", repr(quiet))


def test_unknown_kind_of_plot_names_the_known_and_the_closest(made_up_result):
    with pytest.raises(InputError, match=r"one of `arrivals`.*id you mean `queue`"):
        made_up_result.plot("queues")
