"""The thread behind a live run: it trains between commands and publishes what there is to see.

All of a `Trainer` belongs to its thread, except what `LiveRun` touches: it puts commands into `commands`, and
reads `frame`, a reference to an immutable object that is replaced as a whole, and notes what it has `seen`.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import TypeVar

from bnnlab.bits.threads import available_cores
from bnnlab.records import History, Snapshot
from bnnlab.train.config import RunConfig
from bnnlab.train.datasets import DatasetError
from bnnlab.train.live.frame import LiveFrame, LiveStatus, State, with_flips_of
from bnnlab.train.training import TrainingDivergedError, TrainingRun, train

T = TypeVar("T")

PUBLISH_EVERY_S = 0.05  # more pictures a second than a browser is sent
WATCHED_WITHIN_S = 0.5  # a reader who polls more often than this always finds a fresh frame
BURST_S = 0.01  # work without a look at the duty cycle; short, so that the reader's thread gets its turn
LONGEST_REST_S = 0.25  # after a long evaluation, say, the picture need not stand still as long again
UNWATCHED_AFTER_S = 10.0
SLOT_PATIENCE_S = 0.1

TRAINING_SLOTS = threading.BoundedSemaphore(max(1, available_cores() - 1))
"""How many trainers of this process may compute at one moment; the others wait for a burst to end."""


class Trainer:
    """Trains in one daemon thread, obeying commands between steps.

    Args:
        config: The first run.
        duty: Share of the time spent computing, above 0 and at most 1.
        clock: Seconds; only differences count.
        slots: Who may compute at one moment.
    """

    def __init__(
        self,
        config: RunConfig,
        duty: float,
        clock: Callable[[], float],
        slots: threading.Semaphore,
    ) -> None:
        self.commands: SimpleQueue[Callable[[Trainer], None]] = SimpleQueue()
        self.published = threading.Condition()
        self.config = config
        self.last_read = clock()
        self.seen: LiveFrame | None = None
        self._duty, self._clock, self._slots = duty, clock, slots
        self._run: TrainingRun | None = None
        self._history = History()
        self._snapshot: Snapshot | None = None
        self._state: State = "loading"
        self._error: str | None = None
        self._speed: float | None = None
        self._work_at = self._published_at = clock()
        self._published_step, self._rate = 0, 0.0
        self.frame = self._frame()
        self.thread = threading.Thread(target=self._loop, name="bnnlab-trainer", daemon=True)

    # Commands, each run on the thread between two steps.

    def reset(self, config: RunConfig) -> None:
        """Forget the run and build a new one, paused at step 0."""
        self.config, self._error = config, None
        self._set_state("loading")
        if self._run is not None:
            self._run.close()
        self._run, self._snapshot, self._history = None, None, History()
        self._run = train(config)
        self._set_state("paused")

    def play(self) -> None:
        """Train until told otherwise."""
        if self._state == "paused":
            self.last_read = self._work_at = self._clock()
            self._set_state("playing")

    def pause(self) -> None:
        """Stop after the step being done."""
        if self._plays:
            self._set_state("paused")

    def step_once(self) -> None:
        """Do one step and stay paused."""
        if self._run is not None and (self._plays or self._state == "paused"):
            self._state = "paused"
            self._step(self._run)
            self._publish()

    def set_speed(self, steps_per_second: float | None) -> None:
        """Do no more steps a second than this; None is as fast as the duty cycle allows."""
        self._speed, self._work_at = steps_per_second, self._clock()

    def update(self, changes: dict[str, float]) -> None:
        """Change settings of the run that is going on: see `TrainingRun.update`."""
        self.config = dataclasses.replace(self.config, **changes)  # type: ignore[arg-type]
        if self._run is not None:
            self._run.update(**changes)
        self._publish()

    def look(self, look: Callable[[TrainingRun], T], answer: Future[T]) -> None:
        """Answer with what `look` sees of the run, or with the exception it raised."""
        try:
            if self._run is None:
                raise RuntimeError(self._error or "there is no run to look at")
            answer.set_result(look(self._run))
        except Exception as error:
            answer.set_exception(error)

    def show(self, shown: threading.Event) -> None:
        """Publish a frame of this moment, and say so."""
        self._publish()
        shown.set()

    def close(self) -> None:
        """End the thread."""
        self._set_state("closed")

    # The thread.

    def _loop(self) -> None:
        while self._state != "closed":
            try:
                command = self._next_command()
                if command is not None:
                    command(self)
                elif self._run is not None:
                    self._work(self._run)
            except Exception as error:
                self._fail(error)
        if self._run is not None:
            self._run.close()

    def _next_command(self) -> Callable[[Trainer], None] | None:
        """The next command, or None when it is time to work; waits for either without computing."""
        if not self._plays:
            return self.commands.get()
        try:
            pause = self._work_at - self._clock()
            return self.commands.get(timeout=pause) if pause > 0 else self.commands.get_nowait()
        except Empty:
            return None

    def _work(self, run: TrainingRun) -> None:
        """One burst of steps, then a rest as the duty cycle demands."""
        if not self._is_watched(self._clock()):
            return self._set_state("paused")
        if not self._slots.acquire(timeout=SLOT_PATIENCE_S):
            return self._set_state("waiting") if self._state == "playing" else None
        try:
            began = now = self._clock()
            if self._state == "waiting":
                self._set_state("playing")
            while self._state == "playing" and self.commands.empty() and self._is_watched(now):
                self._step(run)
                now = self._clock()
                if self._speed is not None or now - began > BURST_S:
                    break
            self._publish_if_due()
        finally:
            self._slots.release()
        now = self._clock()
        self._work_at = now + min((now - began) * (1 / self._duty - 1), LONGEST_REST_S)
        if self._speed is not None:
            self._work_at = max(self._work_at, began + 1 / self._speed)
        return None

    def _step(self, run: TrainingRun) -> None:
        self._history.append(next(run))
        if run.step == run.total_steps:
            self._set_state("finished")

    def _fail(self, error: Exception) -> None:
        expected = isinstance(error, DatasetError | TrainingDivergedError | ValueError)
        if not expected:
            logging.getLogger(__name__).error("training stopped", exc_info=error)
        self._error = str(error) if expected else f"{type(error).__name__}: {error}"
        self._set_state("failed")

    # What can be seen.

    @property
    def _plays(self) -> bool:
        return self._state in ("playing", "waiting")

    def _set_state(self, state: State) -> None:
        self._state = state
        self._publish()

    def _publish_if_due(self) -> None:
        now = self._clock()
        rests = self._speed is not None and self._speed * PUBLISH_EVERY_S < 1  # shows every step of slow ones
        due = now - self._published_at >= PUBLISH_EVERY_S and now - self.last_read <= WATCHED_WITHIN_S
        if (rests or due) and self._state == "playing":
            self._publish()

    def _publish(self) -> None:
        now = self._clock()
        self._measure_rate(now)
        if self._run is not None and self._state not in ("failed", "closed"):
            snapshot = self._run.snapshot()
            if self._snapshot is not None and self.seen is not self.frame:
                snapshot = with_flips_of(self._snapshot, snapshot)
            self._snapshot = snapshot
        with self.published:
            self.frame = self._frame()
            self.published.notify_all()
        self._published_at = now

    def _is_watched(self, now: float) -> bool:
        return now - self.last_read <= UNWATCHED_AFTER_S

    def _measure_rate(self, now: float) -> None:
        step = 0 if self._run is None else self._run.step
        elapsed = now - self._published_at
        if self._state == "playing" and elapsed > 0 and step > self._published_step:
            latest = (step - self._published_step) / elapsed
            self._rate = latest if self._rate == 0 else 0.8 * self._rate + 0.2 * latest
        elif not self._plays:
            self._rate = 0.0
        self._published_step = step

    def _frame(self) -> LiveFrame:
        run = self._run
        status = LiveStatus(
            state=self._state,
            step=0 if run is None else run.step,
            total_steps=0 if run is None else run.total_steps,
            steps_per_epoch=0 if run is None else run.steps_per_epoch,
            steps_per_second=self._rate,
            error=self._error,
            config=self.config,
        )
        return LiveFrame(self._snapshot, self._history.copy(), status)
