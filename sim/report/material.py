"""What a report is made of, read from a folder that Corridor wrote: runs and comparisons in one form.

A run is a comparison of one scenario with one member. Other kinds of folder join :data:`READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from sim.errors import InputError, OutputError, Problem
from sim.results.compared import Assumed
from sim.results.folder import MANIFESTS, check_whole, read_manifest
from sim.results.netcdf import read_dataset

if TYPE_CHECKING:
    from sim.ensemble.comparison import Comparison
    from sim.results.result import Result
    from sim.scenario.schema import Scenario

Manifest = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Material:
    """A comparison as figures and tables read it (see :class:`sim.results.compared.Compared`), and where it is from.

    Attributes
    ----------
    dataset : dims scenario, member, time, …; settlements are summed, or averaged by residents, but in
        ``persons_present``, which runs have
    summaries : one row for each scenario and member
    members : what each member assumed
    scenarios : by name, the baseline first
    manifest : versions, seed, command and files; what the folder says of itself
    """

    dataset: xr.Dataset
    summaries: pd.DataFrame
    members: Sequence[Assumed]
    scenarios: Mapping[str, Scenario]
    manifest: Manifest

    @property
    def baseline(self) -> str:
        """Name of the scenario that the others are compared with."""
        return next(iter(self.scenarios))

    @property
    def n_members(self) -> int:
        """Runs of each scenario."""
        return int(self.dataset.sizes["member"])

    @property
    def titles(self) -> dict[str, str]:
        """Name → title of each scenario."""
        return {name: scenario.title for name, scenario in self.scenarios.items()}


def read_material(folder: Path | str) -> Material:
    """Read a folder that ``corridor run``, ``compare`` or ``ensemble`` wrote.

    Raises
    ------
    OutputError
        If there is no such folder, it holds no such result, or the result is damaged.
    """
    folder = Path(folder).expanduser()
    manifest = read_manifest(folder) or _plan(folder)
    if manifest is None:
        broken = next((name for name in MANIFESTS if (folder / name).is_file()), "")
        if broken:
            raise _damaged(folder / broken, "a damaged file")
        found = "no result of Corridor" if folder.is_dir() else "a file" if folder.exists() else "no such folder"
        raise OutputError(
            Problem(str(folder), "", found, "a folder that `corridor run`, `compare` or `ensemble` wrote")
        )
    kind = str(manifest.get("kind", "nothing"))
    if kind not in READERS:
        expected = "a run, a comparison or an ensemble"
        raise OutputError(
            Problem(str(folder), "", f"a result of another kind ({kind})", expected, "Only these have a report")
        )
    try:
        return READERS[kind](folder, manifest)
    except OutputError:
        raise
    except InputError as error:
        found = f"a result that this version can't read ({error.problems[0]})"
        raise _damaged(folder, found) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise _damaged(folder, f"a damaged result ({type(error).__name__}: {error})") from error


def _plan(folder: Path) -> Manifest | None:
    """Return what an ensemble's folder says of itself, or None where there is none."""
    from sim.ensemble.folder import read_plan

    found = read_plan(folder)
    return None if found is None else {**found, "kind": "ensemble"}


def of_result(result: Result, manifest: Manifest) -> Material:
    """Return the material of one run."""
    from sim.ensemble.member import totals

    name, data = result.scenario.name, result.dataset
    present = data["persons_home"] + data["persons_ready"] + data["persons_returned"]
    present = present.assign_attrs(data["persons_home"].attrs)
    both = totals(data).assign(persons_present=present).expand_dims(scenario=[name], member=[0])
    summaries = pd.DataFrame([{"scenario": name, "member": 0, **result.summary}])
    return Material(both, summaries, (), {name: result.scenario}, manifest)


def of_comparison(comparison: Comparison, manifest: Manifest) -> Material:
    """Return the material of a comparison or an ensemble."""
    return Material(comparison.dataset, comparison.summaries, comparison.members, comparison.scenarios, manifest)


def _read_run(folder: Path, manifest: Manifest) -> Material:
    from sim.results.write import read

    return of_result(read(folder), manifest)


def _read_comparison(folder: Path, manifest: Manifest) -> Material:
    from sim.ensemble.run import read_members
    from sim.scenario.schema import Scenario

    check_whole(folder, manifest)
    described = manifest["scenarios"]
    scenarios = {item["name"]: Scenario.model_validate(item["resolved"]) for item in described}
    dataset = read_dataset(folder / "comparison.nc")
    summaries = pd.read_csv(folder / "members.csv")
    names = [str(name) for name in dataset["scenario"].to_numpy()]
    if names != list(scenarios) or set(summaries["scenario"]) != set(names):
        raise ValueError("its files speak of different scenarios")
    members = read_members(folder / "assumed.csv", manifest["seed"], manifest["members"])
    return Material(dataset, summaries, members, scenarios, manifest)


def _read_ensemble(folder: Path, manifest: Manifest) -> Material:
    from sim.ensemble.run import open_ensemble

    return of_comparison(open_ensemble(folder), manifest)


def _damaged(folder: Path, found: str) -> OutputError:
    return OutputError(Problem(str(folder), "", found, "a whole result", "Run it again"))


READERS: dict[str, Callable[[Path, Manifest], Material]] = {
    "run": _read_run,
    "comparison": _read_comparison,
    "ensemble": _read_ensemble,
}
"""Kind of folder, as its manifest says → function that reads it."""
