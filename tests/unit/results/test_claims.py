"""What may be said of a comparison: probabilities with ties, and plain words where the evidence can't tell."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.results.claims import ENOUGH, Claim, assumed_table, claim, claims, claims_table
from sim.results.outlook import FEWER_IS_BETTER, PLANNER_OUTPUTS, outputs_of_members, planner_outputs
from sim.results.said import cells, claims_markdown

N = 40


def claimed(a: Any, b: Any, output: str = "persons_left", assumed: pd.DataFrame | None = None) -> Claim:
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    table = pd.DataFrame(index=range(a.size)) if assumed is None else assumed
    return claim("later", "first", output, a, b, table)


def test_ties_count_half() -> None:
    assert claimed([1, 2, 3, 4], [0, 2, 3, 9]).p_higher == 0.5
    assert claimed([1, 2, 3, 4], [0, 2, 3, 4]).p_higher == (1 + 3 / 2) / 4
    assert claimed([math.inf, math.inf], [math.inf, 5.0]).p_higher == (1 + 1 / 2) / 2


def test_a_difference_that_is_always_there_is_claimed() -> None:
    base = np.arange(N, dtype=float)
    found = claimed(base - 5 - base % 3, base)
    assert (found.p_higher, found.verdict, found.told) == (0.0, "lower", True)
    assert found.mean == pytest.approx(np.mean(-5 - base % 3))
    assert found.p05 == pytest.approx(np.quantile(-5 - base % 3, 0.05))
    assert found.standard_error == pytest.approx(np.std(base % 3, ddof=1) / math.sqrt(N))


def test_better_is_said_only_where_fewer_is_better() -> None:
    base = np.arange(N, dtype=float)
    for output in PLANNER_OUTPUTS:
        found = claimed(base - 5, base, output)
        if output in FEWER_IS_BETTER:
            assert (found.verdict, found.p_better) == ("better", 1.0)
            assert claimed(base + 5, base, output).verdict == "worse"
        else:
            assert found.verdict == "lower"
            assert math.isnan(found.p_better)


@pytest.mark.parametrize("n_higher", [5, 20, 35])
def test_a_direction_that_members_dispute_is_not_claimed(n_higher: int) -> None:
    change = np.where(np.arange(N) < n_higher, 3.0, -3.0)
    assert claimed(change, np.zeros(N)).verdict == "the evidence can't tell"


def test_an_interval_with_zero_inside_is_not_claimed() -> None:
    change = np.where(np.arange(N) < 37, 1.0, -50.0)
    found = claimed(change, np.zeros(N))
    assert found.p_higher > 0.9
    assert found.p05 < 0 < found.p95
    assert found.verdict == "the evidence can't tell"


def test_few_members_claim_nothing_however_they_agree() -> None:
    few, enough = (claimed(np.ones(n), np.zeros(n)) for n in (ENOUGH - 1, ENOUGH))
    assert few.verdict == f"too few members ({ENOUGH - 1} of {ENOUGH})"
    assert enough.verdict == "higher"
    assert 0.9**ENOUGH < 0.05 < 0.9 ** (ENOUGH - 1)


def test_equal_runs_show_no_difference() -> None:
    assert claimed(np.arange(N), np.arange(N)).verdict == "no difference in any member"
    never = np.full(N, math.inf)
    assert claimed(never, never).verdict == "no difference in any member"
    assert cells(claimed(never, never))[2] == "–"


def test_what_never_happens_counts_for_the_probability_but_not_for_the_mean() -> None:
    found = claimed([math.inf] * 10 + [7.0] * 30, [5.0] * 40, "hours_to_half_arrived")
    assert (found.p_higher, found.mean, found.n, found.of) == (1.0, 2.0, 30, 40)
    assert cells(found)[2].endswith("(30 of 40)")


def test_a_planted_assumption_is_named_and_noise_is_not() -> None:
    luck = np.random.default_rng(0)
    assumed = pd.DataFrame(luck.random((N, 60)), columns=[f"parameters.x{i}" for i in range(60)])
    driven = claimed(assumed["parameters.x5"] * 9, np.zeros(N), assumed=assumed)
    assert cells(driven)[4] == "x5 (+1.00)"
    random = claimed(luck.random(N), np.zeros(N), assumed=assumed)
    assert cells(random)[4] == "no assumption stands out"


def test_only_what_is_uncertain_in_the_pair_can_be_hung_on() -> None:
    values = ({"a": n, "first: b": n, "other: b": n, "c": n, "constant": 1.0} for n in range(4))
    members = [SimpleNamespace(number=n, seed=n, values=each) for n, each in enumerate(values)]
    assert list(assumed_table(members, ("first", "later"))) == ["a", "first: b", "c"]
    assert list(assumed_table(members, ("first", "later"), {"a", "b"})) == ["a", "first: b"]


def test_few_scenarios_are_compared_in_every_pair_and_many_with_the_baseline(made_up_comparison: Any) -> None:
    def pairs(n_scenarios: int) -> list[tuple[str, str]]:
        names = list(dict.fromkeys(made_up_comparison.summaries["scenario"]))[:n_scenarios]
        summaries = made_up_comparison.summaries.query("scenario in @names")
        part = SimpleNamespace(
            dataset=made_up_comparison.dataset.sel(scenario=names),
            summaries=summaries,
            members=made_up_comparison.members,
            baseline=names[0],
        )
        found = claims(part)
        assert len(found) == len({(item.scenario, item.other) for item in found}) * len(PLANNER_OUTPUTS)
        return list(dict.fromkeys((item.scenario, item.other) for item in found))

    assert pairs(1) == []
    assert pairs(3) == [
        ("ceasefire", "as_reported"),
        ("un_monitoring", "as_reported"),
        ("un_monitoring", "ceasefire"),
    ]
    assert [other for _, other in pairs(4)] == ["as_reported"] * 3


def test_tables_say_that_few_members_claim_nothing_and_that_all_is_conditional(made_up_comparison: Any) -> None:
    found = claims(made_up_comparison)
    text = claims_markdown(found)
    assert text.count(f"too few members (12 of {ENOUGH})") == len(found)
    assert "conditional on the model" in text
    table = claims_table(found)
    assert len(table) == len(found) == 3 * len(PLANNER_OUTPUTS)
    left = table.query("output == 'persons_left' and scenario == 'ceasefire'").iloc[0]
    assert left["p_higher"] == 0.0
    assert left["difference_mean"] < -10_000
    assert claims_markdown([]) == ""


def test_planner_outputs_are_taken_from_series_and_summary(made_up_result: Any) -> None:
    data, summary = made_up_result.dataset, made_up_result.summary
    found = planner_outputs(data, summary)
    assert list(found) == list(PLANNER_OUTPUTS)
    assert found["persons_remaining_share"] == summary["persons_remaining"] / summary["persons_initial"]
    assert found["peak_unsheltered"] == float(data["persons_unsheltered"].sum("province").max())
    hourly = data["people_in_need"].max("sector_of_need").to_numpy()
    assert found["need_person_days"] == pytest.approx((hourly.sum() - (hourly[0] + hourly[-1]) / 2) / 24)
    never = planner_outputs(data, {**summary, "hours_to_half_arrived": None, "peak_wait_hours": None})
    assert (never["hours_to_half_arrived"], never["peak_wait_hours"]) == (math.inf, 0.0)


def test_outputs_of_members_are_those_of_each_run(made_up_comparison: Any) -> None:
    table = outputs_of_members(made_up_comparison.dataset, made_up_comparison.summaries)
    row = table.query("scenario == 'ceasefire' and member == 3").iloc[0]
    data = made_up_comparison.dataset.sel(scenario="ceasefire").isel(member=3)
    assert row["peak_unsheltered"] == float(data["persons_unsheltered"].sum("province").max())
