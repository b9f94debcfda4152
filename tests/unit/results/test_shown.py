"""Results and comparisons plot, print and hand themselves over."""

from __future__ import annotations

import re
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

from matplotlib.figure import Figure

from sim.ensemble.compare import Comparison, compare
from sim.errors import InputError
from sim.figures.run import KINDS
from sim.results.result import Result
from sim.scenario.load import load


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    short = {"time.days": 8.0, "parameters.residents_total": 1200.0}
    scenarios = [load(name).vary(short) for name in ("as_reported", "un_monitoring")]
    return compare(scenarios, members=2, seed=5, workers=1)


def lines(ax: Any) -> list[Any]:
    return [line for line in ax.get_lines() if len(line.get_xdata()) > 2]


def test_every_plot_is_there_by_name(made_up_result: Result) -> None:
    assert set(dir(made_up_result.plot)) == set(KINDS)
    ax = Figure().subplots()
    assert made_up_result.plot.arrivals(ax) is ax
    arrived = made_up_result.dataset["arrivals_cumulative"]
    np.testing.assert_array_equal(lines(ax)[0].get_ydata(), arrived)
    assert "arrivals" in repr(made_up_result.plot)
    with pytest.raises(AttributeError, match="did you mean `queue`"):
        made_up_result.plot.queues()


def test_a_result_as_columns_over_time(made_up_result: Result) -> None:
    table = made_up_result.to_pandas()
    data = made_up_result.dataset
    assert set(table.columns) == {name for name, array in data.data_vars.items() if array.dims == ("time",)}
    np.testing.assert_array_equal(table["queue_vehicles"], data["queue_vehicles"])
    assert table.index.equals(data["time"].to_index())
    assert table.attrs["units"]["queue_vehicles"] == "vehicles"
    homes = made_up_result.to_pandas(["persons_home"])
    assert list(homes.columns) == [f"persons_home|{name}" for name in data["settlement"].to_numpy()]
    np.testing.assert_array_equal(homes["persons_home|Askeran"], data["persons_home"].sel(settlement="Askeran"))


def test_a_comparison_as_tables(comparison: Comparison) -> None:
    assert len(comparison.to_pandas()) == 4
    arrived = comparison.to_pandas("arrivals_cumulative")
    assert arrived.columns.names == ["scenario", "member"]
    one = comparison.dataset["arrivals_cumulative"].sel(scenario="un_monitoring", member=1)
    np.testing.assert_array_equal(arrived["un_monitoring", 1], one)
    provinces = comparison.to_pandas("persons_by_province")
    assert provinces.columns.names == ["scenario", "member", "province"]


def test_a_comparison_plots_itself(comparison: Comparison) -> None:
    ax = Figure(figsize=(8, 4)).subplots()
    assert comparison.plot.arrivals(ax) is ax
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["as reported", "un monitoring"]
    changed = comparison.plot.difference("un_monitoring")
    median = comparison.differences()["arrivals_cumulative"].sel(scenario="un_monitoring").median("member")
    np.testing.assert_allclose(lines(changed)[0].get_ydata(), median)
    assert "seed 5 · 2 members" in changed.figure._supxlabel.get_text()  # type: ignore[union-attr]
    assert "left their homes" in comparison.plot.outcome("persons_left").get_xlabel()
    for wrong in (
        lambda: comparison.plot.difference("as_reported"),
        lambda: comparison.plot.series("persons_by_province"),
        lambda: comparison.plot.outcome("runtime_s"),
    ):
        with pytest.raises(InputError, match="expected one of"):
            wrong()


def test_a_comparison_prints_itself_and_escapes_what_it_shows(comparison: Comparison) -> None:
    text = repr(comparison)
    assert text.startswith("<Comparison of as_reported, un_monitoring: 2 members, seed 5")
    assert re.search(r"un_monitoring:\n  left their homes \[persons\] +[\d,]+ \[", text)
    hostile = comparison.summaries.replace({"scenario": {"un_monitoring": "<script>x</script>"}})
    renamed = Comparison(comparison.dataset, hostile, {"<b>": None}, comparison.members, 5)  # type: ignore[dict-item]
    html = renamed._repr_html_()
    assert "&lt;script&gt;" in html
    assert "&lt;b&gt;" in html
    assert "<script>" not in html
    assert html.count("<tr>") == 3
