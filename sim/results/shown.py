"""How a comparison shows itself to whoever works with it in a script or a notebook."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from sim.results.compared import COMPARED, Assumed, cell, heads, outcomes
from sim.results.words import MEASURES

if TYPE_CHECKING:
    from sim.figures.accessor import ComparisonPlots


class Shown:
    """What a comparison can say of itself; mixed into it."""

    dataset: xr.Dataset
    summaries: pd.DataFrame
    scenarios: Mapping[str, Any]
    members: Sequence[Assumed]
    seed: int

    @property
    def plot(self) -> ComparisonPlots:
        """Plots onto given Axes, such as ``comparison.plot.arrivals(ax)``."""
        from sim.figures.accessor import ComparisonPlots

        return ComparisonPlots(self)

    def to_pandas(self, variable: str | None = None) -> pd.DataFrame:
        """Return the headline numbers, a row for each scenario and member, or one series over time.

        A series has a column for each scenario and member, and for each place where it has places.
        """
        if variable is None:
            return self.summaries.copy()
        array = self.dataset[variable]
        names = ["scenario", "member", *(str(dim) for dim in array.dims if dim not in ("time", "scenario", "member"))]
        table = array.to_series().unstack(names) if names else array.to_series().to_frame()
        return pd.DataFrame(table).rename_axis(columns=names)

    def __repr__(self) -> str:
        rows = outcomes(self.summaries)
        labels = [f"  {MEASURES[name].label} [{MEASURES[name].unit}]" for name in COMPARED]
        lines = [f"<{self._headline()}>"]
        for scenario, group in rows.groupby("scenario", sort=False):
            lines.append(f"{scenario}:")
            written = (cell(row, MEASURES[str(row["measure"])]) for row in group.to_dict("records"))
            lines += [f"{label:<40}{text}" for label, text in zip(labels, written, strict=True)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(text)}</th>" for text in ("scenario", *heads()))
        body = ""
        for scenario, group in outcomes(self.summaries).groupby("scenario", sort=False):
            cells = (cell(row, MEASURES[str(row["measure"])]) for row in group.to_dict("records"))
            body += "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in (str(scenario), *cells)) + "</tr>"
        return f"<table><caption>{html.escape(self._headline())}</caption><tr>{head}</tr>{body}</table>"

    def _headline(self) -> str:
        names = ", ".join(str(name) for name in self.scenarios)
        n_members = len(self.members)
        return f"Comparison of {names}: {n_members} member{'s' * (n_members != 1)}, seed {self.seed}; median [5–95%]"
