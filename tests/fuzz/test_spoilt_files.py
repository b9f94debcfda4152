"""Spoilt files are refused in plain words, or read, run and right; ``by_hand.py`` plays thousands more of the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import by_hand
from fuzzing import DEFECT, REFUSED, SHARES, fuzz, judged_refusal, played, targets
from sim.errors import InputError, Problem
from sim.evaluation.counts import planning_figures, scoring_counts
from sim.flee.convert import read_scenario
from sim.model.run import run
from sim.processes.destinations import nearness
from sim.report.material import read_material
from sim.scenario.load import load
from sim.scenario.parameters import Parameters
from targets import RIVERLAND, ROOT, Case, Results, Seeds, Target, write_results

CASES, SEED = 180, 2026


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Target]:
    folder = tmp_path_factory.mktemp("fuzz")
    return targets(folder, write_results(folder / "results"))


@pytest.mark.parametrize("part", range(3))
def test_a_spoilt_file_is_refused_in_plain_words_or_runs(part: int, known: dict[str, Target]) -> None:
    size = CASES // 3
    outcomes = list(fuzz(range(part * size, (part + 1) * size), SEED, known))
    assert [item for item in outcomes if item.kind == DEFECT] == []
    assert {item.target for item in outcomes} == set(SHARES)
    assert 10 < sum(item.kind == REFUSED for item in outcomes) < size - 10


def test_a_case_hangs_on_its_number_alone(known: dict[str, Target]) -> None:
    whole = list(fuzz(range(20), 3, known))
    assert [*fuzz(range(12, 14), 3, known), *fuzz(range(5), 3, known)] == [*whole[12:14], *whole[:5]]


@pytest.mark.parametrize("unclear", ["", "something went wrong", "a.toml: found 1 validation error for Scenario"])
def test_an_unclear_refusal_is_a_defect(unclear: str) -> None:
    assert judged_refusal(unclear, 1)[0] == DEFECT
    assert judged_refusal(str(Problem("a.toml", "x", "1", "2")), 1)[0] == REFUSED


def test_what_is_accepted_though_it_must_not_be_is_a_defect(known: dict[str, Target], tmp_path: Path) -> None:
    good = (ROOT / "tests" / "scenarios" / "valid" / "smallest.toml").read_bytes()
    case = Case(tmp_path / "smallest.toml", good, "a reason")
    case.path.write_bytes(good)
    assert played(known["scenario"], case) == (DEFECT, "accepted a reason")


# --- what was found, once each


def spoilt(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


SEED_CASES: dict[str, tuple[str, Callable[[str], str], str]] = {
    "not in order": ("karabakh_2023/counts/fit/arrivals.csv", spoilt("2023-09-24T22:00", "2023-09-24T12:00"), "order"),
    "fewer later": ("karabakh_2023/counts/fit/arrivals.csv", spoilt(",1050,", ",10,"), "in the order of time"),
    "the same hour": ("karabakh_2023/counts/score/arrivals.csv", spoilt("27T12:00", "27T08:00"), "line 3, time"),
    "one count": (
        "karabakh_2023/counts/fit/arrivals.csv",
        lambda text: text[: text.index("\n2023-09-24T22")],
        "single",
    ),
    "no number": (
        "karabakh_2023/counts/fit/arrivals.csv",
        spoilt(",377,", ",sourced,"),
        "cumulative_persons: found `so",
    ),
    "no date": ("karabakh_2020/counts/fit/displaced.csv", spoilt("2020-10-07", "7 October"), "date: found `7 October`"),
    "missing column": ("karabakh_2023/counts/score/planners.csv", spoilt("persons", "people"), "people: found an unkn"),
    "infinite": ("karabakh_2023/counts/score/other.csv", spoilt(",10985,", ",inf,"), "value: found `inf`"),
    "a word drawn": ("posterior_2023.csv", lambda text: text.rstrip()[:-4] + "abc\n", "what is no finite number"),
    "deep place": ("karabakh_2023/place.toml", lambda text: text + "a = " + "[" * 3000, "malformed TOML"),
    "deep ledger": ("article.toml", lambda text: text + "a = " + "[" * 3000, "malformed TOML"),
    "deep outline": ("outlines/south_caucasus.geojson", lambda _: "[" * 100_000, "unreadable"),
    "huge outline": (
        "outlines/south_caucasus.geojson",
        lambda text: re.sub(r"\d+\.\d+", "9" * 400, text, count=1),
        "unreadable",
    ),
    "a long word": ("karabakh_2023/settlements.csv", spoilt("39.", "x" * 70_000), "…"),
}


@pytest.mark.parametrize("name", SEED_CASES)
def test_seeds_that_were_no_refusal_once(name: str, known: dict[str, Target]) -> None:
    file, spoil, words = SEED_CASES[name]
    seeds = known["seeds"]
    assert isinstance(seeds, Seeds)
    path = seeds.root / "seeds" / file
    text = spoil(path.read_text(encoding="utf-8"))
    assert text != path.read_text(encoding="utf-8")
    with pytest.raises(InputError) as caught:
        seeds.play(Case(path, text.encode()))
    assert words in str(caught.value)
    assert len(str(caught.value)) < 3000


def test_tables_of_counts_say_what_they_said() -> None:
    assert planning_figures("karabakh_2023")["date"].tolist()[0] == "2023-09-21"
    counts = scoring_counts("karabakh_2023")
    assert (counts.persons[0], f"{counts.times[0]:%d %H:%M}") == (42502.0, "27 08:00")


@pytest.mark.parametrize("value", [1e300, 1.7e308, -1e300])
def test_an_absurd_number_is_out_of_range(value: float) -> None:
    with pytest.raises(InputError, match=r"hr_threat.value: found -?1.?7?e[+]30., expected 1e-06 to 1e[+]06"):
        load("base").vary({"parameters.hr_threat": value})


def test_a_parameter_called_prior_is_unknown() -> None:
    data = load("base").resolved()
    data["parameters"]["prior"] = {"kind": [1], "x": 2}
    with pytest.raises(InputError, match=r"parameters.prior: found an unknown parameter"):
        load(data)


def test_an_offensive_beyond_all_measure_is_refused_rather_than_played_for_ever() -> None:
    with pytest.raises(InputError, match=r"offensive.intensity: found 1000, expected at most 100"):
        load("base").vary({"shocks.offensive.intensity": 1000.0})


@pytest.mark.parametrize("key", ["posterior", "extends"])
def test_a_name_too_long_for_any_file_is_refused(key: str, tmp_path: Path) -> None:
    text = (ROOT / "tests" / "scenarios" / "valid" / "smallest.toml").read_text(encoding="utf-8")
    name = "x" * 600 + ".toml"
    text = (
        text.replace('extends = "base"', f'extends = "{name}"') if key == "extends" else f'posterior = "{name}"\n{text}'
    )
    (tmp_path / "long.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=f"{key}: found `xxx"):
        load(tmp_path / "long.toml")


FLEE_CASES = {
    "a fraction of a day": ("input_csv/conflicts.csv", b"\n3,", b"\n-0.5,", "a whole number from -100000 to 100000"),
    "nulls": ("input_csv/routes.csv", b"Oakford", b"Oak\0ford", "null characters, expected UTF-8 text"),
    "a long name": ("source_data/data_layout.csv", b"sea-quayside", b"9" * 400, "expected a file of dates and counts"),
}


@pytest.mark.parametrize("name", FLEE_CASES)
def test_instances_that_were_no_refusal_once(name: str, tmp_path: Path) -> None:
    file, old, new, words = FLEE_CASES[name]
    for path in RIVERLAND.rglob("*.csv"):
        target = tmp_path / path.relative_to(RIVERLAND)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
    content = (tmp_path / file).read_bytes()
    assert old in content
    (tmp_path / file).write_bytes(content.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_scenario(tmp_path)
    assert words in str(caught.value)


@pytest.mark.parametrize("name", ["result.nc", "summary.json", "run.json"])
def test_a_result_that_was_changed_is_refused(name: str, known: dict[str, Target], tmp_path: Path) -> None:
    results = known["result"]
    assert isinstance(results, Results)
    folder = Path(shutil.copytree(results.whole / "run", tmp_path / "run"))
    assert read_material(folder).n_members == 1
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"changed since it was written|a damaged file"):
        read_material(folder)
    path.unlink()
    with pytest.raises(InputError, match=r"no such file|no result of Corridor"):
        read_material(folder)


NETWORK = {
    "title": "Anywhere",
    "settlements": [{"name": f"Town {i}", "lat": 0, "lon": i, "residents": r} for i, r in enumerate((1e12, 5.0))],
    "destinations": [{"name": "Camp", "lat": 1, "lon": 1, "capacity": 0.0}, {"name": "Island", "lat": 2, "lon": 2}],
    "roads": [["Town 0", "Camp", 10.0], ["Town 1", "Town 0", 10.0]],
}


def test_a_place_with_a_camp_for_nobody_an_island_and_a_hamlet_nobody_lives_in_runs() -> None:
    data = load("base").resolved() | {"place": {"network": NETWORK}, "shocks": [], "uncertainties": []}
    data |= {"interventions": [], "posterior": None, "time": {"start": "2023-09-19T00:00:00+04:00", "days": 5}}
    control = {"id": "taken", "kind": "control_change", "start": "2023-09-19T00:00:00+04:00", "settlements": ["Town 0"]}
    changes = {"parameters.residents_total": 300.0, "parameters.destination_km_elasticity": 0.0}
    scenario = load({**data, "shocks": [control]}).vary(changes)
    data_of_run = run(scenario, 1).dataset
    assert (data_of_run.persons_home.sel(settlement="Town 1") == 0).all()
    assert (data_of_run.persons_displaced.sel(place="Island") == 0).all()


def test_a_destination_without_a_way_is_infinitely_far_whatever_the_distance_counts_for() -> None:
    values = load("base").values() | {"destination_km_elasticity": 0.0}
    near = nearness(Parameters.from_values(values).flight, np.array([[10.0, np.inf]]))
    assert near.tolist() == [[0.0, -np.inf]]


# --- the command line as a process of its own


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"name = [" + b"[" * 5000, b"[parameters.hr_threat]\nvalue = nan"]
)
def test_the_command_ends_with_2_and_says_why(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "spoilt.toml"
    path.write_bytes(content)
    command = [sys.executable, "-m", "sim.cli.main", "check", str(path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert answer.returncode == 2
    assert all(line.startswith("error: ") for line in answer.stderr.splitlines())
    assert answer.stdout == ""


def test_by_hand_tells_what_came_of_its_cases(
    known: dict[str, Target], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(by_hand, "targets", lambda *_: known)
    monkeypatch.setattr(by_hand, "write_results", lambda folder: folder)
    monkeypatch.setattr(sys, "argv", ["by_hand.py", "--cases", "4", "--seed", "1"])
    with pytest.raises(SystemExit) as left:
        by_hand.main()
    numbers = [int(word) for word in capsys.readouterr().out.splitlines()[-1].split()[1:]]
    assert (sum(numbers), numbers[-1], left.value.code) == (4, 0, 0)
