"""``corridor import-flee`` and ``corridor score-flee``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import LARGEST_SEED, Changes, Days, Seed, command_line, in_range, overrides, raise_all
from sim.cli.show import plain_table, show
from sim.errors import Problem
from sim.progress import progress_bar

Instance = Annotated[
    Path, typer.Argument(metavar="DIR", help="Folder of a FLEE instance: input_csv/ and, if any, source_data/.")
]
Predicted = Annotated[
    bool,
    typer.Option("--predict-departures", help="Let conflict say how many leave, rather than the counts of all camps."),
]
NUMBERS = {
    "ard": "averaged relative difference (ARD)",
    "rescaled": "ARD, rescaled to the counted total",
    "late": "the same from day 30 on",
    "equal": "camps alike, rescaled ARD",
    "capacity": "by capacity, rescaled ARD",
    "frozen": "shares of day 30 kept, rescaled ARD from then on",
}


def import_flee(
    folder: Instance,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Scenario file (.toml) to write.")],
    predict: Predicted = False,
) -> None:
    """Turn an instance in FLEE's format into an ordinary scenario file."""
    from sim.files import check_file, write_file
    from sim.flee.convert import scenario_text

    if out.suffix != ".toml" or out.exists():
        found = f"`{out.name}`" if out.suffix != ".toml" else "a file that is there already"
        raise_all([Problem(str(out), "", found, "the name of a new file that ends in .toml")])
    check_file(out)
    write_file(out, scenario_text(folder, departures_given=not predict))
    from sim.scenario.load import load

    scenario = load(out)
    network = scenario.place.network
    assert network is not None
    typer.echo(
        f"Written to {out}: {len(network.settlements)} settlements, {len(network.destinations)} destinations, "
        f"{len(network.roads)} roads, {scenario.time.days:g} days"
    )
    for note in scenario.assumptions[2:]:
        typer.echo(f"note: {note}")


def score_flee(
    source: Annotated[str, typer.Argument(metavar="SCENARIO|DIR", help="A scenario with counts, or a FLEE instance.")],
    seed: Seed = 0,
    days: Days = None,
    changes: Changes = None,
    predict: Predicted = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for daily.csv, score.json and a figure.")
    ] = None,
) -> None:
    """Play a scenario and score where people went by FLEE's measure, beside three simple rules."""
    changed, problems = overrides(days, changes or [])
    raise_all([*problems, *in_range("--seed", seed, 0, LARGEST_SEED)])
    from sim.flee.convert import read_data
    from sim.scenario.load import load

    is_folder = Path(source).is_dir()
    definition = load(read_data(source, departures_given=not predict) if is_folder else source, changed)
    from sim.flee.report import write_score
    from sim.flee.score import counted_camps, score
    from sim.model.run import run
    from sim.results.folder import check_target

    counted_camps(definition)
    if out is not None:
        check_target(out)
    with progress_bar(definition.name) as progress:
        result = run(definition, seed, progress)
    found = score(definition, result.dataset)
    table = plain_table(("error (share of the persons counted)", ""))
    for name, value in found.numbers().items():
        table.add_row(NUMBERS[name], "unknown" if value is None else f"{value:.3f}")
    show(table, f"{definition.title}: {found.daily['day'].max() + 1} days, {found.daily['camp'].nunique()} camps")
    if out is not None:
        write_score(found, definition, seed, out, command_line())
        typer.echo(f"Written to {out}: daily.csv, score.json and figures/")
