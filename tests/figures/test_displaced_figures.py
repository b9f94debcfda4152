"""The figures of the second hindcast and of the reference extremes show what they are given, seen and unseen apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sim.evaluation.extremes import CASES
from sim.figures.displaced import displaced_figure
from sim.figures.extremes import extremes_figure


@pytest.fixture(scope="module")
def axes():
    times = pd.date_range("2020-09-26", "2021-06-01", freq="D")
    ramp = np.linspace(0.0, 1.0, len(times))
    members = pd.DataFrame({number: 50_000 + 1000 * number - 20_000 * ramp for number in range(5)}, index=times)
    paths = {
        "unfitted": {"host": members * 1.5, "back": members * 0 + 300 * np.arange(len(times))[:, None]},
        "conditioned": {"host": members, "back": members * 0 + 500 * np.arange(len(times))[:, None]},
    }
    early = pd.DataFrame(
        {
            "when": pd.to_datetime(["2020-10-07", "2020-11-13", "2020-11-17", "2020-12-03"]),
            "series": ["all", "back", "host", "back"],
            "persons": [72_500.0, 0.0, 81_408.0, 28_000.0],
        }
    )
    later = pd.DataFrame({"when": [pd.Timestamp("2021-03-01")], "series": ["host"], "persons": [40_000.0]})
    return displaced_figure(paths, early, later, "a note").axes


def lines(ax):
    return {line.get_label(): line for line in ax.lines}


def test_seen_counts_are_filled_and_held_back_ones_open(axes):
    seen, later = (
        lines(axes[0])["counted, seen: in the host country"],
        lines(axes[0])["counted, held back: in the host country"],
    )
    assert seen.get_ydata().tolist() == [81_408.0]
    assert seen.get_markerfacecolor() == "#000000"
    assert later.get_ydata().tolist() == [40_000.0]
    assert later.get_markerfacecolor() == "white"
    assert lines(axes[0])["counted, seen: anywhere"].get_marker() == "s"


def test_the_last_count_seen_is_marked_and_returns_start_at_none(axes):
    for ax in axes:
        assert "last count seen" in lines(ax)
    returned = lines(axes[1])
    assert returned["conditioned, median"].get_ydata()[0] == 0.0
    assert returned["conditioned, median"].get_ydata()[20] == pytest.approx(10_000.0)
    assert returned["counted, seen: came back"].get_ydata().tolist() == [0.0, 28_000.0]


def test_bands_are_the_conditioned_draws_and_unfitted_ones_are_lines(axes):
    assert [band.get_label() for band in axes[0].collections] == ["conditioned, 90%", "conditioned, 50%"]
    drawn = lines(axes[0])
    assert drawn["conditioned, median"].get_ydata()[0] == 52_000.0
    assert drawn["unfitted, median"].get_ydata()[0] == 78_000.0
    assert "32,000" in axes[0].get_title(loc="left").replace("\n", " ")


def test_extremes_stand_side_by_side_with_the_record():
    days = pd.Index(np.arange(-1.0, 731.0), name="day")
    quick = pd.DataFrame({n: np.clip(days / (4 + n), 0, 1) for n in range(3)}, index=days)
    slow = pd.DataFrame({n: np.clip(days / 5000.0, 0, 1) for n in range(3)}, index=days)
    figure = extremes_figure(dict(zip([case.scenario for case in CASES], (quick, slow), strict=True)), CASES, "a note")
    left, right = figure.axes
    assert left.get_xlim()[1] == 20.0
    assert right.get_xlim()[1] == pytest.approx(730.0 / 30.44, abs=0.1)
    for ax, case in zip((left, right), CASES, strict=True):
        assert ax.get_title(loc="left").replace("\n", " ") == case.title
        assert [text.get_text() for text in ax.texts] == [case.record]
        low, high = ax.containers[0].lines[2][0].get_segments()[0][:, 1]
        assert (low, high) == pytest.approx((case.low, case.high))
