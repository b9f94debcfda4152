"""What is fuzzed: files of one sort, how each is spoilt, and how what is left of it is read and played."""

from __future__ import annotations

import json
import random
import shutil
import tomllib
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import tomli_w

from invariants import check
from mutations import spoilt_bytes, spoilt_table, spoilt_text, spoilt_tree
from sim import library
from sim.ensemble.compare import compare
from sim.ensemble.draw import draw_members
from sim.ensemble.posterior import core_of, read_posterior
from sim.evaluation.condition import FILE as CONDITIONED
from sim.evaluation.counts import counted, fitting_counts, planning_figures, scoring_counts
from sim.evaluation.displaced import early_counts, later_counts
from sim.evaluation.predicted import other_counts
from sim.figures import gallery
from sim.flee.convert import read_scenario
from sim.flee.score import counted_camps, score
from sim.model.run import run
from sim.place.atlas import load_atlas
from sim.place.place import load_place
from sim.report.html import page
from sim.report.material import read_material
from sim.results.write import write
from sim.results.write_comparison import write_comparison
from sim.scenario.gazetteer import gazetteer
from sim.scenario.ledger import load_ledger
from sim.scenario.load import load
from sim.scenario.schema import MINUTES_PER_DAY, Scenario

ROOT = Path(__file__).parents[2]
RIVERLAND = ROOT / "docs" / "examples" / "riverland"


@dataclass(frozen=True, slots=True)
class Case:
    """One spoilt file: where it lies, its content, and why nothing but a refusal will do, if so."""

    path: Path
    content: bytes
    reason: str = ""
    text: str = ""


class Target(Protocol):
    """A sort of file: how one is spoilt, what reads and runs it, and by which command."""

    def spoil(self, rng: random.Random, folder: Path) -> Case:
        """Spoil a file; ``folder`` is there to write into."""
        ...

    def play(self, case: Case) -> None:
        """Read the file and run what it describes."""
        ...

    def words(self, case: Case) -> list[str]:
        """Return the words of the command that reads the file, or none."""
        ...


def play_briefly(scenario: Scenario) -> None:
    """Run a few steps for a few residents, and check what must hold."""
    step = scenario.time.step_minutes
    days = min(scenario.time.days, max(0.5, 3 * step / MINUTES_PER_DAY))
    brief = scenario.vary({"time.days": days, "parameters.residents_total": 60.0})
    check(brief, run(brief, 1))


def _spoilt_file(rng: random.Random, content: bytes, *, table: bool) -> tuple[bytes, str]:
    kind = rng.random()
    if kind < 0.2:
        return spoilt_bytes(rng, content)
    text = content.decode()
    text, reason = spoilt_table(rng, text) if table and kind < 0.8 else spoilt_text(rng, text)
    return text.encode("utf-8", errors="surrogatepass"), reason


# --- scenario files


def _trees() -> list[tuple[Path, dict[str, Any]]]:
    files = sorted((ROOT / "tests" / "scenarios" / "valid").glob("*.toml")) + sorted(
        path for name, path in library.shipped_scenarios().items() if name in ("as_reported", "combined", "base")
    )
    return [(path, tomllib.loads(path.read_text(encoding="utf-8-sig"))) for path in files]


def _resolved() -> list[dict[str, Any]]:
    files = sorted((ROOT / "tests" / "scenarios" / "valid").glob("*.toml"))
    return [load(path).resolved() for path in files] + [read_scenario(RIVERLAND).resolved()]


class ScenarioFiles:
    """Scenario files, TOML as people write them and resolved JSON."""

    def __init__(self) -> None:
        self.trees, self.resolved = _trees(), _resolved()

    def spoil(self, rng: random.Random, folder: Path) -> Case:
        """Spoil a file as bytes, as text, as the tree of a file or as a resolved scenario."""
        kind = rng.random()
        if kind < 0.35:
            path, _ = rng.choice(self.trees)
            content, reason = _spoilt_file(rng, path.read_bytes(), table=False)
            return Case(folder / path.name, content, reason)
        if kind < 0.7:
            path, tree = rng.choice(self.trees)
            tree, reason = spoilt_tree(rng, tree)
            return Case(folder / path.name, tomli_w.dumps(tree).encode("utf-8", errors="surrogatepass"), reason)
        tree, reason = spoilt_tree(rng, rng.choice(self.resolved))
        return Case(folder / "resolved.json", json.dumps(tree, default=str).encode(), reason)

    def play(self, case: Case) -> None:
        """Load and run the file."""
        for path in (ROOT / "tests" / "scenarios" / "valid").glob("*.toml"):
            if path != case.path and not (case.path.parent / path.name).exists():
                shutil.copy(path, case.path.parent)
        play_briefly(load(case.path))

    def words(self, case: Case) -> list[str]:
        """Return the words that check the file."""
        return ["check", str(case.path)]


ODD_VALUES = (
    *("nan", "-inf", "1e300", "-1", "[]", "{}", "true", "x", "", "'", "[[", "2023-09-24", "0", "1", "0.5", "{a = 1}"),
    *("\u0000", "\ud800", "1e-320", "9" * 400),
)


class Overrides:
    """Words after ``--set``."""

    def __init__(self) -> None:
        self.scenario = load(ROOT / "tests" / "scenarios" / "valid" / "every_kind.toml")
        names = [f"parameters.{name}" for name in self.scenario.parameters]
        keys = [f"{section}.{action.id}.{key}" for section, action in self.scenario.actions() for key in dict(action)]
        self.paths = [*names, *keys, "time.days", "time.step_minutes", "time.start", "time.output_minutes"]

    def spoil(self, rng: random.Random, folder: Path) -> Case:
        """Make a path and a value, one of them odd."""
        path = rng.choice(self.paths)
        if rng.random() < 0.3:
            path = spoilt_text(rng, path.replace(".", "\n"))[0].replace("\n", ".")
        value = rng.choice(ODD_VALUES)
        never = path.startswith("parameters.") and path in self.paths and value in ("nan", "-inf", "1e300", "true", "x")
        return Case(folder / "unused.toml", value.encode(errors="surrogatepass"), "no number" if never else "", path)

    def play(self, case: Case) -> None:
        """Load with the override, and run."""
        value = case.content.decode("utf-8", errors="surrogatepass")
        play_briefly(load(ROOT / "tests" / "scenarios" / "valid" / "every_kind.toml", {case.text: value}))

    def words(self, case: Case) -> list[str]:
        """Return the words that explain the scenario with the override."""
        return []


# --- sourced data


@contextmanager
def rooted(root: Path) -> Iterator[None]:
    """Let shipped scenarios and seeds lie under ``root``."""
    caches, kept = (gazetteer.cache_clear, load_atlas.cache_clear), library._root
    library._root = lambda: root
    try:
        for clear in caches:
            clear()
        yield
    finally:
        library._root = kept
        for clear in caches:
            clear()


class Seeds:
    """The sourced data: tables of places, counts, draws of a posterior, outlines, the ledger."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        shutil.copytree(ROOT / "seeds", self.root / "seeds")
        shutil.copytree(ROOT / "scenarios", self.root / "scenarios")
        found = sorted(path for path in self.root.glob("seeds/**/*.*") if path.name in READERS)
        self.files = [path for path in found if len(path.read_bytes().splitlines()) > 1]

    def spoil(self, rng: random.Random, folder: Path) -> Case:
        """Spoil one of the files."""
        path = rng.choice(self.files)
        content, reason = _spoilt_file(rng, path.read_bytes(), table=path.suffix == ".csv")
        return Case(path, content, reason)

    def play(self, case: Case) -> None:
        """Read the file as the product does, and run what comes of it."""
        whole = (ROOT / case.path.relative_to(self.root)).read_bytes()
        case.path.write_bytes(case.content)
        try:
            with rooted(self.root):
                dataset = next((part for part in case.path.parts if part.startswith("karabakh_")), "karabakh_2023")
                READERS[case.path.name](dataset, case.path)
        finally:
            case.path.write_bytes(whole)

    def words(self, case: Case) -> list[str]:
        """Return none: commands read the shipped files."""
        return []


def _play_place(dataset: str, path: Path) -> None:
    load_place(dataset)
    load_atlas(dataset)
    name = "as_reported" if dataset == "karabakh_2023" else dataset
    scenario = load(name)
    scenario = scenario.without(*(action.id for _, action in scenario.actions()))
    play_briefly(scenario)


def _count(dataset: str, path: Path) -> None:
    found = (fitting_counts if "fit" in path.parts else scoring_counts)(dataset)
    assert found.persons.size == found.tolerance.size == len(found.times) > 0
    assert (found.persons >= 0).all()
    assert (found.tolerance > 0).all()
    counted(dataset)


def _draws(dataset: str, path: Path) -> None:
    name = path.relative_to(library.seeds_folder()).as_posix()
    scenario = load("as_reported" if path.name != CONDITIONED else "karabakh_2020")
    if name != scenario.posterior and path.name != CONDITIONED:
        return
    read_posterior(name)
    core_of(name)
    for member in draw_members([scenario], 3, 1):
        play_briefly(member.of(scenario))


def _displaced(dataset: str, path: Path) -> None:
    early_counts(dataset)
    later_counts(dataset)


def _some(found: Sized) -> None:
    assert len(found) > 0


READERS: dict[str, Callable[[str, Path], None]] = {
    **dict.fromkeys(("place.toml", "settlements.csv", "provinces.csv", "roads.csv", "facilities.csv"), _play_place),
    **dict.fromkeys(("reservoirs.csv", "restoration.csv", "waypoints.csv", "south_caucasus.geojson"), _play_place),
    **dict.fromkeys(("posterior_2023.csv", "conditioned.csv"), _draws),
    **dict.fromkeys(("displaced.csv", "returns.csv"), _displaced),
    "arrivals.csv": _count,
    "planners.csv": lambda dataset, _: _some(planning_figures(dataset)),
    "article.toml": lambda *_: _some(load_ledger()),
    "other.csv": lambda dataset, _: _some(other_counts(dataset)),
}
"""File → what reads it."""


# --- instances of FLEE


UNREAD = ("refugees.csv",)
"""Files that an instance may hold and nothing reads."""


class Flee:
    """Tables of an instance in FLEE's format."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(shutil.copytree(RIVERLAND, folder / "instance"))
        self.files = sorted(path for path in self.folder.rglob("*.csv") if path.name not in UNREAD)

    def spoil(self, rng: random.Random, folder: Path) -> Case:
        """Spoil one of the tables."""
        path = rng.choice(self.files)
        content, reason = _spoilt_file(rng, path.read_bytes(), table=True)
        return Case(path, content, reason)

    def play(self, case: Case) -> None:
        """Import the instance and run it for some days; score it where it has counts."""
        whole = (RIVERLAND / case.path.relative_to(self.folder)).read_bytes()
        case.path.write_bytes(case.content)
        try:
            scenario = read_scenario(self.folder)
            brief = scenario.vary({"time.days": min(scenario.time.days, 4.0)})
            result = run(brief, 1)
            check(brief, result)
            counted_camps(brief)
            score(brief, result.dataset)
        finally:
            case.path.write_bytes(whole)

    def words(self, case: Case) -> list[str]:
        """Return the words that score the instance."""
        return ["score-flee", str(self.folder), "--days", "2"]


# --- results


class Results:
    """Folders that ``corridor run`` and ``corridor compare`` wrote."""

    def __init__(self, folders: Path) -> None:
        self.whole = folders
        names = ("run.json", "summary.json", "result.nc", "compare.json", "comparison.nc", "members.csv", "assumed.csv")
        self.files = [path for name in names for path in sorted(folders.rglob(name))]

    def spoil(self, rng: random.Random, folder: Path) -> Case:
        """Spoil one of the files that a report reads."""
        path = rng.choice(self.files)
        content = path.read_bytes()
        if path.suffix == ".nc":
            content, reason = _spoilt_netcdf(rng, path, folder) if rng.random() < 0.6 else spoilt_bytes(rng, content)
        elif path.suffix == ".json" and rng.random() < 0.7:
            tree, _ = spoilt_tree(rng, json.loads(content))
            content, reason = json.dumps(tree, default=str).encode(), ""
        else:
            content, reason = _spoilt_file(rng, content, table=path.suffix == ".csv")
        return Case(path, content, "" if _says_the_same(content, path) else reason or "a result that was changed")

    def play(self, case: Case) -> None:
        """Make a report of the folder."""
        whole = case.path.read_bytes()
        case.path.write_bytes(case.content)
        try:
            assert len(page(read_material(case.path.parent))) > 10_000
        finally:
            case.path.write_bytes(whole)

    def words(self, case: Case) -> list[str]:
        """Return the words that write a report."""
        return ["report", str(case.path.parent), "--out", str(self.whole / "report.html")]


def _says_the_same(content: bytes, path: Path) -> bool:
    """Whether a file differs in nothing but blanks and the seal of its manifest."""
    whole = path.read_bytes()
    with suppress(ValueError, RecursionError):
        pair = [json.loads(text) for text in (content, whole)]
        if path.suffix == ".json" and all(isinstance(item, dict) for item in pair):
            pair = [{key: value for key, value in item.items() if "seal" not in key.lower()} for item in pair]
            return bool(pair[0] == pair[1])
    return content == whole


def _spoilt_netcdf(rng: random.Random, path: Path, folder: Path) -> tuple[bytes, str]:
    """Spoil a dataset as such: its variables, dimensions, labels, numbers and attributes."""
    import numpy as np
    import xarray as xr

    data = xr.load_dataset(path, engine="h5netcdf")
    names = sorted(map(str, data.data_vars))
    name, dim = rng.choice(names), rng.choice(sorted(map(str, data.dims)))
    match rng.randrange(8):
        case 0:
            data = data.drop_vars(name)
        case 1:
            data = data.rename({name: name + "_"})
        case 2:
            data = data.rename({dim: dim + "_"})
        case 3:
            data = data.isel({dim: slice(0, rng.choice([0, 1]))})
        case 4:
            data[name] = xr.full_like(data[name], rng.choice([np.nan, np.inf, -1.0, 1e300]), dtype=float)
        case 5:
            data[name].attrs = {}
        case 6:
            data[name] = data[name].astype(str)
        case _:
            data = data.isel({dim: slice(None, None, -1)})
    target = folder / "spoilt.nc"
    for array in data.variables.values():
        array.encoding = {}
    data.to_netcdf(target, engine="h5netcdf")
    return target.read_bytes(), ""


def write_results(folder: Path) -> Path:
    """Write a small run and a small comparison into ``folder`` as the command line does, without figures."""
    scenarios = [load(name).vary(SMALL) for name in ("as_reported", "ceasefire")]
    write(run(scenarios[0], 1), folder / "run", figures=False, command="corridor run")
    comparison, kept = compare(scenarios, 2, 1, workers=1), gallery.comparison_figures
    gallery.comparison_figures = lambda *_: {}
    try:
        write_comparison(comparison, folder / "comparison", scenarios, 1, command="corridor compare")
    finally:
        gallery.comparison_figures = kept
    return folder


SMALL = {"time.days": 7.0, "parameters.residents_total": 300.0}
