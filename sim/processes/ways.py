"""Ways on an open network: the shortest from everywhere to every destination, as roads, places and fighting allow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from sim.place.place import Place

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Ways:
    """The links of a place, and the ways over those that are open.

    Attributes
    ----------
    nodes : name → number of every node of the road network
    homes, ends : shape (n_settlements,) and (n_destinations,), their nodes
    """

    def __init__(self, place: Place) -> None:
        self.nodes = {name: i for i, name in enumerate(place.roads)}
        self.homes: Ids = np.array([self.nodes[item.name] for item in place.settlements], dtype=np.int64)
        self.ends: Ids = np.array([self.nodes[item.centre] for item in place.provinces], dtype=np.int64)
        links = [(self.nodes[a], self.nodes[b], float(edge["km"])) for a, b, edge in place.roads.edges(data=True)]
        a, b, km = (np.array(column) for column in zip(*links, strict=True))
        self._from: Ids = np.concatenate([a, b])
        self._to: Ids = np.concatenate([b, a])
        self._km: Floats = np.concatenate([km, km])

    def usable(self, shut_links: set[frozenset[int]], shut_nodes: set[int], forwarding: dict[int, int]) -> Flags:
        """Return which directed links can be used, shape (n_links,).

        Parameters
        ----------
        shut_links : links closed in both directions
        shut_nodes : nodes that nobody enters or leaves
        forwarding : node → the only node to which people are let go from there
        """
        good = ~np.isin(self._from, list(shut_nodes)) & ~np.isin(self._to, list(shut_nodes))
        for i in np.flatnonzero(good).tolist() if shut_links or forwarding else []:
            a, b = int(self._from[i]), int(self._to[i])
            good[i] = frozenset((a, b)) not in shut_links and forwarding.get(a, b) == b
        return np.asarray(good)

    def lengths(self, usable: Flags, detours: Floats) -> Floats:
        """Return the length of the shortest way from every node to each destination; inf without any.

        Parameters
        ----------
        usable : shape (n_links,)
        detours : shape (n_nodes,) [km], what passing a node weighs besides; where one sets out it weighs nothing

        Returns
        -------
        shape (n_nodes, n_destinations) [km]
        """
        n = len(self.nodes)
        weight = (self._km + detours[self._to])[usable]
        backwards = csr_array((weight, (self._to[usable], self._from[usable])), shape=(n, n))
        return np.asarray(dijkstra(backwards, indices=self.ends)).T
