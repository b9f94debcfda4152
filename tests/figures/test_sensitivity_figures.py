"""What sensitivity figures show, read back from what was drawn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.figures.sensitivity import region_figure, sensitivity_figures, tornado, variance_shares
from sim.results.outlook import PLANNER_OUTPUTS

LEFT = PLANNER_OUTPUTS["persons_left"]


def swings(**ends: tuple[float, float]) -> pd.DataFrame:
    rows = [
        {
            "output": "persons_left",
            "assumption": f"parameters.{name}",
            "low_value": 0.2,
            "high_value": 4000.0,
            "at_median": 100.0,
            "at_low": low,
            "at_high": high,
            "swing": high - low,
        }
        for name, (low, high) in ends.items()
    ]
    return pd.DataFrame(rows)


def indices() -> pd.DataFrame:
    rows = {"assumption": ["parameters.a", "chance"], "first": [0.6, -0.1], "first_error": [0.2, 0.3]}
    return pd.DataFrame({"output": "persons_left", **rows, "total": [0.8, 0.1], "total_error": [0.3, 0.05]})


@pytest.fixture
def ax():
    return Figure().subplots()


def test_bars_reach_from_the_median_to_both_ends(ax):
    tornado(ax, swings(big=(40.0, 190.0), one_sided=(100.0, 130.0)), LEFT)
    spans = [sorted((bar.get_x(), bar.get_x() + bar.get_width())) for bar in ax.patches]
    assert spans == [[100.0, 190.0], [40.0, 100.0], [100.0, 130.0], [100.0, 100.0]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["big", "one_sided"]
    assert [text.get_text() for text in ax.texts] == ["0.2", "4,000", "0.2 to 4,000"]
    assert ax.get_xlabel() == "left their homes [persons]"


def test_what_does_not_move_the_output_has_no_bar(ax):
    tornado(ax, swings(big=(40.0, 190.0), small=(100.1, 99.9)), LEFT)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["big"]


def test_an_output_that_nothing_moves_is_drawn_empty(ax):
    tornado(ax, swings(still=(100.0, 100.0)), LEFT)
    assert list(ax.patches) == []


def test_shares_are_drawn_within_0_and_1_with_their_intervals(ax):
    variance_shares(ax, indices())
    assert [bar.get_width() for bar in ax.patches] == [0.6, 0.0, 0.8, 0.1]
    first, total = ([segment[:, 0].tolist() for segment in lines.get_segments()] for lines in ax.collections)
    assert np.allclose(first, [[0.4, 0.8], [0.0, 0.2]])
    assert np.allclose(total, [[0.5, 1.0], [0.05, 0.15]])


def test_an_output_without_variance_says_so(ax):
    variance_shares(ax, indices().assign(first=np.nan, total=np.nan))
    assert [text.get_text() for text in ax.texts] == ["does not vary"]


def test_there_is_a_tornado_for_each_output_and_a_sheet_of_shares():
    figures = sensitivity_figures(swings(big=(40.0, 190.0)), indices(), {"persons_left": LEFT}, "made up")
    assert list(figures) == ["tornado_persons_left", "variance_shares"]
    assert "conditional exploration, not a forecast" in str(figures["variance_shares"].get_supxlabel())


@pytest.mark.parametrize(
    ("limits", "edges"),
    [
        ({"parameters.x": (0.5, np.inf), "parameters.y": (-np.inf, 0.25)}, (0.5, 0.25)),
        ({}, None),
    ],
)
def test_the_region_is_framed_and_every_member_is_drawn(limits, edges):
    values = np.random.default_rng(0).random((80, 2)) + 0.1
    assumed = pd.DataFrame(values, columns=["parameters.x", "parameters.y"])
    wanted = values[:, 0] > 0.5
    figure = region_figure(assumed, wanted, limits, list(assumed), "many remain", "A heading", "made up")
    ax = figure.axes[0]
    assert sum(len(points.get_offsets()) for points in ax.collections) == 80
    frames = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    if edges is None:
        assert frames == []
    else:
        (frame,) = frames
        assert (frame.get_x(), frame.get_y() + frame.get_height()) == edges
        assert frame.get_x() + frame.get_width() == ax.get_xlim()[1]
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [f"came about ({wanted.sum()})", f"did not ({80 - wanted.sum()})"]
    assert ax.get_legend().get_title().get_text() == "many remain"
    assert ax.get_xscale() == "linear"


def test_assumptions_that_span_magnitudes_have_a_logarithmic_axis():
    values = np.exp(np.random.default_rng(0).normal(0.0, 2.0, (60, 2)))
    assumed = pd.DataFrame(values, columns=["parameters.x", "parameters.y"])
    ax = region_figure(assumed, values[:, 0] > 1, {}, list(assumed), "many remain", "A heading", "made up").axes[0]
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
