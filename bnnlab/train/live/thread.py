"""The thread behind a live run: it trains between commands and publishes what there is to see.

All of a `Trainer` belongs to its thread, except what `LiveRun` touches: it puts commands into `commands`, and
reads `frame` and `extent`, references to immutable objects that are replaced as a whole, and notes what it has `seen`.
"""

from __future__ import annotations

import dataclasses
import logging
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from bnnlab.bits.threads import available_cores
from bnnlab.records import Selection
from bnnlab.train.config import AtOnce, RunConfig
from bnnlab.train.datasets import DatasetError
from bnnlab.train.live.frame import LiveFrame, LiveStatus, State, with_flips_of
from bnnlab.train.live.pace import Pace, Speed
from bnnlab.train.live.played import Played
from bnnlab.train.live.slots import Slots, Turn
from bnnlab.train.look import Extent, Look, extent_of
from bnnlab.train.training import TrainingDivergedError, TrainingRun

T = TypeVar("T")

PUBLISH_EVERY_S = 0.03  # about as many pictures a second as a page is sent
ASKED_WITHIN_S = 0.1  # who asked for a frame a moment ago asks for the next one too
WATCHED_WITHIN_S = 0.5  # a reader who polls more often than this always finds a fresh frame
BURST_S = 0.01  # work without a look at the duty cycle; short, so that the reader's thread gets its turn
MAX_SHARED_REST_S = 0.03
MAX_REST_S = 0.25  # after a long evaluation, say, the picture need not stand still as long again
UNWATCHED_AFTER_S = 600.0
COMMANDS_EVERY_S = 0.02  # how often one that waits for its turn looks for commands
WAITING_AFTER_S = 0.1  # so long a wait for a turn is said

TRAINING_SLOTS = Slots(max(1, available_cores() - 1))
"""How many trainers of this process may compute at one moment; the others wait for a burst to end."""


class Trainer:
    """Trains in one daemon thread, obeying commands between steps.

    Args:
        config: The first run.
        duty: Share of the time spent computing, above 0 and at most 1.
        clock: Seconds; only differences count.
        slots: Who may compute at one moment.
    """

    def __init__(self, config: RunConfig, duty: float, clock: Callable[[], float], slots: Slots) -> None:
        self.commands: SimpleQueue[Callable[[Trainer], None]] = SimpleQueue()
        self.published = threading.Condition()
        self.last_read = clock()
        self.seen: LiveFrame | None = None
        self._duty, self._clock, self._slots = duty, clock, slots
        self._played = Played(config)
        self._before: Played | None = None
        self._look = Look(example=0)
        self._state: State = "loading"
        self._auto_paused = self._parked = False
        self._pace = Pace()
        self._turn: Turn | None = None
        self._turn_asked_at = self._work_at = self._published_at = self._parked_at = clock()
        self._published_step, self._rate = 0, 0.0
        self._asked_at = -math.inf
        self.frame = self._frame()
        self.thread = self._new_thread()

    @property
    def config(self) -> RunConfig:
        """The settings, including updates."""
        return self._played.config

    @property
    def extent(self) -> Extent | None:
        """What there is to look at, or None while there is no run."""
        return self._played.extent

    # Commands, each run on the thread between two steps.

    def reset(self, config: RunConfig) -> None:
        """Put the run aside and build a new one, paused at step 0."""
        self._give_up_turn()
        if self._played.run is not None:
            if self._before is not None:
                self._before.close()
            self._before = self._played
        self._played = Played(config)
        self._set_state("loading")
        run = begin(config)
        self._played.run, self._played.extent = run, extent_of(run.model, run.dataset, config.device)
        self._look = self._played.extent.opening(self._look)
        self._set_state("paused")

    def undo(self) -> None:
        """Bring the run before the last reset back, paused, as it was."""
        if self._before is not None:
            self._played.close()
            self._played, self._before = self._before, None
            if self._played.extent is not None:
                self._look = self._played.extent.opening(self._look)
            self._played.error = None
            self._set_state("paused")

    def play(self, elapsed: float = 0.0) -> None:
        """Train until told otherwise."""
        if self._state == "paused":
            self.last_read = self._work_at = self._clock()
            self._pace.begin(self._work_at, self._played.step, elapsed)
            self._set_state("playing")

    def resume(self) -> None:
        """Go on after a pause that nobody asked for."""
        if self._auto_paused:
            self._work_at = self._clock()
            self._set_state("playing")

    def pause(self) -> None:
        """Stop after the step being done."""
        if self._plays or self._auto_paused:
            self._set_state("paused")

    def step_once(self) -> None:
        """Do one step and stay paused."""
        if self._played.run is not None and (self._plays or self._state == "paused"):
            self._give_up_turn()
            self._state, self._auto_paused = "paused", False
            self._step(self._played.run)
            self._publish()

    def set_speed(self, speed: Speed) -> None:
        """Set the speed from now on."""
        self._pace.speed, self._work_at = speed, self._clock()
        self._pace.begin(self._work_at, self._played.step)
        self._publish()

    def update(self, changes: AtOnce) -> None:
        """Change settings of the run that is going on: see `TrainingRun.update`."""
        self._played.config = self._played.config.updated(**changes)
        if self._played.run is not None:
            self._played.run.update(**changes)
        self._publish()

    def look_at(self, changes: dict[str, Any]) -> None:
        """Show something else from now on, as far as it is there.

        Args:
            changes: Fields of `Look`.
        """
        look = dataclasses.replace(self._look, **changes)
        self._look = look if self._played.extent is None else self._played.extent.fits(look)
        self._publish()

    @property
    def selection(self) -> Selection | None:
        """The neuron and weight looked at."""
        return self._look.selection

    def flip(self) -> None:
        """Turn the sign of the selected weight, and measure what that does to all test examples."""
        run, selection = self._played.run, self._look.selection
        if run is not None and selection is not None and selection.weight is not None:
            _, before = run.evaluate()
            run.flip(selection)
            _, after = run.evaluate()
            self._played.flip_report = (before, after)
            self._publish()

    def look(self, look: Callable[[TrainingRun], T], answer: Future[T]) -> None:
        """Answer with what `look` sees of the run, or with the exception it raised."""
        try:
            if self._played.run is None:
                raise RuntimeError(self._played.error or "there is no run to look at")
            answer.set_result(look(self._played.run))
        except Exception as error:
            answer.set_exception(error)

    def show(self, shown: threading.Event) -> None:
        """Publish a frame of this moment, unless the last one is of it already, and say so.

        Then rests as after any work, so that the reader's thread can make a message of it undisturbed.
        """
        run, began = self._played.run, self._clock()
        self._asked_at = began
        # All else that changes is published at once.
        if run is not None and run.step != self.frame.status.step:
            self._publish(awaited=True)
            now = self._clock()
            self._work_at = max(self._work_at, now + (now - began) * (1 / self._duty - 1))
        shown.set()

    def park(self) -> None:
        """End the thread and keep everything."""
        self._give_up_turn()
        self._parked, self._parked_at = True, self._clock()

    def close(self) -> None:
        """End the thread and let everything go."""
        self._set_state("closed")
        self._played.close()
        if self._before is not None:
            self._before.close()

    # The thread.

    def wake(self) -> None:
        """Go on in a new thread; the one before must have ended."""
        now = self._clock()
        self.last_read = self._work_at = self._published_at = now
        self._pace.postpone(now - self._parked_at)
        self._parked = False
        self.thread = self._new_thread()
        self.thread.start()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._loop, name="bnnlab-trainer", daemon=True)

    def _loop(self) -> None:
        while self._state != "closed" and not self._parked:
            try:
                command = self._next_command()
                if command is not None:
                    command(self)
                elif self._played.run is not None:
                    self._work(self._played.run)
            except Exception as error:
                self._fail(error)

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
            self._auto_paused = True
            return self._set_state("paused")
        if not self._has_turn():
            return None
        try:
            began = now = self._clock()
            first, rushed = run.step, False
            if self._state == "waiting":
                self._state = "playing"
                self._tell()
            while self._may_step(run, now):
                self._step(run)
                now = self._clock()
                self._pace.done(now)
                rushed = now - began > BURST_S
                if rushed:
                    break
            self._publish_if_due(run)
            if (
                self._slots.is_waited_for
            ):  # one rests for all: pictures of everybody's run have to be made too
                time.sleep(min((self._clock() - began) * (1 / self._duty - 1), MAX_SHARED_REST_S))
        finally:
            self._give_up_turn()
        now = self._clock()
        busy = now - began
        if rushed:
            self._pace.compare(now, run.step, self._duty * (run.step - first) / busy)
        self._work_at = now + max(
            min(busy * (1 / self._duty - 1), MAX_REST_S), self._pace.wait(now, run.step)
        )
        return None

    def _may_step(self, run: TrainingRun, now: float) -> bool:
        due = self._pace.wait(now, run.step) <= 0
        return due and self._state == "playing" and self.commands.empty() and self._is_watched(now)

    def _has_turn(self) -> bool:
        """Whether it may compute now; if not, it keeps its place and looks for commands first."""
        if self._turn is None:
            self._turn, self._turn_asked_at = self._slots.line_up(), self._clock()
        if self._turn.wait(COMMANDS_EVERY_S):
            return True
        if self._state == "playing" and self._clock() - self._turn_asked_at > WAITING_AFTER_S:
            self._state = "waiting"
            self._tell()
        return False

    def _give_up_turn(self) -> None:
        if self._turn is not None:
            self._turn.end()
            self._turn = None

    def _step(self, run: TrainingRun) -> None:
        next(run)

    def _fail(self, error: Exception) -> None:
        expected = isinstance(error, DatasetError | TrainingDivergedError | ValueError)
        if not expected:
            logging.getLogger(__name__).error("training stopped", exc_info=error)
        self._played.error = str(error) if expected else f"{type(error).__name__}: {error}"
        self._set_state("failed")

    # What can be seen.

    @property
    def _plays(self) -> bool:
        return self._state in ("playing", "waiting")

    def _set_state(self, state: State) -> None:
        if state != "playing":
            self._give_up_turn()
        self._auto_paused = self._auto_paused and state == "paused" and self._plays
        self._state = state
        self._publish()

    def _publish_if_due(self, run: TrainingRun) -> None:
        now = self._clock()
        asked = now - self._asked_at <= ASKED_WITHIN_S
        rests = self._pace.wait(now, run.step) >= PUBLISH_EVERY_S  # shows every step of slow ones
        due = now - self._published_at >= PUBLISH_EVERY_S and now - self.last_read <= WATCHED_WITHIN_S
        if self._state != "playing":
            return
        if rests or (due and not asked):
            self._publish()
        elif asked:
            run.renew(self._look)

    def _publish(self, awaited: bool = False) -> None:
        """Make a frame of this moment; while somebody waits for it, nothing dear is asked for it."""
        now = self._clock()
        self._measure_rate(now)
        played = self._played
        if played.run is not None and self._state not in ("failed", "closed"):
            if self._plays and not awaited:
                played.run.renew(self._look)
            snapshot = played.run.snapshot(self._look, hurried=self._plays)
            if played.snapshot is not None and self.seen is not self.frame:
                snapshot = with_flips_of(played.snapshot, snapshot)
            played.snapshot = snapshot
        with self.published:
            self.frame = self._frame()
            self.published.notify_all()
        self._published_at = now

    def _tell(self) -> None:
        """Publish another status beside the picture that there is."""
        with self.published:
            was_seen = self.seen is self.frame
            self.frame = self._frame()
            if was_seen:
                self.seen = self.frame
            self.published.notify_all()

    def _is_watched(self, now: float) -> bool:
        return now - self.last_read <= UNWATCHED_AFTER_S

    def _measure_rate(self, now: float) -> None:
        step = self._played.step
        elapsed = now - self._published_at
        if self._state == "playing" and elapsed > 0 and step > self._published_step:
            latest = (step - self._published_step) / elapsed
            self._rate = latest if self._rate == 0 else 0.8 * self._rate + 0.2 * latest
        elif not self._plays:
            self._rate = 0.0
        self._published_step = step

    def _frame(self) -> LiveFrame:
        played, run = self._played, self._played.run
        status = LiveStatus(
            state=self._state,
            step=played.step,
            total_steps=0 if run is None else run.total_steps,
            steps_per_epoch=0 if run is None else run.steps_per_epoch,
            steps_per_second=self._rate,
            error=played.error,
            config=played.config,
            speed=self._pace.speed,
            auto_paused=self._auto_paused,
            can_undo=self._before is not None,
            flip_report=played.flip_report,
            schedule_done=run is not None and run.step >= run.total_steps,
        )
        return LiveFrame(played.snapshot, played.history.copy(), status)


def begin(config: RunConfig) -> TrainingRun:
    """Build a run that goes on until somebody stops it."""
    return TrainingRun(config, endless=True)
