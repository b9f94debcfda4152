"""The planner's tables of a run: caseload, people in need, shelter and stocks, by place and week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from sim.results.needs import IN_NEED, SEVERITIES, area_severity, in_need, locations, people_by_severity, worst

if TYPE_CHECKING:
    from collections.abc import Callable

DAYS_OF_STOCK = (30, 60, 90)

SPHERE_RATES: dict[str, tuple[str, float]] = {
    "food, dry ration of 2,100 kcal": ("kg", 0.55),
    "water": ("l", 15.0),
    "soap": ("kg", 0.25 / 30.0),
}
"""Item → unit and need for each person and day (seeds: I04, I01 and I02)."""

ANY_SECTOR = "any"

TAGS: dict[str, str] = {
    "week": "#date+start",
    "location": "#loc+name",
    "kind": "#loc+type",
    "province": "#adm1+name",
    "side": "#region+name",
    "persons_mean": "#affected+mean",
    "persons_at_end": "#affected+end",
    "sector": "#sector",
    "severity": "#severity",
    **{f"persons_severity_{level}": f"#affected+severity{level}" for level in SEVERITIES},
    "in_need": "#inneed",
    "displaced": "#affected+displaced",
    "state_shelter": "#reached+shelter+state",
    "with_hosts": "#reached+shelter+hosts",
    "rented_homes": "#reached+shelter+rented",
    "without_shelter": "#inneed+shelter",
    "state_beds": "#capacity+beds",
    "item": "#item+name",
    "unit": "#item+unit",
    **{f"for_{days}_days": f"#item+needed+days{days}" for days in DAYS_OF_STOCK},
}
"""Column → HXL hashtag (hxlstandard.org, 1.1)."""


def tables(data: xr.Dataset) -> dict[str, pd.DataFrame]:
    """Return name → table of a run's dataset; every column is in :data:`TAGS`, settlements have both their names."""
    makers: dict[str, Callable[[xr.Dataset, xr.DataArray], pd.DataFrame]] = {
        "people_in_need": _people_in_need,
        "caseload": _caseload,
        "shelter": _shelter,
        "stocks_needed": _stocks_needed,
    }
    people = people_by_severity(data)
    titles = dict(zip(data["settlement"].to_numpy(), data["settlement"].attrs.get("titles", ()), strict=False))
    found = {name: make(data, people) for name, make in makers.items()}
    return {name: table.replace({"location": titles}) if titles else table for name, table in found.items()}


def weeks(data: xr.Dataset) -> xr.DataArray:
    """Return the day on which each time's week begins, counted from the run's start."""
    times = pd.DatetimeIndex(data["time"].to_numpy())
    number = (times - times[0]) // pd.Timedelta(days=7)
    last = max(0, number[-1] - (times[-1] == times[0] + number[-1] * pd.Timedelta(days=7)))
    starts = times[0].normalize() + np.minimum(number, last) * pd.Timedelta(days=7)
    return xr.DataArray(starts, {"time": data["time"]}, ["time"], name="week")


def _weekly(data: xr.Dataset, array: xr.DataArray) -> xr.DataArray:
    """Return the mean of ``array`` over each week."""
    return array.groupby(weeks(data)).mean("time")


def _people_in_need(data: xr.Dataset, people: xr.DataArray) -> pd.DataFrame:
    weekly = _weekly(data, people)
    together = worst(weekly).expand_dims(sector_of_need=[ANY_SECTOR]).transpose(*weekly.dims)
    weekly = xr.concat([weekly, together], "sector_of_need")
    wide = weekly.to_series().unstack("severity")
    wide.columns = pd.Index([f"persons_severity_{level}" for level in wide.columns])
    wide.insert(0, "severity", area_severity(weekly).to_series().astype(int))
    wide["in_need"] = in_need(weekly).to_series()
    table = wide.reset_index().rename(columns={"sector_of_need": "sector"})
    table = table.merge(locations(data), on="location", sort=False)
    peopled = table[[f"persons_severity_{level}" for level in SEVERITIES]].sum(axis=1) >= 1.0
    return table.loc[peopled, ["week", "location", "kind", *wide_columns(table)]].reset_index(drop=True)


def wide_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns that say how many are in need and how severely, in the order of the table."""
    return [name for name in table.columns if name not in ("week", "location", "kind")]


def _caseload(data: xr.Dataset, people: xr.DataArray) -> pd.DataFrame:
    persons = people.isel(sector_of_need=0, drop=True).sum("severity")
    grouped = persons.groupby(weeks(data))
    mean, end = grouped.mean("time").to_series(), grouped.last().to_series()
    table = pd.DataFrame({"persons_mean": mean, "persons_at_end": end}).reset_index()
    table = table.merge(locations(data), on="location", sort=False)
    return table[["week", "location", "kind", "persons_mean", "persons_at_end"]]


def _shelter(data: xr.Dataset, _: xr.DataArray) -> pd.DataFrame:
    series = {
        "displaced": "persons_by_province",
        "state_shelter": "persons_in_state_shelter",
        "with_hosts": "persons_with_hosts",
        "rented_homes": "persons_in_rented_homes",
        "without_shelter": "persons_unsheltered",
        "state_beds": "state_beds",
    }
    columns = {name: _weekly(data, data[variable].astype(float)).to_series() for name, variable in series.items()}
    return pd.DataFrame(columns).reset_index()


def _stocks_needed(data: xr.Dataset, people: xr.DataArray) -> pd.DataFrame:
    """Return what the persons of each week need for 30, 60 and 90 days, at home and in the receiving country."""
    persons = people.isel(sector_of_need=0, drop=True).sum("severity")
    at_home = locations(data)["kind"].to_numpy() == "settlement"
    sides = {"in the territory": at_home, "on the road and received": ~at_home}
    rows = []
    for side, chosen in sides.items():
        for week, count in _weekly(data, persons.isel(location=chosen).sum("location")).to_series().items():
            for item, (unit, rate) in SPHERE_RATES.items():
                stock = {f"for_{days}_days": float(count) * rate * days for days in DAYS_OF_STOCK}
                rows.append({"week": week, "side": side, "persons_mean": count, "item": item, "unit": unit, **stock})
    return pd.DataFrame(rows).sort_values(["week", "side"], kind="stable", ignore_index=True)


NOTES = (
    ("what", "Tables of one run of a simulation: a conditional exploration, not a forecast and not a survey."),
    ("weeks", "Each begins on the date given; persons are means over the week unless the column says otherwise."),
    ("severity", f"1 to 5 after JIAF 2; people in need are severity {IN_NEED} and above; thresholds are assumptions."),
    ("any", "Sector `any` counts persons by their worst sector, as if sectors hit the same persons."),
    (
        "stocks",
        "Persons times Sphere rates (0.55 kg dry food, 15 l water, 250 g soap a month); nothing deducted.",
    ),
    ("tags", "The second row of each table holds HXL hashtags."),
)
"""What a reader of the workbook needs to know."""
