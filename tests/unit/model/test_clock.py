"""The clock: dated actions, phases, and the times at which results are recorded."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.displacement import DisplacementModel
from sim.model.recorder import AT_END
from sim.model.run import run
from sim.model.schedule import SCHEDULE, describe
from sim.model.timeline import Timeline
from sim.place.place import load_place
from sim.scenario.interventions import AssuranceGiven, CorridorOpen, Monitoring
from sim.scenario.load import load
from sim.scenario.shocks import Offensive

PLACE = load_place("karabakh_2023")
SCENARIO = load("as_reported")
TINY = SCENARIO.vary({"time.days": 2.0, "parameters.residents_total": 200.0})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-100.0, 3000.0), min_size=1, max_size=20))
def test_the_timeline_knows_what_is_in_force_whatever_was_asked_before(hours: list[float]) -> None:
    timeline = Timeline(SCENARIO, PLACE)
    for hour in hours:
        expected = [entry for entry in timeline.entries if entry.start <= hour < entry.end]
        assert list(timeline.active(hour)) == expected
        for kind in (Offensive, CorridorOpen, AssuranceGiven):
            assert timeline.of(kind, hour) == [(e, e.action) for e in expected if isinstance(e.action, kind)]


def test_an_end_is_exclusive_and_a_start_inclusive() -> None:
    (entry, _), *_ = Timeline(SCENARIO, PLACE).every(Offensive)
    assert entry.active(entry.start)
    assert entry.active(np.nextafter(entry.end, 0.0))
    assert not entry.active(entry.end)
    assert not entry.active(np.nextafter(entry.start, 0.0))


def test_ramps_rise_linearly_after_their_delay() -> None:
    (entry, action), *_ = Timeline(load("un_monitoring"), PLACE).every(Monitoring)
    ramp = [entry.ramp(entry.start + 24.0 * (action.delay_days + day), 10.0) for day in (-0.1, 0.0, 5.0, 10.0, 99.0)]
    assert ramp == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0])
    assert entry.ramp(entry.start + 24.0 * action.delay_days, 0.0) == 1.0
    covered = entry.coverage(1e9, np.array([s.urban for s in PLACE.settlements]))
    urban = np.array([s.urban for s in PLACE.settlements])
    assert covered[urban] == pytest.approx(action.strength * action.coverage_urban)
    assert covered[~urban] == pytest.approx(action.strength * action.coverage_rural)


def test_interventions_of_strength_0_are_left_out() -> None:
    without = SCENARIO.vary({"interventions.corridor_opens.strength": 0.0})
    names = {entry.action.id for entry in Timeline(without, PLACE).entries}
    assert names == {action.id for _, action in SCENARIO.actions()} - {"corridor_opens"}


def test_actions_reach_the_districts_and_settlements_they_name() -> None:
    offensive = {
        "kind": "offensive", "id": "there", "start": "2023-09-20T00:00:00+04:00",
        "districts": ("Martuni",), "settlements": ("Askeran",),
    }  # fmt: skip
    entries = Timeline(SCENARIO.with_shock(offensive), PLACE).every(Offensive)
    where = next(entry.where for entry, action in entries if action.id == "there")
    expected = [s.district == "Martuni" or s.name == "Askeran" for s in PLACE.settlements]
    assert where.tolist() == expected
    assert 1 < where.sum() < len(PLACE.settlements)


@pytest.mark.parametrize("step", [1, 7, 10, 20, 45, 60])
def test_actions_start_in_the_step_that_holds_their_moment(step: int) -> None:
    if 1440 % step:
        step = 8
    scenario = TINY.vary({"time.step_minutes": step, "time.days": 1.0})
    model = DisplacementModel(scenario, 0)
    (entry, _), *_ = model.timeline.every(Offensive)
    assert entry.start == 13.0
    while not model.timeline.of(Offensive, model.hours):
        model.step()
    assert model.step_number == -(-13 * 60 // step)
    assert model.hours == model.step_number * step / 60.0


def test_phases_run_in_order_and_as_often_as_the_schedule_says() -> None:
    calls: list[tuple[str, float]] = []
    model = DisplacementModel(TINY, 0)

    class Spy:
        def __init__(self, name: str, process: object) -> None:
            self.name, self.process = name, process

        def __getattr__(self, key: str) -> object:
            return getattr(self.process, key)

        def step(self, model: DisplacementModel) -> None:
            calls.append((self.name, model.hours))
            self.process.step(model)  # type: ignore[attr-defined]

    for phase in SCHEDULE:
        setattr(model, phase.name, Spy(phase.name, getattr(model, phase.name)))
    for _ in range(25):
        model.step()
    names = [phase.name for phase in SCHEDULE]
    for hour in range(25):
        ran = [name for name, at in calls if at == hour]
        assert ran == [name for name in names if name in ran]
    for phase in SCHEDULE:
        every = max(1.0, phase.every_hours)
        assert [at for name, at in calls if name == phase.name] == [h for h in range(25) if h % every == 0.0]
    assert set(model.clock.seconds) == set(names)


def test_the_schedule_can_be_read() -> None:
    lines = describe().splitlines()
    assert len(lines) == len(SCHEDULE)
    assert all(phase.name in line for phase, line in zip(SCHEDULE, lines, strict=True))


@pytest.mark.parametrize(
    ("days", "step", "output", "minutes"),
    [
        (1.0, 60, 60, [*range(0, 1441, 60)]),
        (0.51, 60, 60, [*range(0, 781, 60)]),
        (1.0, 10, 30, [*range(0, 1441, 30)]),
        (1.1, 60, 720, [0, 720, 1440, 1620]),
        (0.02, 1, 60, [0, 29]),
        (2.0, 1440, 1440, [0, 1440, 2880]),
        (1.5, 1440, 2880, [0, 2880]),
    ],
)
def test_times_are_those_asked_for_and_the_end(days: float, step: int, output: int, minutes: list[int]) -> None:
    scenario = TINY.vary({"time.days": days, "time.step_minutes": step, "time.output_minutes": output})
    result = run(scenario, 0)
    start = pd.Timestamp("2023-09-19")
    assert list(result.dataset.indexes["time"]) == [start + pd.Timedelta(minutes=m) for m in minutes]


def test_the_end_is_recorded_whatever_the_output_interval() -> None:
    fine = run(SCENARIO.vary({"time.days": 7.3, "parameters.residents_total": 500.0}), 3)
    coarse = run(SCENARIO.vary({"time.days": 7.3, "parameters.residents_total": 500.0, "time.output_minutes": 1440}), 3)
    last = (fine.dataset.isel(time=-1), coarse.dataset.isel(time=-1))
    assert last[0].time == last[1].time
    for name in fine.dataset.data_vars:
        assert np.array_equal(last[0][name], last[1][name], equal_nan=last[0][name].dtype.kind == "f"), name
    assert fine.summary["persons_arrived"] == coarse.summary["persons_arrived"]


def test_the_clock_of_the_place_is_used_whatever_offset_the_start_is_written_in() -> None:
    other = TINY.vary({"time.start": "2023-09-18T20:00:00+00:00"})
    ours, theirs = run(TINY, 1).dataset, run(other, 1).dataset
    assert ours.equals(theirs)
    assert pd.Timestamp(ours.time.to_numpy()[0]) == pd.Timestamp("2023-09-19T00:00")
    assert DisplacementModel(other).start_hour == 0.0


def test_progress_is_told_and_ends_at_1() -> None:
    told: list[float] = []
    run(TINY, 0, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert 20 <= len(told) <= 110


def test_every_variable_has_unit_meaning_and_way_to_aggregate() -> None:
    dataset = run(TINY, 0).dataset
    for name, variable in dataset.data_vars.items():
        assert variable.attrs["units"], name
        assert variable.attrs["long_name"], name
        assert variable.attrs["aggregates"] in ("stock", "level"), name
        assert variable.dims[0] == "time" or name in {item.name for item in AT_END}, name
