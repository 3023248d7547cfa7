"""The thread behind a live run: it trains between commands.

All of a `Trainer` and its `Player` belongs to this thread, except what `LiveRun` touches: it puts commands into
`commands`, and reads references to immutable objects that are replaced as a whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from bnnlab.bits.threads import available_cores
from bnnlab.train.config import RunConfig
from bnnlab.train.live.duty import Duty
from bnnlab.train.live.player import Player
from bnnlab.train.live.shift import Shift
from bnnlab.train.live.slots import Slots
from bnnlab.train.training import TrainingRun

BURST_S = 0.01  # work without a look at the duty cycle; short, so that the reader's thread gets its turn

TRAINING_SLOTS = Slots(max(1, available_cores() - 1))
"""How many trainers of this process may compute at one moment; the others wait for a burst to end."""


class Trainer:
    """Trains in one daemon thread, obeying commands between steps.

    Args:
        config: The first run.
        duty: Share of the time spent computing, above 0 and at most 1.
        clock: Seconds; only differences count.
        slots: Who may compute at one moment.

    Attributes:
        commands: What is to be called on the thread, between two steps.
        player: What they ask something of.
        thread: The thread; another one after `wake`.
    """

    def __init__(self, config: RunConfig, duty: float, clock: Callable[[], float], slots: Slots) -> None:
        self.commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._clock = clock
        self._duty, self._shift = Duty(duty, clock), Shift(slots, clock)
        self.player = Player(config, clock, self._shift, self._duty)
        self._parked, self._parked_at = False, clock()
        self.thread = self._new_thread()

    def park(self) -> None:
        """End the thread and keep everything; a command like all others."""
        self._shift.end()
        self._parked, self._parked_at = True, self._clock()

    def wake(self) -> None:
        """Go on in a new thread; the one before must have ended."""
        self._duty.call()
        self.player.publisher.wake()
        self.player.pace.postpone(self._clock() - self._parked_at)
        self._parked = False
        self.thread = self._new_thread()
        self.thread.start()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._loop, name="bnnlab-trainer", daemon=True)

    def _loop(self) -> None:
        while self.player.state != "closed" and not self._parked:
            try:
                command = self._next_command()
                if command is not None:
                    command()
                elif self.player.travels:
                    self.player.travel()
                elif self.player.run is not None:
                    self._work(self.player.run)
            except Exception as error:
                self.player.fail(error)

    def _next_command(self) -> Callable[[], None] | None:
        """The next command, or None when it is time to work; waits for either without computing."""
        if not (self.player.plays or self.player.travels):
            return self.commands.get()
        try:
            pause = 0.0 if self.player.travels else self._duty.wait
            return self.commands.get(timeout=pause) if pause > 0 else self.commands.get_nowait()
        except Empty:
            return None

    def _work(self, run: TrainingRun) -> None:
        """One burst of steps, then a rest as the duty cycle demands."""
        player = self.player
        if not player.publisher.is_watched(self._clock()):
            return player.pause_unwatched()
        if not self._shift.has_come():
            if self._shift.is_late:
                player.wait(True)
            return None
        try:
            began, first = self._clock(), run.step
            player.wait(False)
            rushed = self._burst(run, began)
            player.publish_if_due(run)
            if self._shift.others_wait:
                self._duty.rest_for_all(began)
        finally:
            self._shift.end()
        now = self._clock()
        if rushed:
            player.pace.compare(now, run.step, self._duty.possible(run.step - first, now - began))
        return self._duty.rest(now - began, at_least=player.pace.wait(now, run.step))

    def _burst(self, run: TrainingRun, began: float) -> bool:
        """Do the steps that are due, for a short time; returns whether more may be."""
        now = began
        while self._may_step(run, now):
            self.player.step(run)
            now = self._clock()
            self.player.pace.done(now)
            if now - began > BURST_S:
                return True
        return False

    def _may_step(self, run: TrainingRun, now: float) -> bool:
        player = self.player
        due = player.pace.wait(now, run.step) <= 0
        watched = player.publisher.is_watched(now)
        return due and player.state == "playing" and self.commands.empty() and watched
