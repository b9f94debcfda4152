from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from typer.testing import CliRunner

from sim.cli.main import app
from sim.report.html import page
from sim.report.material import of_result, read_material
from sim.results.folder import check_target
from sim.scenario.schema import Scenario

HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"


class Seen(HTMLParser):
    """Collects elements, attributes and visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements, self.text, self.inline = [], "", []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        self._within = tag

    def handle_endtag(self, tag):
        self._within = ""

    def handle_data(self, data):
        if self._within in ("script", "style"):
            self.inline.append((self._within, data))
        else:
            self.text += data


@pytest.fixture(scope="module", params=["run", "comparison"])
def made(request, folders):
    material = read_material(folders / request.param)
    text = page(material)
    return material, text, Seen(text)


def hostile(result):
    resolved = result.scenario.resolved()
    resolved |= {"title": HOSTILE, "summary": HOSTILE, "narrative": HOSTILE, "assumptions": [HOSTILE]}
    resolved["parameters"]["hr_threat"] |= {"note": HOSTILE, "source": HOSTILE}
    resolved["interventions"][0] |= {"note": HOSTILE}
    return dataclasses.replace(result, scenario=Scenario.model_validate(resolved))


def test_the_page_asks_nothing_of_any_network(made):
    _, text, seen = made
    loads = {"src", "srcset", "data", "poster", "action", "formaction", "background"}
    assert [item for item in seen.elements if loads & set(item[1])] == []
    links = [attributes["href"] for tag, attributes in seen.elements if tag == "link"]
    assert links == ["data:,"]
    assert not re.search(r"@import|url\(", text)


def test_only_its_own_script_and_style_may_run(made):
    _, _, seen = made
    policy = next(item["content"] for _, item in seen.elements if item.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    run = [text for kind, text in seen.inline if not text.startswith("{")]
    hashes = {"sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in run}
    assert hashes == allowed
    assert [item for _, item in seen.elements if "style" in item or any(key.startswith("on") for key in item)] == []


def test_it_is_light_and_says_who_made_it_from_what(made):
    material, text, seen = made
    assert len(text.encode()) < 2_000_000
    for name, scenario in material.scenarios.items():
        assert scenario.hash() in seen.text, name
        assert scenario.title in seen.text
    assert material.manifest["command"] in seen.text
    assert "not a forecast" in seen.text


def test_every_number_and_lever_is_listed_with_what_it_rests_on(made):
    material, _, seen = made
    base = material.scenarios[material.baseline]
    assert all(name.replace("_", " ") in seen.text for name in base.parameters)
    assert all(item.id.replace("_", " ") in seen.text for _, item in base.actions())
    assert "Stepanakert / Khankendi" in seen.text


def test_data_are_those_of_the_result(made):
    material, _, seen = made
    data = json.loads(next(text for kind, text in seen.inline if text.startswith("{")))
    arrived = next(chart for chart in data["charts"] if chart["id"] == "arrived")["series"][0]["values"]
    for place, name in enumerate(material.scenarios):
        levels = arrived[place]
        final = material.dataset["arrivals_cumulative"].sel(scenario=name).isel(time=-1)
        assert levels[len(levels) // 2][-1] == round(float(final.median()))
        assert all(len(level) == len(data["times"]) for level in levels)
        assert [level[-1] for level in levels] == sorted(level[-1] for level in levels)
    everybody = [sum(states) for states in zip(*(row for row in data["whereabouts"]["values"][0]), strict=True)]
    assert max(everybody) - min(everybody) <= len(data["whereabouts"]["states"])
    assert sum(map(sum, data["origins"]["values"][0])) == pytest.approx(
        float(material.dataset["persons_displaced"].isel(scenario=0, time=-1).mean("member").sum()), abs=40
    )


def test_hostile_texts_stay_texts(real_result):
    text = page(of_result(hostile(real_result), {"command": HOSTILE, "seed": 1, "files": [HOSTILE]}))
    assert "<script>window" not in text
    assert "<img" not in text
    assert HOSTILE in Seen(text).text
    assert len(re.findall("<script", text)) == 2


def test_the_same_result_gives_the_same_page(folders, made):
    material, text, _ = made
    assert page(material) == text


def corridor(*words):
    return CliRunner().invoke(app, ["report", *map(str, words)])


def test_the_verb_writes_a_page_into_the_folder_and_lists_it(real_result, tmp_path):
    from sim.results.write import write

    folder = write(real_result, tmp_path / "out", figures=False, command="corridor run")
    answer = corridor(folder)
    assert answer.exit_code == 0, answer.output
    assert (folder / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert "report.html" in json.loads((folder / "run.json").read_text("utf-8"))["files"]
    check_target(folder)  # the folder is still only Corridor's, so that a later run may replace it
    assert read_material(folder).n_members == 1


def test_the_verb_writes_elsewhere_too(folders, tmp_path):
    before = (folders / "run" / "run.json").read_bytes()
    assert corridor(folders / "run", "--out", tmp_path / "page.html").exit_code == 0
    assert (tmp_path / "page.html").is_file()
    assert (folders / "run" / "run.json").read_bytes() == before


def test_the_verb_refuses_in_words_and_leaves_nothing(folders, tmp_path):
    for words, expected in (
        ((tmp_path,), "no result of Corridor"),
        ((folders / "run", "--out", tmp_path / "nowhere" / "page.html"), "no such file or directory"),
        ((folders / "run", "--out", folders / "run" / "run.json"), "a name that ends in .html"),
        ((folders / "run", "--out", tmp_path / "run.csv"), "a name that ends in .html"),
    ):
        answer = corridor(*words)
        assert answer.exit_code == 2
        assert expected in answer.output
        assert "Traceback" not in answer.output
    assert list(tmp_path.iterdir()) == []
