"""Explains a scenario: what each number and action is, what it rests on, and which file gave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sim.scenario.actions import Action, Intervention
from sim.scenario.parameters import SPECS
from sim.scenario.schema import Scenario

MOST_NUMBERS = 6
"""Numbers of a series that are told one by one."""


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter; ``file_value`` is the value that an override replaced, ``origin`` the file that gave the value."""

    name: str
    group: str
    meaning: str
    value: float
    unit: str
    basis: str
    prior: str
    source: str
    ledger: tuple[str, ...]
    note: str
    origin: str
    file_value: float | None


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One shock or intervention; ``details`` are the fields of its kind that aren't at their defaults.

    ``channels`` say through what an intervention acts, ``evidence`` what is known of that; shocks have neither.
    """

    id: str
    section: str
    kind: str
    meaning: str
    start: datetime
    end: datetime | None
    strength: float | None
    details: tuple[tuple[str, str], ...]
    basis: str
    source: str
    ledger: tuple[str, ...]
    note: str
    origin: str
    channels: tuple[str, ...] = ()
    evidence: str = ""


def rows(scenario: Scenario) -> list[ParameterRow]:
    """Return a row for each parameter, in the order of the model's groups."""
    return [_parameter_row(scenario, name) for name in SPECS]


def _parameter_row(scenario: Scenario, name: str) -> ParameterRow:
    spec, item = SPECS[name], scenario.parameters[name]
    return ParameterRow(
        name=name,
        group=spec.group,
        meaning=spec.meaning,
        value=item.value,
        unit=item.unit,
        basis=item.basis,
        prior="" if item.prior is None else str(item.prior),
        source=item.source,
        ledger=item.ledger,
        note=item.note,
        origin=scenario.origin(f"parameters.{name}"),
        file_value=item.file_value,
    )


def action_rows(scenario: Scenario) -> list[ActionRow]:
    """Return a row for each shock and intervention, the earliest first."""
    found = [_action_row(scenario, section, action) for section, action in scenario.actions()]
    return sorted(found, key=lambda row: (row.start, row.section, row.id))


def _action_row(scenario: Scenario, section: str, action: Action) -> ActionRow:
    common = {*Action.model_fields, "kind", "strength"}
    fields = {key: value for key, value in action if key not in common}
    usual = {key: field.get_default(call_default_factory=True) for key, field in type(action).model_fields.items()}
    details = tuple((key, _text(value)) for key, value in fields.items() if value != usual[key])
    meaning = " ".join((type(action).__doc__ or "").replace("``", "`").split())
    return ActionRow(
        id=action.id,
        section=section.removesuffix("s"),
        kind=str(getattr(action, "kind", "")),
        meaning=meaning,
        start=action.start,
        end=action.end,
        strength=action.strength if isinstance(action, Intervention) else None,
        details=details,
        basis=action.basis,
        source=action.source,
        ledger=action.ledger,
        note=action.note,
        origin=scenario.origin(f"{section}.{action.id}"),
        channels=action.channels if isinstance(action, Intervention) else (),
        evidence=action.evidence if isinstance(action, Intervention) else "",
    )


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """One kind of intervention in a scenario: its ids, how it acts and what is known of that."""

    kind: str
    ids: tuple[str, ...]
    channels: tuple[str, ...]
    evidence: str


def channel_rows(scenario: Scenario) -> list[ChannelRow]:
    """Return a row for each kind of intervention, in the order of their first start."""
    found: dict[str, ChannelRow] = {}
    for row in action_rows(scenario):
        if row.section == "intervention":
            ids = (*found[row.kind].ids, row.id) if row.kind in found else (row.id,)
            found[row.kind] = ChannelRow(row.kind, ids, row.channels, row.evidence)
    return list(found.values())


def _text(value: Any) -> str:
    """Return a field's value in words."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    if isinstance(value, tuple) and all(isinstance(item, tuple) for item in value):
        return ", ".join("–".join(_text(part) for part in item) for item in value)
    if isinstance(value, tuple) and len(value) > MOST_NUMBERS and all(isinstance(item, float) for item in value):
        return f"{len(value)} numbers from {min(value):g} to {max(value):g}, {sum(value):,.0f} in all"
    if isinstance(value, tuple):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, Action) or hasattr(value, "model_dump"):
        return " ".join(f"{key} {_text(item)}" for key, item in value)
    return str(value)
