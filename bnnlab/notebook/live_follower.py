"""Follows a live run with a notebook's picture, from a thread of its own."""

from __future__ import annotations

import dataclasses
import math
import threading
import time
from typing import Any, Final

from bnnlab.cockpit import Viewer, encode_frame
from bnnlab.notebook.cell import CellWatch
from bnnlab.notebook.outlet import Outlet
from bnnlab.train import LiveRun
from bnnlab.train.live.frame import LiveFrame

LOOK_EVERY_S: Final = 0.03  # while there is nothing new
FRESH_WITHIN_S: Final = 0.05
UNSEEN_AFTER_S: Final = 300.0  # a page says each minute that it is there


class LiveFollower:
    """Takes frames of a live run and sends them, until the run or the picture is closed.

    Args:
        run: The run; it obeys the picture's commands.
        outlet: Where the frames go.
    """

    def __init__(self, run: LiveRun, outlet: Outlet) -> None:
        self._outlet = outlet
        self._viewer = Viewer(run, self._encode, slow_parts_every=math.inf)
        self._ended = threading.Event()
        self._cells = CellWatch(self._seen)
        self._seen_at = 0.0
        self._seen()
        self._thread = threading.Thread(target=self._follow, name="bnnlab-notebook", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def first_frame(self) -> bytes:
        """A complete frame of this moment."""
        self._viewer.attach(self)
        return self._viewer.next_frame() or b""

    def command(self, order: object) -> None:
        """Do what the page asks for; what cannot be done is said with the next frame."""
        self._seen()
        if isinstance(order, dict) and order.get("do") != "seen":
            self._viewer.command(order)

    def close(self) -> None:
        """End the thread, and leave a picture that offers nothing."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._cells.close()
        if self._thread is not threading.current_thread() and self._thread.is_alive():
            self._thread.join(timeout=5)
        self._outlet.send(self.first_frame(), complete=True)

    def _follow(self) -> None:
        state = ""
        while state != "closed" and not self._ended.wait(self._outlet.wait or LOOK_EVERY_S):
            if not self._is_watched() or not self._viewer.has_news():
                continue
            state = self._viewer.run.status.state
            complete = state != "playing" or self._outlet.wants_complete
            if complete:
                self._viewer.attach(self)
            frame = self._viewer.next_frame(FRESH_WITHIN_S)
            if frame is not None and not self._ended.is_set():
                self._outlet.send(frame, complete=complete)

    def _encode(self, frame: LiveFrame, **named: Any) -> bytes:
        if self._ended.is_set():
            frame = dataclasses.replace(frame, status=dataclasses.replace(frame.status, state="closed"))
        return encode_frame(frame, **named, obeys=frame.status.state != "closed")

    def _is_watched(self) -> bool:
        """Whether somebody looks: a page cannot say so while a cell runs. A run that nobody looks at pauses itself."""
        return self._cells.running or time.monotonic() - self._seen_at <= UNSEEN_AFTER_S

    def _seen(self) -> None:
        self._seen_at = time.monotonic()
