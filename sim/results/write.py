"""Write a result to a folder, and read it back."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import OutputError, Problem
from sim.results.folder import MAKER, check_whole, digests, files_in, read_manifest, replacing, sealed
from sim.results.netcdf import read_dataset, write_dataset
from sim.results.provenance import versions
from sim.results.result import Result
from sim.results.series import condensed
from sim.results.text import plain, tidy_number, write_csv, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import xarray as xr
    from matplotlib.figure import Figure

    from sim.scenario.schema import Scenario

FORMAT = 1
"""Version of the layout of a result folder."""

TIMED = ("runtime_s",)
"""Summary keys that differ between equal runs; all else in a summary is the same for the same seed."""


def write(result: Result, folder: Path | str, *, figures: bool = True, command: str = "") -> Path:
    """Write ``result`` as ``folder`` and return the folder's full path.

    ``result.nc`` holds every variable, ``series.csv`` the same as tidy rows (by place or kind: once a day),
    ``summary.json`` the headline numbers, ``planner.xlsx`` and ``planner/`` people in need, caseload, shelter and
    stocks as tables and key numbers at their places as GeoJSON, ``run.json`` the resolved scenario and what made the
    result, and ``figures/`` each plot as SVG and PNG. The folder appears whole or not at all; an earlier result is
    replaced.

    Raises
    ------
    OutputError
        If the folder can't be written, or holds files that Corridor did not write.
    """
    folder = Path(folder)
    with replacing(folder) as partial:
        write_dataset(result.dataset, partial / "result.nc")
        write_csv(partial / "series.csv", condensed(result.dataset))
        write_json(partial / "summary.json", rounded(result.summary))
        _write_planner(result, partial)
        if figures:
            _write_figures(result, partial / "figures")
        manifest = {
            "kind": "run",
            "scenario": describe(result.scenario),
            "seed": result.seed,
            "provenance": {"versions": versions(), **result.provenance, **_timed(result)},
        }
        write_manifest(partial, "run.json", manifest, command)
    return folder.expanduser().resolve()


def read(folder: Path | str) -> Result:
    """Read a result that :func:`write` wrote.

    Raises
    ------
    OutputError
        If the folder holds no result of a run.
    """
    folder = Path(folder).expanduser()
    manifest = read_manifest(folder)
    if manifest is None or manifest.get("kind") != "run":
        raise OutputError(Problem(str(folder), "", "no result of a run", "a folder that `corridor run` wrote"))
    check_whole(folder, manifest)
    try:
        return _restored(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise OutputError(
            Problem(str(folder), "", f"a damaged result ({error})", "a whole one", "Run it again")
        ) from error


def _restored(folder: Path, manifest: Mapping[str, Any]) -> Result:
    from sim.scenario.schema import Scenario

    provenance = manifest["provenance"]
    summary: dict[str, float | None] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return Result(
        dataset=read_dataset(folder / "result.nc"),
        summary=summary,
        scenario=Scenario.model_validate(manifest["scenario"]["resolved"]),
        seed=manifest["seed"],
        provenance={key: value for key, value in provenance.items() if key not in TIMED},
    )


def write_manifest(folder: Path, name: str, content: Mapping[str, Any], command: str) -> None:
    """Write the file that marks ``folder`` as Corridor's and lists all its files; write it last."""
    common = {
        "made_by": MAKER,
        "format": FORMAT,
        "command": command,
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "files": sorted([*files_in(folder), name]),
        "digests": digests(folder),
    }
    write_json(folder / name, sealed(plain({**content, **common})))


def describe(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario's name, title, hash and resolved form."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "hash": scenario.hash(),
        "resolved": scenario.resolved(),
    }


def rounded(summary: Mapping[str, float | None]) -> dict[str, float | None]:
    """Return the summary as written, without noise in the decimals."""
    return {key: None if value is None else tidy_number(value) for key, value in summary.items()}


def write_figures(figures: Mapping[str, Figure], folder: Path) -> None:
    """Write each figure as SVG and PNG, under its name."""
    from sim.figures.style import save

    folder.mkdir()
    for name, figure in figures.items():
        save(figure, folder / name)


def _write_planner(result: Result, folder: Path) -> None:
    from sim.results import hxl, planner

    found = planner.tables(result.dataset)
    hxl.write_workbook(folder / "planner.xlsx", found, planner.TAGS, planner.NOTES)
    (folder / "planner").mkdir()
    for name, table in found.items():
        hxl.write_table(folder / "planner" / f"{name}.csv", table, planner.TAGS)
    write_positions(
        result.dataset.expand_dims(scenario=[result.scenario.name], member=[0]), [result.scenario], folder / "planner"
    )


def write_positions(data: xr.Dataset, scenarios: Sequence[Scenario], folder: Path) -> None:
    """Write key numbers at their places as GeoJSON."""
    from sim.place.atlas import atlas_of
    from sim.results.geojson import write_geojson

    atlas = atlas_of(scenarios[0].place)
    titles = {item.name: item.title for item in scenarios}
    names = [str(name) for name in data["scenario"].to_numpy()]
    write_geojson(data, atlas, folder, {name: titles.get(name, name) for name in names})


def _write_figures(result: Result, folder: Path) -> None:
    from sim.figures.gallery import run_figures

    write_figures(run_figures(result), folder)


def _timed(result: Result) -> dict[str, Any]:
    return {key: result.summary[key] for key in TIMED if key in result.summary}
