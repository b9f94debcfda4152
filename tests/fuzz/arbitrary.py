"""Any valid scenario: every kind of shock and intervention, any parameter within its range, any place and step.

Actions are drawn from the schema itself. A kind whose fields this module can't fill raises :class:`UnknownFieldError`,
so that a schema that grows takes this module with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from sim.scenario.gazetteer import Gazetteer, names_of
from sim.scenario.load import load
from sim.scenario.parameters import SPECS
from sim.scenario.problems import KINDS
from sim.scenario.schema import PlaceRef

Schema = dict[str, Any]
Strategy = st.SearchStrategy[Any]

BASE = load("base").resolved()
START = datetime.fromisoformat("2023-09-19T00:00:00+04:00")
DAYS = 5.0
STEPS = (15, 30, 60, 120, 360, 480, 720, 1440)
MOST_RESIDENTS = 700.0
FREE_TEXT = ("source", "note", "ledger")
NAMED = {
    "districts": "districts",
    "settlements": "settlements",
    "settlement": "settlements",
    "road": "roads",
    "opens_roads": "roads",
    "facilities": "facilities",
    "reconnects": "facilities",
    "provinces": "provinces",
    "nodes": "nodes",
    "at": "nodes",
    "to": "nodes",
}
"""Field → names of the gazetteer that it may hold."""


class UnknownFieldError(Exception):
    """The schema has something that no strategy here can fill."""


def numbers(low: float, high: float) -> Strategy:
    """Draw numbers of a range: its ends, what lies near, and what is usual."""
    usual = [value for value in (0.0, 0.3, 1.0, 2.5, 40.0, 1000.0) if low <= value <= high]
    return st.sampled_from([low, high, *usual]) | st.floats(low, min(high, max(low + 1.0, 100.0)))


def values(schema: Schema, root: Schema, names: Gazetteer, field: str = "") -> Strategy:
    """Draw values of a JSON schema; ``field`` says what texts stand for."""
    if "$ref" in schema:
        return table(root["$defs"][schema["$ref"].rpartition("/")[2]], root, names)
    if "anyOf" in schema:
        return st.one_of([values(item, root, names, field) for item in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    fill = _BY_TYPE.get(schema.get("type", ""))
    if fill is None:
        raise UnknownFieldError(f"{field}: {schema}")
    return fill(schema, root, names, field)


def _number(schema: Schema, root: Schema, names: Gazetteer, field: str) -> Strategy:
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0.0) + 1e-6)
    return numbers(low, schema["maximum"])


def _integer(schema: Schema, root: Schema, names: Gazetteer, field: str) -> Strategy:
    low, high = schema["minimum"], schema["maximum"]
    return st.sampled_from([low, high]) | st.integers(low, min(high, 300))


def _text(schema: Schema, root: Schema, names: Gazetteer, field: str) -> Strategy:
    if field in FREE_TEXT:
        return st.sampled_from(["", "A test.", "Σ 日本 'quoted' \\ \t"])
    if field not in NAMED:
        raise UnknownFieldError(f"a text `{field}` that may be a name of something")
    return st.sampled_from(getattr(names, NAMED[field]))


def _list(schema: Schema, root: Schema, names: Gazetteer, field: str) -> Strategy:
    least, most = schema.get("minItems", 0), min(schema.get("maxItems", 3), 3)
    if field == "links":
        return st.lists(st.sampled_from(sorted(map(sorted, names.links))), min_size=least, max_size=most)
    if field in NAMED and not getattr(names, NAMED[field]):
        return st.just([])
    return st.lists(values(schema["items"], root, names, field), min_size=least, max_size=most)


def _mapping(schema: Schema, root: Schema, names: Gazetteer, field: str) -> Strategy:
    known = schema.get("propertyNames", {}).get("enum", names.settlements if field == "daily" else None)
    if known is None:
        raise UnknownFieldError(f"a table `{field}` of unknown keys")
    inner = values(schema["additionalProperties"], root, names, field)
    return st.dictionaries(st.sampled_from(known), inner, min_size=schema.get("minProperties", 0), max_size=3)


_BY_TYPE = {
    "number": _number,
    "integer": _integer,
    "boolean": lambda *_: st.booleans(),
    "null": lambda *_: st.none(),
    "string": _text,
    "array": _list,
    "object": _mapping,
}


def table(schema: Schema, root: Schema, names: Gazetteer) -> Strategy:
    """Draw a table of a JSON schema's properties, the optional ones or not."""
    fields = {name: values(item, root, names, name) for name, item in schema["properties"].items()}
    required = schema.get("required", ())
    return st.fixed_dictionaries(
        {name: item for name, item in fields.items() if name in required},
        optional={name: item for name, item in fields.items() if name not in required},
    )


def offered(section: str, names: Gazetteer) -> list[str]:
    """Return the kinds of a section that a place has the names for."""
    kinds = []
    for kind, model in KINDS[section].items():
        schema = model.model_json_schema()
        wanted = [NAMED[name] for name in schema["required"] if name in NAMED]
        if all(getattr(names, item) for item in wanted):
            kinds.append(kind)
    return kinds


def action(section: str, kind: str, names: Gazetteer) -> Strategy:
    """Draw a shock or an intervention of one kind, in force for some part of the horizon."""
    schema = KINDS[section][kind].model_json_schema()
    inner = {name: item for name, item in schema["properties"].items() if name not in ("id", "start", "end", "kind")}
    drawn = table(schema | {"properties": inner}, schema, names)
    return st.builds(lambda dates, data: {"kind": kind} | dates | data, dated(), drawn)


@st.composite
def dated(draw: st.DrawFn) -> dict[str, str]:
    """Draw a start before the horizon's end, and perhaps an end after both the start and the horizon's start."""
    minutes = int(DAYS * 1440)
    start = draw(st.integers(-43_200, minutes - 1) | st.sampled_from([0, 60, 1440, minutes - 1]))
    found = {"start": (START + timedelta(minutes=start)).isoformat()}
    if draw(st.booleans()):
        end = max(start, 0) + draw(st.integers(1, 2 * minutes) | st.just(1))
        found["end"] = (START + timedelta(minutes=end)).isoformat()
    return found


@st.composite
def priors(draw: st.DrawFn, low: float, high: float) -> dict[str, Any]:
    """Draw a prior whose span lies within a range."""
    ranges = {"uniform": (low, high), "lognormal": (1e-9, 1e9), "logitnormal": (1e-6, 1.0 - 1e-6)}
    if ranges.keys() != KINDS["prior"].keys():
        raise UnknownFieldError(f"priors {sorted(KINDS['prior'])}")
    within = {kind: (max(low, ends[0]), min(high, ends[1])) for kind, ends in ranges.items()}
    kind = draw(st.sampled_from([kind for kind, ends in within.items() if ends[0] < ends[1]]))
    least, most = within[kind]
    shares = sorted(draw(st.tuples(*[st.floats(0.0, 1.0)] * 3)))
    at = [least + (most - least) * share for share in shares]
    if not at[0] < at[1] < at[2] or at[1] - at[0] < 1e-9 * most or at[2] - at[1] < 1e-9 * most:
        at = [least, (least + most) / 2.0, most]
    if kind == "uniform":
        return {"kind": kind, "low": at[0], "high": at[2]}
    return {"kind": kind, "median": at[1], "p025": at[0], "p975": at[2]}


@st.composite
def parameters(draw: st.DrawFn) -> dict[str, Any]:
    """Draw changes of some parameters, anywhere in their ranges."""
    found = {"residents_total": _of(draw(st.sampled_from([1.0, 2.0, 30.0, MOST_RESIDENTS])), "residents_total")}
    for name in draw(st.lists(st.sampled_from(sorted(SPECS)), max_size=12, unique=True)):
        spec = SPECS[name]
        if name != "residents_total":
            found[name] = _of(draw(numbers(spec.low, spec.high)), name)
            found[name]["prior"] = draw(st.none() | priors(spec.low, spec.high))
    return found


def _of(value: float, name: str) -> dict[str, Any]:
    return {"value": value, "unit": SPECS[name].unit, "basis": "reported", "source": "A test."}


@st.composite
def networks(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a small place: settlements and destinations on roads that need not reach everybody."""
    n_homes, n_camps = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    point = st.fixed_dictionaries({"lat": st.floats(-90.0, 90.0), "lon": st.floats(-180.0, 180.0)})
    homes = [
        draw(point) | {"name": f"Town {i}", "region": draw(st.sampled_from(["East", "West"])), "residents": residents}
        for i, residents in enumerate(draw(st.lists(numbers(1.0, 1e12), min_size=n_homes, max_size=n_homes)))
    ]
    rooms = st.none() | numbers(0.0, 1e12)
    camps = [draw(point) | {"name": f"Camp {i}", "capacity": draw(rooms)} for i in range(n_camps)]
    camps = [{key: value for key, value in camp.items() if value is not None} for camp in camps]
    nodes = [item["name"] for item in (*homes, *camps)] + ["Junction"]
    pairs = [(a, b) for i, a in enumerate(nodes) for b in nodes[:i]]
    links = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=8, unique=True))
    roads = [[a, b, draw(numbers(0.001, 20_000.0))] for a, b in links]
    return {"title": "Anywhere", "settlements": homes, "destinations": camps, "roads": roads}


def places() -> Strategy:
    """Draw a shipped dataset or a small network."""
    shipped = st.sampled_from([{"dataset": "karabakh_2023"}, {"dataset": "karabakh_2020"}])
    return shipped | networks().map(lambda network: {"network": network})


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the data of a valid scenario of five days."""
    place, step = draw(places()), draw(st.sampled_from(STEPS))
    names = names_of(PlaceRef.model_validate(place))
    data = {key: f"Any {key}." for key in ("title", "summary", "narrative")}
    data |= {"name": "anything", "assumptions": ["None."], "place": place}
    data["time"] = {"start": START.isoformat(), "days": DAYS, "step_minutes": step}
    data["parameters"] = BASE["parameters"] | draw(parameters())
    for section in ("shocks", "interventions"):
        kinds = draw(st.lists(st.sampled_from(offered(section, names)), max_size=6))
        drawn = [draw(action(section, kind, names)) for kind in kinds]
        data[section] = [{"id": f"{section}_{number}"} | item for number, item in enumerate(drawn)]
    return data
