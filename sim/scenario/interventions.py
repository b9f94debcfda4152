"""What somebody chooses: interventions, dated, closed, told apart by ``kind``."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from sim.place.sectors import Sector
from sim.scenario.actions import (
    Assurance,
    Channel,
    Closed,
    Commodity,
    Intervention,
    PlacedIntervention,
    Road,
    Targeting,
)
from sim.scenario.fields import FrozenDict, NonNegative, Share


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
