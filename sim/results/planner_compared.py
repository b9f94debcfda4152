"""The planner's tables of a comparison: caseload, people in need, shelter and stocks by week, with their intervals.

As :mod:`sim.results.planner` for one run, but by scenario, with median, 5th and 95th percentile over members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import xarray as xr

from sim.population.households import WITHIN
from sim.results.compared import MIDDLE, Compared, by_member, differences, outcomes
from sim.results.fan import LEVELS
from sim.results.needs import ON_THE_ROAD, reception_point
from sim.results.planner import DAYS_OF_STOCK, NOTES, SPHERE_RATES, weeks
from sim.results.planner import TAGS as TAGS_OF_A_RUN
from sim.results.words import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping

PERSONS = ("persons_median", "persons_p05", "persons_p95")
SPREAD = ("median", "p05", "p95")

TAGS: dict[str, str] = {
    **TAGS_OF_A_RUN,
    "scenario": "#meta+scenario",
    "measure": "#indicator+name",
    "measured_in": "#indicator+unit",
    **{name: f"#indicator+value+{name}" for name in SPREAD},
    "members_with_value": "#meta+members+with_value",
    "members": "#meta+members",
    "share_lower": "#indicator+share+lower",
    "sheltered": "#loc+type+shelter",
    **{f"persons_{name}": f"#affected+{name}" for name in SPREAD},
    **{f"for_{days}_days_{name}": f"#item+needed+days{days}+{name}" for days in DAYS_OF_STOCK for name in SPREAD},
}
"""Column → HXL hashtag (hxlstandard.org, 1.1)."""

NOTES_OF_A_COMPARISON = (
    ("what", "Tables of a comparison of scenarios: conditional explorations, not forecasts and not a survey."),
    ("spread", "Median, 5th and 95th percentile over the runs of each scenario; differences are taken run by run."),
    *(row for row in NOTES if row[0] in ("weeks", "stocks", "tags")),
    ("in need", "Persons at severity 3 and above (after JIAF 2), by sector; sectors overlap."),
)

SHELTERED = {
    "any": "persons_by_province",
    "state shelter": "persons_in_state_shelter",
    "hosts": "persons_with_hosts",
    "rented homes": "persons_in_rented_homes",
    "none": "persons_unsheltered",
    "beds of the state": "state_beds",
}


def tables(comparison: Compared, titles: Mapping[str, str] | None = None) -> dict[str, pd.DataFrame]:
    """Return name → table; every column is in :data:`TAGS`. ``titles`` gives districts both forms of their names."""
    data = comparison.dataset
    found = {
        "outcomes": _worded(outcomes(comparison.summaries)),
        "differences": _worded(differences(by_member(comparison.summaries), comparison.baseline)),
        "people_in_need": needs_by_week(data),
        "caseload": caseload_by_week(data),
        "shelter": shelter_by_week(data),
        "stocks_needed": stocks_by_week(data),
    }
    return {name: table.replace({"location": dict(titles or {})}) for name, table in found.items() if len(table)}


def needs_by_week(data: xr.Dataset) -> pd.DataFrame:
    """Return people in need by week, scenario and sector."""
    table = _spread(_weekly(data, data["people_in_need"].astype(float)))
    return table.rename(columns={"sector_of_need": "sector"})


def caseload_by_week(data: xr.Dataset) -> pd.DataFrame:
    """Return persons by week, scenario and place: home districts, the road, the reception point, provinces."""
    point, districts = reception_point(data), [str(name) for name in data["district"].to_numpy()]
    provinces = [str(name) for name in data["province"].to_numpy()]
    within = [WITHIN] * (WITHIN in data["place"].to_numpy())
    parts = [
        *((data["persons_present_by_district"].sel(district=name), name, "district") for name in districts),
        (data["persons_in_transit"], ON_THE_ROAD, "road"),
        (data["persons_displaced"].sel(place=point), point, "reception point"),
        *((data["persons_displaced"].sel(place=name), name, "elsewhere") for name in within),
        *((data["persons_by_province"].sel(province=name), name, "province") for name in provinces),
    ]
    rows = [
        _spread(_weekly(data, stock.astype(float).reset_coords(drop=True))).assign(location=name, kind=kind)
        for stock, name, kind in parts
    ]
    table = pd.concat(rows, ignore_index=True).sort_values(["week", "scenario"], kind="stable", ignore_index=True)
    return table[["week", "scenario", "location", "kind", *PERSONS]]


def shelter_by_week(data: xr.Dataset) -> pd.DataFrame:
    """Return persons by week, scenario, province and how they are sheltered, and the beds of the state."""
    rows = [
        _spread(_weekly(data, data[variable].astype(float))).assign(sheltered=name)
        for name, variable in SHELTERED.items()
    ]
    table = pd.concat(rows, ignore_index=True).sort_values(["week", "scenario"], kind="stable", ignore_index=True)
    return table[["week", "scenario", "province", "sheltered", *PERSONS]]


def stocks_by_week(data: xr.Dataset) -> pd.DataFrame:
    """Return what the persons of each week need for 30, 60 and 90 days, at home and in the receiving country."""
    home = data["persons_home"] + data["persons_ready"] + data["persons_returned"]
    received = data["persons_in_transit"] + data["persons_displaced"].drop_sel(place="abroad").sum("place")
    tables = []
    for side, persons in (("in the territory", home), ("on the road and received", received)):
        spread = _spread(_weekly(data, persons.astype(float)))
        for item, (unit, rate) in SPHERE_RATES.items():
            needed = {
                f"for_{days}_days_{name}": spread[f"persons_{name}"] * rate * days
                for days in DAYS_OF_STOCK
                for name in SPREAD
            }
            tables.append(spread[["week", "scenario"]].assign(side=side, item=item, unit=unit, **needed))
    return pd.concat(tables).sort_values(["week", "scenario", "side"], kind="stable", ignore_index=True)


def _weekly(data: xr.Dataset, array: xr.DataArray) -> xr.DataArray:
    return array.groupby(weeks(data)).mean("time")


def _spread(array: xr.DataArray) -> pd.DataFrame:
    """Return median and 90% interval over members, a row for each label; week and scenario first."""
    levels = array.quantile([MIDDLE, LEVELS[0], LEVELS[-1]], "member").assign_coords(quantile=list(PERSONS))
    others = [str(dim) for dim in levels.dims if dim not in ("quantile", "week", "scenario")]
    order = ["week", "scenario", *others]
    series = levels.transpose(*order, "quantile").to_series()
    table = series.unstack("quantile")[list(PERSONS)]
    return table.reset_index().rename_axis(columns=None)


def _worded(long: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes or differences with measures in words and units."""
    names = [str(name) for name in long["measure"]]
    table = long.assign(
        measure=[MEASURES[name].label for name in names], measured_in=[MEASURES[name].unit for name in names]
    )
    table = table.rename(columns={"n": "members_with_value", "of": "members", "p_lower": "share_lower"})
    first = ["scenario", "measure", "measured_in", *SPREAD, "members_with_value", "members"]
    return table[[*first, *(["share_lower"] if "share_lower" in table else [])]]
