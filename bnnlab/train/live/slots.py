"""Who may compute: a few at a time, in the order in which they asked."""

from __future__ import annotations

import threading
from collections import deque


class Turn:
    """A place in the line for a slot; once it is there, the holder may compute until it calls `end`."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self.has_come = threading.Event()

    def wait(self, timeout: float) -> bool:
        """Wait for the turn without losing the place; returns whether it has come."""
        return self.has_come.wait(timeout)

    def end(self) -> None:
        """Leave the line, or give the slot to the next; may be called twice."""
        self._slots.leave(self)


class Slots:
    """Lets `count` holders compute at one moment, first come, first served.

    A semaphore would not do: whoever stops waiting to see what else there is to do loses its place, and on a crowded
    machine somebody would never come to it.

    Args:
        count: How many.
    """

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._free = count
        self._line: deque[Turn] = deque()
        self._holders: set[Turn] = set()

    def line_up(self) -> Turn:
        """Take a place at the end of the line."""
        turn = Turn(self)
        with self._lock:
            self._line.append(turn)
            self._call_next()
        return turn

    def leave(self, turn: Turn) -> None:
        """End a turn, or give up a place."""
        with self._lock:
            if turn in self._holders:
                self._holders.remove(turn)
                self._free += 1
            elif turn in self._line:
                self._line.remove(turn)
            self._call_next()

    def add(self) -> None:
        """One more may compute."""
        with self._lock:
            self._free += 1
            self._call_next()

    @property
    def is_waited_for(self) -> bool:
        """Whether somebody stands in the line."""
        return bool(self._line)

    @property
    def free(self) -> int:
        """Slots that nobody holds."""
        return self._free

    def _call_next(self) -> None:
        while self._free and self._line:
            turn = self._line.popleft()
            self._free -= 1
            self._holders.add(turn)
            turn.has_come.set()
