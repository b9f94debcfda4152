"""The result of one run: a labelled dataset, its summary, and what made it."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from sim.results.series import columns, tidy
from sim.results.words import headlines

if TYPE_CHECKING:
    from sim.figures.accessor import RunPlots
    from sim.scenario.schema import Scenario


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """What one run of one scenario gave.

    ``dataset`` holds every series (dims time, settlement, place, …; each variable says its unit), ``summary`` the
    headline numbers (None where a thing never happened), ``provenance`` the versions and times of the run.
    """

    dataset: xr.Dataset
    summary: Mapping[str, float | None]
    scenario: Scenario
    seed: int
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def series(self, variables: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the dataset as a tidy table with columns time, variable, place, value and unit.

        ``place`` is the label of the second dimension (``Stepanakert``), the labels of the second and third
        (``Stepanakert|electricity``), or ``all``.
        """
        return tidy(self.dataset, variables)

    def to_pandas(self, variables: Iterable[str] | None = None) -> pd.DataFrame:
        """Return series as columns over time, by default all that have no further dimensions.

        A variable by place has a column for each: ``persons_home|Stepanakert``. ``attrs["units"]`` holds the units.
        """
        return columns(self.dataset, variables)

    @property
    def plot(self) -> RunPlots:
        """Plots onto given Axes: ``result.plot.arrivals(ax)``, or ``result.plot("arrivals", ax)``."""
        from sim.figures.accessor import RunPlots

        return RunPlots(self)

    def __repr__(self) -> str:
        lines = [f"<Result of {self.scenario.name}, seed {self.seed}: {_span(self.dataset)}>"]
        lines += [f"  {label:<28}{text:>12} {unit}".rstrip() for label, text, unit in headlines(self.summary)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cell = '<td style="text-align:{}">{}</td>'
        rows = (
            "<tr>" + cell.format("left", label) + cell.format("right", text) + cell.format("left", unit) + "</tr>"
            for label, text, unit in headlines(self.summary)
        )
        title = html.escape(f"{self.scenario.title} ({self.scenario.name}), seed {self.seed}")
        return f"<table><caption>{title}<br>{_span(self.dataset)}</caption>{''.join(rows)}</table>"


def _span(dataset: xr.Dataset) -> str:
    times = pd.DatetimeIndex(dataset["time"].to_numpy())
    first, last = (f"{time.day} {time:%b %Y %H:%M}" for time in (times[0], times[-1]))
    return f"{first} to {last}, {len(times)} times"
