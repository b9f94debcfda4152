"""A place that a scenario carries itself: settlements, destinations and the roads between, any country's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_serializer, model_validator
from pydantic_core.core_schema import SerializerFunctionWrapHandler

from sim.scenario.actions import Closed
from sim.scenario.fields import Line, NonNegative, Unexpected

MOST_PLACES = 5000
MOST_PAIRS = 4_000_000
"""Ways of which each is known; they take some 1 GB of memory."""


def _no_formula(name: str) -> str:
    if name[0] in "=+-@":
        raise Unexpected(
            "a name that starts otherwise than a formula of a spreadsheet does", f"a name that starts with `{name[0]}`"
        )
    return name


PlaceName = Annotated[Line, Field(max_length=100), AfterValidator(_no_formula)]
Latitude = Annotated[float, Field(ge=-90.0, le=90.0)]
Longitude = Annotated[float, Field(ge=-180.0, le=180.0)]
Km = Annotated[float, Field(gt=0.0, le=20_000.0)]
Day = Annotated[float, Field(ge=-36_500.0, le=36_500.0)]
Count = tuple[Day, NonNegative]


class NetworkSettlement(Closed):
    """Where residents live; ``region`` groups settlements as a district does."""

    name: PlaceName
    region: PlaceName = "all"
    country: str = ""
    lat: Latitude
    lon: Longitude
    residents: NonNegative


class NetworkDestination(Closed):
    """Where the displaced are received, such as a camp.

    ``capacity`` is how many it holds as far as people know, ``persons`` who came before the start, and ``counts``
    are observed persons by day since the start: they score a run and never enter one.
    """

    name: PlaceName
    country: str = ""
    lat: Latitude
    lon: Longitude
    capacity: NonNegative | None = None
    persons: NonNegative = 0.0
    counts: Annotated[tuple[Count, ...], Field(max_length=10_000)] = ()

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value is not None}


class Network(Closed):
    """Settlements, destinations and roads; every other name in ``roads`` is a junction.

    ``roads`` are links ``[from, to, km]`` that can be travelled both ways. From a place without any road nobody gets
    away, and nobody gets there.
    """

    title: Line
    utc_offset_hours: Annotated[float, Field(ge=-14.0, le=14.0)] = 0.0
    settlements: Annotated[tuple[NetworkSettlement, ...], Field(min_length=1, max_length=MOST_PLACES)]
    destinations: Annotated[tuple[NetworkDestination, ...], Field(min_length=1, max_length=MOST_PLACES)]
    roads: Annotated[tuple[tuple[PlaceName, PlaceName, Km], ...], Field(min_length=1, max_length=10 * MOST_PLACES)]

    @model_validator(mode="after")
    def _holds_together(self) -> Network:
        for found, expected, remedy in _faults(self):
            raise Unexpected(expected, found, remedy)
        return self

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every name on the network, settlements and destinations first."""
        ends = (end for a, b, _ in self.roads for end in (a, b))
        return tuple(dict.fromkeys([*_names(self.settlements), *_names(self.destinations), *ends]))


def _names(items: Iterable[NetworkSettlement | NetworkDestination]) -> list[str]:
    return [item.name for item in items]


def _faults(network: Network) -> Iterator[tuple[str, str, str]]:
    """Yield what contradicts itself: found, expected, remedy."""
    names = [*_names(network.settlements), *_names(network.destinations)]
    for name in sorted(name for name, times in Counter(names).items() if times > 1):
        yield f"the name `{name}` more than once", "a name of its own for each settlement and destination", ""
    pairs = len(network.settlements) * len(network.destinations)
    if pairs > MOST_PAIRS:
        yield f"{pairs:,} pairs of settlement and destination", f"at most {MOST_PAIRS:,}", "leave out the smallest"
    links: set[frozenset[str]] = set()
    for a, b, _ in network.roads:
        if a == b:
            yield f"a road from `{a}` to itself", "roads between two places", ""
        if frozenset((a, b)) in links:
            yield f"the road {a}–{b} more than once", "each road once, in either direction", ""
        links.add(frozenset((a, b)))
    if sum(item.residents for item in network.settlements) <= 0.0:
        yield "no residents", "residents in at least one settlement", ""
