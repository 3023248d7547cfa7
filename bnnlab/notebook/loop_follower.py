"""Follows a loop of the user's own with a notebook's picture, on the thread of the loop."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from bnnlab.cockpit.commands import sentence
from bnnlab.notebook.cell import CellWatch
from bnnlab.notebook.outlet import Outlet
from bnnlab.records import History, Snapshot, TrainingEvent
from bnnlab.widgets import lab

REST_FOR_EACH: Final = 1.0  # second of training, at least, for each second that pictures take
SMOOTHING: Final = 0.8


class Sight(Protocol):
    """What there is to see of a loop, and how it says that it did a step."""

    @property
    def history(self) -> History:
        """Its curves so far."""

    @property
    def settings(self) -> dict[str, Any]:
        """What the picture's header says beside the snapshot."""

    def snapshot(self, hurried: bool) -> Snapshot | None:
        """The loop at this moment; None once there is nothing left to see."""

    def look(self, order: dict[str, Any]) -> None:
        """Look at something else from now on.

        Raises:
            ValueError: If that is not there.
            TypeError: If a value has the wrong type.
        """

    def tell(self, listener: Callable[[TrainingEvent | None], None] | None) -> None:
        """Tell `listener` of every step from now on, and of the end; None tells nobody."""


class LoopFollower:
    """Makes a frame after a step when one is due, and a last one when the cell or the loop has ended.

    Args:
        sight: The loop.
        outlet: Where the frames go.
        clock: Seconds, of which only differences count; replaced in tests.
    """

    def __init__(self, sight: Sight, outlet: Outlet, clock: Callable[[], float] = time.monotonic) -> None:
        self._sight, self._outlet, self._clock = sight, outlet, clock
        self._snapshot: Snapshot | None = None
        self._notice: str | None = None
        self._lock = threading.RLock()
        self._serial = self._step = 0
        self._rate, self._shown_at, self._due_at = 0.0, clock(), -math.inf
        self._shown_step = 0
        self._closed = self._stale = False
        self._cells = CellWatch(self._rest)

    def start(self) -> None:
        """Follow from now on."""
        self._sight.tell(self._stepped)

    def first_frame(self) -> bytes:
        """A complete frame of this moment."""
        with self._lock:
            return self._frame(playing=False, complete=True)

    def command(self, order: object) -> None:
        """Look at something else; while a cell runs, its next frame shows it."""
        if self._closed or not isinstance(order, dict) or order.get("do") == "seen":
            return
        try:
            self._sight.look(order)
        except (ValueError, TypeError) as error:
            self._notice = sentence(error)
        if self._cells.running:
            self._stale = True
        else:
            self._show(playing=False)

    def close(self) -> None:
        """Follow no longer."""
        if not self._closed:
            self._closed = True
            self._sight.tell(None)
            self._cells.close()
            self._show(playing=False)

    def _stepped(self, event: TrainingEvent | None) -> None:
        if event is None:
            self._show(playing=False)
            return
        self._step = event.step
        self._stale = True
        now = self._clock()
        if now >= self._due_at and not self._outlet.wait:
            self._show(playing=True)
            took = self._clock() - now
            self._due_at = now + took + REST_FOR_EACH * took

    def _rest(self) -> None:
        """A cell has ended, and with it perhaps the loop."""
        if self._stale:
            self._show(playing=False)

    def _show(self, *, playing: bool) -> None:
        with self._lock:
            complete = not playing or self._outlet.wants_complete
            self._outlet.send(self._frame(playing=playing, complete=complete), complete=complete)
            self._stale = not complete  # who shows the widget later begins with the last complete one

    def _frame(self, *, playing: bool, complete: bool) -> bytes:
        newest = self._sight.snapshot(hurried=playing)
        self._snapshot = newest or self._snapshot
        assert self._snapshot is not None
        self._serial += 1
        notice, self._notice = self._notice, None
        return lab.encode(
            self._snapshot,
            self._sight.history,
            playing=playing,
            complete=complete,
            curves=complete,
            live={
                "serial": self._serial,
                "notice": notice,
                "state": "playing" if playing else "paused",
                "steps_per_second": self._measured() if playing else 0.0,
                "commands": False,
                "looks": newest is not None and not self._closed,
                **self._sight.settings,
            },
        )

    def _measured(self) -> float:
        """Steps a second, lately."""
        now = self._clock()
        steps, elapsed = self._step - self._shown_step, now - self._shown_at
        self._shown_step, self._shown_at = self._step, now
        if elapsed > 0:
            latest = steps / elapsed
            self._rate = latest if not self._rate else SMOOTHING * self._rate + (1 - SMOOTHING) * latest
        return self._rate
