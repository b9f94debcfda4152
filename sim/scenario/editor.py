"""The JSON Schema of scenario files, by which editors check and complete them while they are written."""

from __future__ import annotations

from typing import Any

from sim.scenario.merge import OWN_KEYS
from sim.scenario.parameters import SPECS, Spec
from sim.scenario.schema import Scenario

REQUIRED = [key for key in OWN_KEYS if key != "triggers"]
"""What each file must hold; the rest may be inherited."""


def json_schema() -> dict[str, Any]:
    """Return the schema of the form that people write: partial tables, ``extends`` and ``remove`` allowed."""
    schema = Scenario.model_json_schema()
    definitions, properties = schema["$defs"], schema["properties"]
    for table in ("Time", "PlaceRef", "Parameter"):
        definitions[table].pop("required", None)
    definitions["Time"]["properties"].pop("file_days")
    parameter = definitions.pop("Parameter")["properties"]
    del parameter["file_value"]
    properties["parameters"] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _parameter(spec, parameter) for name, spec in SPECS.items()},
        "description": "Numbers of the model; keys that are left out are inherited.",
    }
    properties["extends"] = {
        "type": "string",
        "description": "The parent: a shipped scenario, or a .toml file in this folder or below it.",
    }
    properties["remove"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Ids of inherited shocks and interventions that are left out, and paths of uncertainties.",
    }
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Corridor scenario"}
    description = 'A "what if": what the world does, what is chosen, and the numbers that the model takes.'
    return schema | head | {"description": description, "required": REQUIRED}


def _parameter(spec: Spec, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one parameter's table: its own unit and range."""
    own = {
        "value": {"type": "number", "minimum": spec.low, "maximum": spec.high},
        "unit": {"const": spec.unit},
    }
    description = f"{spec.meaning} [{spec.unit}], {spec.low:g} to {spec.high:g}"
    return {
        "type": "object",
        "additionalProperties": False,
        "description": description,
        "properties": fields | own,
    }
