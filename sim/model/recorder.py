"""What is recorded of a run: a declared list of variables, read off the model at each output time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from sim.place.sectors import SECTORS
from sim.processes.aid import COMMODITIES, GROUPS
from sim.processes.shelter import HOST, NONE, RENTED, STATE
from sim.results.summary import SUMMARISED
from sim.scenario.parameters import ASSURANCES

if TYPE_CHECKING:
    from sim.model.displacement import DisplacementModel
    from sim.place.place import Place


@dataclass(frozen=True, slots=True)
class Variable:
    """One recorded variable: its dimensions beside time, unit, how it aggregates, meaning and where it is read.

    ``part`` names the part of the model that holds it and counts its own changes in ``version``: nothing is read
    again while that stands still. Without one it is read at every output.
    """

    name: str
    dims: tuple[str, ...]
    units: str
    aggregates: str
    long_name: str
    read: Callable[[DisplacementModel], Any]
    part: str = ""


_PERSONS = "persons"
VARIABLES: tuple[Variable, ...] = (
    Variable("arrivals_cumulative", (), _PERSONS, "stock", "persons arrived", lambda m: m.reception.arrived),
    Variable("departures_cumulative", (), _PERSONS, "stock", "persons who set out", lambda m: m.traffic.departed),
    Variable(
        "vehicles_crossed_cumulative", (), "vehicles", "stock", "vehicles over the crossing",
        lambda m: m.checkpoint.crossed_units,
    ),
    Variable("queue_vehicles", (), "vehicles", "stock", "vehicles waiting at the crossing",
             lambda m: m.checkpoint.queue.waiting_units),
    Variable("fuel_queue_vehicles", (), "vehicles", "stock", "vehicles waiting for fuel",
             lambda m: len(m.traffic.fuel_queue)),
    Variable("wait_hours", (), "h", "level", "wait at the crossing of those now crossing",
             lambda m: m.checkpoint.wait_hours),
    Variable("persons_home", ("settlement",), _PERSONS, "stock", "at home and not leaving",
             lambda m: m.households.at_home, "households"),
    Variable("persons_ready", ("settlement",), _PERSONS, "stock", "decided to leave and waiting at home",
             lambda m: m.households.ready, "households"),
    Variable("persons_in_transit", (), _PERSONS, "stock", "on the road",
             lambda m: m.households.in_transit, "households"),
    Variable("persons_displaced", ("place",), _PERSONS, "stock", "displaced, by where they are",
             lambda m: m.households.displaced, "households"),
    Variable("persons_returned", ("settlement",), _PERSONS, "stock", "home again after displacement",
             lambda m: m.households.returned, "households"),
    Variable("returns_cumulative", (), _PERSONS, "stock", "persons who came back, home or elsewhere in the territory",
             lambda m: m.returns.came_back),
    Variable("arrivals_by_origin_cumulative", ("district",), _PERSONS, "stock", "persons arrived, by home district",
             lambda m: m.reception.arrived_by_origin),
    Variable("persons_by_province", ("province",), _PERSONS, "stock", "displaced persons in the province",
             lambda m: m.households.in_provinces, "households"),
    Variable("persons_present_by_district", ("district",), _PERSONS, "stock", "in their homes, by home district",
             lambda m: m.place.by_district(m.households.present), "households"),
    Variable("registered_cumulative", (), _PERSONS, "stock", "persons registered", lambda m: m.reception.registered),
    Variable("threat", ("settlement",), "share", "level", "threat felt", lambda m: m.perception.threat),
    Variable("insecurity", ("settlement",), "share", "level", "adverse control × (1 − guarantees)",
             lambda m: m.perception.insecurity),
    Variable("guarantees", ("settlement",), "share", "level", "guarantees believed",
             lambda m: m.guarantees.guarantees, "guarantees"),
    Variable("deprivation", ("settlement",), "share", "level", "basic needs unmet", lambda m: m.aid.deprivation, "aid"),
    Variable("assurance_credibility", ("assurance",), "share", "level", "mean credibility over settlements",
             lambda m: m.guarantees.credibility.mean(axis=1), "guarantees"),
    Variable("deaths_cumulative", (), _PERSONS, "stock", "residents killed or died on the road",
             lambda m: m.households.deaths, "households"),
    Variable("injured_cumulative", (), _PERSONS, "stock", "residents injured", lambda m: m.violence.injured),
    Variable("incidents_cumulative", ("settlement",), "incidents", "stock", "incidents since the start",
             lambda m: m.violence.incidents_so_far),
    Variable("service_level", ("settlement", "sector"), "share", "level", "services against normal",
             lambda m: m.infrastructure.level, "infrastructure"),
    Variable("reservoir_level", (), "share", "level", "water behind dams against capacity",
             lambda m: m.infrastructure.reservoirs.level, "infrastructure"),
    Variable("facilities_damaged", ("sector",), "facilities", "stock", "facilities with any damage",
             lambda m: m.infrastructure.damaged(), "infrastructure"),
    Variable("stock_tonnes", ("commodity",), "t", "stock", "goods at the depot and in settlements",
             lambda m: m.aid.in_stock, "aid"),
    Variable("stock_days", ("commodity",), "day", "level", "days of full need that stocks last for",
             lambda m: m.aid.stock_days, "aid"),
    Variable("supplied_tonnes_cumulative", ("commodity",), "t", "stock", "in stock at first, sent, grown and piped",
             lambda m: m.aid.supplied, "aid"),
    Variable("requested_tonnes_cumulative", ("commodity",), "t", "stock", "aid requested",
             lambda m: m.aid.convoys.requested),
    Variable("delivered_tonnes_cumulative", ("commodity",), "t", "stock", "aid delivered",
             lambda m: m.aid.delivered, "aid"),
    Variable("consumed_tonnes_cumulative", ("commodity",), "t", "stock", "consumed", lambda m: m.aid.consumed, "aid"),
    Variable("lost_tonnes_cumulative", ("commodity",), "t", "stock", "lost on the way or destroyed",
             lambda m: m.aid.lost, "aid"),
    Variable("tonnes_en_route", ("commodity",), "t", "stock", "trade and aid on the way",
             lambda m: m.aid.convoys.cargo),
    Variable("convoys_en_route", (), "convoys", "stock", "convoys of trade and aid on the way",
             lambda m: len(m.aid.convoys.on_the_way)),
    Variable("inbound_queue_vehicles", (), "vehicles", "stock", "trucks waiting at the crossing to get in",
             lambda m: m.checkpoint.inbound.waiting_units),
    Variable("pipeline_break_hours", ("commodity",), "h", "level", "hour at which stocks first failed to meet need",
             lambda m: m.aid.broke, "aid"),
    Variable("need_met", ("settlement", "commodity"), "share", "level", "need met", lambda m: m.aid.met, "aid"),
    Variable("need_met_by_group", ("settlement", "group", "commodity"), "share", "level",
             "need met, by household type", lambda m: m.aid.met_by_group, "aid"),
    Variable("phase", (), "code", "level", "phase: 0 calm, 1 unsettled, 2 ceasefire, 3 offensive",
             lambda m: int(m.violence.phase)),
    Variable("civilian_deaths_cumulative", (), _PERSONS, "stock", "civilians among those killed in incidents",
             lambda m: m.violence.civilian_deaths),
    Variable("mission_coverage", ("settlement", "mission"), "share", "level", "of residents' area covered",
             lambda m: np.stack([m.missions.monitors, m.missions.peacekeepers], axis=1), "missions"),
    Variable("homes_unfit", ("settlement",), "share", "level", "homes unfit to live in",
             lambda m: m.homes.unfit, "homes"),
    Variable("arrivals_by_group_cumulative", ("person_group",), _PERSONS, "stock", "persons arrived, groups overlap",
             lambda m: m.reception.arrived_by_group),
    Variable("registration_queue_persons", (), _PERSONS, "stock", "waiting to be registered",
             lambda m: m.reception.queueing(m)),
    Variable("persons_in_state_shelter", ("province",), _PERSONS, "stock", "in state accommodation",
             lambda m: m.shelter.persons[STATE], "shelter"),
    Variable("persons_with_hosts", ("province",), _PERSONS, "stock", "with host families",
             lambda m: m.shelter.persons[HOST], "shelter"),
    Variable("persons_in_rented_homes", ("province",), _PERSONS, "stock", "in rented homes",
             lambda m: m.shelter.persons[RENTED], "shelter"),
    Variable("persons_unsheltered", ("province",), _PERSONS, "stock", "in a province and without shelter",
             lambda m: m.shelter.persons[NONE], "shelter"),
    Variable("state_beds", ("province",), "beds", "stock", "beds open in state accommodation",
             lambda m: m.shelter.beds, "shelter"),
    Variable("crowding", ("province",), "share", "level", "displaced persons without decent housing",
             lambda m: m.shelter.crowding, "shelter"),
    Variable("meals_needed", (), "meals/day", "level", "cooked meals for those who can't cook",
             lambda m: m.shelter.meals_needed, "shelter"),
    Variable("meals_short", (), "meals/day", "level", "cooked meals lacking",
             lambda m: m.shelter.meals_short, "shelter"),
)  # fmt: skip

AT_END: tuple[Variable, ...] = (
    Variable("displaced_by_origin", ("district", "place"), _PERSONS, "stock",
             "displaced at the end, by home district and where they are",
             lambda m: m.place.by_district(m.households.displaced_from)),
)  # fmt: skip
"""Variables that are read once, at the horizon's end, and have no time."""


class Recorder:
    """Arrays filled at output times, turned into a labelled dataset at the end.

    Parameters
    ----------
    most_times : keep about this many times, the last among them; all output times if None. What a summary is made
        of is recorded at every output time all the same.
    """

    def __init__(self, model: DisplacementModel, most_times: int | None = None) -> None:
        time = model.definition.time
        every = max(1, round((time.output_minutes or time.step_minutes) / time.step_minutes))
        outputs = np.union1d(np.arange(0, time.n_steps + 1, every), [time.n_steps])
        kept = thinned(outputs, most_times)
        self._kept = self._fine = _Tape(model, VARIABLES, kept)
        if kept.size < outputs.size:
            self._fine = _Tape(model, [item for item in VARIABLES if item.name in SUMMARISED], outputs)
        self.observe(model)

    def observe(self, model: DisplacementModel) -> None:
        """Record the model's state if an output is due; the horizon's end always is."""
        self._kept.observe(model)
        if self._fine is not self._kept:
            self._fine.observe(model)

    def dataset(self, model: DisplacementModel) -> xr.Dataset:
        """Return what was recorded at the times that are kept, labelled, with units."""
        labels: dict[str, Any] = dict(_labels(model))
        titles = [settlement.title for settlement in model.place.settlements]
        labels["settlement"] = ("settlement", labels["settlement"], {"titles": titles})
        at_end = {item.name: xr.Variable(item.dims, item.read(model), _attrs(item)) for item in AT_END}
        return self._kept.dataset(model, labels).assign(at_end)

    def fine(self, model: DisplacementModel) -> xr.Dataset:
        """Return what a summary is made of, at every output time."""
        return self._fine.dataset(model)


class _Tape:
    """Some variables at some steps; what stands still is written once, and repeated when the dataset is made."""

    def __init__(self, model: DisplacementModel, variables: Sequence[Variable], steps: NDArray[np.int64]) -> None:
        self._steps = steps
        self._due = steps.tolist()
        self._row = 0
        parts = dict.fromkeys(variable.part for variable in variables)
        self._tracks = [_Track(model, part, [v for v in variables if v.part == part], steps.size) for part in parts]
        self._order = [variable.name for variable in variables]

    def observe(self, model: DisplacementModel) -> None:
        row = self._row
        if row == len(self._due) or model.step_number != self._due[row]:
            return
        for track in self._tracks:
            track.observe(model, row)
        self._row += 1

    def dataset(self, model: DisplacementModel, labels: Mapping[str, Any] = MappingProxyType({})) -> xr.Dataset:
        minutes = self._steps[: self._row] * model.definition.time.step_minutes
        times = pd.Timestamp(model.start) + pd.to_timedelta(minutes, unit="m")
        found = {v.name: (v, values) for track in self._tracks for v, values in track.series(self._row)}
        data = {
            name: xr.Variable(("time", *found[name][0].dims), found[name][1], _attrs(found[name][0]))
            for name in self._order
        }
        coords = {"time": times.astype("datetime64[ns]"), **labels}
        return xr.Dataset(data, coords=coords, attrs=_attributes(model.place))


class _Track:
    """The variables of one part of the model: a line for each of its versions, and which line holds at each output."""

    def __init__(self, model: DisplacementModel, part: str, variables: list[Variable], n_outputs: int) -> None:
        self._part = part
        self._variables = variables
        self._lines: NDArray[np.int64] = np.zeros(n_outputs, dtype=np.int64)
        self._n_lines = 0
        self._version = -1
        self._arrays: list[np.ndarray[Any, Any]] = []
        for variable in variables:
            value = np.asarray(variable.read(model))
            dtype = np.int64 if np.issubdtype(value.dtype, np.integer) else np.float64
            self._arrays.append(np.zeros((n_outputs, *value.shape), dtype=dtype))

    def observe(self, model: DisplacementModel, row: int) -> None:
        version = getattr(model, self._part).version if self._part else row
        if version != self._version:
            self._version = version
            for variable, array in zip(self._variables, self._arrays, strict=True):
                array[self._n_lines] = variable.read(model)
            self._n_lines += 1
        self._lines[row] = self._n_lines - 1

    def series(self, n_outputs: int) -> list[tuple[Variable, np.ndarray[Any, Any]]]:
        """Return every variable with its values, shape (n_outputs, …)."""
        if self._n_lines == n_outputs:
            return [(v, a[:n_outputs]) for v, a in zip(self._variables, self._arrays, strict=True)]
        lines = self._lines[:n_outputs]
        return [(v, a[lines]) for v, a in zip(self._variables, self._arrays, strict=True)]


def _attributes(place: Place) -> dict[str, Any]:
    """Return what readers of a dataset need to know of its place."""
    attributes: dict[str, Any] = {
        "host_country": place.host_country,
        "time_zone": f"UTC{place.utc_offset_hours:+g}" if place.utc_offset_hours else "UTC",
    }
    return attributes | ({"open_network": 1} if place.open_network else {})


def _attrs(variable: Variable) -> dict[str, str]:
    return {"units": variable.units, "long_name": variable.long_name, "aggregates": variable.aggregates}


def thinned(steps: NDArray[np.int64], most: int | None) -> NDArray[np.int64]:
    """Keep at most about ``most`` of ``steps``, evenly spaced, and the last one.

    >>> thinned(np.arange(8), 3).tolist()
    [0, 3, 6, 7]
    """
    stride = 1 if most is None else -(-steps.size // most)
    return np.union1d(steps[::stride], steps[-1:])


def _labels(model: DisplacementModel) -> dict[str, list[str]]:
    place = model.place
    return {
        "settlement": list(model.settlement_names),
        "district": list(place.districts),
        "place": list(model.households.places),
        "province": [province.name for province in place.provinces],
        "assurance": list(ASSURANCES),
        "sector": list(SECTORS),
        "commodity": list(COMMODITIES),
        "group": list(GROUPS),
        "mission": ["monitors", "peacekeepers"],
        "person_group": ["children", "older", "female", "disability"],
    }
