"""What is uncertain in a scenario, and the values of a prior within the range that its number may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.scenario.parameters import SPECS
from sim.scenario.priors import Prior

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario


def priors(scenario: Scenario) -> dict[str, Prior]:
    """Return path → prior of everything uncertain in a scenario; fixed where the value was set by hand."""
    found = {
        f"parameters.{name}": parameter.prior
        for name, parameter in scenario.parameters.items()
        if parameter.prior is not None and parameter.file_value is None
    }
    return found | {item.path: item.prior for item in scenario.uncertainties}


def values_of(prior: Prior, path: str, shares: ArrayLike) -> NDArray[np.float64]:
    """Return the values of a prior at ``shares`` of it, cut to the range that the number at ``path`` may take."""
    spec = SPECS.get(path.removeprefix("parameters."))
    low, high = (spec.low, spec.high) if spec else (-np.inf, np.inf)
    return np.asarray(prior.quantile(shares, low, high))
