"""The levers of the dashboard: what each reads from a scenario, and what moving it changes there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any, TypeVar

from sim.scenario.actions import Action
from sim.scenario.gazetteer import gazetteer
from sim.scenario.interventions import AidConvoys, Ceasefire, Monitoring, Roadmap
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.shocks import Offensive

Kind = TypeVar("Kind", bound=Action)

DONORS: dict[type[Action], str] = {
    Ceasefire: "ceasefire",
    Monitoring: "un_monitoring",
    Roadmap: "integration_roadmap",
    AidConvoys: "un_monitoring",
}
"""Kind of action → the shipped scenario that lends it to scenarios without one."""

CAPACITY = "parameters.checkpoint_full_per_hour"
SHARE = "share"
Change = Callable[[Scenario, float], Scenario]


@dataclass(frozen=True, slots=True)
class Lever:
    """A number that a planner can move: how it is called, its unit and range, and how it is read and set.

    ``needs`` is the lever that must be above 0 for this one to matter.
    """

    key: str
    group: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    read: Callable[[Scenario], float]
    change: Change
    hint: str = ""
    needs: str = ""

    def shown(self, value: float) -> str:
        """Write a value with its unit, shares in per cent."""
        return f"{100.0 * value:.4g} %" if self.unit == SHARE else f"{value:.6g} {self.unit}"


def settings_of(scenario: Scenario) -> dict[str, float]:
    """Return key → value of every lever, as ``scenario`` has it."""
    return {lever.key: lever.read(scenario) for lever in LEVERS}


def moved(scenario: Scenario, settings: Mapping[str, float]) -> list[tuple[Lever, float]]:
    """Return the levers that stand elsewhere than in ``scenario``, and where they stand."""
    own = settings_of(scenario)
    return [
        (lever, settings[lever.key])
        for lever in LEVERS
        if settings.get(lever.key, own[lever.key]) != own[lever.key]
        and not (lever.needs and settings.get(lever.needs, own[lever.needs]) == 0.0)
    ]


def apply(scenario: Scenario, settings: Mapping[str, float], days: float | None = None) -> Scenario:
    """Return ``scenario`` with its levers set; levers that stand where they stood change nothing.

    Raises
    ------
    ScenarioError
        If a value does not fit, such as a ceasefire beyond the horizon.
    """
    changed = scenario if days is None or days == scenario.time.days else scenario.vary({"time.days": float(days)})
    for lever, value in moved(scenario, settings):
        changed = lever.change(changed, value)
    return changed


def in_words(scenario: Scenario, settings: Mapping[str, float]) -> str:
    """Say which levers were moved, and to where; an empty text if none was."""
    return "; ".join(
        f"{lever.group}: {lever.label[:1].lower()}{lever.label[1:]} {lever.shown(value)}"
        for lever, value in moved(scenario, settings)
    )


def first(scenario: Scenario, kind: type[Kind]) -> Kind | None:
    """Return the action of a kind that a lever moves: the first, of aid convoys the first that has no end."""
    found = (action for _, action in scenario.actions() if isinstance(action, kind))
    return next((action for action in found if kind is not AidConvoys or action.end is None), None)


def ceasefire_start(scenario: Scenario) -> Any:
    """Return when the ceasefire begins, or None."""
    ceasefire = first(scenario, Ceasefire)
    return ceasefire.start if ceasefire else None


@lru_cache(maxsize=1)
def _donors() -> dict[type[Action], tuple[Action, Any]]:
    """Return kind → the action to lend and the start of its scenario."""
    scenarios = {kind: load(name) for kind, name in DONORS.items()}
    lent = {kind: (first(scenario, kind), scenario.time.start) for kind, scenario in scenarios.items()}
    return {kind: (action, start) for kind, (action, start) in lent.items() if action is not None}


def _present(scenario: Scenario, kind: type[Kind]) -> tuple[Scenario, Kind]:
    """Return ``scenario`` with an action of ``kind``, lent if need be as long after the start as it was, and that."""
    own = first(scenario, kind)
    if own is not None:
        return scenario, own
    action, start = _donors()[kind]
    roads = gazetteer(scenario.place.dataset).roads
    changes: dict[str, Any] = {"start": scenario.time.start + (action.start - start), "id": _free(scenario, action.id)}
    if isinstance(action, Monitoring):
        changes["opens_roads"] = tuple(road for road in action.opens_roads if road in roads)
    if isinstance(action, AidConvoys) and action.road not in roads:
        changes["road"] = roads[0]
    scenario = scenario.with_intervention(action.model_copy(update=changes))
    added = first(scenario, kind)
    assert added is not None
    return scenario, added


def _free(scenario: Scenario, name: str) -> str:
    taken = {action.id for _, action in scenario.actions()}
    while name in taken:
        name += "_too"
    return name


def _field(kind: type[Action], field: str, absent: float) -> tuple[Callable[[Scenario], float], Change]:
    """Return how one number of the first action of ``kind`` is read and set; ``absent`` stands where there is none."""

    def read(scenario: Scenario) -> float:
        action = first(scenario, kind)
        return float(getattr(action, field)) if action is not None else absent

    def change(scenario: Scenario, value: float) -> Scenario:
        scenario, action = _present(scenario, kind)
        return scenario.vary({f"interventions.{action.id}.{field}": value})

    return read, change


def _lent(kind: type[Action], field: str) -> tuple[Callable[[Scenario], float], Change]:
    """Return the same for a number that only matters once there is such an action; the lender's stands before."""
    read, change = _field(kind, field, float("nan"))

    def read_or_borrow(scenario: Scenario) -> float:
        value = read(scenario)
        return value if value == value else float(getattr(_donors()[kind][0], field))

    return read_or_borrow, change


def _delay(scenario: Scenario, days: float) -> Scenario:
    """Move the ceasefire by ``days``, and with it the end of the fighting that it ends."""
    scenario, ceasefire = _present(scenario, Ceasefire)
    shift = timedelta(days=days)
    changes: dict[str, object] = {f"interventions.{ceasefire.id}.start": ceasefire.start + shift}
    for shock in scenario.shocks:
        if isinstance(shock, Offensive) and shock.end == ceasefire.start:
            changes[f"shocks.{shock.id}.end"] = ceasefire.start + shift
    return scenario.vary(changes)


def _aid(scenario: Scenario) -> float:
    convoys = first(scenario, AidConvoys)
    return float(sum(convoys.tonnes_per_day.values())) if convoys else 0.0


def _send(scenario: Scenario, tonnes: float) -> Scenario:
    """Send ``tonnes`` of aid a day, split among goods as before."""
    scenario, convoys = _present(scenario, AidConvoys)
    before = sum(convoys.tonnes_per_day.values())
    shares = {name: amount / before for name, amount in convoys.tonnes_per_day.items()} if before else {"food": 1.0}
    return scenario.vary({f"interventions.{convoys.id}.tonnes_per_day": {k: tonnes * v for k, v in shares.items()}})


def _capacity(scenario: Scenario) -> float:
    return scenario.values()["checkpoint_full_per_hour"]


CEASEFIRE, MONITORS, ROADMAP, ROAD, AID = "Ceasefire", "UN monitors", "Integration roadmap", "Road out", "Aid convoys"
LEVERS: tuple[Lever, ...] = (
    Lever(
        "ceasefire_days", CEASEFIRE, "Begins later by", "days", 0.0, 21.0, 0.5, lambda scenario: 0.0, _delay,
        "The fighting that it ends lasts until then.",
    ),
    Lever(
        "ceasefire_strength", CEASEFIRE, "Kept and seen to be kept", SHARE, 0.0, 1.0, 0.05,
        *_field(Ceasefire, "strength", 0.0), "0 %: as if there were none.",
    ),
    Lever(
        "monitors_strength", MONITORS, "Strength", SHARE, 0.0, 1.0, 0.05, *_field(Monitoring, "strength", 0.0),
        "Mandate and staffing; 0 %: no mission. Nothing measured tells what unarmed monitors change.",
    ),
    Lever(
        "monitors_urban", MONITORS, "Coverage of the city", SHARE, 0.0, 1.0, 0.05,
        *_lent(Monitoring, "coverage_urban"), needs="monitors_strength",
    ),
    Lever(
        "monitors_rural", MONITORS, "Coverage of villages", SHARE, 0.0, 1.0, 0.05,
        *_lent(Monitoring, "coverage_rural"), needs="monitors_strength",
    ),
    Lever(
        "roadmap_strength", ROADMAP, "Strength", SHARE, 0.0, 1.0, 0.05, *_field(Roadmap, "strength", 0.0),
        "How fully each step is carried out; 0 %: no roadmap.",
    ),
    Lever(
        "roadmap_pace", ROADMAP, "Pace", "× the planned", 0.25, 4.0, 0.25, *_lent(Roadmap, "pace"),
        "2: every step in half the time.", "roadmap_strength",
    ),
    Lever(
        "capacity", ROAD, "Crossing capacity by day", "vehicles/h", 50.0, 1000.0, 1.0, _capacity,
        lambda scenario, value: scenario.vary({CAPACITY: value}), "At its fullest; less at night and at first.",
    ),
    Lever(
        "aid_tonnes", AID, "Sent each day", "t/day", 0.0, 400.0, 5.0, _aid, _send,
        "On top of consignments that the scenario dates one by one.",
    ),
)  # fmt: skip
"""Every lever, in the order of the page."""
