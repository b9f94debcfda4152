"""Whatever happens to an instance's files, it is read, or refused in plain words; never a traceback."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.errors import InputError
from sim.flee.convert import read_scenario, scenario_text

RIVERLAND = Path(__file__).parents[2] / "docs" / "examples" / "riverland"
FILES = sorted(path.relative_to(RIVERLAND).as_posix() for path in RIVERLAND.rglob("*.csv"))
WORDS = (
    "",
    ",",
    '"',
    "#",
    "-1",
    "1e9",
    "nan",
    "inf",
    "0",
    "\n",
    "\r",
    "town",
    "camp",
    "Oakford",
    "2031-03-01",
    "\t",
    "\0",
)
SCRAPS = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))
EDITS = st.lists(st.tuples(st.sampled_from(FILES), st.floats(0, 1), st.integers(0, 12), SCRAPS), min_size=1, max_size=4)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(EDITS)
def test_any_edit_is_read_or_refused(edits: list[tuple[str, float, int, str]]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = shutil.copytree(RIVERLAND, Path(temporary) / "edited")
        for name, where, length, scrap in edits:
            path = folder / name
            text = path.read_bytes().decode(errors="replace")
            at = int(where * len(text))
            path.write_bytes((text[:at] + scrap + text[at + length :]).encode(errors="replace"))
        try:
            scenario = read_scenario(folder)
        except InputError as error:
            refusal = [problem.found and problem.expected for problem in error.problems]
        else:
            refusal = []
        assert all(refusal)
        if refusal:
            return
        written = Path(temporary) / "edited.toml"
        written.write_text(scenario_text(folder), encoding="utf-8", newline="\n")
        assert sim.load(written) == scenario
