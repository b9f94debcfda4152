"""Ensembles end with the same bytes whoever runs them and however often they are killed."""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
import warnings
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sim.ensemble import folder as kept_in
from sim.ensemble import gather
from sim.ensemble import run as running
from sim.ensemble.compare import compare
from sim.ensemble.draw import draw_members
from sim.ensemble.folder import held
from sim.ensemble.member import Task, packed_member, unpacked
from sim.ensemble.pool import as_done
from sim.ensemble.run import open_ensemble, run_ensemble
from sim.errors import OutputError, SimError
from sim.results.folder import check_target
from sim.scenario.load import load

ROOT = Path(__file__).resolve().parents[3]
SMALL = {"time.days": 1.0, "parameters.residents_total": 300.0}
PAIR = [load(name).vary(SMALL) for name in ("as_reported", "ceasefire")]
MEMBERS, SEED = 2, 7


def ensemble(folder: Path, **keys: Any) -> Path:
    run_ensemble(
        **{"scenarios": PAIR, "members": MEMBERS, "seed": SEED, "workers": 1, "figures": False} | keys, folder=folder
    )
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ensemble that nothing cut off."""
    return ensemble(tmp_path_factory.mktemp("whole") / "ensemble")


def test_every_member_is_a_file_of_its_own_that_anybody_can_read(whole: Path) -> None:
    assert sorted(path.name for path in whole.iterdir()) == [
        *("assumed.csv", "claims.csv", "ensemble.json", "ensemble.nc", "fan.csv", "fan.nc", "members"),
        *("members.csv", "planner", "planner.xlsx", "table.csv", "table.md"),
    ]
    files = sorted((whole / "members" / "ceasefire").iterdir())
    assert [path.name[:6] for path in files] == ["00000-", "00001-"]
    with xr.open_dataset(files[1], engine="scipy") as member:
        joint = open_ensemble(whole).dataset.sel(scenario="ceasefire", member=1, drop=True)
        xr.testing.assert_equal(member.load(), joint.load())
        assert (member.attrs["scenario"], member.attrs["member"]) == ("ceasefire", 1)


def test_an_ensemble_in_files_equals_the_comparison_in_memory(whole: Path) -> None:
    opened, made = open_ensemble(whole), compare(PAIR, MEMBERS, SEED, workers=1)
    xr.testing.assert_equal(opened.dataset.load(), made.dataset)
    assert {name: array.dtype for name, array in made.dataset.data_vars.items()} == {
        name: array.dtype for name, array in opened.dataset.data_vars.items()
    }
    assert opened.dataset.arrivals_cumulative.attrs == made.dataset.arrivals_cumulative.attrs
    pd.testing.assert_frame_equal(opened.summaries, made.summaries.astype(opened.summaries.dtypes))
    assert (opened.members, opened.scenarios, opened.seed) == (made.members, made.scenarios, SEED)
    assert opened.members[0].values != opened.members[1].values != {}


def test_tables_hold_the_quantiles_of_the_members(whole: Path) -> None:
    summaries = pd.read_csv(whole / "members.csv").set_index(["scenario", "member"])
    rows = pd.read_csv(whole / "table.csv").set_index(["scenario", "what", "measure"])
    left = summaries.loc["ceasefire", "persons_left"]
    at = rows.loc[("ceasefire", "outcome", "persons_left")]
    for level in (5, 25, 50, 75, 95):
        assert at[f"p{level:02d}"] == pytest.approx(np.percentile(left, level), abs=1e-6)
    fan = xr.load_dataset(whole / "fan.nc", engine="h5netcdf")
    series = open_ensemble(whole).dataset.persons_home
    series = series.sel(scenario="as_reported").transpose("time", "member")
    expected = np.quantile(series.to_numpy(), [0.05, 0.25, 0.5, 0.75, 0.95], axis=1)
    assert np.allclose(fan.persons_home.sel(scenario="as_reported"), expected)
    daily = pd.read_csv(whole / "fan.csv", parse_dates=["time"])
    daily = daily.query("scenario == 'as_reported' and variable == 'persons_home'").set_index("time")
    assert daily.index[[0, -1]].tolist() == series.indexes["time"][[0, -1]].tolist()
    for moment, row in daily.iterrows():
        assert row[["p25", "p75"]].tolist() == pytest.approx(np.quantile(series.sel(time=moment), [0.25, 0.75]))


def test_any_executor_will_do(whole: Path, tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert contents(ensemble(tmp_path / "threads", executor=executor)) == contents(whole)
        assert executor.submit(int).result() == 0, "left open"


def test_three_workers_end_with_the_bytes_of_one(whole: Path, tmp_path: Path) -> None:
    assert contents(ensemble(tmp_path / "ensemble", workers=3)) == contents(whole)


def test_nothing_that_is_written_tells_when_or_where_it_was(whole: Path) -> None:
    for name, content in contents(whole).items():
        assert str(whole.parent).encode() not in content, name
        assert b"runtime" not in content, name
        assert time.strftime("%Y-%m-%d").encode() not in content, name


def test_a_finished_ensemble_is_left_as_it_is(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.rglob("*")}
    monkeypatch.setattr(running, "packed_member", None)
    ensemble(whole)
    assert {path: path.stat().st_mtime_ns for path in whole.rglob("*")} == before


def killed_at(folder: Path, call: int, where: str = "_replace") -> bool:
    """Run the ensemble in a process that kill -9 meets in its ``call``-th write, half-way; False if it ended before."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking where other threads are about
        child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] == signal.SIGKILL
    try:
        calls, as_ever = [0], getattr(kept_in, where)

        def dying(file: Path, *content: bytes) -> Any:
            calls[0] += 1
            if calls[0] == call:
                if content:
                    file.with_name(file.name + ".partial").write_bytes(content[0][: len(content[0]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return as_ever(file, *content)

        setattr(kept_in, where, dying)
        ensemble(folder)
        os._exit(0)
    finally:
        os._exit(1)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_in_the_middle_of_every_write_it_ends_with_the_same_bytes(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "killed"
    assert killed_at(folder, 1)
    assert [path.name for path in folder.iterdir()] == ["ensemble.json.partial"]
    for n_whole in range(2 * MEMBERS):
        assert killed_at(folder, 2)  # the manifest, or one more member, is whole; the next member is cut off
        assert len(list(folder.glob("members/*/*.nc.gz"))) == n_whole
        assert len(list(folder.glob("members/*/*.partial"))) == 1
    assert killed_at(folder, 1, "sha256")  # the outcome is written and not yet in its place
    assert (folder / ".outcome.partial" / "ensemble.nc").is_file()
    with pytest.raises(OutputError, match=r"an unfinished ensemble \(4 of 4 runs\).*continues"):
        open_ensemble(folder)
    assert killed_at(folder, 1)  # the outcome is in its place and not yet noted
    assert (folder / "ensemble.nc").is_file()
    assert contents(ensemble(folder)) == contents(whole)


SCRIPT = """
import sys
from pathlib import Path
from sim.ensemble.run import run_ensemble
from sim.scenario.load import load

scenarios = [load(name).vary({"time.days": 1.0, "parameters.residents_total": 300.0}) for name in sys.argv[2:]]
if __name__ == "__main__":
    told = lambda share: print(share, flush=True)
    run_ensemble(scenarios, sys.argv[1], 2, 7, workers=2, figures=False, progress=told)
"""


def running_children(parent: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(word) for word in found.stdout.split()]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
def test_workers_end_with_the_process_they_work_for(whole: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, str(script), str(tmp_path / "killed"), "as_reported", "ceasefire"]
    keys: dict[str, Any] = {"env": os.environ | {"PYTHONPATH": str(ROOT)}, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **keys) as process:
        assert process.stdout is not None
        assert float(process.stdout.readline()) > 0.0
        workers = running_children(process.pid)
        process.kill()
    assert len(workers) >= 2
    until = time.monotonic() + 20.0
    while any(Path(f"/proc/{pid}").exists() for pid in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert [pid for pid in workers if Path(f"/proc/{pid}").exists()] == []
    assert contents(ensemble(tmp_path / "killed")) == contents(whole)


@pytest.mark.slow
def test_a_dead_worker_costs_nothing_that_is_finished_and_two_workers_end_with_the_bytes_of_one(
    whole: Path, tmp_path: Path
) -> None:
    def kill_one(_share: float) -> None:
        multiprocessing.active_children()[0].kill()

    folder = tmp_path / "died"
    with pytest.raises(
        SimError, match=r"a worker process died .*; the \d of 4 runs .* kept in .*the same command cont"
    ):
        ensemble(folder, workers=2, progress=kill_one)
    assert 1 <= len(list(folder.glob("members/*/*.nc.gz"))) < 4
    told: list[float] = []
    assert contents(ensemble(folder, workers=2, progress=told.append)) == contents(whole)
    assert told[0] > 1 / 4


def test_a_damaged_member_is_run_again(whole: Path, tmp_path: Path) -> None:
    folder = copy(whole, tmp_path / "damaged")
    flipped, cut, gone, _ = sorted(folder.glob("members/*/*"))
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 1
    flipped.write_bytes(content)
    cut.write_bytes(cut.read_bytes()[:1000])
    gone.unlink()
    told: list[float] = []
    assert contents(ensemble(folder, progress=told.append)) == contents(whole)
    assert told == [0.5, 0.75, 1.0]


def test_a_damaged_outcome_is_made_again(whole: Path, tmp_path: Path) -> None:
    folder = copy(whole, tmp_path / "damaged")
    (folder / "ensemble.nc").write_bytes(b"")
    assert contents(ensemble(folder)) == contents(whole)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"members": 4}, r"ensemble.json: members: found 2 when it was begun, expected 4 as asked now; give what"),
        ({"seed": 8}, r"ensemble.json: seed: found 7 when it was begun, expected 8 as asked now"),
        ({"scenarios": PAIR[::-1]}, r"scenarios: found as_reported, ceasefire, expected ceasefire, as_reported"),
        (
            {"scenarios": [PAIR[0], PAIR[1].vary({"parameters.hr_threat": 5.5})]},
            r"scenarios.ceasefire: found another scenario .* differs in parameters.hr_threat.value",
        ),
    ],
)
def test_another_ensemble_is_refused_and_leaves_what_is_there(whole: Path, keys: dict[str, Any], message: str) -> None:
    before = contents(whole)
    with pytest.raises(OutputError, match=message):
        ensemble(whole, **keys)
    assert contents(whole) == before


def test_other_software_is_refused(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, installed = contents(whole), kept_in.software()
    monkeypatch.setattr(kept_in, "software", lambda: {**installed, "numpy": "1.0", "code and seeds": "abc"})
    with pytest.raises(
        OutputError, match=r"software.numpy: found 2.* when .*, expected 1.0 as installed now; go"
    ) as caught:
        ensemble(whole)
    assert [problem.key for problem in caught.value.problems] == ["software.code and seeds", "software.numpy"]
    assert contents(whole) == before


def test_a_worker_with_other_software_is_refused() -> None:
    (member,) = draw_members(PAIR[:1], 1, 0)
    with pytest.raises(SimError, match="another Corridor"):
        packed_member(Task(PAIR[0], member, "made up"))


def test_a_member_that_fails_is_named_and_the_others_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(task: Task) -> Any:
        if task.member.number == 1:
            raise ZeroDivisionError("division by zero")
        return as_ever(task)

    as_ever = running.packed_member.__globals__["run_member"]
    monkeypatch.setitem(running.packed_member.__globals__, "run_member", failing)
    with pytest.raises(SimError, match=r"member 1 of as_reported \(seed \d+\) failed: ZeroDivisionError"):
        ensemble(tmp_path / "out")
    assert len(list((tmp_path / "out").glob("members/*/00000-*"))) == 2


def test_folders_of_others_are_refused_and_an_ensemble_is_replaced_by_nothing(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match=r"found other files \(`thesis.txt`\)"):
        ensemble(tmp_path)
    (tmp_path / "thesis.txt").unlink()
    (tmp_path / "ensemble.json").write_text("{")
    with pytest.raises(OutputError, match="a damaged manifest"):
        ensemble(tmp_path)
    (tmp_path / "ensemble.json").write_text('{"made_by": "others"}')
    with pytest.raises(OutputError, match="no manifest of Corridor's"):
        ensemble(tmp_path)
    with pytest.raises(OutputError, match="found an ensemble, expected no folder"):
        check_target(whole)
    with pytest.raises(OutputError, match="found the file"):
        ensemble(tmp_path / "ensemble.json" / "below")


def test_two_processes_do_not_work_in_one_folder(whole: Path) -> None:
    with held(whole), pytest.raises(OutputError, match="another process at work in it"):
        ensemble(whole)


def test_what_is_no_ensemble_can_not_be_opened(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="found no ensemble, expected a folder that `corridor ensemble` wrote"):
        open_ensemble(tmp_path)


def test_some_scenarios_of_an_ensemble_can_be_compared(whole: Path) -> None:
    chosen = open_ensemble(whole).select(["ceasefire", "as_reported"])
    assert (chosen.baseline, list(chosen.dataset.scenario.to_numpy())) == ("ceasefire", ["ceasefire", "as_reported"])
    assert chosen.summaries["scenario"].tolist() == ["ceasefire"] * 2 + ["as_reported"] * 2
    with pytest.raises(SimError, match=r"ceasefir: found no scenario of this ensemble.*did you mean `ceasefire`"):
        chosen.select(["ceasefir"])


class Slow(Executor):
    """An executor that notes how many tasks wait for it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Any]] = []
        self.most = 0

    def submit(self, work: Any, /, *arguments: Any, **keys: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, work(*arguments)))
        self.most = max(self.most, len(self.waiting))
        if len(self.waiting) == 3:
            done, outcome = self.waiting.pop()  # the last one first
            done.set_result(outcome)
        return future


def test_no_more_is_under_way_than_is_asked_for() -> None:
    executor = Slow()
    done = as_done(str, range(20), executor, 3)
    seen = [next(done) for _ in range(18)]
    assert executor.most == 3
    assert seen[0] == (2, "2")
    assert [outcome for _, outcome in seen] == [str(task) for task, _ in seen]


def test_memory_stays_flat_over_many_members() -> None:
    shortest = PAIR[0].vary({"time.days": 0.25})
    tasks = [Task(shortest, member) for member in draw_members([shortest], 36, 1)]
    noted = []
    for number, (_, content) in enumerate(as_done(packed_member, tasks, None, 1), 1):
        assert content
        if number in (6, 36):
            gc.collect()
            noted.append((len(gc.get_objects()), sys.getallocatedblocks()))
    (objects, blocks), (more_objects, more_blocks) = noted
    assert more_objects - objects < 300, "objects kept by 30 members"
    assert more_blocks - blocks < 3000, "blocks of memory kept by 30 members"


def test_gathering_takes_no_more_memory_for_more_members(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gather, "AT_ONCE", 4)
    file = next((whole / "members" / "ceasefire").iterdir())

    def peak(n: int) -> int:
        tracemalloc.start()
        try:
            gather.to_file({("ceasefire", number): file for number in range(n)}, ["ceasefire"], n, tmp_path / f"{n}.nc")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(4)
    few, many = peak(8), peak(24)
    assert many < few + 24 * 4000
    assert unpacked(file.read_bytes()).nbytes * 4 < few
