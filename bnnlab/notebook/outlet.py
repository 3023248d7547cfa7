"""The way of a picture's frames into the notebook, which takes only so many bytes a second.

A complete frame becomes the widget's state: who shows the widget later, or opens the saved notebook, begins with it.
Those in between are told to the pages that are there, and forgotten. Both may be sent from any thread, also while the
kernel's main thread runs a cell.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any, Final

FRAME_EVERY_S: Final = 1 / 16
COMPLETE_EVERY_S: Final = 1.0
MAX_BYTES_A_SECOND: Final = 600_000  # Jupyter's server drops messages beyond 1,000,000


class Outlet:
    """Sends one widget's frames.

    Args:
        clock: Seconds, of which only differences count; replaced in tests.

    Attributes:
        widget: Where the frames go; set once there is one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.widget: Any = None
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = self._complete_at = -math.inf

    @property
    def wait(self) -> float:
        """Seconds until the next frame may be sent."""
        return max(0.0, self._free_at - self._clock())

    @property
    def wants_complete(self) -> bool:
        """Whether the last complete frame is old."""
        return self._clock() >= self._complete_at

    def send(self, frame: bytes, *, complete: bool) -> None:
        """Send a frame now.

        Args:
            frame: Its bytes.
            complete: Whether it holds all there is.
        """
        with self._lock:
            now = self._clock()
            self._free_at = now + max(FRAME_EVERY_S, len(frame) / MAX_BYTES_A_SECOND)
            if complete:
                self._complete_at = now + COMPLETE_EVERY_S
                self.widget.frame = frame
            else:
                self.widget.send({"kind": "frame"}, [frame])
            self._leave_answers_alone()

    def _leave_answers_alone(self) -> None:
        """Let the page's messages come by the way that the page chose for them.

        JupyterLab hands them to a thread of their own, which hears them while a cell runs. ipykernel takes each message
        that we send for a question, and would have the answers come to the main thread, behind the cell.
        """
        vars(self.widget.comm).pop("_reply_subshell_id", None)
