"""Write a comparison of scenarios to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.results.claims import claims, claims_table
from sim.results.compared import Compared, assumptions, by_member, markdown, table
from sim.results.fan import fan, fan_table
from sim.results.folder import replacing
from sim.results.netcdf import write_dataset
from sim.results.provenance import versions
from sim.results.said import claims_markdown
from sim.results.text import write_csv
from sim.results.write import TIMED, describe, write_figures, write_manifest, write_positions

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def write_comparison(
    comparison: Compared, folder: Path | str, scenarios: Sequence[Scenario], seed: int, *, command: str = ""
) -> Path:
    """Write ``comparison`` as ``folder`` and return the folder's full path.

    ``comparison.nc`` holds every variable by scenario and member, ``compare.json`` the resolved scenarios; the other
    files are those of :func:`write_outcome`. The folder appears whole or not at all.

    Raises
    ------
    OutputError
        If the folder can't be written, or holds files that Corridor did not write.
    """
    folder = Path(folder)
    with replacing(folder) as partial:
        write_dataset(comparison.dataset, partial / "comparison.nc")
        write_outcome(comparison, partial, scenarios, seed)
        manifest = {
            "kind": "comparison",
            "scenarios": [describe(scenario) for scenario in scenarios],
            "baseline": comparison.baseline,
            "members": int(comparison.dataset.sizes["member"]),
            "seed": seed,
            "provenance": {"versions": versions()},
        }
        write_manifest(partial, "compare.json", manifest, command)
    return folder.expanduser().resolve()


def write_outcome(
    comparison: Compared, folder: Path, scenarios: Sequence[Scenario], seed: int, *, figures: bool = True
) -> None:
    """Write what comes of a comparison's members to ``folder``, without its series themselves.

    ``members.csv`` holds the headline numbers of each member, ``assumed.csv`` what it drew from the priors,
    ``table.csv`` and ``table.md`` quantiles and differences, ``claims.csv`` what may be said of each pair and on what
    it hangs, ``fan.nc`` quantiles of every series over time, ``fan.csv`` the same once a day as tidy rows,
    ``planner.xlsx`` and ``planner/`` caseload, people in need, shelter and stocks by week with intervals, and GeoJSON,
    ``brief.pdf`` the outcome on one page, and ``figures/`` each plot as SVG and PNG.
    """
    summaries = by_member(comparison.summaries)
    write_csv(folder / "members.csv", summaries.drop(columns=[name for name in TIMED if name in summaries]))
    write_csv(folder / "assumed.csv", assumptions(comparison.members), exact=True)
    write_csv(folder / "table.csv", table(summaries, comparison.baseline))
    found = claims(comparison, scenarios)
    write_csv(folder / "claims.csv", claims_table(found))
    text = "\n".join(filter(None, (markdown(summaries, comparison.baseline), claims_markdown(found))))
    (folder / "table.md").write_text(text, encoding="utf-8", newline="\n")
    fanned = fan(comparison.dataset)
    write_dataset(fanned, folder / "fan.nc")
    write_csv(folder / "fan.csv", fan_table(fanned))
    _write_planner(comparison, scenarios, folder)
    if figures:
        _write_figures(comparison, scenarios, seed, folder)


def _write_figures(comparison: Compared, scenarios: Sequence[Scenario], seed: int, folder: Path) -> None:
    from sim.evaluation.counts import counted
    from sim.figures.brief import brief, write_brief
    from sim.figures.gallery import comparison_figures

    titles = {scenario.name: scenario.title for scenario in scenarios}
    place = scenarios[0].place
    write_brief(brief(comparison, seed, titles, counted(place.dataset)), folder / "brief.pdf")
    write_figures(comparison_figures(comparison, seed, place, titles), folder / "figures")


def _write_planner(comparison: Compared, scenarios: Sequence[Scenario], folder: Path) -> None:
    from sim.place.atlas import atlas_of
    from sim.results import hxl, planner_compared

    atlas = atlas_of(scenarios[0].place)
    points = {str(name): atlas.district(str(name)) for name in comparison.dataset["district"].to_numpy()}
    names = {name: point.title for name, point in points.items() if point is not None}
    found = planner_compared.tables(comparison, names)
    tags = planner_compared.TAGS
    hxl.write_workbook(folder / "planner.xlsx", found, tags, planner_compared.NOTES_OF_A_COMPARISON)
    (folder / "planner").mkdir()
    for name, weekly in found.items():
        hxl.write_table(folder / "planner" / f"{name}.csv", weekly, tags)
    write_positions(comparison.dataset, scenarios, folder / "planner")
