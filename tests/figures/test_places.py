from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch, Rectangle

from sim.figures.brief import brief, write_brief
from sim.figures.places import Mark, ground, origins, province_shares, stacked
from sim.figures.sheets import map_of_run, origins_of
from sim.place.atlas import load_atlas


def panel():
    return Figure(figsize=(8, 4)).subplots()


def test_nodes_do_not_overlap_and_heights_are_in_proportion():
    totals = np.array([5.0, 0.0, 80.0, 1.0, 14.0])
    nodes = stacked(totals)
    assert list(nodes) == [2, 4, 0, 3]
    edges = [(y, y + height) for y, height in nodes.values()]
    assert all(low[1] <= high[0] for low, high in pairwise(edges))
    assert edges[0][0] >= 0.0
    assert edges[-1][1] <= 1.0
    assert nodes[2][1] / nodes[0][1] == pytest.approx(16.0)


def test_flows_leave_from_and_arrive_at_all_of_a_node(real_result):
    ax = panel()
    origins(ax, real_result.dataset)
    ribbons = [patch for patch in ax.patches if isinstance(patch, PathPatch)]
    assert len(ribbons) == int((real_result.dataset["displaced_by_origin"] > 0).sum())
    nodes = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    left = [node.get_height() for node in nodes if node.get_x() < 0.5]
    leaving = sum(np.ptp(ribbon.get_path().vertices[[0, 7], 1]) for ribbon in ribbons)
    assert leaving == pytest.approx(sum(left), rel=1e-6)


def test_flows_name_both_forms_of_the_city_and_count_everybody(real_result):
    ax = panel()
    origins(ax, origins_of(real_result.dataset, load_atlas("karabakh_2023")))
    texts = [text.get_text() for text in ax.texts]
    assert any(text.startswith("Stepanakert / Khankendi  ") for text in texts)
    displaced = int(real_result.dataset["persons_displaced"].isel(time=-1).sum())
    counts = [int(re.sub(r"\D", "", text.rsplit("  ", 1)[1])) for text in texts]
    assert sum(counts) == 2 * displaced


def test_shares_of_provinces_add_up(real_result):
    ax = panel()
    province_shares(ax, real_result.dataset)
    assert sum(bar.get_width() for bar in ax.patches) == pytest.approx(100.0)
    assert ax.get_xlabel() == "share of the displaced in provinces [%]"


def test_areas_on_the_map_are_in_proportion():
    atlas = load_atlas("karabakh_2023")
    one, other = atlas.of_kind("province")[:2]
    crossing = atlas.of_kind("crossing")[0]
    ax = panel()
    marks = [Mark(one, "province", 400.0, 900.0), Mark(other, "province", 100.0), Mark(crossing, "crossing", 400.0)]
    ground(ax, atlas, marks, 900.0)
    circles = [patch for patch in ax.patches if isinstance(patch, Circle)]
    assert [circle.radius for circle in circles] == pytest.approx([0.26 * x for x in (2 / 3, 1.0, 1 / 3)])
    square = next(patch for patch in ax.patches if isinstance(patch, Rectangle))
    assert square.get_width() ** 2 == pytest.approx(np.pi * circles[0].radius ** 2, rel=1e-2)


def test_a_map_names_the_city_in_both_forms_and_is_dated(real_result):
    figure = map_of_run(real_result.dataset, load_atlas("karabakh_2023"))
    names = {text.get_text() for ax in figure.axes for text in ax.texts}
    assert {"Stepanakert / Khankendi", "Hakari bridge", "Yerevan"} <= names
    assert figure.axes[0].get_title(loc="left").startswith("19 Sep 2023")
    assert figure.axes[0].get_xlabel() == "longitude [°E]"


@pytest.mark.parametrize("n_scenarios", [1, 2])
def test_the_brief_is_one_page_and_the_same_bytes_each_time(real_comparison, tmp_path, n_scenarios):
    names = list(real_comparison.scenarios)[:n_scenarios]
    part = type(real_comparison)(
        real_comparison.dataset.sel(scenario=names),
        real_comparison.summaries[real_comparison.summaries["scenario"].isin(names)],
        {name: real_comparison.scenarios[name] for name in names},
        real_comparison.members,
        real_comparison.seed,
    )
    for name in ("first", "second"):
        write_brief(brief(part, 1, {"as_reported": "As reported, September 2023"}), tmp_path / f"{name}.pdf")
    content = (tmp_path / "first.pdf").read_bytes()
    assert content == (tmp_path / "second.pdf").read_bytes()
    assert content.count(b"/Type /Page ") == 1
    assert b"CreationDate" not in content


def test_nothing_on_the_brief_sticks_out(real_comparison):
    figure = brief(real_comparison, 1, {})
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.texts]
    width, height = figure.bbox.width, figure.bbox.height
    assert all(0 <= box.x0 < box.x1 <= width and 0 <= box.y0 < box.y1 <= height for box in boxes)
    assert "conditional exploration, not a forecast" in figure.texts[0].get_text().lower()
