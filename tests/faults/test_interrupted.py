"""Ctrl-C and SIGTERM at seeded moments: nothing earlier is lost, and the exit code is as documented."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@pytest.mark.parametrize("number", CODES, ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("name", ["run", "compare", "report"])
def test_nothing_earlier_is_lost(start, corridor, commands, contents, copied, name, number):
    folder = copied / ("run" if name == "report" else name)
    words = ("report", folder) if name == "report" else (*commands[name], "--out", folder)
    if name == "report":
        assert corridor(*words).code == 0
    before, chance = contents(folder), random.Random(f"{name} {number}")
    began = time.monotonic()
    assert corridor(*commands["run"], "--out", copied / "timed").code == 0
    needed = time.monotonic() - began
    codes = set()
    for _ in range(3):
        process = start(*words, "--seed", 9) if name != "report" else start(*words)
        time.sleep(needed * chance.uniform(0.2, 0.6))
        os.kill(process.pid, number)
        answer = process.end()
        codes.add(answer.code)
        if answer.code == 0:  # it was quicker
            continue
        assert answer.code == CODES[number]
        assert "Traceback" not in answer.said
        assert number == signal.SIGTERM or answer.said == "interrupted; nothing was written\n"
        assert contents(folder) == before
    assert CODES[number] in codes
    assert sorted(path.name for path in copied.iterdir()) == ["compare", "ensemble", "run", "timed"]
