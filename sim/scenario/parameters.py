"""Every number the model takes: unit, permitted range and meaning, grouped by the process that reads it.

Values live in scenario files; this module is the closed list of names that those files may use.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_type_hints


@dataclass(frozen=True, slots=True)
class Spec:
    """What a parameter is: its group (the process that reads it), unit, closed range and meaning."""

    name: str
    group: str
    unit: str
    low: float
    high: float
    meaning: str


def quantity(unit: str, low: float, high: float, meaning: str) -> Any:
    """Declare a parameter of ``unit`` within ``[low, high]``."""
    return field(metadata={"unit": unit, "low": low, "high": high, "meaning": meaning})


def share(meaning: str) -> Any:
    """Declare a share within [0, 1]."""
    return quantity("share", 0.0, 1.0, meaning)


def hazard_ratio(meaning: str) -> Any:
    """Declare a hazard ratio, the multiple of a hazard at full exposure against none."""
    return quantity("hazard ratio", 1e-6, 1e6, meaning)


def per_day(meaning: str) -> Any:
    """Declare a rate or hazard per day."""
    return quantity("1/day", 0.0, 1000.0, meaning)


@dataclass(frozen=True, slots=True)
class Residents:
    """Who lives in the territory at the start."""

    residents_total: float = quantity("persons", 1.0, 5e7, "residents present at the start")
    household_size_mean: float = quantity("persons/household", 1.0, 12.0, "mean household size")
    child_share: float = share("persons under 18")
    older_share: float = share("persons of 65 and over")
    female_share: float = share("female persons")
    disability_share: float = share("persons with a disability")
    vehicle_household_share: float = share("households with a working vehicle")
    kin_household_share: float = share("households with close kin in Armenia")


@dataclass(frozen=True, slots=True)
class Decisions:
    """Stay → ready to leave: the hazard of the decision."""

    leave_base_per_day: float = per_day("scale of the hazard of deciding to leave")
    hr_insecurity: float = hazard_ratio("of leaving, insecurity 1 (adverse control, no guarantees) against 0")
    hr_threat: float = hazard_ratio("of leaving, threat 1 (full memory of violence) against 0")
    hr_deprivation: float = hazard_ratio("of leaving, no basic need met against all met")
    hr_service_loss: float = hazard_ratio("of leaving, all services lost against none")
    hr_peers: float = hazard_ratio("of leaving, all neighbours gone against none gone")
    hr_road_known_open: float = hazard_ratio("of leaving, the road known to be open against closed")
    hr_children: float = hazard_ratio("of leaving, household with children against without")
    hr_older: float = hazard_ratio("of leaving, household with older people against without")
    hr_disability: float = hazard_ratio("of leaving, household with a person with a disability against without")
    hr_vehicle: float = hazard_ratio("of leaving, household with a vehicle against without")
    hr_kin: float = hazard_ratio("of leaving, household with kin in Armenia against without")
    leave_frailty_variance: float = quantity("1", 0.0, 10.0, "variance of the gamma frailty of leaving")
    news_delay_hours: float = quantity("h", 0.0, 240.0, "mean delay until the road's opening is known")


@dataclass(frozen=True, slots=True)
class Guarantees:
    """How assurances become trust."""

    strength_ceasefire_kept: float = share("of guarantees that a fully believed ceasefire gives")
    strength_peacekeepers: float = share("of guarantees that fully believed armed peacekeepers give")
    strength_monitors: float = share("of guarantees that a fully believed unarmed monitoring mission gives")
    strength_executive_administration: float = share("of guarantees that a transitional administration gives")
    strength_legal_rights: float = share("of guarantees that believed legal rights and citizenship give")
    strength_amnesty: float = share("of guarantees that an amnesty and prisoners' return give")
    strength_heritage: float = share("of guarantees that protection of cultural heritage gives")
    strength_aid_access: float = share("of guarantees that unhindered aid access gives")
    strength_outside_pressure: float = share("of guarantees that outside states' pressure gives")
    strength_renouncing_force: float = share("of guarantees that renouncing force gives")
    strength_autonomy: float = share("of guarantees that residents' own institutions, agreed to, give")
    credibility_initial_presence: float = share("belief at first in assurances that rest on people present")
    credibility_initial_declaration: float = share("belief at first in assurances that are declarations")
    credibility_gain_days: float = quantity("day", 0.1, 10000.0, "time constant of growing belief while kept")
    credibility_loss_per_violation: float = share("of belief in an assurance lost at each incident near home")
    credibility_loss_late_milestone: float = share("of belief in a whole roadmap lost when a step falls overdue")
    credibility_loss_failed_milestone: float = share("of belief in a whole roadmap lost when a step is given up")
    milestone_grace_days: float = quantity("day", 0.0, 1000.0, "after its date until a step counts as overdue")
    credibility_loss_departure: float = share("of belief in all other assurances lost when a mission leaves")
    monitors_verification_gain: float = quantity(
        "1", 1.0, 100.0, "growth of belief under full monitoring, against none"
    )


@dataclass(frozen=True, slots=True)
class Violence:
    """Incidents, their harm and their memory."""

    incidents_offensive_per_day: float = quantity("incidents/day", 0.0, 1e4, "in the whole territory, offensive")
    incidents_unsettled_per_day: float = quantity("incidents/day", 0.0, 1e4, "in the whole territory, no ceasefire")
    ceasefire_violation_share: float = share("of unsettled incidents that continue under a ceasefire")
    excitation_share: float = quantity("share", 0.0, 0.95, "incidents that each incident sets off, mean")
    excitation_hours: float = quantity("h", 0.1, 1000.0, "mean delay of incidents set off")
    deaths_per_incident: float = quantity("persons/incident", 0.0, 100.0, "mean deaths among residents")
    injuries_per_death: float = quantity("persons/death", 0.0, 100.0, "injured residents for each death")
    threat_per_incident: float = quantity("1/incident", 0.0, 10.0, "memory added by an incident at home")
    threat_elsewhere_share: float = share("of an incident's memory felt in other settlements")
    threat_memory_days: float = quantity("day", 0.1, 10000.0, "time constant of forgetting violence")
    hr_monitors_violence: float = hazard_ratio("of incidents, full coverage by unarmed monitors against none")
    hr_peacekeepers_violence: float = hazard_ratio("of incidents, full coverage by armed peacekeepers against none")
    peacekeepers_government_share: float = share("of peacekeepers' effect (on a log scale) left against an army")
    civilian_death_share: float = share("of deaths from incidents that are civilians'")
    ceasefire_collapse_per_day: float = per_day("hazard that a ceasefire collapses while it is kept")
    hr_violations_collapse: float = hazard_ratio("of collapse, a week full of violations against none")
    hr_monitors_collapse: float = hazard_ratio("of collapse, full coverage by unarmed monitors against none")
    hr_peacekeepers_collapse: float = hazard_ratio("of collapse, full coverage by armed peacekeepers against none")
    renewed_fighting_intensity: float = quantity(
        "1", 0.0, 100.0, "incidents after a collapse, multiple of an offensive's"
    )
    renewed_fighting_days: float = quantity("day", 0.0, 1000.0, "fighting that follows a collapse")


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """Services and their repair."""

    damage_chance_per_incident: float = share("chance that an incident at its settlement damages a facility")
    damage_severity: float = share("chance of each further step up the damage states, given damage")
    repair_time_factor: float = quantity("1", 0.01, 100.0, "repair times against those in the restoration table")
    repair_time_variation: float = quantity("1", 0.0, 5.0, "coefficient of variation of a repair's time")
    repair_crews: float = quantity("crews", 0.0, 1e4, "crews that repair facilities of any sector")
    repair_speed_without_parts: float = share("of the speed of repair without any spare parts from outside")
    security_delay_days: float = quantity("day", 0.0, 1000.0, "from the end of fighting until crews go there")
    rationed_demand_share: float = quantity("share", 0.01, 1.0, "of normal power demand while power is rationed")
    reservoir_inflow_factor: float = quantity("1", 0.0, 100.0, "inflow of reservoirs against that in their table")
    backup_power_share: float = share("of function on generators without any power, while fuel lasts")


@dataclass(frozen=True, slots=True)
class Aid:
    """Stocks, trade, convoys and consumption."""

    food_kg_per_person_day: float = quantity("kg/person/day", 0.0, 10.0, "dry ration of full energy")
    water_litres_per_person_day: float = quantity("l/person/day", 0.0, 1000.0, "water for all basic uses")
    medical_kg_per_person_day: float = quantity("kg/person/day", 0.0, 1.0, "medical supplies")
    fuel_kg_per_person_day: float = quantity("kg/person/day", 0.0, 10.0, "household and services fuel")
    shelter_kg_per_person_day: float = quantity("kg/person/day", 0.0, 1.0, "winter items in the coldest month")
    hygiene_kg_per_person_day: float = quantity("kg/person/day", 0.0, 1.0, "hygiene items")
    local_food_share: float = share("of food need covered by local production")
    local_water_share: float = share("of water need met from wells and springs")
    stock_days_initial: float = quantity("day", 0.0, 365.0, "of full consumption in stock at the start")
    trade_tonnes_per_day: float = quantity("t/day", 0.0, 1e5, "imports of all goods while the road is open to trade")
    convoy_payload_tonnes: float = quantity("t", 0.1, 1000.0, "payload of one truck")
    convoy_loading_hours: float = quantity("h", 0.0, 240.0, "loading and unloading of one convoy")
    distribution_days: float = quantity("day", 0.01, 365.0, "time constant from depot to settlement")
    ration_threshold_days: float = quantity("day", 0.0, 365.0, "days of stock in a settlement below which it rations")
    inbound_capacity_share: float = share("of the crossing's full capacity that trucks inbound find, besides")
    loss_share: float = share("of goods lost between loading and the depot")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Vehicles, fuel, buses and the queue at the crossing."""

    checkpoint_initial_per_hour: float = quantity("vehicles/h", 0.0, 1e5, "crossing capacity just after it opens")
    checkpoint_full_per_hour: float = quantity("vehicles/h", 0.0, 1e5, "crossing capacity at its fullest, by day")
    checkpoint_ramp_hours: float = quantity("h", 0.1, 2400.0, "from opening until the crossing is at its fullest")
    night_capacity_share: float = share("of the crossing's day capacity that is left from 20:00 to 08:00")
    crossing_noise_share: float = share("standard deviation of the crossing's capacity around its mean")
    crossing_noise_hours: float = quantity("h", 0.1, 1000.0, "time over which such a deviation lasts")
    queue_tolerance_hours: float = quantity("h", 0.1, 1e6, "wait at the crossing beyond which vehicles hold back")
    free_flow_kmh: float = quantity("km/h", 1.0, 150.0, "speed on an empty road")
    fuelled_share: float = share("of vehicles with fuel for the journey at the start")
    station_vehicles_per_hour: float = quantity("vehicles/h/station", 0.0, 1000.0, "vehicles that one station fills")
    fuel_litres_per_vehicle: float = quantity("l/vehicle", 0.1, 200.0, "petrol that one vehicle takes for the journey")
    ride_share_probability: float = share("vehicles whose free seats are open to households without one")
    vehicle_seats: float = quantity("persons/vehicle", 1.0, 60.0, "most persons in one vehicle")
    bus_seats: float = quantity("persons/bus", 1.0, 120.0, "seats of one bus")
    bus_turnaround_hours: float = quantity("h", 0.1, 240.0, "of one bus without waiting at the crossing")
    transit_deaths_per_million_person_hours: float = quantity("deaths/10^6 person-h", 0.0, 1e5, "on the road")


@dataclass(frozen=True, slots=True)
class Reception:
    """Registration, choice of province and later moves."""

    registration_persons_per_hour: float = quantity("persons/h", 0.0, 1e6, "all registration centres together")
    registration_first_share: float = share("of registration capacity at the first centre; the others share the rest")
    destination_log_size: float = quantity("1", 0.0, 10.0, "weight of log population in the choice of province")
    destination_per_100km: float = quantity("1/100 km", 0.0, 10.0, "loss of utility for each 100 km of distance")
    destination_kin: float = quantity("1", 0.0, 10.0, "gain of utility where a household has kin")
    drift_per_day: float = per_day("hazard of moving on from the first province")
    drift_log_size: float = quantity("1", 0.0, 10.0, "weight of log population in moving on")
    abroad_share: float = share("of onward moves that leave Armenia")
    hr_crowding: float = hazard_ratio("of moving on, nobody in the province decently housed against everybody")


@dataclass(frozen=True, slots=True)
class Shelter:
    """Ways of being sheltered in a province."""

    kin_host_share: float = share("of households whose kin in the same province take them in")
    host_places_per_1000: float = quantity("persons/1000 residents", 0.0, 1000.0, "room at 3.5 m2 in host homes")
    rent_own_share: float = share("of households that rent a home by their own means")
    rental_places_per_1000: float = quantity("persons/1000 residents", 0.0, 1000.0, "in vacant homes to let")
    rent_amd_per_person_month: float = quantity("AMD/person/month", 1.0, 1e7, "rent and utilities")
    rent_search_days: float = quantity(
        "day", 0.01, 1000.0, "mean time to find a home that cash pays for, while all are vacant"
    )
    state_take_up_share: float = share("of households without other shelter that take a state bed")
    hot_meals_per_person_day: float = quantity("meals/person/day", 0.0, 10.0, "for those who can't cook")


@dataclass(frozen=True, slots=True)
class Homes:
    """Homes left behind: damage, decay and repair."""

    homes_damaged_per_incident: float = quantity("homes/incident", 0.0, 1e4, "made unfit to live in, mean")
    home_repair_days: float = quantity("day", 0.1, 10000.0, "time constant of repair by residents who are there")
    home_loss_days: float = quantity("day", 1.0, 1e6, "time constant of losing homes that stand empty")


@dataclass(frozen=True, slots=True)
class Return:
    """Displaced → returned."""

    return_base_per_day: float = per_day("hazard of deciding to return to a safe, served home")
    hr_return_elsewhere: float = hazard_ratio(
        "of settling where one's own side holds, home being held by another, against going home to there"
    )
    hr_return_insecurity: float = hazard_ratio("of returning, insecurity 1 at home against 0")
    hr_return_threat: float = hazard_ratio("of returning, threat 1 at home against 0")
    hr_return_service_loss: float = hazard_ratio("of returning, all services at home lost against none")
    hr_return_peers: float = hazard_ratio("of returning, all neighbours back against none")
    hr_return_home_damage: float = hazard_ratio("of returning, all homes there unfit to live in against none")
    return_frailty_variance: float = quantity("1", 0.0, 10.0, "variance of the gamma frailty of returning")
    return_persons_per_day: float = quantity("persons/day", 0.0, 1e6, "return journeys possible without escort")


@dataclass(frozen=True, slots=True)
class Flight:
    """Choice of a destination on an open network; without effect where everybody leaves by one crossing."""

    leave_size_elasticity: float = quantity("1", 0.0, 2.0, "of a settlement's departures with respect to its residents")
    destination_km_elasticity: float = quantity("1", 0.0, 10.0, "loss of a destination's pull with the way there")
    destination_km_offset: float = quantity("km", 0.1, 5000.0, "added to the way: what setting out costs anyhow")
    conflict_detour_km: float = quantity("km", 0.0, 5000.0, "that a settlement in conflict on the way weighs")
    destination_stock_elasticity: float = quantity("1", 0.0, 1.0, "of a destination's pull as to who is there")
    destination_stock_offset: float = quantity("persons", 1.0, 1e6, "added to who is there")
    destination_full_pull: float = share("of its pull left to a destination that is full; 1 leaves capacity out")


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters, one group for each process."""

    residents: Residents
    decisions: Decisions
    guarantees: Guarantees
    violence: Violence
    infrastructure: Infrastructure
    aid: Aid
    traffic: Traffic
    reception: Reception
    returns: Return
    shelter: Shelter
    homes: Homes
    flight: Flight

    @classmethod
    def from_values(cls, values: Mapping[str, float]) -> Parameters:
        """Build the groups from a complete mapping of name → value."""
        groups = {}
        for group, kind in get_type_hints(cls).items():
            groups[group] = kind(**{item.name: values[item.name] for item in fields(kind)})
        return cls(**groups)


def _specs() -> dict[str, Spec]:
    found: dict[str, Spec] = {}
    for group, kind in get_type_hints(Parameters).items():
        for item in dataclasses.fields(kind):
            found[item.name] = Spec(name=item.name, group=group, **item.metadata)
    return found


SPECS: dict[str, Spec] = _specs()
"""Name → :class:`Spec` of every parameter; the closed list that scenario files are checked against."""

ASSURANCES: tuple[str, ...] = tuple(
    item.name.removeprefix("strength_") for item in fields(Guarantees) if item.name.startswith("strength_")
)
"""The assurances that can be in force, in the order of their strength parameters."""
