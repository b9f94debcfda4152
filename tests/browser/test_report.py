from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from sim.report.html import page as page_of
from sim.report.material import of_result, read_material
from sim.scenario.schema import Scenario

pytestmark = pytest.mark.xdist_group("report")

HOSTILE = (
    "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>{{ 7 * 7 }}"
    "\"><img src=x onerror=window.hacked=1>' onmouseover='window.hacked=1' <svg/onload=window.hacked=1>"
)


@pytest.fixture(scope="session")
def files(folders: Path, tmp_path_factory: pytest.TempPathFactory, browser: Any) -> dict[str, str]:
    """Return kind of result → address of its report on disk."""
    folder = tmp_path_factory.mktemp("reports")
    found = {}
    for kind in ("run", "comparison"):
        (folder / f"{kind}.html").write_text(page_of(read_material(folders / kind)), encoding="utf-8")
        found[kind] = (folder / f"{kind}.html").as_uri()
    return found


def opened(page: Any, address: str) -> Any:
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    return page


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_it_opens_from_disk_without_errors_or_requests(page, files, kind):
    opened(page, files[kind])
    assert page.locator("#chart-arrived .median").count() == {"run": 1, "comparison": 2}[kind]
    assert page.locator("#sankey .link").count() > 20
    assert page.locator("#map .mark").count() == {"run": 22, "comparison": 5}[kind] + 13
    assert [text for text in page.noted if not text.startswith("request: file:")] == []
    assert len(page.noted) == 1


def test_a_scenario_can_be_hidden_but_not_the_last(page, files):
    opened(page, files["comparison"])
    first, second = page.locator("[data-toggle]").all()
    second.click()
    assert second.get_attribute("aria-pressed") == "false"
    assert page.locator("#chart-arrived .median").count() == 1
    assert page.locator("#chart-queue .legend tr").count() == 1
    first.click()
    assert page.locator("#chart-arrived .median").count() == 1
    second.click()
    assert page.locator("#chart-arrived .median").count() == 2


def test_differences_and_the_period_change_what_is_drawn(page, files):
    opened(page, files["comparison"])
    path = "#chart-arrived .median >> nth=0"
    values = page.get_attribute(path, "d")
    page.click("[data-change=true]")
    assert page.locator("#chart-arrived .median").count() == 1
    assert page.locator("#chart-arrived .count-mark").count() == 0
    page.click("[data-change=false]")
    assert page.get_attribute(path, "d") == values
    page.click("[data-whole=true]")
    assert page.get_attribute(path, "d") != values
    assert page.locator("#chart-arrived .count-mark").count() > 10


def test_a_choice_changes_one_chart(page, files):
    opened(page, files["comparison"])
    before = page.get_attribute("#chart-need .median >> nth=0", "d")
    page.select_option("#chart-need select", label="shelter")
    assert page.get_attribute("#chart-need .median >> nth=0", "d") != before


def test_all_charts_are_read_at_one_moment_by_mouse_and_by_keyboard(page, files):
    opened(page, files["comparison"])
    captions = page.locator("[data-chart] .legend caption")
    page.hover("#chart-arrived .plot", position={"x": 200, "y": 80})
    moments = set(captions.all_inner_texts())
    assert len(moments) == 1
    assert page.locator("#chart-queue .hair circle").count() == 2
    page.locator("#chart-queue .plot").focus()
    page.keyboard.press("ArrowRight")
    assert set(captions.all_inner_texts()) != moments
    page.keyboard.press("Escape")
    assert page.locator(".hair line").count() == 0


def test_the_slider_moves_the_map_in_time(page, files):
    opened(page, files["run"])
    city = page.locator("#map .mark").nth(0)
    page.locator("#when").fill("0")
    start, before = page.inner_text("#clock"), city.get_attribute("aria-label")
    assert start == "19 Sept 2023, 00:00"
    assert before.startswith("Stepanakert / Khankendi: ")
    page.locator("#when").focus()
    page.keyboard.press("End")
    assert page.inner_text("#clock") == "29 Sept 2023, 00:00"
    assert city.get_attribute("aria-label") != before
    city.focus()
    assert page.inner_text("#told") == city.get_attribute("aria-label")


def test_the_map_plays_and_pauses(page, files):
    opened(page, files["comparison"])
    page.locator("#when").fill("0")
    page.click("#play")
    while int(page.input_value("#when")) < 3:
        page.wait_for_timeout(50)
    page.click("#play")
    at = page.input_value("#when")
    page.wait_for_timeout(300)
    assert page.input_value("#when") == at
    assert page.inner_text("#play") == "Play"


def test_the_map_shows_another_scenario_and_comes_closer(page, files):
    opened(page, files["comparison"])
    labels = [mark.get_attribute("aria-label") for mark in page.locator("#map .mark").all()]
    page.click("[data-map='1']")
    assert [mark.get_attribute("aria-label") for mark in page.locator("#map .mark").all()] != labels
    box = page.get_attribute(".sheet", "viewBox")
    page.click("text=Homes and crossing")
    assert page.get_attribute(".sheet", "viewBox") != box


def test_assumptions_can_be_searched(page, files):
    opened(page, files["run"])
    page.fill("#filter", "checkpoint hour")
    shown = page.locator("#numbers tbody tr:visible")
    assert 0 < shown.count() < 20
    assert all("checkpoint" in text.lower() for text in shown.all_inner_texts())


@pytest.mark.parametrize("kind", ["run", "comparison"])
def test_nothing_scrolls_sideways_on_a_phone(page, files, kind):
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, files[kind])
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    wide = "[...document.querySelectorAll('main *:not(.wide *)')].filter((e) => e.getBoundingClientRect().right > 361)"
    assert page.evaluate(f"{wide}.map((e) => e.tagName + '.' + e.className).filter((n) => !n.includes('SVG'))") == []


def test_it_prints_with_everything_open_and_without_controls(page, files):
    opened(page, files["comparison"])
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("details:not([open])").count() == 0
    assert page.locator(".controls:visible").count() == 0
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


def test_hostile_texts_are_shown_and_not_run(page, real_result, tmp_path):
    resolved = real_result.scenario.resolved() | {"title": HOSTILE, "summary": HOSTILE, "narrative": HOSTILE}
    resolved["parameters"]["hr_threat"] |= {"note": HOSTILE}
    scenario = Scenario.model_validate(resolved)
    material = of_result(dataclasses.replace(real_result, scenario=scenario), {"seed": 1, "command": HOSTILE})
    (tmp_path / "page.html").write_text(page_of(material), encoding="utf-8")
    opened(page, (tmp_path / "page.html").as_uri())
    page.get_by_text("onmouseover").first.hover()
    assert page.evaluate("window.hacked") is None
    assert page.inner_text("h1") == HOSTILE
    assert page.locator("img").count() == 0
    assert len(page.noted) == 1


def test_a_script_that_slipped_in_would_not_run(page, files, tmp_path):
    text = Path(files["run"].removeprefix("file://")).read_text("utf-8")
    slipped = text.replace("<main>", "<main><script>window.hacked=1</script><img src='http://localhost:9/x'>")
    (tmp_path / "page.html").write_text(slipped, encoding="utf-8")
    opened(page, (tmp_path / "page.html").as_uri())
    assert page.evaluate("window.hacked") is None
    assert sum("violates the following Content Security Policy" in text for text in page.noted) == 2


def test_without_javascript_the_numbers_are_there(browser, files, folders):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(files["comparison"])
    assert page.locator("noscript .warning, .warning").first.is_visible()
    assert "persons arrive in Armenia" in page.inner_text(".first")
    assert page.locator(".score").count() == 7
    context.close()
