"""The names of places and aid roads that a scenario may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.scenario.schema import PlaceRef


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names in a dataset; ``aliases`` maps other names of settlements to the one in use."""

    districts: tuple[str, ...]
    settlements: tuple[str, ...]
    roads: tuple[str, ...]
    facilities: tuple[str, ...]
    aliases: Mapping[str, str]
    provinces: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    links: frozenset[frozenset[str]] = frozenset()


@lru_cache(maxsize=16)
def gazetteer(dataset: str) -> Gazetteer:
    """Return the names in ``seeds/<dataset>``; loading it ensures that each settlement has a road to the crossing."""
    from sim.place.place import load_place

    place = load_place(dataset)
    return Gazetteer(
        districts=tuple(place.districts),
        settlements=tuple(item.name for item in place.settlements),
        roads=tuple(place.aid_heads),
        facilities=tuple(site.name for site in place.facilities.sites),
        aliases={name: item.name for item in place.settlements for name in (item.alt_name, item.title)},
        provinces=tuple(item.name for item in place.provinces),
        nodes=tuple(place.roads),
        links=frozenset(frozenset(link) for link in place.roads.edges),
    )


def names_of(place: PlaceRef) -> Gazetteer:
    """Return the names of the dataset that ``place`` refers to, or of the network that it holds."""
    if place.network is None:
        return gazetteer(place.dataset)
    network = place.network
    return Gazetteer(
        districts=tuple(dict.fromkeys(item.region for item in network.settlements)),
        settlements=tuple(item.name for item in network.settlements),
        roads=(),
        facilities=(),
        aliases={},
        provinces=tuple(item.name for item in network.destinations),
        nodes=network.nodes,
        links=frozenset(frozenset((a, b)) for a, b, _ in network.roads),
    )
