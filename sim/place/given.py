"""The place that a scenario carries itself, made into what the model knows of the ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from sim.place.facilities import plain_facilities
from sim.place.place import Place, Province, Settlement, load_place
from sim.place.roads import Graph

if TYPE_CHECKING:
    from sim.scenario.network import Network
    from sim.scenario.schema import PlaceRef

URBAN_RESIDENTS = 50_000.0
"""Residents from which a settlement counts as urban (degree of urbanisation, UN Statistical Commission 2020)."""


def place_of(reference: PlaceRef) -> Place:
    """Return the place that a scenario refers to, or that it carries."""
    return load_place(reference.dataset) if reference.network is None else given_place(reference.network)


def given_place(network: Network) -> Place:
    """Return the place of a network: no crossing, no registration, no aid roads; destinations stand for provinces."""
    settlements = _settlements(network)
    districts = tuple(dict.fromkeys(item.district for item in settlements))
    index = np.array([districts.index(item.district) for item in settlements], dtype=np.int64)
    index.flags.writeable = False
    return Place(
        name="network",
        title=network.title,
        utc_offset_hours=network.utc_offset_hours,
        settlements=settlements,
        provinces=_destinations(network),
        roads=_roads(network),
        crossing="",
        reception="",
        registration=(),
        host_country="",
        districts=districts,
        district_index=index,
        aid_heads={},
        facilities=plain_facilities(settlements),
    )


def _settlements(network: Network) -> tuple[Settlement, ...]:
    total = sum(item.residents for item in network.settlements)
    return tuple(
        Settlement(
            name=item.name,
            alt_name="",
            district=item.region,
            kind="city" if item.residents >= URBAN_RESIDENTS else "town",
            lat=item.lat,
            lon=item.lon,
            weight=item.residents / total,
            urban=item.residents >= URBAN_RESIDENTS,
        )
        for item in network.settlements
    )


def _destinations(network: Network) -> tuple[Province, ...]:
    return tuple(
        Province(
            name=item.name,
            centre=item.name,
            lat=item.lat,
            lon=item.lon,
            residents=1.0,
            km_from_reception=0.0,
            capacity=np.inf if item.capacity is None else item.capacity,
            persons=item.persons,
        )
        for item in network.destinations
    )


def _roads(network: Network) -> Graph:
    graph: Graph = nx.Graph()
    graph.add_nodes_from(network.nodes)
    for a, b, km in network.roads:
        graph.add_edge(a, b, km=km, kmh=None, road="", queue="")
    nx.freeze(graph)
    return graph
