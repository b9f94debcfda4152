"""What the world does: shocks, dated, closed, told apart by ``kind``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from sim.place.sectors import DamageState, Sector
from sim.scenario.actions import Action, Daily, Placed, Road
from sim.scenario.fields import FrozenDict, NonNegative, Share


class Offensive(Placed):
    """Fighting: incidents rise to the offensive rate times ``intensity``."""

    kind: Literal["offensive"]
    intensity: Annotated[float, Field(ge=0.0, le=100.0, strict=True)] = 1.0


class ControlChange(Placed):
    """Control of homes passes to a side that residents regard as adverse by ``adverse`` (0 none, 1 wholly)."""

    kind: Literal["control_change"]
    adverse: Share = 1.0


class ContestedControl(Placed):
    """Homes are fought over; residents expect by ``expected`` (0 not at all, 1 surely) that an adverse side wins."""

    kind: Literal["contested_control"]
    expected: Share = 0.5


class Mobilisation(Placed):
    """A ``share`` of households stay at home while this lasts: kept by call-up, a ban on leaving, or duty."""

    kind: Literal["mobilisation"]
    share: Share = 0.5


class Outage(Placed):
    """A service, or of it the named ``facilities`` alone, works at ``functionality`` of normal while this lasts."""

    kind: Literal["outage"]
    sector: Sector
    functionality: Share = 0.0
    facilities: tuple[str, ...] = ()


class FacilityDamage(Action):
    """The named facilities are damaged at ``start``, once; repair is up to the crews."""

    kind: Literal["facility_damage"]
    facilities: Annotated[tuple[str, ...], Field(min_length=1, max_length=1000)]
    state: DamageState = "complete"


class AccessDenied(Placed):
    """Neither repair crews nor distributions of aid reach these places."""

    kind: Literal["access_denied"]


class Explosion(Action):
    """One explosion with its own toll, at a settlement; destroys petrol, and ``facilities`` with what they store."""

    kind: Literal["explosion"]
    settlement: str
    facilities: tuple[str, ...] = ()
    deaths: Annotated[int, Field(ge=0, le=10**8, strict=True)]
    injuries: Annotated[int, Field(ge=0, le=10**8, strict=True)] = 0
    fuel_lost_tonnes: NonNegative = 0.0


class MonitorsKeptOut(Placed):
    """Unarmed monitors are kept out of all but ``share`` of what they cover: ``rural`` areas, or all."""

    kind: Literal["monitors_kept_out"]
    area: Literal["rural", "all"] = "rural"
    share: Share = 0.0


class SupplyCut(Action):
    """Trade and aid by one road stop."""

    kind: Literal["supply_cut"]
    road: Road


class Conflict(Placed):
    """Conflict in some places, felt there as a threat of ``intensity`` (1 the fullest).

    ``daily`` gives settlement by settlement what it is on each day since ``start``, in place of ``intensity``. Unlike
    an offensive it draws no incidents: it is for places where only the timeline of conflict is known.
    """

    kind: Literal["conflict"]
    intensity: NonNegative = 1.0
    daily: Annotated[dict[str, Daily], Field(max_length=5000), AfterValidator(FrozenDict)] = Field(
        default_factory=dict, validate_default=True
    )

    def intensity_at(self, settlement: str, day: float) -> float:
        """Return the intensity in a settlement ``day`` days after the start; the last one given lasts on."""
        if not self.daily:
            return self.intensity
        series = self.daily.get(settlement, (0.0,))
        return series[min(int(day), len(series) - 1)]


class Departures(Action):
    """How many persons set out on each day since ``start`` is given; who, from where and to where is simulated."""

    kind: Literal["departures"]
    daily: Daily


class RoadsClosed(Action):
    """Nobody passes the named links of the network, such as ``[["Kidal", "Bourem"]]``, nor any at ``nodes``."""

    kind: Literal["roads_closed"]
    links: Annotated[tuple[tuple[str, str], ...], Field(max_length=10_000)] = ()
    nodes: Annotated[tuple[str, ...], Field(max_length=5000)] = ()


class DestinationsClosed(Action):
    """The named destinations take nobody in; those who are there stay, and others may pass."""

    kind: Literal["destinations_closed"]
    provinces: Annotated[tuple[str, ...], Field(min_length=1, max_length=5000)]


Shock = Annotated[
    Offensive
    | ControlChange
    | ContestedControl
    | Mobilisation
    | Outage
    | FacilityDamage
    | AccessDenied
    | Explosion
    | SupplyCut
    | MonitorsKeptOut
    | Conflict
    | Departures
    | RoadsClosed
    | DestinationsClosed,
    Field(discriminator="kind"),
]
