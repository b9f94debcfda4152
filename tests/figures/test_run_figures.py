from __future__ import annotations

import dataclasses

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sim.figures.curves import busy, peaks, per_hour, persons_by_state, thinned
from sim.figures.gallery import RUN_SHEETS, run_figures
from sim.figures.run import KINDS, arrivals, provinces
from sim.figures.style import PALETTE, dated, save, sheet, style


def panel():
    return Figure(figsize=(8, 4)).subplots()


def texts_overlap(figure) -> list[tuple[str, str]]:
    """Return pairs of titles, axis labels and footers that lie over each other."""
    figure.draw_without_rendering()
    labels = [text for ax in figure.axes for text in (ax._left_title, ax.xaxis.label, ax.yaxis.label)]
    labels = [text for text in (*labels, figure._supxlabel) if text is not None and text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent()) for text in labels]
    return [
        (one, other)
        for index, (one, box) in enumerate(boxes)
        for other, beside in boxes[index + 1 :]
        if box.overlaps(beside)
    ]


OVER_TIME = [kind for kind in KINDS if kind not in ("shelter_by_province", "province_shares", "origins")]


@pytest.mark.parametrize("kind", OVER_TIME)
def test_every_plot_has_a_title_and_units_on_both_axes(made_up_result, kind):
    ax = made_up_result.plot(kind)
    assert ax.get_title(loc="left")
    assert ax.get_xlabel() == "local time [UTC+4]"
    assert "[" in ax.get_ylabel()
    assert ax.get_ylabel().endswith("]")


@pytest.mark.parametrize("kind", KINDS)
def test_every_plot_is_drawn_onto_the_axes_that_are_given(made_up_result, kind):
    ax = panel()
    assert made_up_result.plot(kind, ax) is ax
    assert ax.figure.axes == [ax]
    assert ax.lines or ax.collections or ax.patches


@pytest.mark.parametrize("kind", OVER_TIME)
def test_every_plot_covers_the_whole_run(made_up_result, kind):
    ax = made_up_result.plot(kind)
    first, last = (mpl.dates.num2date(edge).replace(tzinfo=None) for edge in ax.get_xlim())
    assert (first, last) == (pd.Timestamp("2023-09-19T12:00"), pd.Timestamp("2023-09-29T12:00"))


def test_bars_of_a_province_add_up_to_its_displaced(made_up_result):
    ax = made_up_result.plot("shelter_by_province")
    assert ax.get_xlabel() == "displaced persons [persons]"
    ends = {round(bar.get_y(), 3): bar.get_x() + bar.get_width() for bar in ax.patches}
    at = int(made_up_result.dataset["persons_unsheltered"].sum("province").to_numpy().argmax())
    expected = np.sort(made_up_result.dataset["persons_by_province"].isel(time=at))
    assert sorted(ends.values()) == pytest.approx(expected.tolist())


def test_severities_stack_to_everybody_who_is_not_abroad(made_up_result):
    ax = made_up_result.plot("severities")
    people = made_up_result.dataset
    abroad = people["persons_displaced"].sel(place="abroad")
    most = float((101_700 - people["deaths_cumulative"] - abroad).max())
    top = max(path.vertices[:, 1].max() for band in ax.collections for path in band.get_paths())
    assert top == pytest.approx(most)


def test_a_new_figure_says_scenario_seed_and_that_it_is_no_forecast(made_up_result):
    footer = made_up_result.plot("queue").figure._supxlabel.get_text()
    assert footer == "Scenario: Made up (made_up) · seed 7 · 1 member · conditional exploration, not a forecast"


def test_arrivals_title_states_the_number_that_is_drawn(made_up_result):
    ax = made_up_result.plot("arrivals")
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(made_up_result.summary["persons_arrived"])
    assert ax.get_title(loc="left") == "100,682 persons arrive in Armenia by 29 Sep 2023, half of them by 22 Sep 2023"


def test_arrivals_are_overlaid_with_the_counts_within_the_run(made_up_result):
    counts = pd.Series([0.0, 5e4, 1e5], pd.to_datetime(["2023-09-01", "2023-09-22", "2024-01-01"]))
    ax = panel()
    arrivals(ax, made_up_result.dataset, counts)
    assert list(ax.lines[1].get_ydata()) == [5e4]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["simulated", "counted"]


def test_nobody_arriving_is_said_in_words(made_up_result):
    data = made_up_result.dataset.assign(arrivals_cumulative=made_up_result.dataset["arrivals_cumulative"] * 0)
    ax = panel()
    arrivals(ax, data)
    assert ax.get_title(loc="left") == "Nobody arrives in Armenia"


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_in_which_nothing_happens_can_be_drawn(made_up_result, kind):
    data = made_up_result.dataset
    still = data.assign({name: array * 0 for name, array in data.data_vars.items()})
    still = still.assign(wait_hours=still["wait_hours"] * np.nan, persons_home=still["persons_home"] + 10.0)
    ax = dataclasses.replace(made_up_result, dataset=still).plot(kind)
    ax.figure.draw_without_rendering()
    assert "nan" not in ax.get_title(loc="left")


def test_whereabouts_stack_to_everybody(made_up_result):
    ax = made_up_result.plot("whereabouts")
    top = max(path.vertices[:, 1].max() for band in ax.collections for path in band.get_paths())
    assert top == pytest.approx(101_700)
    assert ax.get_ylim() == (0, pytest.approx(101_700))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["dead", "returned", "displaced", "in transit", "ready to leave", "at home"]


def test_whereabouts_leave_out_states_in_which_nobody_ever_is(made_up_result):
    data = made_up_result.dataset
    data = data.assign(
        persons_returned=data["persons_returned"] * 0,
        persons_home=data["persons_home"] + data["persons_returned"],
    )
    ax = panel()
    KINDS["whereabouts"](ax, data)
    assert "returned" not in [text.get_text() for text in ax.get_legend().get_texts()]


def test_states_add_up_at_every_time(made_up_result):
    everybody = sum(persons_by_state(made_up_result.dataset).values())
    np.testing.assert_allclose(everybody, 101_700)


def test_provinces_are_in_the_order_of_their_size(made_up_result):
    ax = made_up_result.plot("provinces")
    labels = [text.get_text().split()[0] for text in ax.get_legend().get_texts()]
    assert labels == ["Yerevan", "Syunik", "Ararat", "Kotayk"]


def test_small_provinces_are_drawn_together(made_up_result):
    data = made_up_result.dataset
    many = data[["persons_by_province"]].isel(province=[0, 1, 2, 3] * 3)
    many = many.assign_coords(province=[f"p{index}" for index in range(12)])
    ax = panel()
    provinces(ax, many)
    assert len(ax.lines) == len(PALETTE) + 1
    final = sum(line.get_ydata()[-1] for line in ax.lines)
    assert final == pytest.approx(float(many["persons_by_province"].isel(time=-1).sum()))


def test_lines_of_one_plot_differ_in_colour_and_in_dashes(made_up_result):
    lines = made_up_result.plot("services").lines
    assert len({to_hex(line.get_color()) for line in lines}) == len(lines)
    assert len({str(line._unscaled_dash_pattern) for line in lines}) == len(lines)


def test_flow_is_the_difference_of_arrivals_for_each_hour(made_up_result):
    curve = made_up_result.dataset["arrivals_cumulative"]
    flow = per_hour(curve)
    assert float(flow.sum()) == pytest.approx(float(curve[-1]))
    assert float(per_hour(curve.isel(time=slice(None, None, 4))).max()) <= float(flow.max())


def test_long_runs_are_thinned_but_keep_their_end(made_up_result):
    drawn = thinned(made_up_result.dataset, 50)
    assert drawn.sizes["time"] <= 52
    assert drawn["time"].to_numpy()[-1] == made_up_result.dataset["time"].to_numpy()[-1]


def test_long_queues_are_thinned_but_keep_their_peaks(made_up_result):
    queue = made_up_result.dataset["queue_vehicles"]
    drawn = peaks(queue, 20)
    assert drawn.sizes["time"] <= 20
    assert float(drawn.max()) == float(queue.max())
    assert peaks(queue) is queue
    assert peaks(made_up_result.dataset["wait_hours"], 20).isnull().any()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("flow", "Arrivals: none"),
        ("queue", "No queue at the crossing"),
        ("wait", "Nobody waits at the crossing"),
        ("provinces", "Nobody is displaced at the end"),
        ("aid", "No aid is requested"),
    ],
)
def test_nothing_is_said_in_words_and_looks_like_nothing(made_up_result, kind, expected):
    data = made_up_result.dataset
    ax = panel()
    KINDS[kind](ax, data.assign({name: array * 0 for name, array in data.data_vars.items()}))
    assert ax.get_title(loc="left") == expected
    assert ax.get_ylim() == (0, 1)


def test_days_of_departure_are_shown_larger_where_they_are_a_short_part(made_up_result):
    data = made_up_result.dataset
    still = data.isel(time=[-1] * 2000)
    still = still.assign_coords(time=data["time"].to_numpy()[-1] + np.arange(1, 2001) * np.timedelta64(1, "h"))
    long = dataclasses.replace(made_up_result, dataset=data.combine_first(still))
    assert busy(data) is data
    assert busy(long.dataset).sizes["time"] < 240
    assert len(run_figures(long)["whereabouts"].axes) == 2
    assert len(run_figures(made_up_result)["whereabouts"].axes) == 1


def test_sheets_have_their_panels_and_no_text_over_text(made_up_result):
    figures = run_figures(made_up_result)
    assert list(figures) == [*RUN_SHEETS, "map"]
    assert len(figures["corridor"].axes) == 4
    assert {name: texts_overlap(figure) for name, figure in figures.items() if texts_overlap(figure)} == {}


def test_numbers_on_axes_have_thousands_separators(made_up_result):
    ax = made_up_result.plot("arrivals")
    ax.figure.draw_without_rendering()
    assert "100,000" in [label.get_text() for label in ax.get_yticklabels()]


def test_dates_on_axes_are_real_dates(made_up_result):
    ax = made_up_result.plot("arrivals")
    ax.figure.draw_without_rendering()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["20 Sep", "22 Sep", "24 Sep", "26 Sep", "28 Sep"]
    assert ax.xaxis.get_offset_text().get_text() == "2023"


@pytest.mark.parametrize("width", [2.5, 4.0, 9.0])
@pytest.mark.parametrize("days", [4, 14, 45, 120, 180, 490])
def test_an_axis_has_two_dates_or_more_and_no_more_than_have_room(width, days):
    times = np.arange("2023-09-19", np.datetime64("2023-09-19") + days, np.timedelta64(1, "h"), dtype="datetime64[h]")
    with style():
        figure, axes = sheet(1, 1, size=(width, 2.0))
        dated(axes[0, 0], times.astype("datetime64[ns]"), "UTC+4")
        figure.draw_without_rendering()
    shown = [label.get_text() for label in axes[0, 0].get_xticklabels() if label.get_text()]
    assert 2 <= len(shown) <= max(3, width + 1)


def test_files_are_the_same_bytes_each_time(made_up_result, tmp_path):
    for name in ("first", "second"):
        save(run_figures(made_up_result)["whereabouts"], tmp_path / name)
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()
    assert b"<dc:date>" not in (tmp_path / "first.svg").read_bytes()


def test_a_name_with_a_dot_keeps_it(made_up_result, tmp_path):
    svg, png = save(made_up_result.plot("arrivals").figure, tmp_path / "v1.2")
    assert (svg.name, png.name) == ("v1.2.svg", "v1.2.png")


def test_the_settings_of_the_reader_are_untouched(made_up_result):
    before = dict(mpl.rcParams)
    run_figures(made_up_result)
    assert dict(mpl.rcParams) == before


def test_the_settings_of_the_reader_do_not_show(made_up_result, tmp_path):
    save(made_up_result.plot("arrivals").figure, tmp_path / "plain")
    with mpl.rc_context({"lines.linewidth": 9.0, "font.size": 30.0, "axes.facecolor": "red", "svg.hashsalt": "x"}):
        save(made_up_result.plot("arrivals").figure, tmp_path / "styled")
    assert (tmp_path / "plain.svg").read_bytes() == (tmp_path / "styled.svg").read_bytes()


def test_style_ends_when_something_fails():
    before = dict(mpl.rcParams)
    with pytest.raises(RuntimeError), style():
        raise RuntimeError
    assert dict(mpl.rcParams) == before
