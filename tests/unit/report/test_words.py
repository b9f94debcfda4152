from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from sim.report.material import read_material
from sim.report.words import against, bases, hangs_on, how_sure, lead, meaning, scores
from sim.results.claims import Claim
from sim.results.drivers import Driver
from sim.scenario.parameters import SPECS


@pytest.fixture(scope="module")
def material(folders):
    return read_material(folders / "comparison")


def with_remaining(material, base, other):
    """Return ``material`` with these numbers of who remains, for the first and the second scenario."""
    both = [
        pd.DataFrame({"scenario": name, "member": range(len(values)), "persons_remaining": values})
        for name, values in zip(material.scenarios, (base, other), strict=True)
    ]
    return dataclasses.replace(material, summaries=pd.concat(both, ignore_index=True))


def test_the_lead_tells_the_numbers_that_were_written(material):
    row = material.summaries.query("scenario == 'as_reported'")["persons_arrived"]
    text = lead(material)
    assert text.startswith("Under “As reported, September 2023”, ")
    assert f"{row.median():,.0f} persons arrive in Armenia by 29 Sep 2023 [{row.quantile(0.05):,.0f}–" in text
    assert text.endswith("Brackets hold 90% of runs.")


def test_a_run_has_no_brackets(folders):
    material = read_material(folders / "run")
    assert "[" not in lead(material)
    assert "no interval" in how_sure(material)[0]
    assert all(cell["interval"] == "" for score in scores(material) for cell in score["cells"])


@pytest.mark.parametrize(
    ("base", "other", "expected"),
    [
        ([100, 100, 100], [600, 600, 600], "500 more [500–500]; more in 100% of runs, fewer in 0%"),
        ([100, 100, 100], [40, 40, 100], "60 fewer [−60 to −6]; more in 0% of runs, fewer in 67%"),
        ([0, 0, 0], [0, 0, 0], "as many [0–0]; more in 0% of runs, fewer in 0%"),
        ([5], [9], "4 more in this one pair of runs"),
    ],
)
def test_scenarios_are_compared_run_by_run(material, base, other, expected):
    assert against(with_remaining(material, base, other), []) == [
        {"title": "A gradual integration roadmap", "text": expected, "verdict": ""}
    ]


def test_scores_lie_on_a_scale_of_their_own(material):
    for score in scores(material):
        ends = [cell["at"][2] for cell in score["cells"] if cell["at"]]
        assert max(ends) == pytest.approx(100.0) or max(ends) == 0.0
        assert all(cell["at"] == sorted(cell["at"]) for cell in score["cells"] if cell["at"])


def test_every_number_rests_on_something(material):
    assert sum(count for _, count in bases(material)) == len(material.scenarios["as_reported"].parameters)


def test_what_a_difference_hangs_on_is_said(material):
    driver = Driver("parameters.hr_threat", -0.8, 0.001)
    pair = ("integration_roadmap", "as_reported", "persons_remaining_share")
    found = [Claim(*pair, n=40, of=40, p_higher=0.97, mean=0.2, p05=0.1, p95=0.3, standard_error=0.01)]
    assert "no assumption stands out" in hangs_on(material, found)[0]
    assert against(material, found)[0]["verdict"] == "higher"
    assert hangs_on(material, [dataclasses.replace(found[0], hangs_on=(driver,))]) == [
        "Share of residents who remain under “A gradual integration roadmap”, against the first: hr_threat (−0.80).",
        f"hr_threat: {SPECS['hr_threat'].meaning}.",
    ]


def test_an_uncertain_number_says_what_it_is(material):
    roadmap = material.scenarios["integration_roadmap"]
    note = next(u.note for u in roadmap.uncertainties if u.path == "interventions.handover_in_steps.strength")
    assert meaning(roadmap, "roadmap: interventions.handover_in_steps.strength") == note
    assert meaning(roadmap, "interventions.nothing.strength") == ""
