"""The posterior as a file: draws of the parameters that were calibrated together, and the data they saw."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from sim.errors import Problem, SeedError
from sim.library import seeds_folder
from sim.results.file import write_file
from sim.scenario.parameters import SPECS


def data_hash(path: Path) -> str:
    """Return the SHA-256 of a data file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_posterior(draws: pd.DataFrame, path: Path, header: dict[str, str]) -> None:
    """Write draws as CSV under comment lines that say how they came about."""
    lines = "".join(f"# {key}: {value}\n" for key, value in header.items())
    write_file(path, lines + draws.to_csv(index=False, float_format="%.6g", lineterminator="\n"))


def read_posterior(name: str) -> pd.DataFrame:
    """Return the draws of ``seeds/<name>``, one row each.

    Raises
    ------
    SeedError : if the file is missing, has columns that are no parameters, or values out of range
    """
    path = seeds_folder() / name
    try:
        draws = pd.read_csv(path, comment="#")
    except (OSError, ValueError) as error:
        raise SeedError(Problem(name, "", str(error), "a CSV of posterior draws")) from error
    problems = [
        Problem(name, str(column), "no parameter", "a parameter's name") for column in draws if column not in SPECS
    ]
    problems += [
        Problem(name, column, "values out of range", f"{SPECS[column].low:g} to {SPECS[column].high:g}")
        for column in draws
        if column in SPECS and not draws[column].between(SPECS[column].low, SPECS[column].high).all()
    ]
    if problems or draws.empty:
        raise SeedError(problems or [Problem(name, "", "no rows", "at least one draw")])
    return draws
