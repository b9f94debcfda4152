"""Ctrl-C and SIGTERM at seeded moments: nothing earlier is lost, and the exit code is as documented."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from sim.report.material import read_material

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.mark.parametrize("number", CODES, ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("name", ["run", "compare", "report"])
def test_nothing_earlier_is_lost(start, corridor, commands, contents, copied, name, number):
    folder = copied / ("run" if name == "report" else name)
    words = ("report", folder) if name == "report" else (*commands[name], "--out", folder)
    elsewhere = words if name == "report" else (*commands[name], "--out", copied / "timed")
    began = time.monotonic()
    assert corridor(*elsewhere).code == 0
    needed = time.monotonic() - began
    before, chance = contents(folder), random.Random(f"{name} {number}")
    codes = set()
    for share in (0.1, 0.3, 0.6):
        process = start(*words, "--seed", 9) if name != "report" else start(*words)
        time.sleep(needed * chance.uniform(0.5, 1.0) * share)
        os.kill(process.pid, number)
        answer = process.end()
        codes.add(answer.code)
        if answer.code in (0, -number):  # it had ended, or not begun
            continue
        assert answer.code == CODES[number]
        assert "Traceback" not in answer.said
        assert number == signal.SIGTERM or answer.said == "interrupted; nothing unfinished was written\n"
        if contents(folder) != before:  # struck just after the new result was put in place
            assert read_material(folder).manifest["seed"] == (1 if name == "report" else 9)
            before = contents(folder)
    assert CODES[number] in codes
    assert sorted(path.name for path in copied.iterdir()) == sorted(
        {*commands, "timed"} if name != "report" else commands
    )
