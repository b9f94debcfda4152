"""The series of a report as plain numbers: quantiles over members at few, well-chosen times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sim.evaluation.counts import counted
from sim.figures.curves import LEVELS, STATE_SERIES, first_time_at, persons_by_state, total
from sim.report.material import Material

Floats = NDArray[np.float64]

N_WHOLE, N_BUSY = 80, 90
"""Times drawn over the whole horizon, and within the days of departure."""

LONGEST_STOCK_DAYS = 60.0
FEW_LEVELS = (0.05, 0.5, 0.95)
PEAKS, MEANS, VALUES = "peaks", "means", "values"


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: how it is called, its unit and decimals, what it reads, and along which dimension it has a choice."""

    id: str
    title: str
    unit: str
    read: Callable[[xr.Dataset], xr.DataArray]
    decimals: int = 0
    choice: str = ""
    first: str = ""
    how: str = VALUES
    ceiling: float | None = None


def _of(name: str) -> Callable[[xr.Dataset], xr.DataArray]:
    return lambda data: data[name]


def _stock_days(data: xr.Dataset) -> xr.DataArray:
    """Return the days that stocks last; nobody left to need them makes any stock last for ever."""
    return data["stock_days"].clip(max=LONGEST_STOCK_DAYS)


CHARTS: tuple[Chart, ...] = (
    Chart("arrived", "Arrived so far", "persons", _of("arrivals_cumulative")),
    Chart("flow", "Arrivals per hour", "persons/h", _of("arrivals_cumulative"), how=MEANS),
    Chart("queue", "Waiting at the crossing", "vehicles", _of("queue_vehicles"), how=PEAKS),
    Chart("wait", "Waiting time at the crossing", "h", _of("wait_hours"), decimals=1, how=PEAKS),
    Chart("home", "Still at home", "persons", lambda data: data["persons_home"] + data["persons_ready"]),
    Chart("returned", "Home again after displacement", "persons", _of("persons_returned")),
    Chart("need", "People in need (severity 3 to 5)", "persons", _of("people_in_need"), choice="sector_of_need"),
    Chart("unsheltered", "Displaced and without shelter", "persons", lambda data: total(data["persons_unsheltered"])),
    Chart("provinces", "Displaced persons in a province", "persons", _of("persons_by_province"), choice="province"),
    Chart(
        "services", "Services at home", "share of normal", _of("service_level"), 3, "sector", "electricity", ceiling=1.0
    ),
    Chart("stocks", "Stocks at home would last", "days of full need, 60 at most", _stock_days, 1, "commodity", "food"),
    Chart("guarantees", "Guarantees believed", "0–1", _of("guarantees"), 3, ceiling=1.0),
)
"""The charts of a report, in the order of the page."""


def chosen_times(data: xr.Dataset) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """Return the numbers of the times to draw, and the first and last of those that show the days of departure."""
    n_times = data.sizes["time"]
    begin, end = _busy(data)
    whole = np.linspace(0, n_times - 1, min(N_WHOLE, n_times)).round().astype(np.int64)
    busy = np.linspace(begin, end, min(N_BUSY, end - begin + 1)).round().astype(np.int64)
    times = np.union1d(whole, busy)
    return times, (int(np.searchsorted(times, begin)), int(np.searchsorted(times, end)))


def _busy(data: xr.Dataset) -> tuple[int, int]:
    """Return the first and last time of the days of departure in the baseline's median."""
    arrived = data["arrivals_cumulative"].isel(scenario=0).median("member")
    last = data.sizes["time"] - 1
    first, nearly_all = (first_time_at(arrived, share * float(arrived[-1])) for share in (0.001, 0.99))
    if arrived[-1] < 1 or first is None or nearly_all is None:
        return 0, last
    times = pd.DatetimeIndex(data["time"].to_numpy())
    day = pd.Timedelta(days=1)
    begin, end = (int(times.searchsorted(when)) for when in (first - 2 * day, nearly_all + day))
    return max(0, begin), min(last, max(end, begin + 1))


def charts(material: Material, at: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return the charts that the dataset has the variables for, with their series, as JSON can hold them."""
    drawn = []
    for chart in CHARTS:
        try:
            array = chart.read(material.dataset)
        except KeyError:
            continue
        drawn.append(
            {
                "id": chart.id,
                "title": chart.title,
                "unit": chart.unit,
                "decimals": chart.decimals,
                "ceiling": chart.ceiling,
                "first": chart.first,
                "series": list(_series(chart, array, at, material.baseline)),
            }
        )
    return drawn


def _series(chart: Chart, array: xr.DataArray, at: NDArray[np.int64], baseline: str) -> Iterator[dict[str, Any]]:
    labels = [str(label) for label in array[chart.choice].to_numpy()] if chart.choice else [""]
    levels = levels_of(array, few=bool(chart.choice))
    for label in labels:
        one = array.sel({chart.choice: label}) if chart.choice else array
        members = sampled(one, at, chart.how)
        base = members.sel(scenario=baseline)
        yield {
            "label": label,
            "values": [quantiles(members.sel(scenario=name), levels, chart.decimals) for name in _names(array)],
            "change": [
                None if name == baseline else quantiles(members.sel(scenario=name) - base, levels, chart.decimals)
                for name in _names(array)
            ],
        }


def levels_of(array: xr.DataArray, *, few: bool) -> tuple[float, ...]:
    """Return the quantiles that are told: the middle alone where there is one member."""
    if array.sizes["member"] == 1:
        return (0.5,)
    return FEW_LEVELS if few else LEVELS


def sampled(array: xr.DataArray, at: NDArray[np.int64], how: str) -> xr.DataArray:
    """Return ``array`` at the times ``at``: its value then, or its greatest or its mean flow [1/h] since the last."""
    if how == VALUES:
        return array.isel(time=at)
    if how == PEAKS:
        values = array.transpose("time", ...).to_numpy()
        starts = np.concatenate([[0], at[:-1] + 1])
        greatest = np.fmax.reduceat(values, starts, axis=0)
        return array.isel(time=at).transpose("time", ...).copy(data=greatest)
    picked = array.isel(time=at).transpose("time", ...)
    hours = np.diff(picked["time"].to_numpy()) / np.timedelta64(1, "h")
    flow = np.zeros(picked.shape)
    flow[1:] = np.diff(picked.to_numpy(), axis=0) / hours.reshape(-1, *[1] * (picked.ndim - 1))
    return picked.copy(data=flow)


def quantiles(array: xr.DataArray, levels: Sequence[float], decimals: int) -> list[list[float | None]]:
    """Return level → time → quantile over members; None where no member has a value."""
    values = array.transpose("member", "time").to_numpy().astype(float)
    known = np.isfinite(values).any(axis=0)
    found = np.full((len(levels), values.shape[1]), np.nan)
    found[:, known] = np.nanquantile(values[:, known], list(levels), axis=0)
    return [plain(row, decimals) for row in found]


def plain(row: Floats, decimals: int) -> list[float | None]:
    """Round a row for JSON; whole numbers become int, what is not finite None."""
    return [_rounded(float(value), decimals) for value in row]


def _rounded(value: float, decimals: int) -> float | None:
    if not np.isfinite(value):
        return None
    return round(value, decimals) + 0.0 if decimals else round(value)


def _names(array: xr.DataArray) -> list[str]:
    return [str(name) for name in array["scenario"].to_numpy()]


def counts_of(material: Material) -> list[tuple[int, int]]:
    """Return minutes and persons of the real counts of arrivals within the horizon; none where there are none."""
    found = counted(material.scenarios[material.baseline].place.dataset)
    if found is None:
        return []
    times = material.dataset["time"].to_numpy()
    seen = found[(found.index >= times[0]) & (found.index <= times[-1])]
    return [(minutes, round(float(persons))) for minutes, persons in zip(minutes_of(seen.index), seen, strict=True)]


def minutes_of(times: Any) -> list[int]:
    """Return local times as minutes since 1970."""
    stamps = pd.DatetimeIndex(times)
    return [int(value) for value in (stamps - pd.Timestamp(0)) // pd.Timedelta(minutes=1)]


def whereabouts(material: Material, at: NDArray[np.int64]) -> dict[str, Any]:
    """Return state → persons at each time, means over members, which add up to everybody."""
    data = material.dataset[list(STATE_SERIES)].isel(time=at)
    found = []
    for name in material.scenarios:
        one = data.sel(scenario=name).mean("member")
        found.append({state: plain(values, 0) for state, values in persons_by_state(one).items()})
    states = [state for state in found[0] if any(max(map(float, one[state])) > 0 for one in found)]  # type: ignore[arg-type]
    return {"states": states, "values": [[one[state] for state in states] for one in found]}
