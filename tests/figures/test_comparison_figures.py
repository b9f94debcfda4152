from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from sim.figures.compare import alone, difference, look, outcome, overlay, spread, whole
from sim.figures.curves import LEVELS
from sim.figures.gallery import comparison_figures
from sim.figures.hindcast import hindcast_figure
from sim.scenario.schema import PlaceRef

PLACE = PlaceRef(dataset="karabakh_2023")

NAMES = ["as_reported", "ceasefire", "un_monitoring", "integration_roadmap"]


def panel():
    return Figure(figsize=(8, 4)).subplots()


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_overlay_has_a_median_and_two_bands_for_each_of_few_scenarios(made_up_comparison):
    ax = panel()
    overlay(ax, made_up_comparison.dataset.sel(scenario=NAMES[:3]))
    assert (len(ax.lines), len(ax.collections)) == (3, 6)
    median = made_up_comparison.dataset["arrivals_cumulative"].sel(scenario="ceasefire").median("member")
    np.testing.assert_allclose(ax.lines[1].get_ydata(), median)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("local time [UTC+4]", "arrivals [persons]")


def test_overlay_of_many_scenarios_has_one_band_each(made_up_comparison):
    ax = panel()
    overlay(ax, made_up_comparison.dataset)
    assert (len(ax.lines), len(ax.collections)) == (4, 4)
    assert legend(ax) == [name.replace("_", " ") for name in NAMES]
    assert ax.get_legend().get_title().get_text() == "median, 50% of members"


def test_overlay_title_names_the_least_and_the_most(made_up_comparison):
    ax = panel()
    overlay(ax, made_up_comparison.dataset)
    title = ax.get_title(loc="left").replace("\n", " ")
    assert title.startswith("Arrivals by 29 Sep 2023, median: ")
    assert "(integration roadmap) to " in title
    assert title.endswith("(as reported)")


def test_overlay_takes_any_variable_over_time(made_up_comparison):
    ax = panel()
    overlay(ax, made_up_comparison.dataset, "queue_vehicles")
    assert ax.get_ylabel() == "waiting at the crossing [vehicles]"


def test_bands_hold_half_and_nine_tenths_of_the_members(made_up_comparison):
    ax = panel()
    alone(ax, made_up_comparison.dataset, "ceasefire")
    members = made_up_comparison.dataset["arrivals_cumulative"].sel(scenario="ceasefire").isel(time=-1)
    wide, narrow = (band.get_paths()[0].vertices for band in ax.collections)
    for vertices, levels in ((wide, (0.05, 0.95)), (narrow, (0.25, 0.75))):
        last = vertices[vertices[:, 0] == vertices[:, 0].max(), 1]
        np.testing.assert_allclose([last.min(), last.max()], np.quantile(members, levels))


def test_a_fan_is_drawn_for_each_scenario_over_all_parts_of_a_series(made_up_comparison):
    ax = panel()
    in_need = made_up_comparison.dataset["people_in_need"].sel(scenario=NAMES[:2])
    spread(ax, in_need, "In need")
    assert (len(ax.lines), len(ax.collections)) == (2, 4)
    np.testing.assert_allclose(ax.lines[1].get_ydata(), in_need[1].max("sector_of_need").median("member"))
    assert (ax.get_ylabel(), ax.get_title(loc="left")) == ("persons", "In need")
    displaced = made_up_comparison.dataset["persons_by_province"]
    np.testing.assert_allclose(whole(displaced), displaced.sum("province"))


def test_difference_is_paired_and_its_title_says_median_and_interval(made_up_comparison):
    ax = panel()
    difference(ax, made_up_comparison.dataset, "as_reported", "ceasefire")
    arrived = made_up_comparison.dataset["arrivals_cumulative"].isel(time=-1)
    paired = arrived.sel(scenario="ceasefire") - arrived.sel(scenario="as_reported")
    low, middle, high = np.quantile(paired, [0.05, 0.5, 0.95])
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(middle)
    expected = f"ceasefire: {middle:,.0f} [{low:,.0f} to {high:,.0f}]".replace("-", "−")
    assert ax.get_title(loc="left") == expected
    assert ax.get_ylabel() == "difference in arrivals [persons]"


def test_outcome_has_a_dot_and_a_number_for_each_scenario(made_up_comparison):
    ax = panel()
    summaries = made_up_comparison.summaries
    outcome(ax, summaries, "persons_remaining", "remain at the end", "persons")
    dots = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(dots, summaries.groupby("scenario", sort=False)["persons_remaining"].median())
    assert [label.get_text() for label in ax.get_yticklabels()] == [name.replace("_", " ") for name in NAMES]
    assert ax.get_xlabel().startswith("remain at the end [persons]")
    assert ax.get_xlim()[1] > max(dots)


def test_outcome_leaves_a_row_empty_where_no_member_has_a_value(made_up_comparison):
    summaries = made_up_comparison.summaries.copy()
    summaries.loc[summaries["scenario"] == "ceasefire", "hours_to_half_arrived"] = None
    ax = panel()
    outcome(ax, summaries, "hours_to_half_arrived", "half arrived after", "h")
    rows = {line.get_ydata()[0] for line in ax.lines if line.get_marker() == "o"}
    assert 1 not in rows
    assert len(ax.get_yticks()) == 4


def test_eight_scenarios_have_eight_looks():
    looks = [(str(look(index)["color"]), str(look(index)["linestyle"])) for index in range(16)]
    assert len(set(looks)) == 16


SHEETS = (
    "arrivals",
    "difference",
    "each_scenario",
    "fan",
    "map",
    "origins",
    "outcomes",
    "people_in_need",
    "provinces",
    "services",
    "whereabouts",
)


@pytest.mark.parametrize("n_scenarios", [1, 2, 4])
def test_gallery_has_a_panel_for_each_scenario_and_a_footer(made_up_comparison, n_scenarios):
    names = NAMES[:n_scenarios]
    comparison = type(made_up_comparison)(
        dataset=made_up_comparison.dataset.sel(scenario=names),
        summaries=made_up_comparison.summaries[made_up_comparison.summaries["scenario"].isin(names)],
        baseline=names[0],
    )
    figures = comparison_figures(
        comparison, 3, PlaceRef(dataset="karabakh_2023"), {"ceasefire": "A ceasefire that holds"}
    )
    assert [name for name in SHEETS if name not in figures] == ([] if n_scenarios > 1 else ["difference"])
    assert set(figures) <= set(SHEETS)
    panels = {name: len(figures[name].axes) for name in ("whereabouts", "origins", "map", "people_in_need", "services")}
    n = n_scenarios
    assert panels == {"whereabouts": 2 * n, "origins": n, "map": n, "people_in_need": 5, "services": 4}
    assert len(figures["each_scenario"].axes) == n_scenarios
    assert len(figures["fan"].axes) == 4
    assert n_scenarios == 1 or len(figures["difference"].axes) == n_scenarios - 1
    footer = figures["arrivals"]._supxlabel.get_text().replace("\n", " ")
    assert footer.startswith("Scenarios: as_reported")
    assert footer.endswith("seed 3 · 12 members · conditional exploration, not a forecast")
    assert ("A ceasefire that holds (ceasefire)" in footer) == (n_scenarios > 1)


def test_a_comparison_of_single_members_can_be_drawn(made_up_comparison):
    comparison = type(made_up_comparison)(
        dataset=made_up_comparison.dataset.isel(member=[0]),
        summaries=made_up_comparison.summaries[made_up_comparison.summaries["member"] == 0],
        baseline="as_reported",
    )
    for figure in comparison_figures(comparison, 3, PLACE).values():
        assert "1 member ·" in figure._supxlabel.get_text().replace("\n", " ")


@pytest.fixture
def hindcast():
    times = pd.date_range("2023-09-24", "2023-10-01", freq="h").to_numpy()
    model = np.linspace(0.0, 100_000.0, len(times))
    counts = pd.Series(
        [10_000.0, 40_000.0, 71_000.0, 130_000.0],
        pd.to_datetime(["2023-09-24T16:48", "2023-09-26T19:12", "2023-09-29T00:00", "2023-09-30T00:00"]),
    )
    spread = {level: model * (0.8 + 0.4 * level) for level in LEVELS}
    split = pd.Timestamp("2023-09-28")
    arguments = (counts[:split], counts[split:], times, spread, split, {"constant rate": model * 0.9})
    return hindcast_figure(*arguments, note="a note").axes[0]


def test_hindcast_shows_fit_counts_filled_and_held_back_counts_open(hindcast):
    lines = {line.get_label(): line for line in hindcast.lines}
    fit, held_back = lines["counted, used to fit"], lines["counted, held back"]
    assert (len(fit.get_xdata()), len(held_back.get_xdata())) == (2, 2)
    assert fit.get_markerfacecolor() != held_back.get_markerfacecolor() == "white"


def test_hindcast_marks_the_split_and_draws_intervals_and_baselines(hindcast):
    lines = {line.get_label(): line for line in hindcast.lines}
    split = [line for line in hindcast.lines if len(set(line.get_xdata())) == 1 and len(line.get_xdata()) == 2]
    assert len(split) == 1
    assert {"model, median", "constant rate"} <= set(lines)
    assert [band.get_label() for band in hindcast.collections] == ["model, 90%", "model, 50%"]
    assert hindcast.figure._supxlabel.get_text() == "a note"


def test_hindcast_title_says_the_errors_of_the_median_and_of_the_best_baseline(hindcast):
    title = hindcast.get_title(loc="left").replace("\n", " ")
    modelled = np.array([100_000 * 5 / 7, 100_000 * 6 / 7])
    counted = np.array([71_000, 130_000])
    model, rate = (float(np.mean(np.abs(curve - counted))) for curve in (modelled, 0.9 * modelled))
    assert title == (
        f"Held-back counts, 29 Sep 2023 to 30 Sep 2023: mean absolute error about {round(model, -2):,.0f} persons "
        f"(model's median), {round(rate, -2):,.0f} (constant rate)"
    )
