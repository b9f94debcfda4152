"""Members: drawn from the priors, paired across scenarios, and untouched by what else is uncertain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

import sim
from sim.ensemble import draw
from sim.ensemble.draw import Member, draw_members
from sim.scenario.load import load
from sim.scenario.parameters import SPECS
from sim.scenario.uncertain import priors

BASE = load("as_reported")
CEASEFIRE = load("ceasefire")
STRENGTH = "interventions.ceasefire_of_20_september.strength"


def plain(scenario: Any) -> Any:
    """Return ``scenario`` without a posterior."""
    return scenario.model_copy(update={"posterior": None})


def without_prior(scenario: Any, *names: str) -> Any:
    """Return ``scenario`` with fewer uncertain parameters."""
    parameters = {
        name: parameter.model_copy(update={"prior": None}) if name in names else parameter
        for name, parameter in scenario.parameters.items()
    }
    return scenario.model_copy(update={"parameters": parameters})


def values(scenario: Any, n: int = 16, seed: int = 3) -> pd.DataFrame:
    return pd.DataFrame([member.values for member in draw_members([scenario], n, seed)])


def test_one_more_uncertain_number_changes_no_other() -> None:
    more = values(plain(BASE))
    fewer = values(without_prior(plain(BASE), "hr_threat", "hr_insecurity", "abroad_share"))
    gone = {"parameters.hr_threat", "parameters.hr_insecurity", "parameters.abroad_share"}
    assert set(more) - set(fewer) == gone
    assert fewer.equals(more[fewer.columns])


def test_values_follow_their_priors_in_equal_strata() -> None:
    n = 200
    table, known = values(plain(BASE), n), priors(plain(BASE))
    assert set(table) == set(known)
    for path in ("parameters.hr_threat", "parameters.residents_total", "parameters.strength_monitors"):
        spec = SPECS[path.removeprefix("parameters.")]
        edges = known[path].quantile(np.arange(1, n) / n, spec.low, spec.high)
        assert (np.bincount(np.searchsorted(edges, table[path]), minlength=n) == 1).all()
    for path in table:
        spec = SPECS.get(path.removeprefix("parameters."))
        if spec:
            assert table[path].between(spec.low, spec.high).all()


def test_numbers_are_not_drawn_in_step_with_one_another() -> None:
    table = values(plain(BASE), 200)
    ranks = table[[path for path in table if table[path].nunique() == 200]].rank().to_numpy() / 201
    correlation = np.corrcoef(ranks.T) - np.eye(ranks.shape[1])
    assert np.abs(correlation).max() < 0.4
    spread = (1 / 12 / ranks.shape[1]) ** 0.5
    assert kstest((ranks.mean(axis=1) - 0.5) / spread, "norm").pvalue > 1e-4


def test_members_are_paired_across_scenarios() -> None:
    together = draw_members([BASE, CEASEFIRE], 8, 0)
    shared = set(priors(BASE)) & set(priors(CEASEFIRE)) - {STRENGTH}
    for member in together:
        ours, theirs = member.of(BASE), member.of(CEASEFIRE)
        for name in (path.removeprefix("parameters.") for path in shared if path.startswith("parameters.")):
            assert ours.parameters[name].value == theirs.parameters[name].value
    assert [member.seed for member in together] == [member.seed for member in draw_members([BASE], 8, 0)]
    assert len({member.seed for member in together}) == 8


@pytest.mark.parametrize("order", [[BASE, CEASEFIRE], [CEASEFIRE, BASE]])
def test_where_scenarios_differ_in_a_prior_each_keeps_its_own_at_the_same_rank(order: list[Any]) -> None:
    drawn = draw_members([plain(scenario) for scenario in order], 8, 0)

    def strength(scenario: Any) -> np.ndarray:
        found = [member.of(scenario).interventions for member in drawn]
        return np.array([next(a.strength for a in actions if a.id in STRENGTH) for actions in found])

    reported, full = strength(plain(BASE)), strength(plain(CEASEFIRE))
    low, high = priors(BASE)[STRENGTH].span, priors(CEASEFIRE)[STRENGTH].span
    assert ((low[0] <= reported) & (reported <= low[1])).all()
    assert ((high[0] <= full) & (full <= high[1])).all()
    ranks = [(x - span[0]) / (span[1] - span[0]) for x, span in ((reported, low), (full, high))]
    assert ranks[0] == pytest.approx(ranks[1])
    alone = [member.of(plain(BASE)) for member in draw_members([plain(BASE)], 8, 0)]
    assert [member.of(plain(BASE)) for member in drawn] == alone


def test_posterior_rows_come_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame(
        {
            "parameters.hr_threat": [2.0, 3.0, 4.0],
            "parameters.free_flow_kmh": [32.0, 43.0, 54.0],
            "interventions.free_petrol.tonnes": [200.0, 300.0, 400.0],
        }
    )
    monkeypatch.setattr(draw, "read_posterior", lambda name: rows)
    monkeypatch.setattr(draw, "fitted_scenario", lambda name: None)
    scenario = BASE.model_copy(update={"posterior": "made_up.csv"})
    table = values(scenario, 60)
    found = table[list(rows)].drop_duplicates().sort_values("parameters.hr_threat").reset_index(drop=True)
    assert found.equals(rows)
    assert (table["parameters.hr_threat"].value_counts() == 20).all()
    untouched = values(plain(BASE), 60).drop(columns=list(rows))
    assert untouched.equals(table[untouched.columns])


def test_a_value_set_by_hand_is_kept() -> None:
    varied = plain(BASE).vary({"parameters.hr_threat": 5.5})
    assert "parameters.hr_threat" not in priors(varied)
    assert all(member.of(varied).parameters["hr_threat"].value == 5.5 for member in draw_members([varied], 4, 0))


def test_a_single_member_takes_the_scenarios_own_values() -> None:
    (member,) = draw_members([BASE], 1, 0)
    assert member.values == {}
    assert member.of(BASE) == BASE


def test_a_scenario_without_any_uncertainty_has_members_all_the_same() -> None:
    certain = without_prior(plain(BASE), *BASE.parameters).model_copy(update={"uncertainties": ()})
    drawn = draw_members([certain], 3, 0)
    assert [member.values for member in drawn] == [{}, {}, {}]
    assert len({member.seed for member in drawn}) == 3


def test_paths_that_a_scenario_lacks_are_passed_over() -> None:
    member = Member(0, 1, {"interventions.monitors.strength": 0.5, "parameters.hr_threat": 4.0})
    assert member.of(BASE).parameters["hr_threat"].value == 4.0


def test_an_uncertain_strength_set_by_hand_is_kept_by_every_member() -> None:
    path = "interventions.monitors.strength"
    scenario = sim.load("un_monitoring")
    assert path in scenario.priors()
    by_hand = scenario.vary({path: 0.25})
    assert path not in by_hand.priors()
    members = draw_members([by_hand], 4, 1)
    strengths = {next(a.strength for a in m.of(by_hand).interventions if a.id == "monitors") for m in members}
    assert strengths == {0.25}
