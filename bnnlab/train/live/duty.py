"""The duty cycle: after work comes rest, so that a thread takes only its share of the time."""

from __future__ import annotations

import time
from collections.abc import Callable

MAX_SHARED_REST_S = 0.03
MAX_REST_S = 0.25  # after a long evaluation, say, the picture need not stand still as long again


class Duty:
    """When the next work is due.

    Args:
        share: Of the time, to be spent working; above 0 and at most 1.
        clock: Seconds; only differences count.
    """

    def __init__(self, share: float, clock: Callable[[], float]) -> None:
        self._share, self._clock = share, clock
        self._work_at = clock()

    @property
    def wait(self) -> float:
        """Seconds until there is work; not positive if there is some now."""
        return self._work_at - self._clock()

    def call(self) -> None:
        """There is work at once."""
        self._work_at = self._clock()

    def rest(self, busy: float, at_least: float) -> None:
        """Rest from now on after so many seconds of work, and until something else is due.

        Args:
            busy: Seconds of work.
            at_least: Seconds until the next work is due anyway.
        """
        self._work_at = self._clock() + max(min(self._due(busy), MAX_REST_S), at_least)

    def pause(self, began: float) -> None:
        """Rest a while after a small work besides, which began at `began`; what is due later stays so."""
        now = self._clock()
        self._work_at = max(self._work_at, now + self._due(now - began))

    def rest_for_all(self, began: float) -> None:
        """Rest while one holds a turn, so that nobody works: pictures of everybody's run have to be made too."""
        time.sleep(min(self._due(self._clock() - began), MAX_SHARED_REST_S))

    def possible(self, steps: int, busy: float) -> float:
        """Steps a second that the share of the time allows, if so many took `busy` seconds."""
        return self._share * steps / busy

    def _due(self, busy: float) -> float:
        return busy * (1 / self._share - 1)
