"""Claims in words: tables for readers, each row ending with what may be said and on what that hangs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import groupby

from sim.results.claims import ENOUGH, SURE, Claim
from sim.results.drivers import LEVEL, Driver
from sim.results.outlook import FEWER_IS_BETTER, PLANNER_OUTPUTS
from sim.results.words import Measure, in_words, interval_in_words

HEADS = ("output", "P(higher)", "expected difference [5–95%] ± s.e.", "what may be said", "hangs most on")

HEADLINES = ("persons_remaining_share", "persons_left", "peak_wait_hours", "peak_unsheltered", "need_person_days")
"""Outputs that the terminal shows; the files hold all."""


def claims_markdown(found: Sequence[Claim]) -> str:
    """Return a table for each pair of scenarios, and how to read them; empty where nothing is compared."""
    parts = []
    for pair, claims in groupby(found, key=lambda item: (item.scenario, item.other)):
        lines = ["| " + " | ".join(HEADS) + " |", "|---|---:|---:|---|---|"]
        lines += ["| " + " | ".join(cells(item)) + " |" for item in claims]
        parts += [f"What may be said of `{pair[0]}` against `{pair[1]}`", "\n".join(lines)]
    return "\n\n".join([*parts, caveat(found)]) + "\n" if parts else ""


def cells(item: Claim) -> tuple[str, ...]:
    """Write one claim as the cells of a table with :data:`HEADS`."""
    measure = PLANNER_OUTPUTS[item.output]
    fewer = ", fewer is better" if item.output in FEWER_IS_BETTER else ""
    return (
        f"{measure.label} ({measure.unit}{fewer})",
        f"{item.p_higher:.2f}",
        _difference(item, measure),
        item.verdict,
        "; ".join(map(hanging, item.hangs_on)) or "no assumption stands out",
    )


def hanging(driver: Driver) -> str:
    """Write an assumption, the direction and strength in which an outcome hangs on it, and what else may be meant.

    >>> hanging(Driver("parameters.hr_threat", -0.51, 0.001))
    'hr_threat (−0.51)'
    """
    sign = "−" if driver.correlation < 0 else "+"
    others = ", ".join(short(path) for path in driver.together[:2])
    more = f" and {len(driver.together) - 2} more" if len(driver.together) > 2 else ""
    either = f", not told from {others}{more}" if others else ""
    return f"{short(driver.path)} ({sign}{abs(driver.correlation):.2f}{either})"


def short(path: str) -> str:
    """Write a path without what its table is called.

    >>> short("parameters.hr_threat"), short("roadmap: interventions.peacekeepers.strength")
    ('hr_threat', 'peacekeepers.strength')
    """
    inner = path.rpartition(": ")[2]
    root, _, rest = inner.partition(".")
    return rest if root in ("parameters", "interventions", "shocks") else inner


def caveat(found: Iterable[Claim]) -> str:
    """Say how to read claims, and that they hold within the model only."""
    of = max(item.of for item in found)
    few = f" With fewer than {ENOUGH} members nothing is claimed." if of < ENOUGH else ""
    return (
        f"Shares of {of} members that differ in assumptions and chance, the same for both scenarios; ties count half. "
        f"The evidence can't tell where P lies between {1 - SURE:.1f} and {SURE:.1f} or 0 lies inside the interval."
        f"{few} Assumptions are named with their rank correlation with the difference, the second given the first, "
        f"and only where chance did as well in at most {LEVEL:.0%} of shuffles. "
        "Everything here is conditional on the model and its priors; it is no forecast."
    )


def _difference(item: Claim, measure: Measure) -> str:
    """Write ``mean [p05–p95] ± standard error``, and of how many members if not of all."""
    if math.isnan(item.mean):
        return "–"
    missing = f" ({item.n} of {item.of})" if item.n < item.of else ""
    error = "" if math.isnan(item.standard_error) else f" ± {in_words(item.standard_error, measure)}"
    interval = interval_in_words(item.p05, item.p95, measure)
    return f"{in_words(item.mean, measure)} [{interval}]{error}{missing}"
