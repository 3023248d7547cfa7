"""A run that somebody watches: training in the background that can be played, paused, stepped and reset.

    live = LiveRun(RunConfig())
    live.play()
    frame = live.snapshot()             # LiveFrame(snapshot, history, status), at once and immutable
    live.close()

It has no end: when its schedule is through, it goes on at the floor of the learning rate. The background thread stops
by itself when the `LiveRun` is closed or forgotten, and pauses when nobody has looked for ten minutes; the next look
lets it go on.
"""

from __future__ import annotations

import math
import threading
import time
import weakref
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Future
from functools import partial
from typing import Any, TypeVar, Unpack

from bnnlab.records import History, Selection
from bnnlab.train.compare import check_rival
from bnnlab.train.config import AtOnce, RunConfig
from bnnlab.train.live.frame import LiveFrame, LiveStatus, State
from bnnlab.train.live.pace import Speed
from bnnlab.train.live.player import Player
from bnnlab.train.live.publisher import WATCHED_WITHIN_S
from bnnlab.train.live.slots import Slots
from bnnlab.train.live.thread import TRAINING_SLOTS, Trainer
from bnnlab.train.look import Extent
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
        slots: Slots = TRAINING_SLOTS,
    ) -> None:
        if not 0 < duty <= 1:
            raise ValueError(f"duty must be above 0 and at most 1, got {duty}")
        self._clock = clock
        self._lock = threading.Lock()
        self._selected: Selection | None = None  # by hand; the thread may still have to hear of it
        self._parked = False
        self._trainer = Trainer(config, duty, clock, slots)
        self._player, self._publisher = self._trainer.player, self._trainer.player.publisher
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
            self._ask(self._player.show, shown)
            shown.wait(fresh_within)
        frame = self._look()
        self._publisher.seen = frame
        return frame

    @property
    def status(self) -> LiveStatus:
        """Where the run stands, without counting as a look at the picture."""
        return self._publisher.frame.status

    @property
    def history(self) -> History:
        """The curves up to the newest frame, and the signs after every step done: `history.at(step)`.

        Of the run that plays now; what was read stays valid after a reset. Not to be appended to.
        """
        return self._publisher.frame.history

    def _look(self) -> LiveFrame:
        self._publisher.last_read = self._clock()
        frame = self._publisher.frame
        if frame.status.auto_paused:
            self._ask(self._player.resume)
        return frame

    def play(self, elapsed: float = 0.0) -> None:
        """Train until paused, failed, or unwatched for ten minutes.

        Args:
            elapsed: Seconds for which it should count as having played already, with the speed ``"start"``: the steps
                due by then are caught up with.

        Raises:
            ValueError: If `elapsed` is negative or not finite.
        """
        if not 0 <= elapsed < math.inf:
            raise ValueError(f"elapsed must be finite and at least 0, got {elapsed}")
        self._ask(self._player.play, elapsed)

    def pause(self) -> None:
        """Stop after the step being done."""
        self._ask(self._player.pause)

    def step_once(self) -> None:
        """Pause, and do one step."""
        self._ask(self._player.step_once)

    def advance(self, step: int) -> None:
        """Train up to a step in one go, as fast as it goes, and pause there. Nothing is shown on the way.

        Args:
            step: Steps that shall have been done; a run that is farther only pauses.

        Raises:
            ValueError: If `step` is negative or no whole number.
        """
        if isinstance(step, bool) or not isinstance(step, int) or step < 0:
            raise ValueError(f"step must be a whole number from 0 on, got {step!r}")
        self._ask(self._player.advance, step)

    def reset(self, config: RunConfig | None = None) -> None:
        """Start again at step 0, paused; with new settings if given. The run before is kept for `undo`."""
        self._ask(self._player.reset, config)

    def undo(self) -> None:
        """Bring the run before the last reset back as it was, paused: its very network, settings and curves."""
        self._ask(self._player.undo)

    def set_speed(self, speed: Speed) -> None:
        """Set how fast it plays.

        Args:
            speed: Steps a second; or None for as fast as the duty cycle allows; or ``"start"``, which begins slowly
                enough to be followed and speeds up until it is None.

        Raises:
            ValueError: If the speed is none of these.
        """
        if speed not in (None, "start") and not (
            isinstance(speed, int | float) and not isinstance(speed, bool) and 0 < speed < math.inf
        ):
            raise ValueError(
                f"speed must be 'start', None or steps a second, positive and finite; got {speed!r}"
            )
        self._ask(self._player.set_speed, speed)

    def update(self, **changes: Unpack[AtOnce]) -> None:
        """Change settings from the next step on, without starting again.

        Args:
            **changes: Fields of `RunConfig` that can change between two steps.

        Raises:
            ValueError: If a setting needs a new start, or its value is out of its range in `RunConfig`.
            TypeError: If a value has the wrong type.
        """
        self._player.config.updated(**changes)  # refuses here
        self._ask(self._player.update, changes)

    def show_example(self, index: int) -> None:
        """Choose the test example that goes through the network in each snapshot; the first one at the start.

        Raises:
            ValueError: If there is no such example.
        """
        self._extent().check_example(index)
        self._want(example=index)

    def select(self, selection: Selection | None) -> None:
        """Choose the neuron and weight that each snapshot looks at; None looks at none.

        Raises:
            ValueError: If the network has no such layer, neuron, weight or position.
        """
        if selection is not None:
            self._extent().check_selection(selection)
        self._selected = selection
        self._want(selection=selection)

    def compare(self, name: str | None) -> None:
        """Let another network learn beside this one: from the same seed, on the same batches, with one difference.

        Args:
            name: ``"float twin"``, in which nothing is binarised; the name of another estimator; or None for none.

        Raises:
            ValueError: If there is no such network beside this one.
        """
        if name is not None:
            check_rival(self._player.config, name)
        self._ask(self._player.compare, name)

    def pin(self) -> None:
        """Put the curves of this run aside: each frame has them beside its own, also after a new start."""
        self._ask(self._player.pin)

    def unpin(self) -> None:
        """Let go of all curves that were put aside."""
        self._ask(self._player.unpin)

    def rewind(self, step: int | None) -> None:
        """Let each snapshot show the run as it was after a past step, while training goes on.

        Steps since the last checkpoint before it are done again, bit for bit; `LiveStatus.way` says how many are left,
        and until then the picture stays. Steering the run leads back to now.

        Args:
            step: A step done, 0 for the beginning; None follows the run again.

        Raises:
            ValueError: If the step has not been done.
        """
        done = self.status.step
        if step is not None and (
            isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= done
        ):
            raise ValueError(f"step must be in 0..{done}, the steps done, or None; got {step!r}")
        self._ask(self._player.rewind, step)

    def look_at_flips(self, on: bool) -> None:
        """Choose whether frames tell what became of the flips, about once a second."""
        self._want(statistics=bool(on))

    def look_backward(self, on: bool) -> None:
        """Choose whether each snapshot holds the gradients of the shown example."""
        self._want(backward=bool(on))

    def flip(self) -> None:
        """Turn the sign of the selected weight between two steps; doing it again turns it back.

        Its hidden number w becomes -w, and training goes on from there. The status then holds the accuracy on the whole
        test set before and after.

        Raises:
            ValueError: If no weight is selected.
        """
        selection = self._selected or self._player.selection
        if selection is None or selection.weight is None:
            raise ValueError("flip needs a selected weight, and none is selected")
        self._ask(self._player.flip)

    def park(self) -> None:
        """End the thread within a step and keep everything: the run goes on after `wake`.

        What is asked of it until then is done after `wake`; `snapshot` shows the last frame.
        """
        with self._lock:
            if not self._parked:
                self._parked = True
                self._ask(self._trainer.park)

    def wake(self) -> None:
        """Go on after `park`, in a new thread, as if nothing had happened."""
        with self._lock:
            if self._parked:
                self._trainer.thread.join()
                self._parked = False
                if self._publisher.frame.status.state != "closed":
                    self._trainer.wake()

    def _extent(self) -> Extent:
        """What there is to look at, as soon as the run is loaded."""
        if self._player.extent is None:
            try:
                self.wait_for(state="paused")
            except RuntimeError as error:
                raise ValueError(f"there is no network to look at: {error}") from error
        extent = self._player.extent
        if extent is None:
            raise ValueError("there is no network to look at: another one is being loaded")
        return extent

    def _ask(self, command: Callable[..., None], *arguments: Any) -> None:
        """Have something called on the thread."""
        self._trainer.commands.put(partial(command, *arguments))

    def _want(self, **changes: Any) -> None:
        self._ask(self._player.look_at, changes)

    def call(self, look: Callable[[TrainingRun], T], timeout: float = 10.0) -> T:
        """Look at the run itself, between two steps, and return what `look` saw.

        Args:
            look: Called with the run on the thread that owns it; must neither keep nor change it.
            timeout: Seconds to wait for the step being done.

        Raises:
            TimeoutError: If the thread does not come to it in time.
            RuntimeError: If there is no run, because it failed to load, is parked or closed.
            Exception: Whatever `look` raises.
        """
        answer: Future[T] = Future()
        self._ask(_answer, self._player, look, answer)
        deadline = time.monotonic() + timeout
        while not futures.wait([answer], 0.05).done:
            if not self._trainer.thread.is_alive() and not answer.done():
                raise RuntimeError("the run is parked" if self._parked else "the run is closed")
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
        self._ask(obeyed.set)
        while self._trainer.thread.is_alive() and not obeyed.wait(0.05):
            if time.monotonic() > deadline:
                raise TimeoutError(f"after {timeout} s earlier commands are still to be obeyed")
        with self._publisher.changed:
            while True:
                frame = self._look()
                status = frame.status
                arrived = status.state == state or (state is None and status.state != "loading")
                if arrived and status.step >= step:
                    return frame
                if status.state in ("failed", "closed") or self._parked:
                    raise RuntimeError(status.error or f"the run is {'parked' if self._parked else 'closed'}")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"after {timeout} s the run is {status.state} at step {status.step}")
                # Looks again now and then: a run publishes nothing to those who stopped looking.
                self._publisher.changed.wait(WATCHED_WITHIN_S / 2)

    def close(self) -> None:
        """Stop training and end the thread; may be called twice."""
        self._stop()


def _answer(player: Player, look: Callable[[TrainingRun], T], answer: Future[T]) -> None:
    """Answer with what `look` sees of the run, or with the exception it raised."""
    try:
        if player.run is None:
            raise RuntimeError(player.error or "there is no run to look at")
        answer.set_result(look(player.run))
    except Exception as error:
        answer.set_exception(error)


def _stop(trainer: Trainer) -> None:
    """End the thread and wait for it: a thread inside torch must not outlive the interpreter."""
    player = trainer.player
    trainer.commands.put(player.close)
    if trainer.thread is not threading.current_thread():
        trainer.thread.join(timeout=5)
    if not trainer.thread.is_alive() and player.state != "closed":
        player.close()  # it was parked
