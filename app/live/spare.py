"""A run that has learned already, kept ready for whoever begins the tour."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from bnnlab.train import LiveRun, RunConfig
from bnnlab.widgets.tour import STEPS_BEFORE

NEXT_AFTER_S: Final = 3.0
TRAINED_WITHIN_S: Final = 120.0


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
        self._closed = False

    def prepare(self, after_s: float = 0.0) -> None:
        """Train one in the background, if there is none. Returns at once.

        Args:
            after_s: Seconds until it begins.
        """
        with self._lock:
            if self._closed or self._run is not None or (self._next is not None and self._next.is_alive()):
                return
            self._next = threading.Timer(after_s, self._train)
            self._next.daemon = True
            self._next.start()

    def take(self) -> LiveRun:
        """The run, which belongs to the caller from now on; never waits for one to be trained."""
        with self._lock:
            taken, self._run = self._run, None
        if taken is None:
            taken = self._start(RunConfig())
            taken.advance(STEPS_BEFORE)
        else:
            taken.wake()
        self.prepare(self._after_s)
        return taken

    def close(self) -> None:
        """Let go of what nobody took."""
        with self._lock:
            self._closed, run, self._run = True, self._run, None
            if self._next is not None:
                self._next.cancel()
        if run is not None:
            run.close()

    def _train(self) -> None:
        """Train one to its end before anybody can have it: from then on it keeps no thread, and wakes at once."""
        run = self._start(RunConfig())
        run.advance(STEPS_BEFORE)
        try:
            run.wait_for(state="paused", step=STEPS_BEFORE, timeout=TRAINED_WITHIN_S)
        except (RuntimeError, TimeoutError):  # whoever takes one then trains it, and is told what is wrong
            run.close()
            return
        run.park()
        with self._lock:
            if not self._closed:
                self._run = run
                return
        run.close()


SPARE: Final = Spare()
"""The one of this process."""
