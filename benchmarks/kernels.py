"""The same trivial displacement kernel three ways: everybody at home leaves at a constant hazard, drawn once a step.

``mesa_objects`` has a Mesa agent for every household and asks each at every step, ``columns`` asks all at once in
NumPy, and ``events`` is Corridor's kernel, which finds who is due without asking the others.
"""

from __future__ import annotations

import mesa
import numpy as np

from sim.population.risk import RiskSet

HAZARD = 0.002
"""Of leaving, per step."""


class Household(mesa.Agent):
    """One household at home until it leaves."""

    def __init__(self, model: mesa.Model) -> None:
        super().__init__(model)
        self.home = True

    def step(self) -> None:
        if self.home and self.random.random() < HAZARD:
            self.home = False
            self.model.left += 1


class Displacement(mesa.Model):
    """Households as Mesa objects."""

    def __init__(self, n: int) -> None:
        super().__init__(rng=1)
        self.left = 0
        Household.create_agents(self, n)

    def step(self) -> None:
        self.agents.do("step")


def mesa_objects(n: int, steps: int) -> int:
    """Return how many of ``n`` households leave in ``steps``."""
    model = Displacement(n)
    for _ in range(steps):
        model.step()
    return model.left


def columns(n: int, steps: int) -> int:
    """Return how many of ``n`` households leave in ``steps``."""
    rng = np.random.default_rng(1)
    home = np.ones(n, dtype=bool)
    for _ in range(steps):
        home &= rng.random(n) >= HAZARD
    return n - int(home.sum())


def events(n: int, steps: int) -> int:
    """Return how many of ``n`` households leave in ``steps``."""
    risk = RiskSet(1)
    risk.enter(np.arange(n), np.zeros(n, dtype=np.int64), np.random.default_rng(1).standard_exponential(n))
    grown = np.array([-np.log1p(-HAZARD)])
    return sum(risk.advance(grown).size for _ in range(steps))


KERNELS = {"Mesa objects": mesa_objects, "columns": columns, "events": events}
