"""What can be seen of a live run: the newest frame, who looked at it, and when the next one is worth its time."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from bnnlab.train.live.frame import LiveFrame

PUBLISH_EVERY_S = 0.03  # about as many pictures a second as a page is sent
ASKED_WITHIN_S = 0.1  # who asked for a frame a moment ago asks for the next one too
WATCHED_WITHIN_S = 0.5  # a reader who polls more often than this always finds a fresh frame
STILL_AGAIN_AFTER_S = 0.25  # between two frames of which only the step of the run is new
UNWATCHED_AFTER_S = 600.0
SMOOTHING = 0.8  # share of the rate before in the rate that is told


class Publisher:
    """Holds the newest frame for readers on other threads.

    Args:
        clock: Seconds; only differences count.

    Attributes:
        changed: Notified with each new frame.
        frame: The newest one; immutable, and replaced as a whole. There is none before the first `publish`.
        seen: The last one that a reader took; set by the reader.
        last_read: When a reader last looked; set by the reader.
        rate: Steps a second, lately; 0.0 unless it plays.
    """

    frame: LiveFrame

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.changed = threading.Condition()
        self.seen: LiveFrame | None = None
        self.last_read = self._published_at = clock()
        self.rate = 0.0
        self._step = 0
        self._asked_at = -math.inf

    def publish(self, frame: LiveFrame, now: float) -> None:
        """Replace the frame by one of another moment, begun at `now`."""
        with self.changed:
            self.frame = frame
            self.changed.notify_all()
        self._published_at = now

    def tell(self, frame: LiveFrame) -> None:
        """Replace the frame by one with another status beside the same picture."""
        with self.changed:
            if self.is_seen:
                self.seen = frame
            self.frame = frame
            self.changed.notify_all()

    def measure(self, now: float, step: int, state: str) -> None:
        """Work out the rate before a frame of this step is published."""
        elapsed = now - self._published_at
        if state == "playing" and elapsed > 0 and step > self._step:
            latest = (step - self._step) / elapsed
            self.rate = latest if self.rate == 0 else SMOOTHING * self.rate + (1 - SMOOTHING) * latest
        elif state not in ("playing", "waiting"):
            self.rate = 0.0
        self._step = step

    @property
    def is_seen(self) -> bool:
        """Whether a reader took the newest frame."""
        return self.seen is self.frame

    def ask(self) -> None:
        """A reader waits for a frame of this moment."""
        self._asked_at = self._clock()

    def is_asked(self, now: float) -> bool:
        """Whether a reader asks for each frame, so that none need be made before."""
        return now - self._asked_at <= ASKED_WITHIN_S

    def is_due(self, now: float) -> bool:
        """Whether a reader who polls should find another frame."""
        return now - self._published_at >= PUBLISH_EVERY_S and now - self.last_read <= WATCHED_WITHIN_S

    def is_old(self, now: float) -> bool:
        """Whether the newest frame has stood for a while."""
        return now - self._published_at >= STILL_AGAIN_AFTER_S

    def is_watched(self, now: float) -> bool:
        """Whether anybody looked within ten minutes."""
        return now - self.last_read <= UNWATCHED_AFTER_S

    def wake(self) -> None:
        """Count the time from now on: what was before, nobody could look at."""
        self.last_read = self._published_at = self._clock()
