"""A run that somebody watches: training in the background that can be played, paused, stepped and reset.

    live = LiveRun(RunConfig())
    live.play()
    frame = live.snapshot()             # LiveFrame(snapshot, history, status), at once and immutable
    live.close()

The background thread stops by itself when the `LiveRun` is closed or forgotten, and pauses when nobody has
asked for a snapshot for ten seconds.
"""

from __future__ import annotations

import dataclasses
import math
import threading
import time
import weakref
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Future
from typing import TypeVar

from bnnlab.train.config import RunConfig
from bnnlab.train.live.frame import LiveFrame, LiveStatus, State
from bnnlab.train.live.thread import TRAINING_SLOTS, WATCHED_WITHIN_S, Trainer
from bnnlab.train.training import TrainingRun

T = TypeVar("T")


class LiveRun:
    """Drives `train(config)` in one daemon thread. Every method may be called from any thread.

    Data and model are loaded in the background: right after construction the state is ``"loading"``, then
    ``"paused"`` with a snapshot of step 0.

    Args:
        config: What to train.
        duty: Share of the time the thread spends computing while it plays, above 0 and at most 1.
        clock: Seconds, of which only differences count; replaced in tests.
        slots: Limits how many runs compute at one moment; by default one less than there are cores.

    Raises:
        ValueError: If `duty` is out of range.
    """

    def __init__(
        self,
        config: RunConfig,
        *,
        duty: float = 0.5,
        clock: Callable[[], float] = time.monotonic,
        slots: threading.Semaphore = TRAINING_SLOTS,
    ) -> None:
        if not 0 < duty <= 1:
            raise ValueError(f"duty must be above 0 and at most 1, got {duty}")
        self._clock = clock
        self._trainer = Trainer(config, duty, clock, slots)
        self._trainer.thread.start()
        self._stop = weakref.finalize(self, _stop, self._trainer)
        self.reset()

    def snapshot(self, fresh_within: float = 0.0) -> LiveFrame:
        """What there is to see now.

        The frame counts as seen: flips in it are not marked again in the next one.

        Args:
            fresh_within: Seconds to wait, at most, for a frame of this very moment while the run plays; 0 takes
                the newest there is, without waiting.
        """
        if fresh_within > 0 and self.status.state == "playing":
            shown = threading.Event()
            self._trainer.commands.put(lambda trainer: trainer.show(shown))
            shown.wait(fresh_within)
        frame = self._look()
        self._trainer.seen = frame
        return frame

    @property
    def status(self) -> LiveStatus:
        """Where the run stands, without counting as a look at the picture."""
        return self._trainer.frame.status

    def _look(self) -> LiveFrame:
        self._trainer.last_read = self._clock()
        return self._trainer.frame

    def play(self) -> None:
        """Train until paused, finished, failed, or unwatched for ten seconds."""
        self._trainer.commands.put(Trainer.play)

    def pause(self) -> None:
        """Stop after the step being done."""
        self._trainer.commands.put(Trainer.pause)

    def step_once(self) -> None:
        """Pause, and do one step."""
        self._trainer.commands.put(Trainer.step_once)

    def reset(self, config: RunConfig | None = None) -> None:
        """Start again at step 0, paused; with new settings if given."""
        self._trainer.commands.put(lambda trainer: trainer.reset(config or trainer.config))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Limit the speed; None trains as fast as the duty cycle allows.

        Raises:
            ValueError: If the speed is not a positive finite number.
        """
        if steps_per_second is not None and not 0 < steps_per_second < math.inf:
            raise ValueError(f"steps_per_second must be positive and finite, got {steps_per_second}")
        self._trainer.commands.put(lambda trainer: trainer.set_speed(steps_per_second))

    def update(self, *, learning_rate: float | None = None, clip_value: float | None = None) -> None:
        """Change settings from the next step on, without starting again.

        Raises:
            ValueError: If a value is out of its range in `RunConfig`.
        """
        changes = {"learning_rate": learning_rate, "clip_value": clip_value}
        given = {name: value for name, value in changes.items() if value is not None}
        dataclasses.replace(self._trainer.config, **given)  # type: ignore[arg-type]  # refuses here
        self._trainer.commands.put(lambda trainer: trainer.update(given))

    def call(self, look: Callable[[TrainingRun], T], timeout: float = 10.0) -> T:
        """Look at the run itself, between two steps, and return what `look` saw.

        Args:
            look: Called with the run on the thread that owns it; must neither keep nor change it.
            timeout: Seconds to wait for the step being done.

        Raises:
            TimeoutError: If the thread does not come to it in time.
            RuntimeError: If there is no run, because it failed to load or is closed.
            Exception: Whatever `look` raises.
        """
        answer: Future[T] = Future()
        self._trainer.commands.put(lambda trainer: trainer.look(look, answer))
        deadline = time.monotonic() + timeout
        while not futures.wait([answer], 0.05).done:
            if not self._trainer.thread.is_alive() and not answer.done():
                raise RuntimeError("the run is closed")
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {timeout} s the thread has not come to look")
        return answer.result()

    def wait_for(self, *, state: State | None = None, step: int = 0, timeout: float = 10.0) -> LiveFrame:
        """Wait until earlier commands are obeyed, the run is in a state and has done a number of steps.

        Args:
            state: The state to wait for; None waits for any but ``"loading"``.
            step: Steps that must have been done.
            timeout: Seconds.

        Raises:
            TimeoutError: If that does not happen in time.
            RuntimeError: If it cannot happen any more, because the run failed or was closed.
        """
        deadline = time.monotonic() + timeout
        obeyed = threading.Event()
        self._trainer.commands.put(lambda _trainer: obeyed.set())
        while self._trainer.thread.is_alive() and not obeyed.wait(0.05):
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {timeout} s earlier commands are still to be obeyed")
        with self._trainer.published:
            while True:
                frame = self._look()
                status = frame.status
                arrived = status.state == state or (state is None and status.state != "loading")
                if arrived and status.step >= step:
                    return frame
                if status.state in ("failed", "closed"):
                    raise RuntimeError(status.error or "the run is closed")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"after {timeout} s the run is {status.state} at step {status.step}")
                # Looks again now and then: a run publishes nothing to those who stopped looking.
                self._trainer.published.wait(WATCHED_WITHIN_S / 2)

    def close(self) -> None:
        """Stop training and end the thread; may be called twice."""
        self._stop()


def _stop(trainer: Trainer) -> None:
    """End the thread and wait for it: a thread inside torch must not outlive the interpreter."""
    trainer.commands.put(Trainer.close)
    if trainer.thread is not threading.current_thread():
        trainer.thread.join(timeout=5)
