"""What somebody has chosen on the dashboard, and what becomes of it: scenarios, a baseline, a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sim.dashboard.levers import apply, in_words
from sim.library import shipped_scenarios
from sim.scenario.load import load
from sim.scenario.schema import Scenario

HORIZONS = (14, 30, 60, 120, 365)
"""Days that can be chosen to look at, besides the scenario's own."""

OTHER_THAN_NAMES = r"[^a-z0-9_]"
"""What a name can't hold: among it whatever leads to another folder."""

FIRST = "as_reported"
OPENED_DAYS = 30


@dataclass(frozen=True)
class Choice:
    """A scenario, days to look at, a seed and where the levers stand; levers not named stand where they stood."""

    scenario: str = FIRST
    days: float = OPENED_DAYS
    seed: int = 1
    settings: Mapping[str, float] = field(default_factory=dict)

    def moving(self, lever: str, value: float) -> Choice:
        """Return the choice with one lever moved."""
        return replace(self, settings={**self.settings, lever: value})


def library(files: Sequence[Scenario] = ()) -> dict[str, Scenario]:
    """Return name → scenario of all that can be chosen: those of ``files`` first, then those that ship."""
    own = {scenario.name: scenario for scenario in files}
    shipped = {name: load(name) for name in (FIRST, *shipped_scenarios()) if name != "base"}
    return own | {name: scenario for name, scenario in shipped.items() if name not in own}


def horizons(scenario: Scenario) -> list[float]:
    """Return the days that can be chosen for ``scenario``, its own the last."""
    return [float(days) for days in HORIZONS if days < scenario.time.days] + [scenario.time.days]


def baseline(choice: Choice, scenarios: Mapping[str, Scenario]) -> Scenario:
    """Return the chosen scenario as it stands, over the chosen days."""
    return _shortened(scenarios[choice.scenario], choice.days)


def explored(choice: Choice, scenarios: Mapping[str, Scenario]) -> Scenario:
    """Return the chosen scenario with the levers as they stand.

    Raises
    ------
    ScenarioError
        If the levers together make no scenario.
    """
    return apply(scenarios[choice.scenario], choice.settings, min(choice.days, scenarios[choice.scenario].time.days))


def save_choice(choice: Choice, scenarios: Mapping[str, Scenario], name: str, folder: Path) -> Path:
    """Write what is explored as ``<folder>/<name>.toml``, which ``corridor run`` reads; return the path.

    Raises
    ------
    OutputError
        If the name does not fit or is taken; an earlier file is never replaced.
    """
    parent, scenario = scenarios[choice.scenario], explored(choice, scenarios)
    words = in_words(parent, choice.settings)
    if words:
        note = f"Set by hand on the dashboard, on top of {parent.name}: {words}."
        scenario = scenario.model_copy(update={"assumptions": (*scenario.assumptions, note)})
    title = name[:1].upper() + re.sub("_+", " ", name[1:])
    return scenario.save(folder / f"{re.sub(OTHER_THAN_NAMES, '?', name)}.toml", title=title)


def _shortened(scenario: Scenario, days: float) -> Scenario:
    return scenario if days >= scenario.time.days else scenario.vary({"time.days": days})
