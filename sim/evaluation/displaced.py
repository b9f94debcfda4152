"""Displaced persons and returns of a run, and the counts of them, early ones and later ones kept apart.

Three numbers are followed: persons displaced wherever they are (``all``) and in the host country (``host``), and
persons who came back to the territory, cumulative (``back``). ``counts/fit/`` of a dataset holds what may be
conditioned on, ``counts/score/`` what only judges; conditioning imports :func:`early_counts` alone.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sim.library import seeds_folder
from sim.model.displacement import DisplacementModel
from sim.model.run import release
from sim.place.read import choice, moment, name, number, read_table, text
from sim.population.households import WITHIN

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]

SERIES = ("all", "host", "back")
HOUR_OF_COUNT = 18
"""Local hour at which a count of a day is taken to stand."""

DISPLACED_ERROR = 0.1
"""Standard error of a count of displaced persons, share: rounding, double counts and what the model leaves out."""

RETURNED_ERROR, RETURNED_FLOOR = 0.25, 250.0
"""Standard error of the returns between two counts, share, and at least this [persons]."""

DISPLACED_COLUMNS = {
    "date": moment(),
    "persons": number(0.0),
    "where": choice("all", "host"),
    "qualifier": text(),
    "source_id": name(),
    "note": text(),
}
RETURN_COLUMNS = {key: DISPLACED_COLUMNS[key] for key in ("date", "persons", "qualifier", "source_id", "note")}


def has_displaced_counts(dataset: str) -> bool:
    """Whether what a dataset's hindcast predicts is how many are displaced, rather than arrivals."""
    return (_folder(dataset) / "fit" / "displaced.csv").exists()


def early_counts(dataset: str) -> pd.DataFrame:
    """Return the counts that may be conditioned on: columns ``when``, ``series`` of :data:`SERIES`, ``persons``."""
    folder = _folder(dataset) / "fit"
    back = read_table(folder / "returns.csv", RETURN_COLUMNS)
    rows = [
        (row["date"], row["where"], row["persons"]) for row in read_table(folder / "displaced.csv", DISPLACED_COLUMNS)
    ]
    return _table(rows + [(row["date"], "back", row["persons"]) for row in back])


def later_counts(dataset: str) -> pd.DataFrame:
    """Return the counts that only judge, in the same columns; there may be none."""
    path = _folder(dataset) / "score" / "displaced.csv"
    empty = not path.exists() or path.read_bytes().count(b"\n") < 2
    rows = [] if empty else read_table(path, DISPLACED_COLUMNS)
    return _table([(row["date"], row["where"], row["persons"]) for row in rows])


def _folder(dataset: str) -> Path:
    return seeds_folder() / dataset / "counts"


def _table(rows: list[tuple[datetime, str, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["when", "series", "persons"])
    table["when"] = pd.to_datetime(table["when"]) + pd.Timedelta(hours=HOUR_OF_COUNT)
    return table.sort_values("when", kind="stable", ignore_index=True)


def log_likelihood(counts: pd.DataFrame, modelled: Floats) -> float:
    """Return the log-likelihood of ``counts``, up to a constant, where the model says ``modelled``, shape (n_counts,).

    Normal errors, independent between counts of displaced persons and between successive returns: ``back`` adds up,
    so its increments are compared, from its first count on.
    """
    total = 0.0
    for series, rows in counts.groupby("series"):
        counted, found = rows["persons"].to_numpy(float), modelled[rows.index.to_numpy()]
        if series == "back":
            counted, found = np.diff(counted), np.diff(found)
            error = np.hypot(RETURNED_ERROR * counted, RETURNED_FLOOR)
        else:
            error = DISPLACED_ERROR * counted
        total -= 0.5 * float((((found - counted) / error) ** 2).sum())
    return total


def modelled_at(scenario: Scenario, counts: pd.DataFrame, seed: int) -> Floats:
    """Return what one run says at each of ``counts``, shape (n_counts,) [persons]; it ends with the last of them."""
    model = DisplacementModel(scenario, seed)
    hours = ((counts["when"] - pd.Timestamp(model.start)) / pd.Timedelta(hours=1)).to_numpy(float)
    steps = int(np.ceil(hours.max() / model.step_hours))
    path = np.zeros((steps + 1, len(SERIES)))
    for step in range(1, steps + 1):
        model.step()
        path[step] = _now(model)
    release(model)
    clock = np.arange(steps + 1) * model.step_hours
    columns = [SERIES.index(series) for series in counts["series"]]
    return np.array([np.interp(hour, clock, path[:, column]) for hour, column in zip(hours, columns, strict=True)])


def _now(model: DisplacementModel) -> tuple[int, int, int]:
    """Return the numbers of :data:`SERIES` as they are now [persons]."""
    households = model.households
    host = int(households.displaced[0] + households.in_provinces.sum())
    everywhere = int(households.displaced.sum()) + households.in_transit
    return everywhere, host, model.returns.came_back


def series_of(data: xr.Dataset) -> pd.DataFrame:
    """Return the :data:`SERIES` of a run's dataset, rows are its times [persons]."""
    displaced = data["persons_displaced"]
    host = displaced.drop_sel(place=[WITHIN, "abroad"]).sum("place")
    return pd.DataFrame(
        {
            "all": (displaced.sum("place") + data["persons_in_transit"]).to_numpy(),
            "host": host.to_numpy(),
            "back": data["returns_cumulative"].to_numpy(),
        },
        index=pd.DatetimeIndex(data["time"].to_numpy()),
    )
