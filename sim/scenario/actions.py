"""What the world does (shocks) and what somebody chooses (interventions): dated, closed, told apart by ``kind``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from sim.scenario.fields import FrozenDict, Moment, NonNegative, Share, Unexpected
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
Sector = Literal["electricity", "gas", "water", "health", "telecom", "fuel", "road"]
DamageState = Literal["slight", "moderate", "extensive", "complete"]
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


class Offensive(Placed):
    """Fighting: incidents rise to the offensive rate times ``intensity``."""

    kind: Literal["offensive"]
    intensity: NonNegative = 1.0


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


class Intervention(Action):
    """A lever. ``strength`` 0 is the same as leaving the intervention out.

    ``channels`` say through what the kind acts in the model, ``evidence`` what is known of that effect.
    """

    channels: ClassVar[tuple[Channel, ...]] = ()
    evidence: ClassVar[str] = ""
    strength: Share = 1.0


class PlacedIntervention(Placed, Intervention):
    """A lever that can be pulled in some places only."""


class Ceasefire(PlacedIntervention):
    """Ends the offensive; incidents fall to violations; the assurance ``ceasefire_kept`` is in force."""

    channels: ClassVar[tuple[Channel, ...]] = ("trust", "protection")
    evidence: ClassVar[str] = (
        "ETH/PRIO, 2,202 ceasefires 1989-2020: violence falls afterwards; no size of the effect on trust was found."
    )
    kind: Literal["ceasefire"]


class AssuranceGiven(PlacedIntervention):
    """One assurance is in force, rising linearly over ``ramp_days`` to ``strength``."""

    channels: ClassVar[tuple[Channel, ...]] = ("trust",)
    evidence: ClassVar[str] = (
        "Reference cases: declarations alone kept hardly anybody; 15 pre-registered for integration in 2023 (E03)."
    )
    kind: Literal["assurance"]
    assurance: Assurance
    ramp_days: NonNegative = 0.0


class Monitoring(PlacedIntervention):
    """Unarmed monitors: an assurance, a small effect on violence, aid access; coverage differs by place.

    They get there ``delay_days`` after ``start``; at ``end`` they leave, and belief is lost at once.
    """

    channels: ClassVar[tuple[Channel, ...]] = ("trust", "access", "protection")
    evidence: ClassVar[str] = (
        "Observers: no effect on battle deaths (Hultman et al. 2014, abstract), perhaps a harmful one on "
        "civilians (2013, summary); other effects assumed."
    )
    kind: Literal["monitoring"]
    delay_days: NonNegative = 0.0
    ramp_days: NonNegative = 0.0
    coverage_urban: Share = 1.0
    coverage_rural: Share = 1.0
    opens_roads: tuple[Road, ...] = ()


class Peacekeepers(PlacedIntervention):
    """Armed peacekeepers: an assurance and protection from violence, by coverage."""

    channels: ClassVar[tuple[Channel, ...]] = ("protection", "trust")
    evidence: ClassVar[str] = (
        "Large against rebels, hardly any against a government's forces (Fjelde et al. 2019, abstract); wars "
        "recur less (Fortna, summary)."
    )
    kind: Literal["peacekeepers"]
    ramp_days: NonNegative = 0.0
    coverage_urban: Share = 1.0
    coverage_rural: Share = 1.0


class Milestone(Closed):
    """One step of a roadmap: an assurance comes into force ``day`` days after the roadmap starts.

    It may be late, by ``late_days_mean`` on average, or be given up, with ``failure_probability``.
    """

    assurance: Assurance
    day: NonNegative
    ramp_days: NonNegative = 0.0
    strength: Share = 1.0
    late_days_mean: NonNegative = 0.0
    failure_probability: Share = 0.0


class Roadmap(PlacedIntervention):
    """A gradual roadmap: dated milestones, all sped up or slowed by ``pace`` (2 = twice as fast)."""

    channels: ClassVar[tuple[Channel, ...]] = ("trust",)
    evidence: ClassVar[str] = (
        "Eastern Slavonia 1996-98: authority, rights and time together; autonomy alone may be too little "
        "(Cederman et al. 2015, abstract)."
    )
    kind: Literal["roadmap"]
    pace: Annotated[float, Field(gt=0.0, le=100.0, strict=True)] = 1.0
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=100)]


class GradualHandover(PlacedIntervention):
    """Control of homes passes over ``ramp_days``; at first residents' own keep the share ``strength`` of it."""

    channels: ClassVar[tuple[Channel, ...]] = ("control",)
    evidence: ClassVar[str] = (
        "Eastern Slavonia 1996-98 passed over in two years, about a tenth had left by June 1997; one case."
    )
    kind: Literal["gradual_handover"]
    ramp_days: Annotated[float, Field(gt=0.0, le=3650.0)]


class CorridorOpen(Intervention):
    """The road to the crossing is open to civilians; ``strength`` scales its capacity."""

    channels: ClassVar[tuple[Channel, ...]] = ("mobility", "access")
    evidence: ClassVar[str] = "2023: the exodus began when the road opened, four days after fighting ended."
    kind: Literal["corridor_open"]


class FuelRelease(Intervention):
    """Petrol is given out at ``stations`` stations from ``tonnes`` of petrol."""

    channels: ClassVar[tuple[Channel, ...]] = ("mobility",)
    evidence: ClassVar[str] = "2023: petrol gated departure; five stations gave it out from 25 September (C14)."
    kind: Literal["fuel_release"]
    stations: Annotated[int, Field(ge=1, le=1000, strict=True)]
    tonnes: NonNegative


class Buses(Intervention):
    """Buses carry households without a vehicle."""

    channels: ClassVar[tuple[Channel, ...]] = ("mobility",)
    evidence: ClassVar[str] = "2023: 90 buses for those without a vehicle (A27)."
    kind: Literal["buses"]
    n_buses: Annotated[int, Field(ge=1, le=10000, strict=True)]


class AidConvoys(Intervention):
    """Aid by one road: ``tonnes_per_day`` of each commodity while it lasts."""

    channels: ClassVar[tuple[Channel, ...]] = ("supply",)
    evidence: ClassVar[str] = "Counted consignments of 2022-23 (aid.csv); an effect on decisions is assumed."
    kind: Literal["aid_convoys"]
    road: Road
    tonnes_per_day: Annotated[dict[Commodity, NonNegative], Field(min_length=1), AfterValidator(FrozenDict)]


class RoadPermission(Intervention):
    """Trade (``trade``) and aid are allowed by one road."""

    channels: ClassVar[tuple[Channel, ...]] = ("access", "supply")
    evidence: ClassVar[str] = "400 t a day came in before the blockade (D01)."
    kind: Literal["road_permission"]
    road: Road
    trade: Annotated[bool, Field(strict=True)] = False


class Repair(Intervention):
    """Further ``crews`` repair one sector; ``strength`` of the cuts of facilities in ``reconnects`` is lifted."""

    channels: ClassVar[tuple[Channel, ...]] = ("services",)
    evidence: ClassVar[str] = (
        "Hazus 5.1 repair times, from earthquakes; return follows conditions at home (Alrababah et al., "
        "direction only)."
    )
    kind: Literal["repair"]
    sector: Sector
    crews: Annotated[float, Field(ge=0.0, le=1e4, strict=True)] = 2.0
    reconnects: tuple[str, ...] = ()


class Distribution(Intervention):
    """Goods in the depot go first where need is greatest, to all alike, or to vulnerable households."""

    channels: ClassVar[tuple[Channel, ...]] = ("supply",)
    evidence: ClassVar[str] = "Sphere asks for distribution by need; what targeting changes was not measured here."
    kind: Literal["distribution"]
    targeting: Targeting


class EscortedReturn(Intervention):
    """Return journeys under escort, up to ``persons_per_day``."""

    channels: ClassVar[tuple[Channel, ...]] = ("return", "mobility")
    evidence: ClassVar[str] = "2020: over 28,000 went home under escort in 20 days (F14)."
    kind: Literal["escorted_return"]
    persons_per_day: NonNegative


class StateAccommodation(Intervention):
    """Beds given by the state in ``provinces`` (all if none is named), opened evenly over ``ramp_days``."""

    channels: ClassVar[tuple[Channel, ...]] = ("shelter",)
    evidence: ClassVar[str] = "2023: about 37,700 lodged by the state on 30 September (A26); take-up is assumed."
    kind: Literal["state_accommodation"]
    provinces: tuple[str, ...] = ()
    beds: NonNegative
    ramp_days: NonNegative = 0.0


class Cash(Intervention):
    """Cash for ``share`` of displaced persons, which pays for rented homes."""

    channels: ClassVar[tuple[Channel, ...]] = ("shelter",)
    evidence: ClassVar[str] = (
        "2023: 95,200 persons paid 100,000 AMD each by 20 October (A33); what it changed in housing was not measured."
    )
    kind: Literal["cash"]
    amd_per_person_month: NonNegative
    share: Share = 1.0


class HotMeals(Intervention):
    """Cooked meals for displaced persons who can't cook."""

    channels: ClassVar[tuple[Channel, ...]] = ("supply",)
    evidence: ClassVar[str] = "2023: 2,000 meals a day in Goris on 28 September (B13)."
    kind: Literal["hot_meals"]
    meals_per_day: NonNegative


class ShelterRepair(PlacedIntervention):
    """Homes made fit to live in again."""

    channels: ClassVar[tuple[Channel, ...]] = ("shelter", "return")
    evidence: ClassVar[str] = "Return follows conditions at home (Alrababah et al., Syrians; direction only)."
    kind: Literal["shelter_repair"]
    homes_per_day: NonNegative


class Forwarding(Intervention):
    """Whoever comes to the node ``at`` is sent on to ``to``, and to nowhere else."""

    channels: ClassVar[tuple[Channel, ...]] = ("mobility",)
    evidence: ClassVar[str] = "Transit sites on lake shores and borders from which people were taken on to camps."
    kind: Literal["forwarding"]
    at: str
    to: str


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
AnyIntervention = Annotated[
    Ceasefire
    | AssuranceGiven
    | Monitoring
    | Peacekeepers
    | Roadmap
    | GradualHandover
    | CorridorOpen
    | FuelRelease
    | Buses
    | AidConvoys
    | RoadPermission
    | Repair
    | Distribution
    | EscortedReturn
    | StateAccommodation
    | Cash
    | HotMeals
    | ShelterRepair
    | Forwarding,
    Field(discriminator="kind"),
]
