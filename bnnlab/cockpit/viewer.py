"""What one browser tab sees of a run: frames that follow one another, and which of them it has shown.

The next frame is made only when the one before was acknowledged and something has changed, so that a slow page
gets fewer frames instead of later ones, and a page that nobody sees gets none.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Final

from bnnlab.cockpit.commands import obey
from bnnlab.cockpit.encoding import encode_frame
from bnnlab.train import LiveRun
from bnnlab.train.live.frame import LiveFrame

TOKEN_BYTES: Final = 16
MAX_FRAMES_KEPT: Final = 4  # a click refers to the frame on the screen; at most one more is on its way
SLOW_PARTS_EVERY_S: Final = 0.25  # weights of float layers, curves
ASKED_FOR_ABOVE: Final = 20.0  # steps a second; a slower run publishes every step by itself


class Viewer:
    """One tab's view of a run. Every method may be called from any thread.

    Args:
        run: The run that is looked at.
        encode: Makes a message of a frame; replaced in tests.
        slow_parts_every: Seconds between two messages that carry what is large and changes slowly, while it plays.

    Attributes:
        token: What a socket must know to see and steer the run.
        client: Who receives frames now: an object that belongs to one connection. A newer one replaces it.
    """

    def __init__(
        self,
        run: LiveRun,
        encode: Callable[..., bytes] = encode_frame,
        slow_parts_every: float = SLOW_PARTS_EVERY_S,
    ) -> None:
        self.run = run
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self.client: object | None = None
        self.greeted = False  # whether the settings in the page's address were obeyed
        self.begins_recorded = False  # whether it was opened at the default address
        self.looked_at: object = None  # what the address last asked to look at
        self._encode, self._slow_parts_every = encode, slow_parts_every
        self._lock = threading.RLock()
        self._frames: OrderedDict[int, LiveFrame] = OrderedDict()
        self._kept: tuple[object, LiveFrame | None] = (None, None)
        self._serial = 0
        self._sent = self._acknowledged = 0
        self._complete = True
        self._sight: tuple[Any, ...] | None = None
        self._status: object = None
        self._notice: str | None = None
        self._obeyed = 0
        self._sent_all_at = -math.inf
        self._page_frame = b""
        self._page_sight: tuple[Any, ...] | None = None

    def attach(self, client: object) -> None:
        """Make `client` the one who receives frames; its first one will be complete."""
        with self._lock:
            self.client = client
            self._complete = True
            self._status = None

    def has_news(self) -> bool:
        """Whether it is worth while to ask for the next frame; cheap, and no look at the run."""
        status = self.run.status
        return (
            self._complete or self._notice is not None or status is not self._status or self._must_ask(status)
        )

    def next_frame(self, fresh_within: float = 0.0) -> bytes | None:
        """The next message for the client, or None if nothing changed since the last one.

        Args:
            fresh_within: Seconds to wait, at most, for a frame of this very moment while the run plays fast.
        """
        frame = self.run.snapshot(fresh_within if self._must_ask(self.run.status) else 0.0)
        with self._lock:
            self._status = frame.status
            sight = _sight(frame)
            if sight == self._sight and not self._complete and self._notice is None:
                return None
            message = self._message(frame, complete=self._complete)
            self._sight, self._complete, self._sent = sight, False, self._serial
            return message

    def page_frame(self, connect: Mapping[str, Any], *, fresh_within: float = 0.0) -> bytes:
        """A complete message for the page itself, which carries how to connect.

        Where nothing changed it is the same as the last one, byte for byte, so that Streamlit has nothing to send.
        """
        frame = self.run.snapshot(fresh_within if self._must_ask(self.run.status) else 0.0)
        with self._lock:
            sight = (*_sight(frame), dict(connect), self._obeyed, self._notice)
            if sight != self._page_sight:
                self._page_frame = self._message(frame, complete=True, connect=connect)
                self._page_sight = (*sight[:-1], None)
            return self._page_frame

    def acknowledge(self, serial: object) -> bool:
        """Note that a frame is on the screen; returns whether it is the last one sent."""
        with self._lock:
            if not isinstance(serial, int) or serial not in self._frames:
                return False
            self._acknowledged = serial
            return serial == self._sent

    def frame(self, serial: int | None = None) -> LiveFrame | None:
        """The moment that a message showed, by its serial; by default the one on the screen, or the last one made.

        Only the last few are there, and the one that the page last asked to keep: None if it is none of them.
        """
        with self._lock:
            if serial is not None and serial == self._kept[0]:
                return self._kept[1]
            if serial is None:
                serial = self._acknowledged if self._acknowledged in self._frames else self._serial
            return self._frames.get(serial)

    def notice(self, sentence: str | None) -> None:
        """Say something with the next frame."""
        if sentence is not None:
            with self._lock:
                self._notice = sentence

    def command(self, command: object) -> None:
        """Obey what the page asks for; what cannot be done is said with the next frame."""
        if isinstance(command, dict) and command.get("do") == "keep":
            self._keep(command.get("serial"))
        elif isinstance(command, dict) and command.get("do") == "fetch":
            threading.Thread(target=self._fetch, args=(command,), name="bnnlab-fetch", daemon=True).start()
        else:
            self.notice(obey(self.run, command))

    def _keep(self, serial: object) -> None:
        """Hold a frame that was clicked until the page comes to ask for it; many newer ones may be made till then."""
        with self._lock:
            self._kept = (serial, self._frames.get(serial) if isinstance(serial, int) else None)

    def numbered_commands(self, commands: object) -> None:
        """Obey commands that may arrive twice: pairs of a growing number and a command.

        The next frames say in `obeyed` up to which number that was done.
        """
        pairs = commands if isinstance(commands, list) else []
        for pair in pairs:
            if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], int)):
                self.notice("The page sent something that is no command.")
            elif pair[0] > self._obeyed:
                self._obeyed = pair[0]
                self.command(pair[1])

    def _fetch(self, command: Mapping[str, Any]) -> None:
        if not _FETCHING.acquire(blocking=False):
            return self.notice("Another download is under way; one at a time.")
        try:
            self.notice(obey(self.run, command))
            with self._lock:
                self._complete = True  # which data sets are here travels in complete frames only
        finally:
            _FETCHING.release()

    def _message(
        self, frame: LiveFrame, *, complete: bool, connect: Mapping[str, Any] | None = None
    ) -> bytes:
        self._serial += 1
        self._frames[self._serial] = frame
        while len(self._frames) > MAX_FRAMES_KEPT:
            self._frames.popitem(last=False)
        notice, self._notice = self._notice, None
        now = time.monotonic()
        plays = frame.status.state == "playing" and frame.status.back_at is None
        now_and_then = now - self._sent_all_at >= self._slow_parts_every or not plays
        if now_and_then:
            self._sent_all_at = now
        return self._encode(
            frame,
            serial=self._serial,
            complete=complete,
            notice=notice,
            connect=connect,
            obeyed=self._obeyed,
            now_and_then=now_and_then,
        )

    @staticmethod
    def _must_ask(status: Any) -> bool:
        """Whether the run plays so fast that it publishes a moment only when asked for one."""
        slow = isinstance(status.speed, int | float) and status.speed <= ASKED_FOR_ABOVE
        return status.state == "playing" and not slow


_FETCHING = threading.Lock()


def _sight(frame: LiveFrame) -> tuple[Any, ...]:
    """What a reader could tell one frame from another by."""
    status, snapshot = frame.status, frame.snapshot
    seen: tuple[Any, ...] = (
        status.state,
        status.step,
        status.error,
        status.config,
        status.speed,
        status.auto_paused,
        status.can_undo,
        status.flip_report,
        status.schedule_done,
        status.back_at,
        status.way,
        None if frame.rival is None else (frame.rival.name, frame.rival.step),
        [run.name for run in frame.pinned],
        [(layer.layer, layer.step) for layer in frame.statistics],
    )
    if snapshot is None:
        return seen
    example, weight = snapshot.example, snapshot.weight
    return (
        *seen,
        snapshot.event is None,
        snapshot.selection,
        None if example is None else (example.index, example.layers[-1].gradient_after is None),
        None if weight is None else (weight.latent, weight.effect),
    )
