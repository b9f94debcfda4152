"""What a hindcast predicts beside arrivals, none of it fitted: vehicles, flows, waits, where from and where to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from sim.library import seeds_folder
from sim.place.place import Place
from sim.place.read import Column, choice, moment, name, number, read_table, text

_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One thing that was reported: its unit and how a run is asked for it, at a local time and in a place."""

    unit: str
    words: str
    of: Callable[[xr.Dataset, pd.Timestamp, str, Place], float]


def _at(series: xr.DataArray, when: pd.Timestamp) -> float:
    times = series.time.to_numpy().astype("datetime64[s]").astype(float)
    return float(np.interp(np.datetime64(when, "s").astype(float), times, series.to_numpy()))


def _gone(data: xr.Dataset, when: pd.Timestamp) -> xr.DataArray:
    there = data.persons_home + data.persons_ready
    gone: xr.DataArray = there.isel(time=0) - there.sel(time=when, method="nearest")
    return gone


def _countryside(data: xr.Dataset, when: pd.Timestamp, _: str, place: Place) -> float:
    gone = _gone(data, when)
    rural = np.array([not settlement.urban for settlement in place.settlements])
    return float(gone[rural].sum() / gone.sum())


def _province(data: xr.Dataset, when: pd.Timestamp, province: str, _: Place) -> float:
    there = data.persons_by_province.sel(time=when, method="nearest")
    return float(there.sel(province=province) / there.sum())


def _district(data: xr.Dataset, when: pd.Timestamp, district: str, _: Place) -> float:
    arrived = data.arrivals_by_origin_cumulative.sel(time=when, method="nearest")
    return float(arrived.sel(district=district) / arrived.sum())


def _journey(data: xr.Dataset, _when: pd.Timestamp, _: str, place: Place) -> float:
    largest = max(place.settlements, key=lambda settlement: settlement.weight)
    longest = float(data.wait_hours.max()) if data.wait_hours.notnull().any() else 0.0
    return longest + place.hours(largest.name, place.crossing, _KMH)


_KMH = 45.0
"""On the drive to the crossing, which is short beside the wait."""

QUANTITIES: dict[str, Quantity] = {
    "vehicles": Quantity(
        "vehicles", "vehicles over the crossing so far", lambda d, t, _p, _: _at(d.vehicles_crossed_cumulative, t)
    ),
    "daily_arrivals": Quantity(
        "persons/day",
        "arrivals of the day",
        lambda d, t, _p, _: _at(d.arrivals_cumulative, t + _DAY) - _at(d.arrivals_cumulative, t),
    ),
    "state_accommodation": Quantity(
        "persons",
        "in state accommodation",
        lambda d, t, _p, _: _at(d.persons_in_state_shelter.sum("province"), t),
    ),
    "province_share": Quantity("share", "of the displaced, in", _province),
    "origin_share": Quantity("share", "of arrivals, from", _district),
    "countryside_share": Quantity("share", "of those who left, from the countryside", _countryside),
    "journey_hours": Quantity("h", "longest journey from the largest place", _journey),
}
"""What `counts/score/other.csv` may name."""


OTHER_COLUMNS: Mapping[str, Column] = {
    "quantity": choice(*QUANTITIES),
    "timestamp_local": moment(),
    "place": text(),
    "value": number(0.0, 1e9),
    "origin": name(),
    "confidence": name(),
    "source_id": name(),
    "note": text(),
}


def other_counts(dataset: str) -> pd.DataFrame:
    """Return what was reported beside arrivals: quantity, when, place, value, source_id; none if there is no file.

    Raises
    ------
    SeedError : if the file cannot be read or names an unknown quantity
    """
    path = seeds_folder() / dataset / "counts" / "score" / "other.csv"
    rows = read_table(path, OTHER_COLUMNS) if path.exists() else []
    columns = [column for column in OTHER_COLUMNS if column not in ("origin", "confidence", "note")]
    table = pd.DataFrame([[row[column] for column in columns] for row in rows], columns=columns)
    return table.rename(columns={"timestamp_local": "when"})


def predict(data: xr.Dataset, asked: pd.DataFrame, place: Place) -> list[float]:
    """Return what one run says of each row of ``asked``, in its order."""
    rows = asked[["quantity", "when", "place"]].to_dict("records")
    return [QUANTITIES[row["quantity"]].of(data, row["when"], row["place"], place) for row in rows]


def summarise(asked: pd.DataFrame, draws: np.ndarray) -> pd.DataFrame:
    """Return a row for each thing asked: in words, what was reported, the draws' median and 5 to 95 % interval.

    Parameters
    ----------
    asked : as from :func:`other_counts`; a value may be missing, where nothing was reported; ``title``, where there
        is such a column, is what the place is called for readers
    draws : shape (n_asked, n_members)
    """
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95], axis=1)
    quantities = [QUANTITIES[name] for name in asked["quantity"]]
    titles = asked.get("title", asked["place"])
    words = [f"{item.words} {title}".strip() for item, title in zip(quantities, titles, strict=True)]
    reported = asked["value"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "what": words,
            "when": asked["when"].dt.strftime("%Y-%m-%d %H:%M"),
            "unit": [item.unit for item in quantities],
            "reported": reported,
            "median": middle,
            "low": low,
            "high": high,
            "inside": np.where(np.isnan(reported), None, (low <= reported) & (reported <= high)),
            "source_id": asked["source_id"].to_numpy(),
        }
    )


def also_asked(place: Place, when: pd.Timestamp) -> pd.DataFrame:
    """Return what is predicted though nothing was reported of it: where people came from, by district."""
    rows = [("origin_share", when, district, np.nan, "") for district in place.districts]
    return pd.DataFrame(rows, columns=["quantity", "when", "place", "value", "source_id"])
