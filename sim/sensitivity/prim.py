"""Scenario discovery by the patient rule induction method (Friedman & Fisher 1999; Bryant & Lempert 2010).

With a hundred assumptions peeling always finds something, so assumptions have to earn their place first: the single
cut with the most wanted cases on one side is set against the best cut of any assumption for shuffled outcomes, then
the best further cut within it, and so on until chance does as well. On those assumptions a box is peeled, a twentieth
of its cases at a time, wherever what is left is richest in wanted cases; of all boxes on the way the one with the most
wanted cases beyond what its size would hold is taken, its edges are set anew, and each is tested once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.population.streams import Streams

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Limits = dict[int, tuple[float, float]]
"""Column → lowest and highest value within the box; columns without limits are missing."""

PEEL = 0.05
LEAST_MASS = 0.05
LEAST_CASES = 8
LEVEL = 0.01
SHUFFLES = 499
FOLDS = 5
NOWHERE = (-np.inf, np.inf)


@dataclass(frozen=True)
class Restriction:
    """One edge of a box: ``name`` is at least, or at most, ``value``.

    ``p`` is the share of shuffles in which any restriction of any assumption did as well; ``share`` that of all cases
    which it lets in by itself.
    """

    name: str
    at_least: bool
    value: float
    p: float
    share: float


@dataclass(frozen=True)
class Box:
    """A region of the assumptions in which what is wanted comes about more often than elsewhere.

    Attributes
    ----------
    restrictions : its edges, the surest and strongest first
    n, n_wanted : cases, and wanted cases
    inside, inside_wanted : those within the box
    p : share of shuffled outcomes in which any assumption separates wanted cases as well as the best one does
    held_out_density, held_out_coverage : of boxes found in four fifths of the cases, on the other fifth; NaN if none
    """

    restrictions: tuple[Restriction, ...]
    n: int
    n_wanted: int
    inside: int
    inside_wanted: int
    p: float = float("nan")
    held_out_density: float = float("nan")
    held_out_coverage: float = float("nan")

    @property
    def mass(self) -> float:
        """Share of cases that lie within."""
        return self.inside / self.n

    @property
    def density(self) -> float:
        """Share of cases within that are wanted."""
        return self.inside_wanted / self.inside

    @property
    def coverage(self) -> float:
        """Share of wanted cases that lie within."""
        return self.inside_wanted / self.n_wanted

    @property
    def base_rate(self) -> float:
        """Share of all cases that are wanted."""
        return self.n_wanted / self.n

    @property
    def density_outside(self) -> float:
        """Share of cases outside that are wanted; NaN if all lie within."""
        outside = self.n - self.inside
        return (self.n_wanted - self.inside_wanted) / outside if outside else float("nan")

    @property
    def limits(self) -> dict[str, tuple[float, float]]:
        """Name → lowest and highest value within, infinite where there is no edge."""
        found: dict[str, tuple[float, float]] = {}
        for item in self.restrictions:
            low, high = found.get(item.name, NOWHERE)
            found[item.name] = (item.value, high) if item.at_least else (low, item.value)
        return found

    def holds(self, assumed: pd.DataFrame) -> Flags:
        """Return which rows of ``assumed`` lie within, shape (n_rows,)."""
        inside = np.ones(len(assumed), dtype=bool)
        for name, (low, high) in self.limits.items():
            inside &= assumed[name].between(low, high).to_numpy()
        return inside


@dataclass(frozen=True)
class Cases:
    """Assumptions, shape (n_cases, n_columns), whether each case is wanted, and the order of each column's values."""

    x: Floats
    wanted: Flags
    order: NDArray[np.int64] = field(repr=False)

    @classmethod
    def of(cls, x: Floats, wanted: Flags) -> Cases:
        """Return cases with their order."""
        return cls(x, wanted, np.argsort(x, axis=0, kind="stable"))

    def of_rows(self, rows: Flags) -> Cases:
        """Return some of the cases."""
        return Cases.of(self.x[rows], self.wanted[rows])

    def within(self, limits: Mapping[int, tuple[float, float]]) -> Flags:
        """Return which cases lie within ``limits``."""
        inside = np.ones(len(self.x), dtype=bool)
        for column, (low, high) in limits.items():
            inside &= (self.x[:, column] >= low) & (self.x[:, column] <= high)
        return inside

    def excess(self, inside: Flags) -> float:
        """Return how many more wanted cases lie inside than that many cases hold on average."""
        return float(self.wanted[inside].sum() - inside.sum() * self.wanted.mean())


def find_box(assumed: pd.DataFrame, wanted: Flags, seed: int = 0) -> Box | None:
    """Return the region in which ``wanted`` cases come about most, or None if chance finds as good a one.

    Parameters
    ----------
    assumed : one row for each case, one column for each assumption
    wanted : shape (n_cases,)
    seed : root of the shuffles and folds
    """
    varying = [name for name in assumed if assumed[name].nunique() > 1]
    wanted = np.asarray(wanted, dtype=bool)
    if not varying or not LEAST_CASES <= wanted.sum() <= wanted.size - LEAST_CASES:
        return None
    cases = Cases.of(assumed[varying].to_numpy(dtype=float), wanted)
    generator = Streams(seed).generator("prim")
    limits, p_values, p = _fit(cases, generator)
    if not limits:
        return None
    inside = cases.within(limits)
    box = Box(
        _restrictions(cases, limits, p_values, [str(name) for name in varying]),
        n=wanted.size,
        n_wanted=int(wanted.sum()),
        inside=int(inside.sum()),
        inside_wanted=int(wanted[inside].sum()),
        p=p,
    )
    density, coverage = _held_out(cases, generator)
    return replace(box, held_out_density=density, held_out_coverage=coverage)


def peel(cases: Cases, columns: Sequence[int]) -> Limits:
    """Return the box on the peeling trajectory over ``columns`` with most wanted cases in excess of its size."""
    chosen = np.asarray(columns)
    inside = np.ones(len(cases.x), dtype=bool)
    limits: Limits = {}
    best, most = limits, 0.0
    least = max(LEAST_CASES, LEAST_MASS * len(cases.x))
    while True:
        x, wanted = cases.x[inside][:, chosen], cases.wanted[inside]
        removed = max(1, int(PEEL * len(x)))
        if len(x) - removed < least or wanted.all():
            return best
        ordered = np.partition(x, (removed, len(x) - 1 - removed), axis=0)
        edges = np.stack([ordered[removed], ordered[len(x) - 1 - removed]])
        kept = np.stack([x >= edges[0], x <= edges[1]])
        size = kept.sum(axis=1)
        rate = np.where(size < len(x), (wanted[None, :, None] & kept).sum(axis=1) / size, -1.0)
        side, place = np.unravel_index(int(np.argmax(rate)), rate.shape)
        if rate[side, place] < 0:
            return best
        column, edge = int(chosen[place]), float(edges[side, place])
        low, high = limits.get(column, NOWHERE)
        limits = {**limits, column: (low, edge) if side else (edge, high)}
        inside = cases.within(limits)
        excess = cases.excess(inside)
        if excess > most:
            best, most = limits, excess


def _fit(cases: Cases, generator: np.random.Generator) -> tuple[Limits, dict[tuple[int, bool], float], float]:
    """Return limits that chance could not match (none if there are none), p-values of their edges, and of the best."""
    built, p = _built(cases, generator)
    if not built:
        return {}, {}, p
    candidates = (_refined(cases, built), _refined(cases, peel(cases, list(built))))
    limits = max(candidates, key=lambda limits: cases.excess(cases.within(limits)))
    while True:
        p_values = {edge: _p_of_edge(cases, limits, edge, generator) for edge in _edges(limits)}
        weakest = max(p_values, key=lambda edge: (p_values[edge], -_gain(cases, limits, edge)))
        if p_values[weakest] <= LEVEL or len(p_values) == 1:
            return limits, p_values, p
        limits = _refined(cases, _without(limits, weakest))


def _built(cases: Cases, generator: np.random.Generator) -> tuple[Limits, float]:
    """Add the best cut of any column, as long as shuffled outcomes have none as good; return the first one's p too."""
    limits: Limits = {}
    first = float("nan")
    while True:
        among = cases.of_rows(cases.within(limits))
        gain, column, lower = _best_cut(among)
        p = _p_of_gain(among, gain, generator)
        first = p if not limits else first
        if p > LEVEL:
            return limits, first
        longer = _refined(cases, _moved(cases, limits, column, lower))
        if cases.excess(cases.within(longer)) <= cases.excess(cases.within(limits)):
            return limits, first
        limits = longer


def _best_cut(among: Cases) -> tuple[float, int, bool]:
    """Return the most wanted cases beyond average that one cut can gather, its column, and whether those above it."""
    below = np.cumsum((among.wanted - among.wanted.mean())[among.order], axis=0)[:-1]
    row, column = np.unravel_index(int(np.argmax(np.abs(below))), below.shape)
    return float(abs(below[row, column])), int(column), bool(below[row, column] < 0)


def _edges(limits: Limits) -> list[tuple[int, bool]]:
    """Return column and side (True: at least) of every restriction."""
    return [
        (column, lower)
        for column, (low, high) in limits.items()
        for lower, given in ((True, np.isfinite(low)), (False, np.isfinite(high)))
        if given
    ]


def _without(limits: Limits, edge: tuple[int, bool]) -> Limits:
    column, lower = edge
    low, high = limits.get(column, NOWHERE)
    left = (-np.inf, high) if lower else (low, np.inf)
    others = {key: value for key, value in limits.items() if key != column}
    return others if left == NOWHERE else {**others, column: left}


def _gain(cases: Cases, limits: Limits, edge: tuple[int, bool]) -> float:
    """Return by how much a restriction raises the excess of wanted cases among those that the others let in."""
    without = cases.within(_without(limits, edge))
    inside = cases.within(limits)
    return float(cases.wanted[inside].sum() - inside.sum() * cases.wanted[without].mean())


def _p_of_edge(cases: Cases, limits: Limits, edge: tuple[int, bool], generator: np.random.Generator) -> float:
    """Return how often the best cut of any column gains as much when outcomes are shuffled."""
    among = cases.of_rows(cases.within(_without(limits, edge)))
    return _p_of_gain(among, _gain(cases, limits, edge), generator)


def _p_of_gain(among: Cases, gain: float, generator: np.random.Generator) -> float:
    """Return the share of shuffles of the outcomes in which the best cut gains ``gain`` at least."""
    best = [_best_cut(replace(among, wanted=generator.permutation(among.wanted)))[0] for _ in range(SHUFFLES)]
    return float(1 + np.sum(np.asarray(best) >= gain - 1e-9)) / (SHUFFLES + 1)


def _refined(cases: Cases, limits: Limits) -> Limits:
    """Set each edge where the box holds most wanted cases in excess of its size, the others given, until none moves."""
    for _ in range(10):
        before = limits
        for column, lower in _edges(limits):
            limits = _moved(cases, limits, column, lower)
        if limits == before:
            break
    return limits


def _moved(cases: Cases, limits: Limits, column: int, lower: bool) -> Limits:
    """Return ``limits`` with one edge where it is best; half-way between the last case inside and the first outside."""
    rest = _without(limits, (column, lower))
    among = cases.within(rest)
    values = cases.x[among, column]
    order = np.argsort(values if lower else -values, kind="stable")
    ordered = values[order]
    excess = np.cumsum((cases.wanted[among][order] - cases.wanted.mean())[::-1])[::-1]
    possible = np.concatenate([[False], ordered[1:] != ordered[:-1]])
    possible &= np.arange(len(ordered), 0, -1) >= LEAST_CASES
    if not possible.any():
        return limits
    first = int(np.argmax(np.where(possible, excess, -np.inf)))
    edge = float(ordered[first - 1] + ordered[first]) / 2
    low, high = rest.get(column, NOWHERE)
    return {**rest, column: (edge, high) if lower else (low, edge)}


def _held_out(cases: Cases, generator: np.random.Generator) -> tuple[float, float]:
    """Return density and coverage of boxes on cases that they were not found in; NaN if they hold none."""
    fold = generator.permutation(np.arange(len(cases.x)) % FOLDS)
    inside = np.zeros(len(cases.x), dtype=bool)
    for number in range(FOLDS):
        limits, *_ = _fit(cases.of_rows(fold != number), generator)
        inside |= (fold == number) & cases.within(limits) & bool(limits)
    if not inside.any():
        return float("nan"), 0.0
    return float(cases.wanted[inside].mean()), float(cases.wanted[inside].sum() / cases.wanted.sum())


def _restrictions(
    cases: Cases, limits: Limits, p_values: Mapping[tuple[int, bool], float], names: list[str]
) -> tuple[Restriction, ...]:
    order = sorted(p_values, key=lambda edge: (p_values[edge], -_gain(cases, limits, edge)))
    found = []
    for column, lower in order:
        value = limits[column][0 if lower else 1]
        x = cases.x[:, column]
        share = float(np.mean(x >= value if lower else x <= value))
        found.append(Restriction(names[column], lower, value, p_values[(column, lower)], share))
    return tuple(found)
