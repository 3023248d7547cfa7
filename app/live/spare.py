"""A run that has learned already, kept ready for whoever begins the tour."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from bnnlab.train import LiveRun, RunConfig
from bnnlab.widgets.tour import STEPS_BEFORE

NEXT_AFTER_S: Final = 3.0


class Spare:
    """One run of the default settings, trained to the step where the tour begins.

    It is a real run with all of its past. Whoever comes while there is none gets one that is still learning its first
    steps: that takes seconds.

    Args:
        start: Starts a run; replaced in tests.
        after_s: Seconds until the next one is trained: whoever took one has a page to open first.
    """

    def __init__(
        self, start: Callable[[RunConfig], LiveRun] = LiveRun, after_s: float = NEXT_AFTER_S
    ) -> None:
        self._start = start
        self._after_s = after_s
        self._lock = threading.Lock()
        self._run: LiveRun | None = None
        self._next: threading.Timer | None = None

    def prepare(self) -> None:
        """Begin to train one, if there is none. Returns at once."""
        with self._lock:
            self._run = self._run or self._trained()

    def take(self) -> LiveRun:
        """The run, which belongs to the caller from now on."""
        with self._lock:
            taken, self._run = self._run or self._trained(), None
            taken.wake()
            if self._next is None or not self._next.is_alive():
                self._next = threading.Timer(self._after_s, self.prepare)
                self._next.daemon = True
                self._next.start()
        return taken

    def close(self) -> None:
        """Let go of what nobody took."""
        with self._lock:
            if self._next is not None:
                self._next.cancel()
            if self._run is not None:
                self._run.close()
                self._run = None

    def _trained(self) -> LiveRun:
        run = self._start(RunConfig())
        run.advance(STEPS_BEFORE)
        run.park()  # no thread waits for who may never come
        return run


SPARE: Final = Spare()
"""The one of this process."""
