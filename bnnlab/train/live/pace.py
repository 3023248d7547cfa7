"""How fast a run plays: so many steps a second, as fast as it can, or slowly at first and then ever faster."""

from __future__ import annotations

import math
from typing import Literal

Speed = float | Literal["start"] | None
"""Steps a second; None for as fast as it can; ``"start"`` begins slowly enough to be followed, then speeds up."""

FIRST_STEPS_A_SECOND = 1.5
GROWS_WITHIN_S = 5.0  # by a factor of e
MAX_GROWTH = 50.0  # in powers of e; beyond it no number of steps means anything


class Pace:
    """When the next step is due.

    With ``"start"``, so many steps are due t seconds after playing began:

        1.5 * tau * (exp(t / tau) - 1),     tau = 5 s,

    1.5 a second at first. The pace becomes None, as fast as possible, once it cannot be kept.

    Attributes:
        speed: The speed that holds now.
    """

    def __init__(self) -> None:
        self.speed: Speed = None
        self._next_at = self._began_at = -math.inf
        self._first_step = 0

    def begin(self, now: float, step: int, elapsed: float = 0.0) -> None:
        """Start to play at a step.

        Args:
            now: The time, in seconds.
            step: Steps done so far.
            elapsed: Seconds for which it should count as having played already.
        """
        self._next_at, self._began_at, self._first_step = now, now - elapsed, step

    def postpone(self, seconds: float) -> None:
        """Let a time in which nothing could be done not count."""
        self._next_at, self._began_at = self._next_at + seconds, self._began_at + seconds

    def done(self, now: float) -> None:
        """A step was done."""
        if isinstance(self.speed, int | float):
            between = 1 / self.speed
            late = now - self._next_at >= between
            self._next_at = (now if late else self._next_at) + between

    def wait(self, now: float, step: int) -> float:
        """Seconds until the next step is due; not positive if it is."""
        if self.speed is None:
            return 0.0
        if self.speed == "start":
            due = step + 1 - self._first_step
            after = GROWS_WITHIN_S * math.log1p(due / (FIRST_STEPS_A_SECOND * GROWS_WITHIN_S))
            return self._began_at + after - now
        return self._next_at - now

    def compare(self, now: float, step: int, possible: float) -> None:
        """Be as fast as possible from now on if that is slower than what is due.

        Args:
            now: The time, in seconds.
            step: Steps done so far.
            possible: Steps a second that can be done.
        """
        if self.speed == "start" and self.wait(now, step) < 0:
            growth = min((now - self._began_at) / GROWS_WITHIN_S, MAX_GROWTH)
            if FIRST_STEPS_A_SECOND * math.exp(growth) > possible:
                self.speed = None
