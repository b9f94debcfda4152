from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim import library
from sim.scenario.editor import json_schema
from sim.scenario.parameters import SPECS

TESTS = Path(__file__).parents[2] / "scenarios"
FILES = sorted(library.shipped_scenarios().values()) + sorted((TESTS / "valid").glob("*.toml"))
SEEN_BY_EDITORS = (
    "key_unknown_top",
    "key_unknown_parameter",
    "key_unknown_in_parameter",
    "unit_wrong",
    "share_above_one",
    "strength_above_one",
    "narrative_missing",
    "sector_unknown",
)


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(json.dumps(json_schema()))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def as_editors_see_it(path: Path) -> Any:
    data = tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    return json.loads(json.dumps(data, default=lambda moment: moment.isoformat()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_good_files_fit_the_schema(validator: Any, path: Path) -> None:
    assert [error.message for error in validator.iter_errors(as_editors_see_it(path))] == []


@pytest.mark.parametrize("name", SEEN_BY_EDITORS)
def test_bad_files_do_not(validator: Any, name: str) -> None:
    assert not validator.is_valid(as_editors_see_it(TESTS / "invalid" / f"{name}.toml"))


def test_each_parameter_is_described_with_its_unit_and_range() -> None:
    parameters = json_schema()["properties"]["parameters"]["properties"]
    assert list(parameters) == list(SPECS)
    share = parameters["child_share"]
    assert share["description"].startswith("persons under 18 [share]")
    assert share["properties"]["value"] == {"type": "number", "minimum": 0.0, "maximum": 1.0}
    assert share["properties"]["unit"] == {"const": "share"}
