"""Write a comparison of scenarios to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.results.compared import Compared, assumptions, by_member, markdown, wide
from sim.results.folder import replacing
from sim.results.netcdf import write_dataset
from sim.results.provenance import versions
from sim.results.text import write_csv
from sim.results.write import TIMED, describe, write_figures, write_manifest, write_positions

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def write_comparison(
    comparison: Compared, folder: Path | str, scenarios: Sequence[Scenario], seed: int, *, command: str = ""
) -> Path:
    """Write ``comparison`` as ``folder`` and return the folder's full path.

    ``comparison.nc`` holds every variable by scenario and member, ``members.csv`` the headline numbers of each
    member, ``assumed.csv`` what it drew from the priors, ``table.csv`` and ``table.md`` medians, intervals and
    differences, ``planner.xlsx`` and ``planner/`` caseload, people in need, shelter and stocks by week with intervals
    and GeoJSON, ``brief.pdf`` all of it on one page, ``compare.json`` the resolved scenarios, and ``figures/`` each
    plot as SVG and PNG. The folder appears whole or not at all.

    Raises
    ------
    OutputError
        If the folder can't be written, or holds files that Corridor did not write.
    """
    from sim.evaluation.counts import counted
    from sim.figures.brief import brief, write_brief
    from sim.figures.gallery import comparison_figures

    folder = Path(folder)
    titles = {scenario.name: scenario.title for scenario in scenarios}
    summaries = by_member(comparison.summaries)
    with replacing(folder) as partial:
        write_dataset(comparison.dataset, partial / "comparison.nc")
        write_csv(partial / "members.csv", summaries.drop(columns=[name for name in TIMED if name in summaries]))
        write_csv(partial / "assumed.csv", assumptions(comparison.members), exact=True)
        write_csv(partial / "table.csv", wide(summaries, comparison.baseline))
        text = markdown(summaries, comparison.baseline)
        (partial / "table.md").write_text(text, encoding="utf-8", newline="\n")
        place = scenarios[0].place.dataset
        _write_planner(comparison, scenarios, partial)
        write_brief(brief(comparison, seed, titles, counted(place)), partial / "brief.pdf")
        write_figures(comparison_figures(comparison, seed, place, titles), partial / "figures")
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


def _write_planner(comparison: Compared, scenarios: Sequence[Scenario], folder: Path) -> None:
    from sim.place.atlas import load_atlas
    from sim.results import hxl, planner_compared

    atlas = load_atlas(scenarios[0].place.dataset)
    points = {str(name): atlas.district(str(name)) for name in comparison.dataset["district"].to_numpy()}
    names = {name: point.title for name, point in points.items() if point is not None}
    found = planner_compared.tables(comparison, names)
    tags = planner_compared.TAGS
    hxl.write_workbook(folder / "planner.xlsx", found, tags, planner_compared.NOTES_OF_A_COMPARISON)
    (folder / "planner").mkdir()
    for name, table in found.items():
        hxl.write_table(folder / "planner" / f"{name}.csv", table, tags)
    write_positions(comparison.dataset, scenarios, folder / "planner")
