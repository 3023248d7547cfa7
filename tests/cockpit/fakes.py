"""A run that only notes what is asked of it, and messages that can be read."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

from bnnlab.cockpit.viewer import Viewer
from bnnlab.records import History
from bnnlab.train import RunConfig
from bnnlab.train.live.frame import LiveFrame, LiveStatus

QUIET = LiveStatus(
    state="paused",
    step=0,
    total_steps=100,
    steps_per_epoch=10,
    steps_per_second=0.0,
    error=None,
    config=RunConfig(),
)


class FakeRun:
    """Every method of a `LiveRun` that the lab calls; a name in `refuse` raises what stands there."""

    def __init__(self, config: RunConfig | None = None) -> None:
        self.status = replace(QUIET, config=config or RunConfig())
        self.calls: list[tuple[Any, ...]] = []
        self.refuse: dict[str, Exception] = {}
        self.called = threading.Semaphore(0)
        self.looks = 0

    def snapshot(self, fresh_within: float = 0.0) -> LiveFrame:
        self.looks += 1
        return LiveFrame(None, History(), self.status)

    def set(self, **changes: Any) -> None:
        """Publish another status, as a run does when something has changed."""
        self.status = replace(self.status, **changes)

    def reset(self, config: RunConfig | None = None) -> None:
        self._note("reset", config)
        self.set(step=0, state="paused", config=config or self.status.config)

    def wait_for(self, *, timeout: float) -> LiveFrame:
        return self.snapshot()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *values, **named: self._note(name, *values, *([named] if named else []))

    def _note(self, name: str, *values: Any) -> None:
        if name in self.refuse:
            raise self.refuse[name]
        self.calls.append((name, *values))
        self.called.release()


def viewer_of(run: Any) -> Viewer:
    """A view whose messages are plain JSON."""
    return Viewer(run, encode=_readable)


def _readable(frame: LiveFrame, **named: Any) -> bytes:
    return json.dumps({"step": frame.status.step, **named}).encode()
