"""What every dated action of a scenario has in common; what kinds there are is in `shocks` and `interventions`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from sim.scenario.fields import Moment, NonNegative, Share, Unexpected
from sim.scenario.parameters import ASSURANCES

Assurance = Literal[
    "ceasefire_kept",
    "peacekeepers",
    "monitors",
    "executive_administration",
    "legal_rights",
    "amnesty",
    "heritage",
    "aid_access",
    "outside_pressure",
    "renouncing_force",
    "autonomy",
]
Commodity = Literal["food", "water", "medical", "fuel", "shelter", "hygiene"]
Targeting = Literal["by_need", "equal", "vulnerable_first"]
Road = Annotated[str, Field(min_length=1, max_length=100)]
"""A road of the place by which trade and aid come in."""

Channel = Literal["trust", "protection", "access", "mobility", "supply", "services", "shelter", "return", "control"]
"""How a lever acts: what residents believe, what keeps them from harm, what may pass, who can travel, what comes in,
what works, who has a roof, who can go home, whose control homes are under."""

assert set(ASSURANCES) == set(Assurance.__args__)  # type: ignore[attr-defined]


Daily = Annotated[tuple[NonNegative, ...], Field(min_length=1, max_length=5000)]


class Closed(BaseModel):
    """A frozen model that refuses unknown keys and non-finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=False)


class Action(Closed):
    """Anything dated in a scenario. ``end`` is exclusive; without it the action lasts to the horizon."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
    start: Moment
    end: Moment | None = None
    basis: Literal["reported", "measured", "estimated", "calibrated", "assumed"] = "assumed"
    source: str = ""
    ledger: tuple[str, ...] = ()
    note: str = ""

    @field_validator("end")
    @classmethod
    def _ends_after_start(cls, end: datetime | None, info: ValidationInfo) -> datetime | None:
        start = info.data.get("start")
        if end is not None and start is not None and end <= start:
            raise Unexpected(f"a moment later than `start` ({start.isoformat()})")
        return end

    def in_force(self, when: datetime) -> bool:
        """Whether the action is in force at ``when``."""
        return self.start <= when and (self.end is None or when < self.end)


class Placed(Action):
    """An action on some districts or settlements; neither named means everywhere."""

    districts: tuple[str, ...] = ()
    settlements: tuple[str, ...] = ()


class Intervention(Action):
    """A lever. ``strength`` 0 is the same as leaving the intervention out.

    ``channels`` say through what the kind acts in the model, ``evidence`` what is known of that effect.
    """

    channels: ClassVar[tuple[Channel, ...]] = ()
    evidence: ClassVar[str] = ""
    strength: Share = 1.0


class PlacedIntervention(Placed, Intervention):
    """A lever that can be pulled in some places only."""
