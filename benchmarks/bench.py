"""Time Corridor and write what came out: a table of ratios (RESULTS.md) and a log-log figure (speed.png, speed.svg).

python benchmarks/bench.py [--repeats N] [--largest RESIDENTS] [--out DIR]

Every case runs in a process of its own; the least of the repeats counts, since other work only ever adds time.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cases
from cases import DAYS, RESIDENTS, Measured
from matplotlib.ticker import LogLocator, NullFormatter

from sim.figures.style import BLUE, DASHES, GREEN, VERMILION, Grouped, save, sheet, style
from sim.library import shipped_scenarios
from sim.results.text import markdown

KERNEL_STEPS = 100
LEAST = 0.002
"""Seconds below which a time says nothing."""


def measured(repeats: int, case: Callable[..., Measured], *values: Any) -> Measured:
    """Return the fastest of ``repeats`` runs of ``case``, each in a fresh process."""
    runs = []
    for _ in range(repeats):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            runs.append(pool.submit(case, *values).result())
    best = min(runs, key=lambda run: run.seconds)
    print(f"  {case.__name__} {values}: {best.seconds:.3f} s, {best.memory:.0f} MiB", flush=True)
    return best


def residents(repeats: int, largest: int) -> tuple[str, dict[int, Measured]]:
    """Time ``as_reported`` against its residents; the road stays as it is, so more people queue for longer."""
    sizes = [n for n in (10_000, RESIDENTS, 1_000_000, 10_000_000) if n <= largest]
    found = {}
    for n in sizes:
        changes = {"time.days": DAYS, "parameters.residents_total": n}
        found[n] = measured(1 if n > 1_000_000 else repeats, cases.model, "as_reported", changes)
    base = found[RESIDENTS] if RESIDENTS in found else found[sizes[0]]
    rows = [
        (f"{n:,}", f"{m.seconds:.2f}", f"{m.seconds / base.seconds:.2f}",
         *(f"{m.parts[part]:.2f}" for part in ("set up", "steps", "labels")), f"{m.memory:,.0f}")
        for n, m in found.items()
    ]  # fmt: skip
    heads = ("residents", "CPU [s]", "ratio", "set up [s]", "steps [s]", "labels [s]", "peak memory [MiB]")
    return markdown(heads, "rrrrrrr", rows), found


def steps(repeats: int) -> tuple[str, dict[int, Measured]]:
    """Time ``as_reported`` against its steps: longer horizons, which the figure shows, then shorter steps."""
    plans = {f"{days} days, hourly": {"time.days": days} for days in (45, 90, 180, 360, 730)}
    plans |= {f"45 days, every {m} min": {"time.days": 45, "time.step_minutes": m} for m in (15, 5)}
    rows, found, base = [], {}, 0.0
    for name, changes in plans.items():
        run = measured(repeats, cases.model, "as_reported", changes)
        n = changes["time.days"] * 24 * 60 // changes.get("time.step_minutes", 60)
        if "time.step_minutes" not in changes:
            found[n] = run
        base = base or run.seconds
        rows.append((name, f"{n:,}", f"{run.seconds:.2f}", f"{run.seconds / base:.2f}", f"{1e6 * run.seconds / n:.0f}"))
    return markdown(("horizon", "steps", "CPU [s]", "ratio", "a step [µs]"), "lrrrr", rows), found


def scenarios(repeats: int) -> str:
    """Time every scenario that ships over its own horizon."""
    rows, base = [], 0.0
    for name in shipped_scenarios():
        run = measured(repeats, cases.model, name, {})
        base = base or run.seconds
        rows.append((f"`{name}`", f"{run.seconds:.2f}", f"{run.seconds / base:.2f}", f"{run.memory:.0f}"))
    return markdown(("scenario", "CPU [s]", "ratio", "peak memory [MiB]"), "lrrr", rows)


def members(days: int = 45) -> str:
    """Time ensembles of several sizes with one worker and with two."""
    rows, base = [], 0.0
    for n, workers in ((4, 1), (16, 1), (16, 2), (64, 2)):
        run = measured(1, cases.ensemble, n, workers, days)
        base = base or run.seconds / n
        each = run.seconds / n
        rows.append((n, workers, f"{run.seconds:.1f}", f"{each:.2f}", f"{each / base:.2f}", f"{run.memory:.0f}"))
    heads = ("members", "workers", "wall [s]", "a member [s]", "ratio", "main process [MiB]")
    return markdown(heads, "rrrrrr", rows)


def commands(repeats: int) -> str:
    """Time the command line, process and all."""
    asked = (["--help"], ["list"], ["explain", "ceasefire"], ["run", "as_reported", "--no-figures"],
             ["run", "as_reported"])  # fmt: skip
    rows = [
        (f"`corridor {' '.join(words)}`", f"{measured(repeats, cases.command, words).seconds:.2f}") for words in asked
    ]
    return markdown(("command", "wall [s]"), "lr", rows)


def kernels(repeats: int, largest: int) -> tuple[str, dict[str, dict[int, float]]]:
    """Time the trivial kernel three ways; million agent-steps a second, and the ratio to Mesa objects."""
    sizes = [n for n in (1_000, 10_000, 100_000, 1_000_000) if n <= largest]
    found: dict[str, dict[int, float]] = {name: {} for name in cases.KERNELS}
    for n in sizes:
        for name, times in found.items():
            run = measured(1 if n >= 1_000_000 else repeats, cases.kernel, name, n, KERNEL_STEPS)
            times[n] = max(LEAST, run.seconds)
    rows = [
        (f"{n:,}", *(f"{n * KERNEL_STEPS / times[n] / 1e6:,.1f}" for times in found.values()),
         *(f"{found['Mesa objects'][n] / found[name][n]:,.0f}" for name in ("columns", "events")))
        for n in sizes
    ]  # fmt: skip
    heads = ("households", *(f"{name} [M/s]" for name in found), "columns : objects", "events : objects")
    return markdown(heads, "r" * len(heads), rows), found


def draw(
    folder: Path,
    by_residents: dict[int, Measured],
    by_steps: dict[int, Measured],
    by_kernel: dict[str, dict[int, float]],
) -> None:
    """Draw time against residents, steps and households, log-log, each beside a line of slope one."""
    with style():
        figure, axes = sheet(1, 3, size=(11.0, 3.8))
        panels = (
            (
                "A run against its residents",
                "residents",
                {"as_reported": {n: m.seconds for n, m in by_residents.items()}},
            ),
            ("A run against its steps", "steps", {"as_reported": {n: m.seconds for n, m in by_steps.items()}}),
            (f"Trivial kernel, {KERNEL_STEPS} steps", "households", by_kernel),
        )
        for ax, (title, unit, lines) in zip(axes[0], panels, strict=True):
            for (name, line), colour, dashes in zip(lines.items(), (BLUE, VERMILION, GREEN), DASHES, strict=False):
                x = sorted(line)
                ax.loglog(x, [line[n] for n in x], color=colour, linestyle=dashes, marker="o", markersize=4, label=name)
            x, y = sorted(line), max(line.values())
            ax.loglog([x[0], x[-1]], [y * x[0] / x[-1], y], color="0.6", linewidth=1.0, label="in proportion")
            ax.set(title=title, xlabel=unit, ylabel="processor time [s]")
            for axis in (ax.xaxis, ax.yaxis):
                axis.set_major_locator(LogLocator(10.0, numticks=6))
                axis.set_major_formatter(Grouped())
                axis.set_minor_formatter(NullFormatter())
            ax.legend()
        save(figure, folder / "speed")


def main() -> int:
    """Time everything, then write the tables and the figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--largest", type=int, default=10_000_000, help="residents of the largest run")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    of_residents, by_residents = residents(given.repeats, given.largest)
    of_steps, by_steps = steps(given.repeats)
    of_kernels, by_kernel = kernels(given.repeats, given.largest)
    machine = (
        f"Python {platform.python_version()}, Mesa {version('mesa')}, NumPy {version('numpy')}, {platform.machine()}"
    )
    tables = {
        f"Residents (`as_reported`, {DAYS} days, hourly)": of_residents,
        "Steps (`as_reported`)": of_steps,
        f"The trivial kernel, {KERNEL_STEPS} steps": of_kernels,
        "Scenarios": scenarios(given.repeats),
        "Members (`as_reported`, 45 days, files, tables and figures included)": members(),
        "Command line": commands(given.repeats),
    }
    text = "".join(f"## {title}\n\n{table}\n\n" for title, table in tables.items())
    (given.out / "RESULTS.md").write_text(f"# What `scripts/bench` measured\n\n{machine}.\n\n{text}".rstrip() + "\n")
    draw(given.out, by_residents, by_steps, by_kernel)
    print(f"Written to {given.out}: RESULTS.md, speed.png, speed.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
