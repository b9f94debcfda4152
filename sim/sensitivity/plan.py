"""How many runs each step of a sensitivity analysis gets."""

from __future__ import annotations

from dataclasses import dataclass

from sim.sensitivity.screen import n_screening_runs
from sim.sensitivity.sobol import n_sobol_runs


@dataclass(frozen=True)
class Plan:
    """How many runs each step gets; the defaults make some 600 for a shipped scenario.

    Attributes
    ----------
    trajectories : of the screening, each of one run more than there are assumptions
    swings : leading assumptions that are moved one at a time
    repeats : seeds on which each of them is moved
    keep : leading assumptions whose variance shares are estimated
    base : points of that design, a power of two, each of as many runs as are kept and four more
    """

    trajectories: int = 2
    swings: int = 12
    repeats: int = 2
    keep: int = 4
    base: int = 32

    def runs(self, n_factors: int) -> int:
        """Return how many runs an analysis of that many assumptions takes at most."""
        swings, keep = min(self.swings, n_factors), min(self.keep, self.swings, n_factors)
        screening = n_screening_runs(n_factors, self.trajectories)
        others = 1 if keep < n_factors else 0
        return screening + self.repeats * (1 + 2 * swings) + n_sobol_runs(keep + others + 1, self.base)
