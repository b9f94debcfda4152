"""Ensembles: many members in a folder, resumed where they were cut off, the same bytes whoever runs them."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import xarray as xr

from sim.ensemble.cluster import cluster
from sim.ensemble.comparison import Comparison, check
from sim.ensemble.draw import Member, draw_members, member_seeds
from sim.ensemble.folder import EnsembleFolder, held, plan, read_plan
from sim.ensemble.gather import Files, to_file
from sim.ensemble.member import Task, packed_member
from sim.ensemble.pool import DIED, Overdue, as_done, worker_pool
from sim.errors import OutputError, Problem, SimError
from sim.results.checksums import check_files, reading
from sim.results.netcdf import open_dataset
from sim.results.provenance import fingerprint
from sim.scenario.schema import Scenario

Progress = Callable[[float], None]

SERIES = "ensemble.nc"
"""File of all members' series."""

READ = (SERIES, "members.csv", "assumed.csv")
"""Files of a finished ensemble that are read again."""

FEW = 4
"""Runs for which other processes are worth their start."""


def run_ensemble(
    scenarios: Sequence[Scenario],
    folder: Path | str,
    members: int = 64,
    seed: int = 0,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    *,
    executor: Executor | None = None,
    figures: bool = True,
) -> Comparison:
    """Run every scenario on the same members, keep each in a file of ``folder`` and write what comes of them.

    Killed at any moment and called again with the same arguments, it continues with the members that are whole and
    ends with the same bytes in the same files, whatever the workers.

    Parameters
    ----------
    scenarios : at least one, of different names, on one clock and place; the first is the baseline
    folder : a new one, an empty one or the one in which this ensemble was begun
    members : draws from the priors; 1 takes the scenarios' own values
    seed : root seed of members and runs
    workers : processes on this machine; as many as cores if None
    scheduler : address of a Dask scheduler whose workers are used instead
    progress : called with the share of runs that are done
    executor : whatever else is to run the members, and stays open
    figures : whether figures are drawn too

    Returns
    -------
    The ensemble as :func:`open_ensemble` gives it

    Raises
    ------
    ScenarioError : if there is no scenario, names repeat, clocks or places differ
    OutputError : if something else was begun in ``folder``, or it can't be written
    SimError : if a worker dies or a member fails; the members that are finished are kept
    """
    check(scenarios)
    drawn = draw_members(scenarios, members, seed)
    with held(Path(folder)) as place:
        place.begin(plan(scenarios, members, seed))
        files = run_missing(place, scenarios, drawn, workers, scheduler, progress, executor)
        if not place.finished():
            _finish(place, files, scenarios, drawn, seed, figures)
    return open_ensemble(folder)


def open_ensemble(folder: Path | str) -> Comparison:
    """Return a finished ensemble; series are read from its file when they are asked for.

    Raises
    ------
    OutputError : if ``folder`` holds no ensemble or an unfinished one
    """
    path = Path(folder).expanduser()
    found = read_plan(path)
    if found is None:
        raise OutputError(Problem(str(folder), "", "no ensemble", "a folder that `corridor ensemble` wrote"))
    if not all((path / name).is_file() for name in found.get("files", READ)):
        n_kept, n = sum(1 for _ in path.glob("members/*/*.nc.gz")), found["members"] * len(found["scenarios"])
        state = f"an unfinished ensemble ({n_kept} of {n} runs)"
        raise OutputError(Problem(str(folder), "", state, "a finished one", "The command that began it continues"))
    with reading(path):
        check_files(path, found["files"], READ, "The command that began it makes it anew")
        scenarios = {item["name"]: Scenario.model_validate(item["resolved"]) for item in found["scenarios"]}
        drawn = read_members(path / "assumed.csv", found["seed"], found["members"])
        summaries = pd.read_csv(path / "members.csv")
        return Comparison(open_dataset(path / SERIES), summaries, scenarios, drawn, found["seed"])


def read_members(file: Path, seed: int, members: int) -> tuple[Member, ...]:
    """Return what each member assumed, from the table of an ensemble or a comparison."""
    values: dict[int, dict[str, float]] = defaultdict(dict)
    with file.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            values[int(row["member"])][row["path"]] = float(row["value"])
    seeds = member_seeds(seed, members)
    return tuple(Member(number, own, values[number]) for number, own in enumerate(seeds))


def run_missing(
    place: EnsembleFolder,
    scenarios: Sequence[Scenario],
    drawn: Sequence[Member],
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Files:
    """Run the members that are not in ``place`` yet, pair by pair; return the files of all."""
    files = place.kept()
    software = fingerprint()
    tasks = [Task(scenario, member, software) for member in drawn for scenario in scenarios]
    missing = [task for task in tasks if task.key not in files]
    done = len(tasks) - len(missing)
    try:
        with _executor(missing, workers, scheduler, executor) as (found, most):
            for task, content in as_done(packed_member, missing, found, most):
                files[task.key] = place.keep(task.key, content)
                done += 1
                if progress is not None:
                    progress(done / len(tasks))
    except (BrokenExecutor, Overdue) as error:
        cause = DIED if scheduler is None and isinstance(error, BrokenExecutor) else str(error)
        kept = f"the {done} of {len(tasks)} runs that are finished are kept in {place.path}"
        raise SimError(f"{cause}; {kept}, and the same command continues") from error
    return files


@contextmanager
def _executor(
    missing: Sequence[Task], workers: int | None, scheduler: str | None, executor: Executor | None
) -> Iterator[tuple[Executor | None, int]]:
    """Yield who runs the members, None for this process, and how many runs they may have under way."""
    n = _processes(workers, len(missing))
    if executor is not None or not missing:
        yield executor, 2 * n + 2
    elif scheduler is not None:
        with cluster(scheduler) as (found, threads):
            yield found, 2 * threads + 2
    else:
        with worker_pool(n) as pool:
            yield pool, 2 * n + 2


def _processes(workers: int | None, tasks: int) -> int:
    """Return how many processes to use: left to us, one where starting more would cost more than it saves."""
    if workers is None:
        return os.cpu_count() or 1 if tasks >= FEW else 1
    return max(1, min(workers, tasks))


def _finish(
    place: EnsembleFolder,
    files: Files,
    scenarios: Sequence[Scenario],
    drawn: Sequence[Member],
    seed: int,
    figures: bool,
) -> None:
    """Write what comes of all members."""
    from sim.results.write_comparison import write_outcome

    named = {scenario.name: scenario for scenario in scenarios}
    with place.finishing() as work:
        table = to_file(files, list(named), len(drawn), work / SERIES)
        with xr.open_dataset(work / SERIES, engine="h5netcdf", cache=False) as dataset:
            outcome = Comparison(dataset, table, named, tuple(drawn), seed)
            write_outcome(outcome, work, scenarios, seed, figures=figures)
