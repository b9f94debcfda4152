from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.report.drivers import bar, drivers
from sim.report.material import read_material
from sim.report.words import against, bases, hangs_on, how_sure, lead, scores

N = 40


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
        ([100, 100, 100], [600, 600, 600], "500 more [500–500]; more in 100% of runs, fewer in 0%."),
        ([100, 100, 100], [40, 40, 100], "60 fewer [−60 to −6]; more in 0% of runs, fewer in 67%."),
        ([0, 0, 0], [0, 0, 0], "as many [0–0]; more in 0% of runs, fewer in 0%."),
        ([5], [9], "4 more in this one pair of runs."),
    ],
)
def test_scenarios_are_compared_run_by_run(material, base, other, expected):
    assert against(with_remaining(material, base, other)) == [
        {"title": "A gradual integration roadmap", "text": expected}
    ]


def test_scores_lie_on_a_scale_of_their_own(material):
    for score in scores(material):
        ends = [cell["at"][2] for cell in score["cells"] if cell["at"]]
        assert max(ends) == pytest.approx(100.0) or max(ends) == 0.0
        assert all(cell["at"] == sorted(cell["at"]) for cell in score["cells"] if cell["at"])


def test_every_number_rests_on_something(material):
    assert sum(count for _, count in bases(material)) == len(material.scenarios["as_reported"].parameters)


def made_up_material(slope: float) -> Any:
    """Return a material in which who remains follows one of thirty assumed numbers, by ``slope``."""
    rng = np.random.default_rng(3)
    values = rng.random((N, 30))
    paths = [f"parameters.p{number}" for number in range(30)]
    remaining = 1000.0 * (slope * values[:, 7] + rng.random(N))
    rows = [
        {"member": m, "seed": m, "path": path, "value": values[m, place]}
        for m in range(N)
        for place, path in enumerate(paths)
    ]
    summaries = pd.DataFrame({"scenario": "only", "member": range(N), "persons_remaining": remaining})
    summaries = summaries.assign(persons_arrived=5.0, persons_returned=5.0)
    return SimpleNamespace(
        n_members=N,
        assumed=pd.DataFrame(rows),
        summaries=summaries,
        scenarios={"only": SimpleNamespace(priors=lambda: dict.fromkeys(paths))},
        titles={"only": "Only"},
    )


def test_what_drives_an_outcome_stands_out_from_chance():
    material = made_up_material(5.0)
    found = drivers(material)
    assert (found[0].path, found[0].stands_out) == ("parameters.p7", True)
    assert found[0].rho > 0.9
    assert [item.path for item in found if item.stands_out] == ["parameters.p7"]
    assert hangs_on(material, found) == ["Who remains under “Only” goes most with p7 (more the higher it is)."]


def test_chance_does_not_stand_out():
    material = made_up_material(0.0)
    assert not any(item.stands_out for item in drivers(material))
    assert "no single assumption stands out" in hangs_on(material, drivers(material))[0]


def test_few_members_tell_nothing_of_drivers(material):
    assert drivers(material) == []
    assert bar(8, 100) > bar(64, 100) > bar(64, 5)
