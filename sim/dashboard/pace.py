"""The pace of play: no frame before the browser has drawn the one before, however slow it is."""

from __future__ import annotations

import threading

FRAME_MILLISECONDS = 50
PATIENCE_SECONDS = 5.0


class Pace:
    """What Mesa's controller takes for its reactive ``play_interval``: reading ``value`` waits for the browser.

    Without it frames would pile up in a slow browser, and a click on pause would come after all of them.
    """

    def __init__(self) -> None:
        self.frame = 0
        self._drawn = threading.Event()
        self._drawn.set()

    @property
    def value(self) -> int:
        """Wait until the last frame is drawn, or patience ends; return the pause before the next one [ms]."""
        self._drawn.wait(PATIENCE_SECONDS)
        return FRAME_MILLISECONDS

    def next_frame(self) -> int:
        """Return the number of a frame that is about to be sent."""
        self._drawn.clear()
        self.frame += 1
        return self.frame

    def drawn(self, frame: int) -> None:
        """Note that the browser has drawn ``frame``."""
        if frame >= self.frame:
            self._drawn.set()
