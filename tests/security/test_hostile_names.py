"""Names and texts whose author means harm: refused, or shown as they are written and never carried out."""

from __future__ import annotations

import csv
import json
from xml.etree import ElementTree

import openpyxl
import pytest
from matplotlib.figure import Figure

from sim.errors import InputError
from sim.figures.style import style
from sim.model.run import run
from sim.results.write import write
from sim.scenario.load import load

FORMULAS = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)"]
MARKUP = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "[bold red]x[/]", "a,b\"c;d'e"]


def place(name: str) -> dict[str, object]:
    """Return a place in which everything is called so."""
    where = {"lat": 1.0, "lon": 1.0}
    return {
        "network": {
            "title": "net",
            "settlements": [{"name": name, "residents": 100.0, **where}],
            "destinations": [{"name": f"{name} camp", **where}],
            "roads": [[name, f"{name} camp", 5.0]],
        }
    }


def scenario(name: str, **texts: str):
    data = load("base").resolved() | {"shocks": [], "interventions": [], "uncertainties": [], "posterior": None}
    data |= {"name": "own", "place": place(name), **texts}
    data["time"] = data["time"] | {"days": 2.0}
    data["parameters"]["residents_total"]["value"] = 100.0
    return load(data)


@pytest.mark.parametrize("name", FORMULAS)
def test_places_called_as_formulas_are_refused(name):
    with pytest.raises(InputError, match=r"name: found a name that starts with `.`, expected a name that starts other"):
        scenario(name)


@pytest.mark.parametrize(
    "word", ["\x1b]0;owned\x07", "\x1b[2J", "a\x00b", "\x9b31m", "\u202egnp", "\u2066x", "\x7f", "\x08"]
)
@pytest.mark.parametrize("key", ["title", "summary", "narrative", "assumptions", "source", "key"])
def test_characters_that_steer_a_terminal_are_refused_and_not_repeated(word, key):
    data = {"extends": "ceasefire", "name": "own", "title": "t", "summary": "s", "narrative": "n", "assumptions": ["a"]}
    if key == "source":
        data["parameters"] = {"hr_threat": {"value": 2.0, "source": word}}
    elif key == "key":
        data[word] = 1
    else:
        data[key] = [word] if key == "assumptions" else word
    with pytest.raises(
        InputError, match=r"found the control character U\+00..|found the control character U\+20.."
    ) as caught:
        load(data)
    assert word not in str(caught.value)


def test_an_error_never_repeats_control_characters(tmp_path):
    (tmp_path / "own.toml").write_text('extends = "\\u001b[2J"\n')
    with pytest.raises(InputError, match=r"unknown scenario `U\+001B\[2J`"):
        load(tmp_path / "own.toml")


@pytest.mark.parametrize("name", MARKUP)
def test_tables_hold_names_as_they_are_written(name, tmp_path):
    folder = write(run(scenario(name, title=name, summary=name), 1), tmp_path / "out", figures=False)
    book = openpyxl.load_workbook(folder / "planner.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(cell.value == f"{name} camp" for cell in cells)
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    for file in [folder / "series.csv", *(folder / "planner").glob("*.csv")]:
        with file.open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                assert not [cell for cell in row if cell[:1] in "=+@\t\r" and cell[:1]]
    with (folder / "series.csv").open(encoding="utf-8", newline="") as lines:
        assert any(name == row[2] for row in csv.reader(lines))
    for file in (folder / "planner").glob("*.geojson"):
        json.loads(file.read_text(encoding="utf-8"))


def test_figures_write_titles_as_they_are(tmp_path):
    with style():
        figure = Figure()
        text = figure.suptitle(r"Costs $5 and $\\frac{ <b>&amp; $x_1$ --> ")
        figure.savefig(tmp_path / "figure.svg")
    drawn = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert not text.get_parse_math()
    assert "<b>" not in drawn
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
