"""Write a comparison of scenarios to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.results.claims import claims, claims_table
from sim.results.compared import Compared, assumptions, by_member, markdown, wide
from sim.results.folder import replacing
from sim.results.netcdf import write_dataset
from sim.results.provenance import versions
from sim.results.said import claims_markdown
from sim.results.text import write_csv
from sim.results.write import TIMED, describe, write_figures, write_manifest

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def write_comparison(
    comparison: Compared, folder: Path | str, scenarios: Sequence[Scenario], seed: int, *, command: str = ""
) -> Path:
    """Write ``comparison`` as ``folder`` and return the folder's full path.

    ``comparison.nc`` holds every variable by scenario and member, ``members.csv`` the headline numbers of each
    member, ``assumed.csv`` what it drew from the priors, ``table.csv`` and ``table.md`` medians, intervals and
    differences, ``claims.csv`` what may be said of each and on what it hangs, ``compare.json`` the resolved scenarios,
    and ``figures/`` each plot as SVG and PNG. The folder appears whole or not at all.

    Raises
    ------
    OutputError
        If the folder can't be written, or holds files that Corridor did not write.
    """
    from sim.figures.gallery import comparison_figures

    folder = Path(folder)
    titles = {scenario.name: scenario.title for scenario in scenarios}
    summaries = by_member(comparison.summaries)
    with replacing(folder) as partial:
        write_dataset(comparison.dataset, partial / "comparison.nc")
        write_csv(partial / "members.csv", summaries.drop(columns=[name for name in TIMED if name in summaries]))
        write_csv(partial / "assumed.csv", assumptions(comparison.members), exact=True)
        write_csv(partial / "table.csv", wide(summaries, comparison.baseline))
        found = claims(comparison, scenarios)
        write_csv(partial / "claims.csv", claims_table(found))
        text = "\n".join(filter(None, (markdown(summaries, comparison.baseline), claims_markdown(found))))
        (partial / "table.md").write_text(text, encoding="utf-8", newline="\n")
        write_figures(comparison_figures(comparison, seed, titles), partial / "figures")
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
