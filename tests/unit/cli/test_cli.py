from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from sim.cli.main import app
from sim.errors import SimError
from sim.library import shipped_scenarios

OWN = """
extends = "ceasefire"
name = "own"
title = "Mine"
summary = "A scenario of my own."
narrative = "Nothing else changes."
assumptions = ["Nothing else changes."]
"""

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def corridor(monkeypatch, tmp_path, made_up_result, made_up_comparison):
    """Return a function that runs a command line in an empty folder, with a model and an ensemble that only pretend."""
    import sim.model.run
    from sim.figures import gallery

    calls = SimpleNamespace(played=[], compared=[])

    def play(scenario, seed=0, progress=None):
        calls.played.append((scenario, seed))
        return dataclasses.replace(made_up_result, scenario=scenario, seed=seed)

    def compare(scenarios, members, seed, workers, progress):
        calls.compared.append((scenarios, members, seed, workers))
        return made_up_comparison

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(gallery, "run_figures", lambda result: {})
    monkeypatch.setattr(gallery, "comparison_figures", lambda *_: {})
    monkeypatch.setattr(sim.model.run, "run", play)
    monkeypatch.setitem(sys.modules, "sim.ensemble.compare", SimpleNamespace(compare=compare))
    calls.invoke = lambda *words: CliRunner().invoke(app, [str(word) for word in words])
    return calls


def in_process(*words, **keys) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim.cli.main", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **keys.pop("env", {})}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, **keys)


def test_starting_imports_nothing_heavy():
    heavy = ("numpy", "pandas", "xarray", "mesa", "matplotlib", "scipy", "pydantic", "networkx", "jinja2")
    code = f"import sys, sim.cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert found.stdout.strip() == "[]"


def test_help_names_every_verb(corridor):
    answer = corridor.invoke("--help")
    assert answer.exit_code == 0
    assert all(verb in answer.stdout for verb in ("list", "check", "explain", "run", "compare", "ensemble", "schema"))


def test_version_is_said(corridor):
    answer = corridor.invoke("--version")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("corridor ")


def test_list_shows_every_shipped_scenario(corridor):
    answer = corridor.invoke("list")
    assert answer.exit_code == 0
    assert [name for name in shipped_scenarios() if f"\n {name} " not in answer.stdout] == []


def test_check_says_what_steps_of_hours_cost(corridor, tmp_path):
    assert "note" not in corridor.invoke("check", "ceasefire").output
    (tmp_path / "coarse.toml").write_text(OWN + "[time]\nstep_minutes = 360\n", encoding="utf-8")
    answer = corridor.invoke("check", tmp_path / "coarse.toml")
    assert answer.exit_code == 0
    assert "steps of 360 min; over an hour, queues and waits come out too short" in answer.output


def test_check_says_good_for_files_and_names(corridor, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    answer = corridor.invoke("check", "ceasefire", own)
    assert answer.exit_code == 0
    assert [line.split(":")[1][:5] for line in answer.stdout.splitlines()] == [" good", " good"]


def test_check_lists_all_problems_of_all_files_on_stderr(corridor, tmp_path):
    own = tmp_path / "own.toml"
    own.write_text(OWN + "tytle = 3\n[time]\ndays = -4.0\n", encoding="utf-8")
    answer = corridor.invoke("check", own, "ceasefire", "nowhere.toml")
    assert answer.exit_code == 2
    assert "ceasefire: good" in answer.stdout
    problems = answer.stderr.splitlines()
    assert all(line.startswith("error: ") for line in problems)
    assert any("own.toml: tytle: found an unknown key" in line for line in problems)
    assert any("own.toml: time.days: found -4" in line for line in problems)
    assert any("nowhere.toml: found no such file" in line for line in problems)


def test_explain_tells_story_actions_and_numbers(corridor):
    answer = corridor.invoke("explain", "un_monitoring")
    assert answer.exit_code == 0
    for word in ("Assumptions", "What happens when", "monitors", "Numbers: decisions", "hr_insecurity"):
        assert word in answer.stdout


def test_explained_json_can_be_run(corridor, tmp_path):
    resolved = corridor.invoke("explain", "ceasefire", "--json")
    (tmp_path / "again.json").write_text(resolved.stdout, encoding="utf-8")
    assert json.loads(resolved.stdout)["name"] == "ceasefire"
    assert corridor.invoke("run", "again.json").exit_code == 0
    assert corridor.played[0][0].resolved() == json.loads(resolved.stdout)


def test_schema_is_printed_or_written(corridor, tmp_path):
    printed = corridor.invoke("schema")
    assert "properties" in json.loads(printed.stdout)
    assert corridor.invoke("schema", "--out", tmp_path / "s.json").exit_code == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == printed.stdout


def test_schema_that_can_not_be_written_is_an_error(corridor, tmp_path):
    answer = corridor.invoke("schema", "--out", tmp_path / "missing" / "s.json")
    assert answer.exit_code == 2
    assert "no such file or directory, expected a file that can be written" in answer.stderr


def test_run_writes_a_folder_named_after_scenario_and_seed(corridor, tmp_path):
    answer = corridor.invoke("run", "ceasefire", "--seed", 5)
    assert answer.exit_code == 0
    assert "arrived" in answer.stdout
    assert "Written to results/ceasefire-seed5" in answer.stdout
    manifest = json.loads((tmp_path / "results/ceasefire-seed5/run.json").read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["scenario"]["name"]) == (5, "ceasefire")
    assert manifest["command"].startswith("corridor")


def test_run_takes_days_and_changes(corridor):
    words = ("--days", 12, "--set", "parameters.hr_threat=4.5", "--set", "parameters.older_share = 0.2")
    assert corridor.invoke("run", "ceasefire", *words).exit_code == 0
    scenario, seed = corridor.played[0]
    assert seed == 0
    assert scenario.time.days == 12
    assert scenario.values()["hr_threat"] == 4.5
    assert scenario.values()["older_share"] == 0.2


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seed", "-1"], "command line: --seed: found -1, expected a whole number from 0 to"),
        (["--days", "-3"], "time.days: found -3, expected more than 0"),
        (["--days", "0"], "time.days: found 0, expected more than 0"),
        (["--days", "nan"], "time.days: found nan, expected"),
        (["--days", "1e9"], "time.days: found 1e+09, expected at most"),
        (["--set", "parameters.hr_threat"], "--set: found `parameters.hr_threat`, expected PATH=VALUE"),
        (["--set", "=3"], "--set: found `=3`, expected PATH=VALUE"),
        (["--set", "parameters.hr_treat=3"], "did you mean `hr_threat`?"),
        (["--set", "parameters.hr_threat=much"], "parameters.hr_threat"),
        (["--days", "3", "--set", "time.days=4"], "--set: found `time.days` twice, expected each path once"),
    ],
)
def test_wrong_options_are_said_in_one_line_with_exit_code_2(corridor, tmp_path, words, message):
    answer = corridor.invoke("run", "ceasefire", *words)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert message in answer.stderr
    assert all(line.startswith("error: ") for line in answer.stderr.splitlines())
    assert corridor.played == []
    assert list(tmp_path.iterdir()) == []


def test_all_wrong_options_are_said_at_once(corridor):
    answer = corridor.invoke("compare", "ceasefire", "--seed", -1, "--members", 0, "--workers", 0, "--set", "x")
    assert answer.exit_code == 2
    assert [line.split(": ")[2] for line in answer.stderr.splitlines()] == ["--set", "--seed", "--members", "--workers"]


def test_an_unknown_scenario_suggests_the_closest(corridor):
    answer = corridor.invoke("run", "ceasefir")
    assert answer.exit_code == 2
    assert "id you mean `ceasefire`?" in answer.stderr


def test_usage_errors_have_exit_code_2(corridor):
    assert corridor.invoke("run").exit_code == 2
    assert corridor.invoke("run", "ceasefire", "--seed", "many").exit_code == 2
    assert corridor.invoke("rum").exit_code == 2


def test_a_folder_that_can_not_be_written_is_refused_before_the_run(corridor, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    for verb in ("run", "compare"):
        answer = corridor.invoke(verb, "ceasefire", "--out", tmp_path / "out")
        assert answer.exit_code == 2
        assert "thesis.txt" in answer.stderr
    assert (corridor.played, corridor.compared) == ([], [])


def test_compare_writes_a_folder_and_prints_the_table(corridor, tmp_path):
    answer = corridor.invoke("compare", "as_reported", "ceasefire", "--members", 12, "--seed", 3, "--workers", 2)
    assert answer.exit_code == 0
    scenarios, members, seed, workers = corridor.compared[0]
    assert [item.name for item in scenarios] == ["as_reported", "ceasefire"]
    assert (members, seed, workers) == (12, 3, 2)
    assert "median [5–95% of 12 members]" in answer.stdout
    assert "Difference from as_reported" in answer.stdout
    folder = tmp_path / "results" / "compare-as_reported-ceasefire-seed3"
    assert (folder / "table.md").is_file()
    assert json.loads((folder / "compare.json").read_text(encoding="utf-8"))["baseline"] == "as_reported"


def test_compare_leaves_the_number_of_workers_to_the_ensemble(corridor):
    assert corridor.invoke("compare", "ceasefire", "--members", 1).exit_code == 0
    assert corridor.compared[0][3] is None


def test_compare_refuses_two_scenarios_of_one_name(corridor):
    answer = corridor.invoke("compare", "ceasefire", "ceasefire")
    assert answer.exit_code == 2
    assert "found this name twice, expected scenarios of different names" in answer.stderr


def test_compare_says_the_problems_of_all_scenarios(corridor):
    answer = corridor.invoke("compare", "ceasefir", "un_monitorin")
    assert answer.exit_code == 2
    assert "`ceasefire`?" in answer.stderr
    assert "`un_monitoring`?" in answer.stderr


TINY = ("--set", "parameters.residents_total=300", "--days", 1, "--workers", 1)


def test_ensemble_runs_once_and_can_be_compared_afterwards(tmp_path, monkeypatch):
    def invoke(*words):
        return CliRunner().invoke(app, [str(word) for word in words])

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.figures.gallery.comparison_figures", lambda *_: {})
    words = ("ensemble", "as_reported", "ceasefire", "--members", 2, *TINY)
    answer = invoke(*words)
    assert answer.exit_code == 0
    assert "People: median [5–95% of 2 members]" in answer.stdout
    folder = Path("results/ensemble-as_reported-ceasefire-seed0")
    assert f"Written to {folder}: ensemble.nc, members/" in answer.stdout
    assert len(list(folder.glob("members/*/*.nc.gz"))) == 4
    assert invoke(*words).stdout == answer.stdout
    other = invoke(*words, "--seed", 1, "--out", folder)
    assert other.exit_code == 2
    assert "ensemble.json: seed: found 0 when it was begun, expected 1 as asked now; give what it was" in other.stderr
    taken = invoke("compare", "ceasefire", "as_reported", "--ensemble", folder)
    assert taken.exit_code == 0
    assert "Difference from ceasefire" in taken.stdout
    manifest = json.loads(Path("results/compare-ceasefire-as_reported-seed0/compare.json").read_text(encoding="utf-8"))
    assert (manifest["baseline"], manifest["members"]) == ("ceasefire", 2)


def test_what_runs_an_ensemble_can_not_be_changed_when_it_is_compared(corridor):
    answer = corridor.invoke("compare", "ceasefire", "--ensemble", "x", "--members", 3, "--set", "a=1")
    assert answer.exit_code == 2
    assert [line.split(": ")[2] for line in answer.stderr.splitlines()] == ["--members", "--set"]


def test_workers_and_a_scheduler_exclude_each_other(corridor, tmp_path):
    answer = corridor.invoke("ensemble", "ceasefire", "--workers", 2, "--scheduler", "tcp://a:1")
    assert answer.exit_code == 2
    assert "--workers: found `--scheduler` beside it, expected one of the two" in answer.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_ensemble_says_that_it_continues(corridor, monkeypatch):
    import sim.ensemble.run

    def interrupted(*_args, **_keys):
        raise KeyboardInterrupt

    monkeypatch.setattr(sim.ensemble.run, "run_ensemble", interrupted)
    answer = corridor.invoke("ensemble", "ceasefire")
    assert answer.exit_code == 130
    assert answer.stderr == "interrupted; the runs that are finished are kept, and the same command continues\n"


def test_many_scenarios_have_a_short_folder_name(corridor, tmp_path):
    names = ["as_reported", "ceasefire", "un_monitoring", "integration_roadmap", "combined", "renewed_hostilities"]
    assert corridor.invoke("compare", *names, "--members", 2).exit_code == 0
    assert [path.name for path in (tmp_path / "results").iterdir()] == ["compare-as_reported-and-5-more-seed0"]


def failing_with(monkeypatch, error):
    import sim.model.run

    def fail(*_args, **_keys):
        raise error

    monkeypatch.setattr(sim.model.run, "run", fail)


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (SimError("persons were lost"), 1, "error: persons were lost"),
        (
            ZeroDivisionError("division by zero"),
            1,
            "internal error: ZeroDivisionError: division by zero; please report it",
        ),
        (MemoryError(), 1, "error: not enough memory; use fewer members"),
        (KeyboardInterrupt(), 130, "interrupted; nothing unfinished was written"),
    ],
)
def test_what_fails_is_one_line_and_an_exit_code(corridor, monkeypatch, tmp_path, error, code, message):
    failing_with(monkeypatch, error)
    answer = corridor.invoke("run", "ceasefire")
    assert answer.exit_code == code
    assert answer.stderr.startswith(message)
    assert len(answer.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_debugging_shows_the_traceback(corridor, monkeypatch):
    failing_with(monkeypatch, ZeroDivisionError("division by zero"))
    monkeypatch.setenv("CORRIDOR_DEBUG", "1")
    answer = corridor.invoke("run", "ceasefire")
    assert answer.exit_code == 1
    assert "Traceback" in answer.stderr


def test_a_reader_that_goes_away_is_no_error():
    command = f"{sys.executable} -m sim.cli.main explain base --json | head -n 1; echo ${{PIPESTATUS[0]}}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment, check=True)
    assert answer.stdout.splitlines()[0] == "{"
    assert answer.stdout.splitlines()[1] in ("0", "141")
    assert answer.stderr == ""


def test_names_are_printed_even_where_the_terminal_knows_ascii_only():
    answer = in_process("explain", "un_monitoring", env={"PYTHONIOENCODING": "ascii"})
    assert answer.returncode == 0
    assert answer.stderr == ""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_during_writing_leaves_nothing_behind(tmp_path, number, code):
    script = tmp_path / "slow.py"
    script.write_text(
        "import sys, time\n"
        "import sim.results.write as writing\n"
        "from sim.cli.main import main\n"
        "def slow(*_):\n"
        "    print('writing', flush=True)\n"
        "    time.sleep(60)\n"
        "writing.write_csv = slow\n"
        "sys.argv = ['corridor', 'run', 'ceasefire', '--days', '1', '--out', sys.argv[1]]\n"
        "main()\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(tmp_path / "new" / "out")]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job would ignore it
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "writing\n"
        time.sleep(0.2)
        process.send_signal(number)
        process.wait(timeout=30)
    assert process.returncode == code
    assert [path.name for path in tmp_path.iterdir()] == ["slow.py"]
