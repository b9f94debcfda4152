"""People in need: how many, where, in which sector and how severely, on the five-point scale of JIAF 2.

Severity is read off the share of a need that is unmet (docs/adr/0005-severity.md), so it is an ordering of what the
model knows, not a survey. People in need are those of severity 3 and above. At home all persons of a settlement share
its levels; people on the road, at the reception point and in provinces are told apart by how they are sheltered.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sim.population.households import WITHIN

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SECTORS_OF_NEED = ("food", "water", "health", "shelter", "protection")
SEVERITIES = (1, 2, 3, 4, 5)
IN_NEED = 3
"""The least severity that counts as in need (JIAF 2)."""

THRESHOLDS = (0.05, 0.2, 0.5, 0.8)
"""Unmet shares from which severity is 2, 3, 4 and 5."""

INSECURITY_WEIGHT = 0.5
"""Insecurity without violence weighs half of felt violence in protection."""

HOME_UNFIT = 4
ON_THE_ROAD = "on the road"
WITHIN_SEVERITY = 3
"""Severity in shelter of those who came back to the territory, but not home."""

ROAD_SEVERITY = {"food": 3, "water": 3, "health": 2, "shelter": 3, "protection": 3}
"""Severity of everybody on the road: a day or more without a roof, a kitchen or a tap."""

AREA_SHARE = 0.2
"""An area has the highest severity that at least this share of its people have (JIAF's rule of 20 per cent)."""


def severity(unmet: Floats) -> Ints:
    """Return severity, 1 to 5, for unmet shares in [0, 1] of any shape.

    >>> severity(np.array([0.0, 0.05, 0.3, 0.5, 1.0])).tolist()
    [1, 2, 3, 4, 5]
    """
    return np.asarray(1 + np.searchsorted(THRESHOLDS, unmet, side="right"))


def unmet_at_home(data: xr.Dataset) -> Floats:
    """Return the unmet share of each need of persons at home, shape (n_times, n_settlements, n_sectors_of_need)."""
    met, service = data["need_met"], data["service_level"]
    off = {name: 1.0 - service.sel(sector=name).to_numpy() for name in ("electricity", "gas", "water", "health")}
    medical = 1.0 - met.sel(commodity="medical").to_numpy()
    insecurity = INSECURITY_WEIGHT * data["insecurity"].to_numpy()
    levels = {
        "food": 1.0 - met.sel(commodity="food").to_numpy(),
        "water": off["water"],
        "health": np.maximum(off["health"], medical),
        "shelter": off["electricity"] * off["gas"],
        "protection": np.maximum(data["threat"].to_numpy(), insecurity),
    }
    return np.asarray(np.clip(np.stack([levels[name] for name in SECTORS_OF_NEED], axis=2), 0.0, 1.0))


def people_by_severity(data: xr.Dataset) -> xr.DataArray:
    """Return persons, dims (time, location, sector_of_need, severity), of a run's dataset.

    Locations are the settlements, the road, the reception point, the provinces and, for those who came
    back but not home, elsewhere in the territory; who is abroad is left out.
    """
    parts = [_at_home(data), *_away(data)]
    coords = {
        "time": data["time"],
        "location": locations(data)["location"].to_list(),
        "sector_of_need": list(SECTORS_OF_NEED),
        "severity": list(SEVERITIES),
    }
    attrs = {"units": "persons", "long_name": "people by severity of need", "aggregates": "stock"}
    return xr.DataArray(np.concatenate(parts, axis=1), coords, list(coords), "people_by_severity", attrs)


def locations(data: xr.Dataset) -> pd.DataFrame:
    """Return location and kind of every place where people are counted."""
    rows = [(str(name), "settlement") for name in data["settlement"].to_numpy()]
    rows += [(ON_THE_ROAD, "road"), (reception_point(data), "reception point")]
    rows += [(str(name), "province") for name in data["province"].to_numpy()]
    rows += [(WITHIN, "elsewhere")] * _is_within(data)
    return pd.DataFrame(rows, columns=["location", "kind"])


def in_need(people: xr.DataArray) -> xr.DataArray:
    """Return the persons of severity 3 and above."""
    return people.sel(severity=slice(IN_NEED, None)).sum("severity").assign_attrs(people.attrs)


def people_in_need(data: xr.Dataset) -> xr.DataArray:
    """Return the series ``people_in_need``, dims (time, sector_of_need) [persons]."""
    persons, unfit = _persons_at_home(data)[..., None], data["homes_unfit"].to_numpy()
    share = (unmet_at_home(data) >= THRESHOLDS[IN_NEED - 2]).astype(float)
    shelter = SECTORS_OF_NEED.index("shelter")
    share[..., shelter] = np.maximum(share[..., shelter], unfit)
    count = (persons * share).sum(axis=1)
    for part in _away(data):
        count += part[..., IN_NEED - 1 :].sum(axis=(1, 3))
    coords = {"time": data["time"], "sector_of_need": list(SECTORS_OF_NEED)}
    attrs = {"units": "persons", "long_name": "people in need (severity 3 to 5)", "aggregates": "stock"}
    return xr.DataArray(count, coords, list(coords), "people_in_need", attrs)


def with_needs(data: xr.Dataset) -> xr.Dataset:
    """Return a run's dataset with the series ``people_in_need``, variables first and labels last as files have them."""
    series = people_in_need(data)
    variables = {name: array.variable for name, array in data.data_vars.items()}
    coords = {name: array.variable for name, array in {**data.coords, **series.coords}.items()}
    return xr.Dataset({**variables, "people_in_need": series.variable}, coords, data.attrs)


def worst(people: xr.DataArray) -> xr.DataArray:
    """Return persons by their worst severity in any sector, without the dimension ``sector_of_need``.

    Sectors are taken to hit the same persons as far as they can, which makes the fewest people in need in all.
    """
    at_least = people.isel(severity=slice(None, None, -1)).cumsum("severity").max("sector_of_need")
    exactly = at_least.to_numpy().copy()
    axis = at_least.get_axis_num("severity")
    exactly = np.diff(exactly, axis=int(axis), prepend=0.0)
    return at_least.copy(data=exactly).isel(severity=slice(None, None, -1)).assign_coords(severity=list(SEVERITIES))


def area_severity(people: xr.DataArray) -> xr.DataArray:
    """Return the severity of each area by the rule of 20 per cent; 1 where nobody is."""
    at_least = people.isel(severity=slice(None, None, -1)).cumsum("severity")
    at_least = at_least.assign_coords(severity=list(SEVERITIES)[::-1])
    reached = at_least >= np.maximum(AREA_SHARE * people.sum("severity"), 1e-9)
    return (reached * reached["severity"]).max("severity").clip(min=1)


def _one_hot(persons: Floats, level: Ints) -> Floats:
    """Spread persons over severities, shape (..., 5)."""
    return np.asarray(persons[..., None] * (level[..., None] == np.array(SEVERITIES)))


def _persons_at_home(data: xr.Dataset) -> Floats:
    """Return persons in each settlement, shape (n_times, n_settlements)."""
    present = data["persons_home"] + data["persons_ready"] + data["persons_returned"]
    return np.asarray(present.to_numpy(), dtype=np.float64)


def _at_home(data: xr.Dataset) -> Floats:
    persons = _persons_at_home(data)
    levels = severity(unmet_at_home(data))
    people = _one_hot(np.broadcast_to(persons[..., None], levels.shape), levels)
    shelter = SECTORS_OF_NEED.index("shelter")
    unfit = data["homes_unfit"].to_numpy()[..., None]
    worse = np.maximum(levels[..., shelter], HOME_UNFIT)
    homeless = _one_hot(persons, worse)
    people[:, :, shelter] = (1.0 - unfit) * people[:, :, shelter] + unfit * homeless
    return people


def _away(data: xr.Dataset) -> list[Floats]:
    """Return people away from home, in the order of :func:`locations`."""
    parts = [_on_the_road(data), _at_reception(data), _in_provinces(data)]
    return [*parts, _within(data)] if _is_within(data) else parts


def _is_within(data: xr.Dataset) -> bool:
    return WITHIN in data["place"].to_numpy()


def _within(data: xr.Dataset) -> Floats:
    persons = data["persons_displaced"].sel(place=[WITHIN]).to_numpy().astype(float)
    people = _spread_at_ease(persons)
    _shift(people, "shelter", persons, WITHIN_SEVERITY)
    return people


def _on_the_road(data: xr.Dataset) -> Floats:
    persons = data["persons_in_transit"].to_numpy().astype(float)
    levels = np.array([ROAD_SEVERITY[name] for name in SECTORS_OF_NEED])
    return _one_hot(np.repeat(persons[:, None, None], levels.size, axis=2), levels)


def _at_reception(data: xr.Dataset) -> Floats:
    persons = data["persons_displaced"].sel(place=reception_point(data)).to_numpy().astype(float)
    people = _spread_at_ease(persons[:, None])
    _shift(people, "shelter", persons[:, None], 3)
    _shift(people, "food", persons[:, None] * _hungry(data)[:, None], 3)
    return people


def _in_provinces(data: xr.Dataset) -> Floats:
    people = _spread_at_ease(data["persons_by_province"].to_numpy().astype(float))
    without = data["persons_unsheltered"].to_numpy().astype(float)
    crowded = data["crowding"].to_numpy() * data["persons_by_province"].to_numpy()
    _shift(people, "shelter", np.maximum(0.0, crowded - without), 3)
    _shift(people, "shelter", without, 4)
    hungry = _hungry(data)[:, None]
    _shift(people, "food", hungry * without, 3)
    _shift(people, "food", hungry * data["persons_in_state_shelter"].to_numpy(), 2)
    return people


def _spread_at_ease(persons: Floats) -> Floats:
    """Return everybody at severity 1 in every sector, shape (n_times, n_locations, n_sectors_of_need, 5)."""
    shape = (*persons.shape, len(SECTORS_OF_NEED))
    return _one_hot(np.broadcast_to(persons[..., None], shape), np.ones(shape, dtype=np.int64))


def _shift(people: Floats, sector: str, persons: Floats, level: int) -> None:
    """Move ``persons``, as many as are at ease, from severity 1 to ``level``."""
    at = SECTORS_OF_NEED.index(sector)
    moved = np.minimum(persons, people[:, :, at, 0])
    people[:, :, at, 0] -= moved
    people[:, :, at, level - 1] += moved


def _hungry(data: xr.Dataset) -> Floats:
    """Return the share of cooked meals that is lacking, shape (n_times,)."""
    needed = data["meals_needed"].to_numpy()
    return np.asarray(np.divide(data["meals_short"].to_numpy(), needed, out=np.zeros(needed.size), where=needed > 0))


def reception_point(data: xr.Dataset) -> str:
    """Return the place where people stay until they are registered."""
    others = {*data["province"].to_numpy().tolist(), WITHIN, "abroad"}
    return next(str(name) for name in data["place"].to_numpy() if name not in others)
