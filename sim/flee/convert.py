"""From a folder in FLEE's format to a scenario, in memory or as a file."""

from __future__ import annotations

from pathlib import Path

from sim.flee.instance import read_instance
from sim.flee.scenario import Data, scenario_data
from sim.flee.toml import toml_text
from sim.scenario.load import load
from sim.scenario.schema import Scenario

COMMENT = """Written by `corridor import-flee`. Edit it like any other scenario; `corridor check` names its mistakes.
Counts score a run and never enter it; departures, where given, are the growth of all counts together."""


def read_data(folder: Path | str, *, departures_given: bool = True) -> Data:
    """Return the scenario of an instance as plain data; see :func:`sim.flee.scenario.scenario_data`."""
    base = [action.id for _, action in load("base").actions()]
    return scenario_data(read_instance(Path(folder).expanduser()), base, departures_given)


def read_scenario(folder: Path | str, *, departures_given: bool = True) -> Scenario:
    """Return the scenario of an instance.

    Raises
    ------
    SeedError
        With everything that is wrong with the instance's files.
    """
    return load(read_data(folder, departures_given=departures_given))


def scenario_text(folder: Path | str, *, departures_given: bool = True) -> str:
    """Return the scenario of an instance as the text of a TOML file."""
    return toml_text(read_data(folder, departures_given=departures_given), COMMENT)
