"""How much results hang on the step: one scenario played with steps from a minute to a day, chance at the crossing off.

``python benchmarks/convergence.py FOLDER`` writes the figure ``convergence`` and prints the table behind it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

import sim
from sim.figures.style import BLUE, VERMILION, counted, footer, save, sheet, style, title

STEPS = (1, 5, 15, 60, 180, 360, 720, 1440)
SEEDS = (1, 2, 3)
LABELS = {1: "1 min", 5: "5 min", 15: "15 min", 60: "1 h", 180: "3 h", 360: "6 h", 720: "12 h", 1440: "1 day"}
MEASURES = {
    "arrived_day_8": ("By day 8", "arrived", "persons"),
    "arrived_day_10": ("By day 10", "arrived", "persons"),
    "half_arrived": ("Until half had arrived", "after the start", "h"),
    "peak_queue": ("Longest queue", "waiting", "vehicles"),
}
DAYS = 20.0


def measured(name: str, step: int, seed: int) -> dict[str, float]:
    """Return what is compared of one run; the crossing's noise is drawn by step, so it is left out."""
    changes = {"time.days": DAYS, "time.step_minutes": step, "parameters.crossing_noise_share": 0.0}
    data = sim.run(sim.load(name).vary(changes), seed).dataset
    hours = (data.time - data.time[0]).to_numpy() / np.timedelta64(1, "h")
    arrived = data.arrivals_cumulative.to_numpy().astype(float)
    after = int(np.argmax(arrived >= arrived[-1] / 2.0))
    around = slice(after - 1, after + 1)
    return {
        "arrived_day_8": float(np.interp(192.0, hours, arrived)),
        "arrived_day_10": float(np.interp(240.0, hours, arrived)),
        "half_arrived": float(np.interp(arrived[-1] / 2.0, arrived[around], hours[around])),
        "peak_queue": float(data.queue_vehicles.max()),
    }


def table(name: str) -> pd.DataFrame:
    """Return step [min], seed and the measures of every run."""
    rows = [{"step": step, "seed": seed, **measured(name, step, seed)} for step in STEPS for seed in SEEDS]
    return pd.DataFrame(rows)


def figure(found: pd.DataFrame, name: str) -> Figure:
    """Return a panel for each measure: mean over seeds by step, the range, and the shipped step marked."""
    with style():
        drawn, axes = sheet(1, len(MEASURES), size=(13.0, 3.6))
        for ax, (measure, (heading, label, unit)) in zip(axes[0], MEASURES.items(), strict=True):
            by_step = found.groupby("step")[measure]
            ax.fill_between(by_step.min().index, by_step.min(), by_step.max(), color=BLUE, alpha=0.2, linewidth=0)
            ax.plot(by_step.mean().index, by_step.mean(), "o-", color=BLUE, markersize=4)
            ax.plot(
                [60], [by_step.mean()[60]], "s", color=VERMILION, markersize=7, label="step of the shipped scenarios"
            )
            ax.set_xscale("log")
            ax.xaxis.set_major_locator(FixedLocator([1, 15, 60, 360, 1440]))
            ax.xaxis.set_minor_locator(NullLocator())
            ax.xaxis.set_major_formatter(FuncFormatter(lambda step, _: LABELS[int(step)]))
            ax.set_xlabel("length of a step")
            counted(ax, label, unit)
            ax.set_ylim(0.0, 1.08 * by_step.max().max())
            title(ax, heading)
        axes[0, 0].legend(loc="lower left")
        seeds = f"seeds {SEEDS[0]} to {SEEDS[-1]}: mean and range"
        footer(drawn, f"Scenario {name}, {DAYS:g} days, {seeds}; deviations of the crossing's capacity left out.")
    return drawn


def main() -> None:
    """Write the figure into the folder that is named, and print the table."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    found = table("as_reported")
    print(found.groupby("step")[list(MEASURES)].mean().round(1).to_string())
    _, png = save(figure(found, "as_reported"), folder / "convergence")
    png.with_suffix(".svg").unlink()


if __name__ == "__main__":
    main()
