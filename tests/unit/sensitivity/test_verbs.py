"""`corridor sensitivity` and `corridor discover` on the model itself, a few residents for a few days."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner, Result

from sim.cli.main import app
from sim.ensemble.posterior import read_posterior
from sim.figures import gallery
from sim.results.write_comparison import write_comparison
from sim.scenario.load import load
from sim.scenario.uncertain import priors
from sim.sensitivity.analyse import strongest
from sim.sensitivity.factors import draw_independent, factors_of, ties, values_at

SMALL = ("--days", "7", "--set", "parameters.residents_total=900", "--set", "time.step_minutes=240", "--workers", "1")
STRENGTH = "interventions.handover_in_steps.strength"


def corridor(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_sensitivity_names_what_the_outputs_hang_on(tmp_path: Path) -> None:
    screened = ("--only", "interventions.handover", "--only", "interventions.roadmap.pace")
    words = ("sensitivity", "integration_roadmap", *screened)
    words += (*SMALL, "--base", 4, "--keep", 1, "--outputs", "persons_left,need_person_days", "--seed", 2)
    answer = corridor(*words, "--out", tmp_path / "one")
    assert answer.exit_code == 0, answer.output
    runs = 2 * 3 + 2 * 5 + 4 * 5
    assert f"2 uncertain numbers, {runs} runs" in answer.stderr
    screening = pd.read_csv(tmp_path / "one" / "screening.csv")
    assert len(screening) == 2 * 2
    assert screening.iloc[0]["assumption"] == STRENGTH
    swings = pd.read_csv(tmp_path / "one" / "swings.csv")
    first = swings.iloc[0]
    assert (first["low_value"], first["high_value"]) == (0.05, 0.95)
    assert first["at_low"] > first["at_median"] > first["at_high"]
    shares = pd.read_csv(tmp_path / "one" / "variance_shares.csv")
    assert list(shares["assumption"].unique()) == [STRENGTH, "all other assumptions", "chance"]
    manifest = json.loads((tmp_path / "one" / "sensitivity.json").read_text(encoding="utf-8"))
    assert (manifest["kind"], manifest["seed"], manifest["kept"]) == ("sensitivity", 2, [STRENGTH])
    assert manifest["provenance"]["versions"]["SALib"] != "unknown"
    assert manifest["assumptions"]["parameters.hr_insecurity"] == "posterior of the counts"
    assert manifest["assumptions"][STRENGTH] == "uniform 0 to 1"
    figures = {"tornado_persons_left.png", "tornado_need_person_days.svg", "variance_shares.png"}
    assert figures <= {path.name for path in (tmp_path / "one" / "figures").iterdir()}
    text = (tmp_path / "one" / "table.md").read_text(encoding="utf-8")
    assert "Each varies independently" in text
    assert "| handover_in_steps.strength | 0.05 | 0.95 |" in text


def test_a_comparison_says_what_may_be_said(tmp_path: Path) -> None:
    folder = tmp_path / "pair"
    answer = corridor("compare", "as_reported", "integration_roadmap", *SMALL, "--members", 8, "--out", folder)
    assert answer.exit_code == 0, answer.output
    table = pd.read_csv(folder / "claims.csv").set_index("output")
    assert set(table["scenario"]) == {"integration_roadmap"}
    assert set(table["verdict"]) == {"too few members (8 of 29)"}
    assert table.loc["persons_remaining_share", "p_higher"] > 0.5
    assert np.isnan(table.loc["persons_left", "p_better"])
    for said in (answer.stdout, (folder / "table.md").read_text(encoding="utf-8")):
        assert "What may be said of" in said
        assert "With fewer than 29 members nothing is claimed." in " ".join(said.split())
        assert "conditional on the model" in " ".join(said.split())


@pytest.fixture
def finished(made_up_comparison: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a finished comparison of 48 made-up members, in which more remain the more control is held back."""
    monkeypatch.setattr(gallery, "comparison_figures", lambda *_: {})
    data, rows = made_up_comparison.dataset, made_up_comparison.summaries
    dataset = xr.concat([data.sel(scenario=name, drop=True) for name in data["scenario"].to_numpy()], "member")
    summaries = rows.assign(scenario="integration_roadmap", member=range(len(rows)))
    luck = np.random.default_rng(0)
    values = luck.random((len(rows), 3))
    values[:, 0] = rows["persons_remaining"].rank(pct=True)
    paths = (f"integration_roadmap: {STRENGTH}", "parameters.hr_threat", "parameters.hr_peers")
    members = [
        SimpleNamespace(number=number, seed=number, values=dict(zip(paths, row, strict=True)))
        for number, row in enumerate(values)
    ]
    comparison: Any = SimpleNamespace(
        dataset=dataset.drop_vars("member", errors="ignore").expand_dims(scenario=["integration_roadmap"]),
        summaries=summaries,
        members=members,
        baseline="integration_roadmap",
    )
    return write_comparison(comparison, tmp_path / "finished", [load("integration_roadmap")], 0)


def test_a_region_is_found_in_finished_members(finished: Path, tmp_path: Path) -> None:
    members = pd.read_csv(finished / "members.csv")
    middle = (members["persons_remaining"] / members["persons_initial"]).median()
    rule = f"persons_remaining_share > {middle:.4f}"
    answer = corridor("discover", "integration_roadmap", rule, "--from", finished, "--out", tmp_path / "found")
    assert answer.exit_code == 0, answer.output
    manifest = json.loads((tmp_path / "found" / "discovery.json").read_text(encoding="utf-8"))
    (edge,) = manifest["region"]["restrictions"]
    assert (edge["path"], edge["sign"], edge["value"]) == (STRENGTH, ">=", pytest.approx(0.5, abs=0.03))
    assert manifest["region"]["density"] == manifest["region"]["coverage"] == 1.0
    assert "Where handover_in_steps.strength ≥ 0.5" in answer.stdout
    assert "(50% of the members), it comes about in 100%; elsewhere in 0%; without the rule in 50%" in answer.stdout
    found = pd.read_csv(tmp_path / "found" / "members.csv")
    assert (found["came_about"] == (found["persons_remaining_share"] > round(middle, 4))).all()
    assert (found["within"] == found["came_about"]).all()
    assumed = pd.read_csv(tmp_path / "found" / "assumed.csv")
    assert set(assumed["path"]) == {STRENGTH, "parameters.hr_threat", "parameters.hr_peers"}
    assert {path.name for path in (tmp_path / "found" / "figures").iterdir()} == {"region.png", "region.svg"}


def test_discovery_plays_members_of_its_own_and_says_when_there_is_no_region(tmp_path: Path) -> None:
    words = ("discover", "as_reported", "persons_left > 0", *SMALL, "--members", 20, "--out", tmp_path / "none")
    answer = corridor(*words)
    assert answer.exit_code == 0, answer.output
    assert "No region found: it comes about in 20 of 20 members" in answer.stdout
    assert json.loads((tmp_path / "none" / "discovery.json").read_text(encoding="utf-8"))["region"] is None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sensitivity", "ceasefire", "--outputs", "deats"), "--outputs: found `deats`, expected one of"),
        (("sensitivity", "ceasefire", "--outputs", ","), "--outputs: found no name"),
        (("sensitivity", "ceasefire", "--base", "12"), "--base: found 12, expected a power of two"),
        (("sensitivity", "ceasefire", "--trajectories", "1"), "--trajectories: found 1, expected a whole number"),
        (("sensitivity", "ceasefire", "--only", "parameters.hr_insecurty"), "did you mean `parameters.hr_insecurity`"),
        (("sensitivity", "nowhere"), "nowhere"),
        (("discover", "ceasefire", "deaths"), "outcome: found `deaths`, expected OUTPUT > NUMBER"),
        (("discover", "ceasefire", "deaths > many"), "outcome: found `many`, expected a number"),
        (("discover", "ceasefire", "deaths > nan"), "outcome: found `nan`, expected a number"),
        (("discover", "ceasefire", "death > 3"), "outcome: found `death`, expected one of"),
        (("discover", "ceasefire", "deaths > 3", "--members", "5"), "--members: found 5, expected a whole number"),
        (("discover", "ceasefire", "deaths > 3", "--from", "."), "found no comparison and no ensemble"),
        (("discover", "ceasefire", "deaths > 3", "--from", ".", "--days", "3"), "finished members as they are"),
    ],
)
def test_wrong_input_is_said_in_words(words: tuple[str, ...], expected: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    answer = corridor(*words)
    assert answer.exit_code == 2
    assert expected in answer.stderr
    assert "Traceback" not in answer.output
    assert list(tmp_path.iterdir()) == []


def test_another_scenario_than_those_compared_is_named(finished: Path) -> None:
    answer = corridor("discover", "integration_roadmp", "deaths > 3", "--from", finished)
    assert answer.exit_code == 2
    assert "did you mean `integration_roadmap`?" in answer.stderr


TOLD = ("parameters.hr_insecurity", "parameters.leave_base_per_day")
POSTERIOR = "posterior_2023.csv"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the posterior's file say that the counts hang on two numbers."""
    monkeypatch.setattr("sim.sensitivity.factors.core_of", lambda _: TOLD)


@pytest.mark.usefixtures("told")
def test_calibrated_numbers_move_along_their_posterior_and_others_along_their_prior() -> None:
    scenario = load("as_reported")
    by_path = {factor.path: factor for factor in factors_of(scenario)}
    draws = read_posterior(POSTERIOR)
    assert {path for path, factor in by_path.items() if factor.calibrated} == set(TOLD)
    for path in TOLD:
        assert by_path[path].at(0.5) == pytest.approx(draws[path].median())
        assert draws[path].min() <= by_path[path].at(0.0) < by_path[path].at(1.0) <= draws[path].max()
    prior = priors(scenario)["parameters.hr_threat"]
    assert by_path["parameters.hr_threat"].at(0.25) == pytest.approx(float(prior.quantile(0.25)))
    factors = tuple(by_path.values())
    assert scenario.vary(values_at(factors, [0.0] * len(factors))).values() != scenario.values()


def test_a_posterior_that_does_not_say_what_the_counts_hang_on_counts_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.sensitivity.factors.core_of", lambda _: ())
    scenario = load("as_reported")
    calibrated = {factor.path for factor in factors_of(scenario) if factor.calibrated}
    assert calibrated == set(read_posterior(POSTERIOR)) & set(priors(scenario))


def test_numbers_set_by_hand_do_not_move() -> None:
    scenario = load("as_reported", {"parameters.hr_threat": 7.0})
    assert "parameters.hr_threat" not in {factor.path for factor in factors_of(scenario)}


@pytest.mark.usefixtures("told")
def test_independent_members_hold_rows_of_the_posterior_and_every_stratum_of_the_others() -> None:
    scenario = load("as_reported")
    members = draw_independent(scenario, 40, 3)
    assert members == draw_independent(scenario, 40, 3)
    assert len({member.seed for member in members}) == 40
    table = pd.DataFrame([member.values for member in members])
    rows = {tuple(row) for row in read_posterior(POSTERIOR)[list(TOLD)].to_numpy()}
    assert {tuple(row) for row in table[list(TOLD)].to_numpy()} <= rows
    prior = priors(scenario)["parameters.hr_threat"]
    edges = prior.quantile(np.linspace(1e-6, 1 - 1e-6, 41))
    counts, _ = np.histogram(table["parameters.hr_threat"], edges)
    assert (counts == 1).all()


def test_the_strongest_are_those_with_the_largest_effects_and_swings() -> None:
    screening = pd.DataFrame({"output": "y", "assumption": ["a", "b", "c"], "share": [0.5, 0.3, 0.2]})
    moved = pd.DataFrame({"output": "y", "assumption": ["a", "b", "c"], "swing": [0.0, -6.0, 4.0]})
    assert strongest(screening, moved, 2) == ["b", "c"]
    assert strongest(screening, moved.assign(swing=0.0), 2) == ["a", "b"]


@pytest.mark.usefixtures("told")
def test_numbers_that_calibration_ties_are_named_with_their_correlation() -> None:
    draws = read_posterior(POSTERIOR)
    correlation = draws[list(TOLD)].corr("spearman").iloc[0, 1]
    ((_, _, found),) = ties(load("as_reported"), least=0.0)
    assert found == pytest.approx(correlation)
    assert ties(load("as_reported"), least=1.0) == []
