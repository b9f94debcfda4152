"""Fill the parts of the documents that are built from the code and from recorded runs; `--check` only compares.

A part stands between ``<!-- begin: NAME -->`` and ``<!-- end -->`` and is what the function ``NAME`` below returns.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args

import networkx as nx

import sim.model.displacement
from sim.library import scenarios_folder, seeds_folder
from sim.model.recorder import AT_END, VARIABLES
from sim.model.schedule import SCHEDULE
from sim.population.households import Households, Status
from sim.population.synthesis import Columns
from sim.scenario import interventions, shocks
from sim.scenario.load import load
from sim.scenario.parameters import ASSURANCES, SPECS

HERE = Path(__file__).parent
RECORDS = HERE / "evaluation"
SOURCE = HERE.parent / "sim"
PART = re.compile(r"(<!-- begin: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a Markdown table."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def first_line(thing: Any) -> str:
    """Return the first line of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n")[0]


def schedule() -> str:
    """The phases of a step, in order."""
    rows = []
    for number, phase in enumerate(SCHEDULE, 1):
        module = importlib.import_module(f"sim.processes.{phase.name}")
        often = f"every {phase.every_hours:g} h" if phase.every_hours else "every step"
        rows.append((number, phase.name, often, first_line(module).partition(": ")[2]))
    return table(("", "phase", "how often", "what it does"), rows)


def submodels() -> str:
    """The docstring of every submodel, in the order of the schedule, and of those that they call."""
    names = [phase.name for phase in SCHEDULE]
    folder = Path(sim.model.displacement.__file__).parents[1] / "processes"
    others = sorted(path.stem for path in folder.glob("*.py") if path.stem not in (*names, "__init__"))
    parts = []
    for name in [*names, *others]:
        text = inspect.getdoc(importlib.import_module(f"sim.processes.{name}")) or ""
        parts.append(f"#### {name}\n\n" + text.replace("``", "`").replace("::\n", ":\n"))
    return "\n\n".join(parts)


def households() -> str:
    """What a household is made of and the states it can be in."""
    columns = ", ".join(f"`{name}`" for name in Columns.__dataclass_fields__)
    states = ", ".join(status.name.lower() for status in Status)
    return f"Fixed columns: {columns}. States: {states}. {first_line(Households)}"


def parameters() -> str:
    """Every parameter of `base`, by group."""
    base = load("base")
    parts = []
    for group in dict.fromkeys(spec.group for spec in SPECS.values()):
        rows = [
            (
                f"`{name}`", spec.meaning, f"{base.parameters[name].value:.4g}", spec.unit, base.parameters[name].basis,
                base.parameters[name].prior or "",
            )
            for name, spec in SPECS.items() if spec.group == group
        ]  # fmt: skip
        parts.append(f"**{group}**\n\n" + table(("parameter", "meaning", "value", "unit", "basis", "prior"), rows))
    return "\n\n".join(parts)


def observed() -> str:
    """Every recorded variable."""
    rows = [(f"`{v.name}`", ", ".join(("time", *v.dims)), v.units, v.long_name) for v in VARIABLES]
    rows += [(f"`{v.name}`", ", ".join(v.dims), v.units, v.long_name) for v in AT_END]
    return table(("variable", "dimensions", "unit", "meaning"), rows)


def kinds() -> str:
    """Every kind of shock and of intervention."""
    rows = []
    for title, union in (("shock", shocks.Shock), ("intervention", interventions.AnyIntervention)):
        for kind in get_args(get_args(union)[0]):
            word = get_args(kind.model_fields["kind"].annotation)[0]
            channels = ", ".join(getattr(kind, "channels", ()))
            rows.append((title, f"`{word}`", first_line(kind), channels))
    return table(("", "kind", "what it is", "acts through"), rows)


def assurances() -> str:
    """The assurances that combine into guarantees."""
    return ", ".join(f"`{name}`" for name in ASSURANCES)


def basis() -> str:
    """How many numbers of `base` rest on what."""
    found = Counter(parameter.basis for parameter in load("base").parameters.values())
    uncertain = len(load("as_reported").priors())
    total = sum(found.values())
    rows = [(word, count, f"{count / total:.0%}") for word, count in found.most_common()]
    return table(("basis", "parameters", "share"), rows) + f"\n\n`as_reported` has {uncertain} uncertain numbers."


def shipped() -> str:
    """The shipped scenarios."""
    names = sorted(path.stem for path in scenarios_folder().glob("*.toml"))
    return table(("scenario", "what it plays"), [(f"`{name}`", load(name).summary) for name in names])


def disputed() -> str:
    """The contested claims of the ledger and who makes them."""
    entries = tomllib.loads((seeds_folder() / "article.toml").read_text(encoding="utf-8"))["entry"]
    rows = [
        (entry["statement"], entry["claimed_by"], ", ".join(entry.get("used_by", [])) or "context only")
        for entry in entries
        if entry["contested"]
    ]
    return table(("claim", "who makes it", "where it goes"), rows)


def packages() -> tuple[str, ...]:
    """Return the folders of ``sim``."""
    return tuple(sorted(path.parent.name for path in SOURCE.glob("*/__init__.py")))


def imported(tree: ast.AST) -> set[str]:
    """Return the folders of ``sim`` that a module imports when it is loaded, not for types or in functions."""
    if isinstance(tree, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        return set()
    if isinstance(tree, ast.Import | ast.ImportFrom):
        module = getattr(tree, "module", None)
        names = [module or ""] if isinstance(tree, ast.ImportFrom) else [alias.name for alias in tree.names]
        return {name.split(".")[1] for name in names if name.startswith("sim.")} & set(packages())
    return {name for child in ast.iter_child_nodes(tree) for name in imported(child)}


def imports() -> nx.DiGraph:
    """Return the graph of folders, each with an edge to those it stands on."""
    graph = nx.DiGraph()
    graph.add_nodes_from(packages())
    for package in packages():
        for path in sorted((SOURCE / package).rglob("*.py")):
            found = imported(ast.parse(path.read_text("utf-8"))) - {package}
            graph.add_edges_from((package, other) for other in sorted(found))
    return graph


def architecture() -> str:
    """The folders as a diagram; an arrow leads to a folder from what it stands on, unless that follows from others.

    ``networkx.transitive_reduction`` fails where folders import one another in a circle.
    """
    shown = imports()
    shown.remove_node("cli")
    arrows = sorted((below, above) for above, below in nx.transitive_reduction(shown).edges)
    return "\n".join(["```mermaid", "flowchart LR", *(f"    {a} --> {b}" for a, b in arrows), "```"])


def folders() -> str:
    """What each folder answers, from what stands on nothing to what stands on the rest."""
    order = [name for layer in reversed(list(nx.topological_generations(imports()))) for name in sorted(layer)]
    return table(
        ("folder", "what it holds"), ((f"`sim/{n}`", first_line(importlib.import_module(f"sim.{n}"))) for n in order)
    )


def recorded(name: str) -> str:
    """Return a table that a run left in the folder of records, with the command that made it."""
    manifest = json.loads((RECORDS / name / "record.json").read_text(encoding="utf-8"))
    text = (RECORDS / name / "table.md").read_text(encoding="utf-8").strip()
    return f"`{manifest['command']}`\n\n{text}"


def records() -> dict[str, Callable[[], str]]:
    """Return one part for each recorded run, under its folder's name."""
    return {path.parent.name: _part(path.parent.name) for path in sorted(RECORDS.glob("*/record.json"))}


def _part(name: str) -> Callable[[], str]:
    return lambda: recorded(name)


PARTS: dict[str, Callable[[], str]] = {
    part.__name__: part
    for part in (
        schedule, submodels, households, parameters, observed, kinds, assurances, basis, shipped, disputed,
        architecture, folders,
    )
}  # fmt: skip


def filled(text: str) -> str:
    """Return a page with every part as it should be; KeyError names a part that nothing builds."""
    parts = PARTS | records()
    return PART.sub(lambda found: f"{found[1]}{parts[found[2]]()}\n{found[3]}", text)


def main() -> int:
    """Write the pages, or say which are out of date."""
    stale = [page for page in sorted(HERE.glob("*.md")) if page.read_text("utf-8") != filled(page.read_text("utf-8"))]
    for page in stale:
        if "--check" in sys.argv[1:]:
            print(f"docs/{page.name} is out of date: run scripts/docs")
        else:
            page.write_text(filled(page.read_text("utf-8")), encoding="utf-8", newline="\n")
    return int(bool(stale) and "--check" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
