"""The turns of one thread: asked for, waited for between commands, and given up."""

from __future__ import annotations

from collections.abc import Callable

from bnnlab.train.live.slots import Slots, Turn

COMMANDS_EVERY_S = 0.02  # how often one that waits for its turn looks for commands
LATE_AFTER_S = 0.1  # so long a wait for a turn is said


class Shift:
    """Asks for one turn after the other.

    Args:
        slots: Who may compute at one moment.
        clock: Seconds; only differences count.
    """

    def __init__(self, slots: Slots, clock: Callable[[], float]) -> None:
        self._slots, self._clock = slots, clock
        self._turn: Turn | None = None
        self._asked_at = clock()

    def has_come(self) -> bool:
        """Whether one may compute now; if not after a short wait, one keeps the place and looks for commands first."""
        if self._turn is None:
            self._turn, self._asked_at = self._slots.line_up(), self._clock()
        return self._turn.wait(COMMANDS_EVERY_S)

    @property
    def is_late(self) -> bool:
        """Whether the turn has been waited for so long that a reader should hear of it."""
        return self._clock() - self._asked_at > LATE_AFTER_S

    @property
    def others_wait(self) -> bool:
        """Whether somebody else stands in the line."""
        return self._slots.is_waited_for

    def end(self) -> None:
        """Give up the turn, or the place in the line; may be called twice."""
        if self._turn is not None:
            self._turn.end()
            self._turn = None
