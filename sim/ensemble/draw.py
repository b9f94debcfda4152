"""Members of an ensemble: what each assumes and which seed it runs on, the same for every scenario compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats.qmc import LatinHypercube

from sim.ensemble.posterior import fitted_scenario, read_posterior
from sim.library import shipped_scenarios
from sim.population.streams import Streams
from sim.scenario.load import load
from sim.scenario.schema import Scenario
from sim.scenario.uncertain import priors, values_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Member:
    """One member: its number, the root seed of its runs and the values it assumes, by dotted path.

    Where scenarios differ in their prior, each has a value of its own, under ``<scenario>: <path>``: all at the same
    rank of their priors, so that the pairing holds.
    """

    number: int
    seed: int
    values: dict[str, float]

    def of(self, scenario: Scenario) -> Scenario:
        """Return ``scenario`` under this member's assumptions; paths that it does not have are passed over."""
        keys = {path: [key for key in (_own(scenario, path), path) if key in self.values] for path in priors(scenario)}
        return scenario.vary({path: self.values[found[0]] for path, found in keys.items() if found})


def draw_members(scenarios: Sequence[Scenario], n: int, seed: int) -> list[Member]:
    """Draw ``n`` members for scenarios that are to be compared.

    A Latin hypercube for each uncertain number, from a stream of its own name: one more uncertain number, or one
    more scenario, changes no other. Numbers that were calibrated together come together, as rows of the posterior.
    A single member takes the scenarios' own values.
    """
    streams = Streams(seed)
    table = pd.DataFrame(index=range(n))
    if n > 1:
        found = {path: (path, prior) for scenario in scenarios for path, prior in priors(scenario).items()}
        for path in _disputed(scenarios):
            del found[path]
            found |= {_own(s, path): (path, priors(s)[path]) for s in scenarios if path in priors(s)}
        columns = {
            key: values_of(prior, path, _strata(streams, path, n)) for key, (path, prior) in sorted(found.items())
        }
        table = pd.DataFrame(columns, index=range(n))
        for path, values in _posterior(scenarios, _strata(streams, "posterior", n)).items():
            if path in table:
                table[path] = values
    rows = table.to_dict("records")
    return [
        Member(number, own, {str(path): float(value) for path, value in row.items()})
        for number, (own, row) in enumerate(zip(member_seeds(seed, n), rows, strict=True))
    ]


def member_seeds(seed: int, n: int) -> list[int]:
    """Return the root seed of the runs of each of ``n`` members, at most 63 bits."""
    return [int(own) for own in np.random.SeedSequence(seed).generate_state(n, np.uint64) >> np.uint64(1)]


def _own(scenario: Scenario, path: str) -> str:
    """Return the key of a value that is one scenario's own."""
    return f"{scenario.name}: {path}"


def _disputed(scenarios: Sequence[Scenario]) -> list[str]:
    """Return the paths on whose prior scenarios differ."""
    first: dict[str, Any] = {}
    items = [item for scenario in scenarios for item in priors(scenario).items()]
    return sorted({path for path, prior in items if first.setdefault(path, prior) != prior})


def _strata(streams: Streams, name: str, n: int) -> Floats:
    """Return one number in each of ``n`` equal strata of (0, 1), shuffled."""
    return np.asarray(LatinHypercube(d=1, rng=streams.generator("member", name)).random(n)[:, 0])


def _posterior(scenarios: Sequence[Scenario], uniform: Floats) -> dict[str, Floats]:
    """Return path → values of the numbers that were calibrated together, one posterior draw for each member.

    Left out are numbers to which a scenario gives another prior than they had when they were fitted.
    """
    file = next((scenario.posterior for scenario in scenarios if scenario.posterior), None)
    if file is None:
        return {}
    draws = read_posterior(file)
    rows = np.minimum((uniform * len(draws)).astype(int), len(draws) - 1)
    given = given_anew(scenarios, file)
    return {str(path): draws[path].to_numpy(dtype=float)[rows] for path in draws if path not in given}


def given_anew(scenarios: Sequence[Scenario], file: str) -> set[str]:
    """Return the paths whose prior in one of ``scenarios`` isn't that of the scenario that ``file`` was fitted with."""
    name = fitted_scenario(file)
    if name not in shipped_scenarios():
        return set()
    fitted = priors(load(name))
    return {path for path, prior in fitted.items() if any(priors(s).get(path, prior) != prior for s in scenarios)}
