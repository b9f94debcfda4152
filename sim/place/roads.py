"""The road network: a table of links becomes a graph that is checked to reach everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx

from sim.errors import Problem, SeedError, did_you_mean
from sim.place.read import Column, Row, choice, name, number, optional, read_tables, shown, text

if TYPE_CHECKING:
    Graph = nx.Graph[str]
else:
    Graph = nx.Graph

QUEUE = "crossing"
COLUMNS: Mapping[str, Column] = {
    "from": name(),
    "to": name(),
    "km": number(0.01, 5000.0),
    "kmh": optional(number(1.0, 150.0)),
    "road": text(),
    "queue": choice("", QUEUE),
    "basis": choice("reported", "measured", "estimated", "derived", "assumed"),
    "source_id": name(),
    "note": text(),
}


def read_roads(paths: Sequence[Path]) -> Graph:
    """Read the links of ``roads.csv``: nodes are names; edges have ``km``, ``kmh`` (or None), ``road``, ``queue``."""
    rows = read_tables(paths, COLUMNS, _ends)
    problems = list(_link_problems(shown(paths[-1]), rows))
    if problems:
        raise SeedError(problems)
    graph: Graph = nx.Graph()
    for row in rows:
        graph.add_edge(row["from"], row["to"], **{key: row[key] for key in ("km", "kmh", "road", "queue")})
    nx.freeze(graph)
    return graph


def _ends(row: Row) -> frozenset[str]:
    """Return the two ends of a link, whichever comes first."""
    return frozenset((row["from"], row["to"]))


def _link_problems(file: str, rows: Sequence[Row]) -> Iterable[Problem]:
    """Yield links to themselves and links given twice."""
    pairs = Counter(map(_ends, rows))
    for row in rows:
        key, link = f"line {row['line']}", _ends(row)
        if len(link) == 1:
            yield Problem(file, key, f"a road from {row['from']} to itself", "a road between two places")
        elif pairs[link] > 1:
            yield Problem(file, key, f"{row['from']}–{row['to']} more than once", "each road once")


def unknown_nodes(file: str, key: str, names: Iterable[str], graph: Graph) -> Iterable[Problem]:
    """Yield the ``names`` that no road of ``graph`` reaches at all."""
    for node in names:
        if node not in graph:
            near = did_you_mean(node, graph)
            yield Problem(file, key, f"`{node}`", "a node of roads.csv", near or "Add a road that leads there")


def unconnected(file: str, names: Iterable[str], graph: Graph, goal: str) -> Iterable[Problem]:
    """Yield the ``names`` from which no chain of roads leads to ``goal``."""
    reached = nx.node_connected_component(graph, goal) if goal in graph else set()
    for node in names:
        if node in graph and node not in reached:
            yield Problem(file, node, f"no way to {goal}", f"a chain of roads to {goal}", "Add the missing road")


def crossing_problems(file: str, crossing: str, graph: Graph) -> Iterable[Problem]:
    """Yield a problem unless exactly one road is marked as the crossing's queue and touches the crossing."""
    queued = [(a, b) for a, b, edge in graph.edges(data=True) if edge["queue"] == QUEUE]
    if len(queued) != 1 or crossing not in queued[0]:
        found = "; ".join("–".join(link) for link in queued) or "no such road"
        yield Problem(file, "queue", found, f"one road at {crossing} marked `{QUEUE}`")


def shortest(graph: Graph, a: str, b: str, free_flow_kmh: float | None) -> list[str]:
    """Return the nodes of the shortest way, or of the fastest; roads without a speed get ``free_flow_kmh``."""
    if free_flow_kmh is None:
        return [str(node) for node in nx.shortest_path(graph, a, b, weight="km")]

    def hours(_a: str, _b: str, edge: Mapping[str, Any]) -> float:
        return float(edge["km"]) / float(edge["kmh"] or free_flow_kmh)

    return [str(node) for node in nx.shortest_path(graph, a, b, weight=hours)]
