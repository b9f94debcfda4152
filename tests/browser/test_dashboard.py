"""The dashboard in a real browser: it plays, levers change curves, saved files run, nothing leaves the machine."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
MISSING = [name for name in ("solara", "solara_assets", "altair") if find_spec(name) is None]

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (the extra dashboard)"),
    pytest.mark.xdist_group("dashboard"),
]

HOSTILE = '<img src="http://evil.invalid/x.png" onerror="window.owned = 1"><script>window.owned = 1</script>'
NAMES = """
name = "hostile"
extends = "ceasefire"
title = '{title}'
summary = '{title}'
narrative = "A file whose author means harm."
assumptions = ["{{{{7*7}}}}"]
"""
SERIES = """async title => {
    const panels = [...document.querySelectorAll('.panel')];
    const panel = panels.find(item => item.querySelector('h2')?.textContent === title);
    const element = panel.querySelector('.solara-echarts');
    const path = `${window.solara.cdn}/echarts@5.4.0/dist/echarts.js`;
    const echarts = await new Promise(resolve => requirejs([path], resolve));
    const series = echarts.getInstanceByDom(element).getOption().series;
    return Object.fromEntries(series.map(item => [item.name, item.data]));
}"""


@dataclass
class Dashboard:
    """A page of a running dashboard, what went wrong on it and what it asked of others."""

    page: Any
    url: str
    folder: Path
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def table(self) -> dict[str, list[int]]:
        rows = self.page.locator("table[data-table=now] tbody tr").all_inner_texts()
        cells = [row.replace("−", "-").replace(",", "").split("\t") for row in rows]
        return {cell[0]: [int(number) for number in cell[1:]] for cell in cells}

    def series(self, title: str) -> dict[str, list[list[Any]]]:
        return self.page.evaluate(SERIES, title)  # type: ignore[no-any-return]

    def whole_series(self, title: str) -> dict[str, list[list[Any]]]:
        """Return the series of a chart once it shows the run as long as the baseline."""
        until = time.monotonic() + 60
        while True:
            found = self.series(title)
            if len({data[-1][0] for data in found.values()}) == 1:
                return found
            assert time.monotonic() < until
            self.page.wait_for_timeout(100)

    def day(self) -> float:
        heading = self.page.locator(".results h2").first.inner_text()
        return float(re.search(r"day ([\d.]+) of", heading)[1])  # type: ignore[index]

    def wait_for_day(self, test: str) -> None:
        script = (
            f"() => {{ const day = parseFloat(document.querySelector('.results h2').textContent.split(' day ')[1]);\
                   return {test}; }}"
        )
        self.page.wait_for_function(script, timeout=150_000)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve the dashboard from a folder of its own, and end it whatever happens."""
    folder, port = tmp_path_factory.mktemp("dashboard"), free_port()
    (folder / "hostile.toml").write_text(NAMES.format(title=HOSTILE), encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "sim.cli.main", "dashboard", "--port", str(port), "hostile.toml"]
    with (folder / "log.txt").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            until = time.monotonic() + 300
            while "Dashboard:" not in (folder / "log.txt").read_text():
                assert server.poll() is None, (folder / "log.txt").read_text()
                assert time.monotonic() < until
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/", folder
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


@pytest.fixture(scope="module")
def dashboard(address: tuple[str, Path], browser: Any) -> Iterator[Dashboard]:
    url, folder = address
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(150_000)
    shown = Dashboard(page, url, folder)

    def judge(route: Any) -> None:
        own = route.request.url.startswith((url, "data:", "blob:"))
        if not own:
            shown.strangers.append(route.request.url)
        route.continue_() if own else route.abort()

    page.route("**/*", judge)
    page.on("console", lambda message: shown.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: shown.errors.append(str(error)))
    page.goto(url)
    page.wait_for_selector("table[data-table=now]", timeout=150_000)
    page.wait_for_function("() => document.querySelectorAll('.solara-echarts canvas').length === 5")
    yield shown
    page.close()


def test_it_loads_and_shows_where_things_stand_at_first(dashboard: Dashboard) -> None:
    assert "conditional exploration, not a forecast" in dashboard.page.inner_text(".corridor").lower()
    assert dashboard.table()["remain at home [persons]"] == [101700, 101700, 0]
    homes = dashboard.series("Homes and the crossing")["persons present"]
    assert any(home["name"] == "Stepanakert / Khankendi" for home in homes)  # type: ignore[call-overload]
    curves = dashboard.series("Arrived in Armenia")
    assert len(curves["arrived"]) == 1
    assert curves["arrived, baseline"][-1][1] > 90_000


def test_it_plays_pauses_and_steps(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.get_by_role("button", name="▶").click()
    dashboard.wait_for_day("day >= 1")
    page.get_by_role("button", name="❚❚").click()
    step = page.get_by_role("button", name="Step", exact=True)
    step.and_(page.locator(":enabled")).wait_for()
    page.wait_for_timeout(400)
    paused = dashboard.day()
    page.wait_for_timeout(600)
    assert dashboard.day() == paused
    step.click()
    dashboard.wait_for_day(f"day > {paused}")
    assert dashboard.day() == pytest.approx(paused + 0.5, abs=0.06)
    assert all(difference == 0 for _, _, difference in dashboard.table().values())
    page.get_by_role("button", name="Reset").click()
    dashboard.wait_for_day("day === 0")


def test_a_lever_changes_the_curve_and_what_is_saved_runs_to_the_same_numbers(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.get_by_role("button", name=re.compile("^Days to look at")).click()
    page.get_by_role("option", name="14 days").click()
    page.get_by_text("day 0.0 of 14").wait_for()
    slider = page.get_by_role("slider").nth(7)
    slider.focus()
    page.keyboard.press("End")
    page.get_by_text("1000 vehicles/h").wait_for()
    page.get_by_text(re.compile(r"Scenario: [\d.]+ vehicles/h\.")).wait_for()
    page.locator(".results").get_by_text("Moved: Road out: crossing capacity by day 1000 vehicles/h.").wait_for()
    page.locator(".play:not(.waiting)").wait_for()
    page.get_by_role("button", name="Run to the end").click()
    dashboard.wait_for_day("day >= 14")
    curves = dashboard.whole_series("Arrived in Armenia")
    run, baseline = dict(map(tuple, curves["arrived"])), dict(map(tuple, curves["arrived, baseline"]))
    gained = {when: run[when] - baseline[when] for when in run if when in baseline}
    assert max(gained.values()) > 5_000
    queues = dashboard.whole_series("Queue at the crossing")
    assert queues["waiting"] != queues["waiting, baseline"]

    table = dashboard.table()
    name = page.get_by_label("Name: small letters, digits and _")
    name.fill("wider_road")
    name.press("Enter")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("corridor run wider_road.toml --seed 1").wait_for()
    command = [sys.executable, "-m", "sim.cli.main", "run", "wider_road.toml", "--seed", "1", "--out", "out"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=dashboard.folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    summary = json.loads((dashboard.folder / "out" / "summary.json").read_text())
    for label, key in (("have arrived [persons]", "persons_arrived"), ("have died [persons]", "deaths")):
        assert table[label][0] == summary[key]

    page.get_by_role("button", name="Save").click()
    page.get_by_text("a file that is there already").wait_for()


def test_hostile_names_are_only_text(dashboard: Dashboard) -> None:
    page = dashboard.page
    page.get_by_role("button", name=re.compile("^Scenario")).click()
    page.get_by_role("option", name=re.compile("evil")).click()
    page.get_by_role("heading", name=re.compile("What if. <img")).wait_for()
    assert HOSTILE in page.inner_text("h1")
    page.wait_for_timeout(500)
    assert page.evaluate("window.owned") is None


def test_nothing_went_wrong_and_nobody_else_was_asked(dashboard: Dashboard) -> None:
    assert dashboard.errors == []
    assert dashboard.strangers == []
    assert "Traceback" not in (dashboard.folder / "log.txt").read_text()


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.invalid"}, {"Origin": "http://evil.invalid"}], ids=["rebound name", "page elsewhere"]
)
def test_pages_from_elsewhere_get_nothing(address: tuple[str, Path], headers: dict[str, str]) -> None:
    host = address[0].removeprefix("http://").rstrip("/")
    asked = {"Host": host} | headers
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for path, extra in (("/", {}), ("/jupyter/api/kernels/x", upgrade)):
        connection = http.client.HTTPConnection(host, timeout=10)
        connection.request("GET", path, headers=asked | extra)
        assert connection.getresponse().status == 403
        connection.close()
