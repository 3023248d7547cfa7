"""Which browser session has which run, and what becomes of a run that nobody has any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from bnnlab.cockpit.viewer import Viewer
from bnnlab.train import LiveRun, RunConfig

KEPT_S: Final = 600.0
MAX_KEPT: Final = 8


@dataclass
class _Place:
    viewer: Viewer
    session: str
    left_at: float | None = None  # None while the session lives


class Runs:
    """The runs of this process. Every method may be called from any thread, and none waits for a training step.

    When a session ends, its run's thread ends; the run itself stays for ten minutes, for the page that comes back: a
    page reloaded, a socket cut, a laptop asleep.

    Args:
        clock: Seconds, of which only differences count; replaced in tests.
        start: Starts a run; replaced in tests.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[RunConfig], LiveRun] = LiveRun,
    ) -> None:
        self._clock, self._start = clock, start
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}  # by token
        # Ending a thread waits for its step: not on the event loop, which tells that a session has ended.
        self._caretaker = ThreadPoolExecutor(1, thread_name_prefix="bnnlab-caretaker")

    def of(
        self,
        session: str,
        first: RunConfig | None = None,
        start: Callable[[RunConfig], LiveRun] | None = None,
    ) -> Viewer:
        """The session's own view of its run; the one it had if it was cut off for a while; else a new one.

        Args:
            session: Streamlit's name for the browser session.
            first: What a new run starts with.
            start: Starts it, if not in the usual way; must not wait.
        """
        with self._lock:
            for place in self._places.values():
                if place.session == session:
                    self._enter(place, session)
                    return place.viewer
            viewer = Viewer((start or self._start)(first or RunConfig()))
            self._places[viewer.token] = _Place(viewer, session)
            return viewer

    def adopt(self, session: str, token: str) -> bool:
        """Give a session the run that another one left behind, in place of its own.

        Returns:
            Whether it has it now. A run that somebody else looks at stays where it is.
        """
        with self._lock:
            wanted = self._places.get(token)
            if wanted is None or (wanted.left_at is None and wanted.session != session):
                return False
            for place in [place for place in self._places.values() if place.session == session]:
                if place is not wanted:
                    self._forget(place)
            self._enter(wanted, session)
            return True

    def leave(self, session: str) -> None:
        """End what computes for a session that has ended, and keep its run for a while."""
        with self._lock:
            for place in self._places.values():
                if place.session == session and place.left_at is None:
                    place.left_at = self._clock()
                    place.viewer.client = None
                    self._caretaker.submit(place.viewer.run.park)
        self.sweep()

    def drop(self, session: str) -> None:
        """Close the run of a session at once, if it has one."""
        with self._lock:
            for place in [place for place in self._places.values() if place.session == session]:
                self._forget(place)

    def find(self, token: str) -> Viewer | None:
        """The view that a socket may have: of a session that lives."""
        with self._lock:
            place = self._places.get(token)
            return place.viewer if place is not None and place.left_at is None else None

    def sweep(self) -> None:
        """Close the runs that were kept long enough, and the oldest where there are too many."""
        with self._lock:
            left = sorted(
                (place.left_at, place.viewer.token)
                for place in self._places.values()
                if place.left_at is not None
            )
            kept = [token for at, token in left if self._clock() - at < KEPT_S][-MAX_KEPT:]
            for _, token in left:
                if token not in kept:
                    self._forget(self._places[token])

    def close(self) -> None:
        """Close every run and wait for their threads."""
        with self._lock:
            for place in list(self._places.values()):
                self._forget(place)
        self._caretaker.shutdown(wait=True)

    def counts(self) -> dict[str, int]:
        """How many sessions have a run, and how many runs are kept for nobody yet."""
        with self._lock:
            kept = sum(place.left_at is not None for place in self._places.values())
            return {"sessions": len(self._places) - kept, "kept": kept}

    def _enter(self, place: _Place, session: str) -> None:
        if place.left_at is not None:
            self._caretaker.submit(place.viewer.run.wake)  # behind the parking, if that is still to be done
        place.session, place.left_at = session, None

    def _forget(self, place: _Place) -> None:
        del self._places[place.viewer.token]
        place.viewer.client = None
        self._caretaker.submit(place.viewer.run.close)


RUNS: Final = Runs()
"""The runs of the lab that this process serves."""
