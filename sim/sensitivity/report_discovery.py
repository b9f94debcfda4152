"""A region of the assumptions in plain words, as files and as a figure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.results.folder import replacing
from sim.results.outlook import PLANNER_OUTPUTS
from sim.results.provenance import versions
from sim.results.said import short
from sim.results.text import write_csv
from sim.results.write import describe, write_figures, write_manifest
from sim.sensitivity.discover import Discovery, Wanted
from sim.sensitivity.prim import LEAST_CASES, LEVEL, Box, Restriction

SIGNS = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}


def in_words(wanted: Wanted) -> str:
    """Write an outcome for readers.

    >>> in_words(Wanted("persons_remaining_share", ">", 0.5))
    'share of residents who remain above 0.5'
    """
    measure = PLANNER_OUTPUTS[wanted.output]
    unit = "" if measure.unit == "share" else f" {measure.unit}"
    return f"{measure.label} {SIGNS[wanted.sign]} {wanted.value:,.12g}{unit}"


def show_discovery(found: Discovery) -> str:
    """Return the rule, how good it is and how sure its parts are; or that no region was found, and why."""
    lines = [f"Where {found.scenario.name} has {in_words(found.wanted)}", ""]
    lines += _rule(found, found.box) if found.box else [_nothing(found)]
    return "\n".join([*lines, "", _how(found)])


def write_discovery(found: Discovery, folder: Path, seed: int, command: str) -> None:
    """Write ``table.md``, ``members.csv``, ``assumed.csv``, ``discovery.json`` and the figure to ``folder``."""
    from sim.figures.sensitivity import region_figure

    box = found.box
    note = f"{found.scenario.title} ({found.scenario.name}), {found.scenario.time.days:g} days, {found.source}"
    words = in_words(found.wanted)
    figure = region_figure(
        found.assumed, found.came_about, box.limits if box else {}, found.axes(), words, _heading(found), note
    )
    members = found.outputs.assign(came_about=found.came_about, within=box.holds(found.assumed) if box else False)
    assumed = found.assumed.assign(member=found.outputs["member"].to_numpy(), seed=found.outputs["seed"].to_numpy())
    manifest = {
        "kind": "discovery",
        "scenario": describe(found.scenario),
        "seed": seed,
        "outcome": str(found.wanted),
        "members": len(found.outputs),
        "region": _as_data(box) if box else None,
        "provenance": {"versions": versions()},
    }
    with replacing(folder) as partial:
        (partial / "table.md").write_text(show_discovery(found) + "\n", encoding="utf-8", newline="\n")
        write_csv(partial / "members.csv", members.replace(np.inf, np.nan))
        long = assumed.melt(["member", "seed"], var_name="path", value_name="value")
        write_csv(partial / "assumed.csv", long, exact=True)
        write_figures({"region": figure}, partial / "figures")
        write_manifest(partial, "discovery.json", manifest, command)


def _rule(found: Discovery, box: Box) -> list[str]:
    rule = " and ".join(_edge(item) for item in box.restrictions)
    lines = [
        f"Where {rule} ({box.mass:.0%} of the members), it comes about in {box.density:.0%}; "
        f"elsewhere in {_percent(box.density_outside)}; without the rule in {box.base_rate:.0%}. "
        f"It covers {box.coverage:.0%} of the members in which it comes about.",
        "",
        f"Rules found without a fifth of the members hold in {_percent(box.held_out_density)} of those they let in "
        f"from that fifth, and cover {box.held_out_coverage:.0%} of those in which it comes about.",
        "",
        "| restriction | lets in | chance does as well (p) | not told from |",
        "|---|---:|---:|---|",
    ]
    for item in box.restrictions:
        others = ", ".join(short(name) for name in found.together(item.name)) or "–"
        lines.append(f"| {_edge(item)} | {item.share:.0%} | {item.p:.3f} | {others} |")
    return lines


def _nothing(found: Discovery) -> str:
    """Say that no region was found, and whether one could have been."""
    n, wanted = len(found.outputs), int(found.came_about.sum())
    if not LEAST_CASES <= wanted <= n - LEAST_CASES:
        return f"No region found: it comes about in {wanted} of {n} members, and at least {LEAST_CASES} must differ."
    return (
        f"No region found: it comes about in {wanted / n:.0%} of {n} members, and no assumption separates these from "
        f"the others better than chance does (p above {LEVEL:g})."
    )


def _how(found: Discovery) -> str:
    return (
        f"{found.source}, {found.assumed.shape[1]} uncertain numbers, {found.scenario.time.days:g} days. "
        "p is the share of shuffled outcomes in which any cut of any number does as well. "
        "All of it is conditional on the model and its priors: shares of members are no forecast."
    )


def _heading(found: Discovery) -> str:
    box = found.box
    if box is None:
        return f"No region found for {in_words(found.wanted)}"
    return f"{in_words(found.wanted)}: {box.density:.0%} within, {_percent(box.density_outside)} elsewhere".capitalize()


def _edge(item: Restriction) -> str:
    return f"{short(item.name)} {'≥' if item.at_least else '≤'} {float(f'{item.value:.3g}'):,.12g}"


def _percent(share: float) -> str:
    return "none" if pd.isna(share) else f"{share:.0%}"


def _as_data(box: Box) -> dict[str, object]:
    keys = ("mass", "density", "coverage", "base_rate", "density_outside", "held_out_density", "held_out_coverage", "p")
    return {key: getattr(box, key) for key in keys} | {"restrictions": [_fields(item) for item in box.restrictions]}


def _fields(item: Restriction) -> dict[str, object]:
    return {
        "path": item.name,
        "sign": ">=" if item.at_least else "<=",
        "value": item.value,
        "p": item.p,
        "share": item.share,
    }
