"""Play waits for the browser: a frame that is not drawn holds the next one back."""

from __future__ import annotations

import threading
import time

from sim.dashboard import pace
from sim.dashboard.pace import FRAME_MILLISECONDS, Pace


def test_the_next_frame_waits_for_the_last_one() -> None:
    paced = Pace()
    assert paced.value == FRAME_MILLISECONDS
    first, second = paced.next_frame(), paced.next_frame()
    waited: list[float] = []
    began = time.monotonic()
    waiter = threading.Thread(target=lambda: waited.append(paced.value and time.monotonic() - began))
    waiter.start()
    paced.drawn(first)
    time.sleep(0.2)
    assert waited == []
    paced.drawn(second)
    waiter.join(5)
    assert waited[0] >= 0.2


def test_patience_ends(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 0.05)
    paced = Pace()
    paced.next_frame()
    assert paced.value == FRAME_MILLISECONDS
