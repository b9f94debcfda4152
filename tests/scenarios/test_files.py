"""Every file in ``valid/`` loads; every file in ``invalid/`` fails with what its first lines expect, and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim import library
from sim.errors import ScenarioError
from sim.scenario.load import load

HERE = Path(__file__).parent
VALID = sorted((HERE / "valid").glob("*.toml"))
INVALID = sorted((HERE / "invalid").glob("*.toml"))
SHIPPED = sorted(library.shipped_scenarios())
PYDANTIC = re.compile(r"Input should|pydantic|validation error|\[type=|Field required|Extra inputs|NoneType|<class|0x")


def expected_in(path: Path) -> list[str]:
    lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    return [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_valid_files_load_and_resolving_them_again_changes_nothing(path: Path) -> None:
    scenario = load(path)
    assert scenario.name == path.stem
    again = load(scenario.resolved())
    assert again.resolved() == scenario.resolved()
    assert again.hash() == scenario.hash()


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_scenarios_load_and_resolving_them_again_changes_nothing(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert load(scenario.resolved()).hash() == scenario.hash()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_files_say_in_plain_words_what_to_mend(path: Path) -> None:
    expected = expected_in(path)
    assert any(len(words) > 15 for words in expected), f"{path.name} says too little in lines `# expect: ...`"
    with pytest.raises(ScenarioError) as caught:
        load(path)
    told = [str(problem).casefold() for problem in caught.value.problems]
    for words in expected:
        assert any(words.casefold() in line for line in told), words
    for line in told:
        assert any(words.casefold() in line for words in expected), f"nothing is expected of: {line}"
    assert not PYDANTIC.search(str(caught.value))
    for problem in caught.value.problems:
        assert problem.file
        assert problem.found
        assert problem.expected


def test_there_are_files_of_both_sorts() -> None:
    assert len(VALID) >= 5
    assert len(INVALID) >= 40


def test_all_six_problems_are_told_at_once_and_no_more() -> None:
    with pytest.raises(ScenarioError) as caught:
        load(HERE / "invalid" / "six_problems.toml")
    assert len(caught.value.problems) == 6
