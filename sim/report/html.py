"""The page itself: one HTML file that opens from disk, asks nothing of any network and runs no script but its own."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.figures.curves import day, zone
from sim.place.place import load_place
from sim.report import evidence, words
from sim.report.curves import charts, chosen_times, counts_of, minutes_of, whereabouts
from sim.report.ground import ground, origins
from sim.report.material import Material
from sim.report.tables import tables
from sim.results.claims import Claim, claims
from sim.results.provenance import corridor_version

SCRIPTS = ("base.js", "chart.js", "places.js", "page.js")


def page(material: Material) -> str:
    """Return the report of ``material`` as HTML."""
    found = claims(material, list(material.scenarios.values())) if material.n_members > 1 else []
    style, script = _asset("report.css"), '"use strict";\n' + "\n".join(_asset(name) for name in SCRIPTS)
    context = {
        **_who(material),
        **_what(material, found),
        **_why(material, found),
        "style": Markup(style),
        "style_hash": _hash(style),
        "script": Markup(script),
        "script_hash": _hash(script),
    }
    return _environment().get_template("report.html.j2").render(context)


def _who(material: Material) -> dict[str, Any]:
    """Return what heads and closes the page: which result this is."""
    times, base = material.dataset["time"].to_numpy(), material.scenarios[material.baseline]
    others = len(material.scenarios) - 1
    provenance = material.manifest.get("provenance", {})
    versions = provenance.get("versions") or material.manifest.get("software") or {}
    return {
        "title": f"{base.title}, and {others} other scenario{'s' * (others > 1)}" if others else base.title,
        "summary_text": base.summary,
        "place": load_place(base.place.dataset).title,
        "span": f"{day(times[0])} to {day(times[-1])}",
        "end": day(times[-1]),
        "zone": zone(material.dataset),
        "n_members": material.n_members,
        "seed": material.manifest.get("seed", "unknown"),
        "scenarios": [
            {
                "name": name,
                "title": one.title,
                "narrative": one.narrative,
                "assumptions": one.assumptions,
                "hash": one.hash(),
            }
            for name, one in material.scenarios.items()
        ],
        "command": material.manifest.get("command", ""),
        "written": material.manifest.get("written", ""),
        "versions": sorted(versions.items()),
        "files": [name for name in material.manifest.get("files", []) if not name.startswith("figures/")],
        "version": corridor_version(),
    }


def _what(material: Material, found: list[Claim]) -> dict[str, Any]:
    """Return what happens: numbers, charts, the map and tables."""
    at, busy = chosen_times(material.dataset)
    drawn, land, flows = charts(material, at), ground(material, at), origins(material)
    people = whereabouts(material, at)
    payload = {
        "times": minutes_of(material.dataset["time"].to_numpy()[at]),
        "counts": counts_of(material),
        "busy": busy,
        "map_first": (busy[0] + busy[1]) // 2,
        "scenarios": [{"title": title} for title in material.titles.values()],
        "charts": drawn,
        "whereabouts": people,
        "map": None if land is None else {key: land[key] for key in ("points", "flow")},
        "origins": flows,
    }
    return {
        "payload": payload,
        "has_counts": bool(payload["counts"]),
        "charts": drawn,
        "ground": land,
        "labels": [] if land is None else _labels(land, set(map(str, material.dataset["district"].to_numpy()))),
        "has_origins": flows is not None,
        "states": people["states"],
        "scores": words.scores(material),
        "lead": words.lead(material),
        "against": words.against(material, found),
        "tables": tables(material, found),
    }


def _labels(land: dict[str, Any], districts: set[str]) -> list[dict[str, Any]]:
    """Return the names on the map: each province, the crossing and the place that each district is called by."""
    points = land["points"]
    homes = [item for item in points if item["kind"] == "district" or item["name"] in districts]
    middle = float(np.median([item["x"] for item in homes])) if homes else 0.0
    labels = [(item, 13, 5, "start") if item["x"] >= middle else (item, -13, 5, "end") for item in homes]
    below = {"province": 24, "crossing": 36}
    labels += [(item, 0, below[item["kind"]], "middle") for item in points if item["kind"] in below]
    return [
        {"text": item["title"], "kind": item["kind"], "x": item["x"] + dx, "y": item["y"] + dy, "anchor": anchor}
        for item, dx, dy, anchor in labels
    ]


def _why(material: Material, found: list[Claim]) -> dict[str, Any]:
    """Return what it rests on and how sure it is."""
    numbers, actions = evidence.numbers(material), evidence.actions(material)
    return {
        "hangs_on": words.hangs_on(material, found),
        "bases": words.bases(material),
        "n_numbers": len(numbers),
        "is_not": words.NOT,
        "how_sure": words.how_sure(material),
        "numbers": numbers,
        "actions": actions,
        "levers": evidence.levers(material),
        "sources": evidence.all_cited(numbers, actions),
    }


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sim.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":"), "sort_keys": True}
    return environment


def _asset(name: str) -> str:
    return (files("sim.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what a Content-Security-Policy calls an inline element by."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
