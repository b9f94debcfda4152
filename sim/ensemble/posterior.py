"""The posterior as a file: draws of the numbers that were calibrated together, and the data they saw."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sim.errors import Problem, SeedError
from sim.files import write_file
from sim.library import seeds_folder
from sim.scenario.parameters import SPECS
from sim.scenario.uncertain import values_of

CORE_LINE = "# core: "


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
    SeedError : if the file is missing, has columns that are no paths, or values out of range
    """
    path = seeds_folder() / name
    try:
        draws = pd.read_csv(path, comment="#")
    except (OSError, ValueError) as error:
        raise SeedError(Problem(name, "", str(error), "a CSV of posterior draws")) from error
    problems = (
        [] if draws.empty else [problem for path in draws for problem in _column_problems(name, str(path), draws[path])]
    )
    if problems or draws.empty:
        raise SeedError(problems or [Problem(name, "", "no rows", "at least one draw")])
    return draws


def core_of(name: str) -> tuple[str, ...]:
    """Return the paths that the counts behind ``seeds/<name>`` hang on, as its header says; none if it does not."""
    with (seeds_folder() / name).open(encoding="utf-8", errors="replace") as file:
        lines = [line for line in iter(file.readline, "") if line.startswith(CORE_LINE)]
    return tuple(lines[0].removeprefix(CORE_LINE).split()) if lines else ()


def identified(draws: pd.DataFrame, priors: Mapping[str, Any], core: Sequence[str]) -> pd.DataFrame:
    """Return what the counts told of each number of ``core``.

    Returns
    -------
    Columns assumption, prior and posterior quantiles (5, 50, 95 %) and ``narrowed``: by what share the middle half of
    the distribution is narrower than the prior's (below 0: wider).
    """
    rows = []
    for path in core:
        prior = pd.Series(values_of(priors[path], path, np.linspace(0.0005, 0.9995, 1000)))
        before, after = prior.quantile([0.25, 0.75]), draws[path].quantile([0.25, 0.75])
        row: dict[str, Any] = {"assumption": path}
        for label, values in (("prior", prior), ("posterior", draws[path])):
            row |= {f"{label}_{level:02.0f}": values.quantile(level / 100) for level in (5, 50, 95)}
        rows.append(row | {"narrowed": float(1.0 - np.ptp(after) / np.ptp(before))})
    return pd.DataFrame(rows)


def correlations(draws: pd.DataFrame, core: Sequence[str]) -> pd.DataFrame:
    """Return the rank correlations of the numbers of ``core`` in the posterior, shape (n_core, n_core)."""
    return draws[list(core)].corr(method="spearman")


def fitted_scenario(name: str) -> str | None:
    """Return the name of the scenario that the draws of ``seeds/<name>`` were fitted with, where its header says so."""
    path = seeds_folder() / name
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    said = (re.match(r"# scenario: (\w+)", line) for line in lines[:10])
    return next((match[1] for match in said if match), None)


def _column_problems(file: str, path: str, values: pd.Series) -> list[Problem]:
    """Say what is wrong with one column of draws."""
    group, _, name = path.partition(".")
    if group not in ("interventions", "shocks") and (group != "parameters" or name not in SPECS):
        return [Problem(file, path, "no number of a scenario", "a path such as `parameters.hr_threat`")]
    if not (is_numeric_dtype(values) and not is_bool_dtype(values) and np.isfinite(values).all()):
        return [Problem(file, path, "what is no finite number", "a number in every row")]
    if group != "parameters":
        return []
    spec = SPECS[name]
    if values.between(spec.low, spec.high).all():
        return []
    return [Problem(file, path, "values out of range", f"{spec.low:g} to {spec.high:g}")]
