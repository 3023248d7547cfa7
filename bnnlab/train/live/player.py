"""What can be asked of a run between two steps: to play, pause, begin anew, look at something else, show itself."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from bnnlab.records import Selection
from bnnlab.train.config import AtOnce, RunConfig
from bnnlab.train.datasets import DatasetError
from bnnlab.train.live.duty import Duty
from bnnlab.train.live.frame import LiveFrame, State, with_flips_of
from bnnlab.train.live.gaze import Gaze
from bnnlab.train.live.pace import Pace, Speed
from bnnlab.train.live.pins import Pins
from bnnlab.train.live.played import Played
from bnnlab.train.live.publisher import PUBLISH_EVERY_S, Publisher
from bnnlab.train.live.shift import Shift
from bnnlab.train.look import Extent
from bnnlab.train.training import TrainingDivergedError, TrainingRun

STATISTICS_EVERY_S = 1.0
TRAVEL_S = 0.03  # steps of the past are done again for so long before somebody else has a turn


class Player:
    """One run after another, and what holds of the one that is played. All of it belongs to the thread.

    Args:
        config: Settings of the first run.
        clock: Seconds; only differences count.
        shift: The thread's turns, given up before what takes long.
        duty: When the thread works next.

    Attributes:
        publisher: Where readers on other threads find frames.
        pace: How fast it plays.
        state: Where it stands.
        auto_paused: Whether it paused because nobody looked.
    """

    def __init__(self, config: RunConfig, clock: Callable[[], float], shift: Shift, duty: Duty) -> None:
        self._clock, self._shift, self._duty = clock, shift, duty
        self._played = Played(config)
        self._before: Played | None = None
        self._gaze, self._pins = Gaze(), Pins()
        self._statistics_at = 0.0
        self._followed = True  # whether the last picture was of the newest step
        self.state: State = "loading"
        self.auto_paused = False
        self.pace = Pace()
        self.publisher = Publisher(clock)
        self.publisher.frame = self._frame()

    @property
    def config(self) -> RunConfig:
        """The settings, including updates."""
        return self._played.config

    @property
    def extent(self) -> Extent | None:
        """What there is to look at, or None while there is no run."""
        return self._played.extent

    @property
    def selection(self) -> Selection | None:
        """The neuron and weight looked at."""
        return self._gaze.look.selection

    @property
    def error(self) -> str | None:
        """Why the run failed, or None."""
        return self._played.error

    @property
    def run(self) -> TrainingRun | None:
        """The run, or None until it is loaded."""
        return self._played.run

    @property
    def plays(self) -> bool:
        """Whether it trains by itself, or would if its turn came."""
        return self.state in ("playing", "waiting")

    # One run and the next.

    def reset(self, config: RunConfig | None = None) -> None:
        """Put the run aside and build a new one, paused at step 0; with the same settings if None."""
        self._shift.end()
        config = config or self.config
        if self._played.run is not None:
            if self._before is not None:
                self._before.close()
            self._before = self._played
        self._played = Played(config)
        self._enter("loading")
        self._gaze.follow()
        self._gaze.open(self._played.load())
        self._enter("paused")

    def undo(self) -> None:
        """Bring the run before the last reset back, paused, as it was."""
        if self._before is not None:
            self._played.close()
            self._played, self._before = self._before, None
            if self._played.extent is not None:
                self._gaze.open(self._played.extent)
            self._played.error = None
            self._enter("paused")

    def close(self) -> None:
        """Let everything go."""
        self._enter("closed")
        self._played.close()
        if self._before is not None:
            self._before.close()

    def fail(self, error: Exception) -> None:
        """Stop because of an error, and say it; one that nobody expected is logged."""
        expected = isinstance(error, DatasetError | TrainingDivergedError | ValueError)
        if not expected:
            logging.getLogger(__name__).error("training stopped", exc_info=error)
        self._played.error = str(error) if expected else f"{type(error).__name__}: {error}"
        self._enter("failed")

    # Playing and pausing.

    def play(self, elapsed: float = 0.0) -> None:
        """Train until told otherwise, and show it."""
        self._gaze.follow()
        if self.state == "paused":
            self.publisher.last_read = now = self._clock()
            self._duty.call()
            self.pace.begin(now, self._played.step, elapsed)
            self._enter("playing")

    def resume(self) -> None:
        """Go on after a pause that nobody asked for."""
        if self.auto_paused:
            self._duty.call()
            self._enter("playing")

    def pause(self) -> None:
        """Stop after the step being done."""
        if self.plays or self.auto_paused:
            self._enter("paused")

    def pause_unwatched(self) -> None:
        """Pause because nobody looks."""
        self.auto_paused = True
        self._enter("paused")

    def step_once(self) -> None:
        """Do one step and stay paused."""
        if self._played.run is not None and (self.plays or self.state == "paused"):
            self._shift.end()
            self._gaze.follow()
            self.state, self.auto_paused = "paused", False
            self.step(self._played.run)
            self.publish()

    def advance(self, step: int) -> None:
        """Train up to a step in one go, unseen, and stay paused there."""
        run = self._played.run
        if run is not None and (self.plays or self.state == "paused"):
            self._shift.end()
            self._gaze.follow()
            self.state, self.auto_paused = "paused", False
            while run.step < step:
                if run.step == step - 1:
                    self.publish()  # so that the next picture marks the flips of the last step, and not of all
                    self._followed = False
                self.step(run)
            self.publish()

    def step(self, run: TrainingRun) -> None:
        """Do one step."""
        self._played.do_step(run)

    def set_speed(self, speed: Speed) -> None:
        """Set the speed from now on."""
        self.pace.speed = speed
        self._duty.call()
        self.pace.begin(self._clock(), self._played.step)
        self.publish()

    def update(self, changes: AtOnce) -> None:
        """Change settings of the run that is going on: see `TrainingRun.update`."""
        self._gaze.follow()
        self._played.update(changes)
        self.publish()

    # What is looked at and shown.

    def look_at(self, changes: dict[str, Any]) -> None:
        """Show something else from now on, as far as it is there.

        Args:
            changes: Fields of `Look`.
        """
        self._gaze.turn(self._played.extent, **changes)
        self.travel()

    def compare(self, name: str | None) -> None:
        """Let another network learn beside the run: see `Played.compare`."""
        self._played.compare(name)
        self.publish()

    def pin(self) -> None:
        """Put the curves of this run aside, to stay under those of the next ones."""
        if self._played.step:
            self._pins.add(self.config, self._played.history)
            self.publish()

    def unpin(self) -> None:
        """Let go of all that was put aside."""
        self._pins.clear()
        self.publish()

    def rewind(self, step: int | None) -> None:
        """Show the run as it was after a step, while training goes on; None follows it again."""
        if self._played.run is not None:
            self._gaze.turn(None, step=None if step is None else min(step, self._played.step))
            self.travel()

    @property
    def travels(self) -> bool:
        """Whether steps are to be done, besides training, before what is looked at can be shown."""
        if self._played.run is None or self.state in ("failed", "closed"):
            return False
        return self._gaze.is_on_its_way or (self._played.rival_is_behind and not self.plays)

    def travel(self) -> None:
        """Go a part of the way to the past that is looked at, or of a rival's, and show how far it still is."""
        if self._played.rival is not None and not self.plays:
            self._played.rival.follow(self._played.step, TRAVEL_S)
        if self._gaze.is_back:
            self._gaze.then = self._played.look_back(self._gaze.look, TRAVEL_S)
        self.publish()

    def flip(self) -> None:
        """Turn the sign of the selected weight, and measure what that does to all test examples."""
        self._gaze.follow()
        if self.selection is not None and self._played.flip(self.selection):
            self.publish()

    def show(self, shown: threading.Event) -> None:
        """Publish a frame of this moment, unless the last one is of it already, and say so.

        Then rests as after any work, so that the reader's thread can make a message of it undisturbed.
        """
        run, began = self._played.run, self._clock()
        self.publisher.ask()
        # All else that changes is published at once. Of a past step nothing does but how far training has come.
        rests = self._gaze.is_back and not self.publisher.is_old(began)
        if run is not None and run.step != self.publisher.frame.status.step and not rests:
            self.publish(awaited=True)
            self._duty.pause(began)
        shown.set()

    def publish(self, awaited: bool = False) -> None:
        """Make a frame of this moment; while somebody waits for it, nothing dear is asked for it."""
        now = self._clock()
        played = self._played
        self.publisher.measure(now, played.step, self.state)
        if self._gaze.is_back:
            played.snapshot = self._gaze.then or played.snapshot
        elif played.run is not None and self.state not in ("failed", "closed"):
            if self.plays and not awaited:
                self._renew(played.run)
            snapshot = played.run.snapshot(self._gaze.look, hurried=self.plays)
            if played.snapshot is not None and not self.publisher.is_seen and self._followed:
                snapshot = with_flips_of(played.snapshot, snapshot)
            played.snapshot = snapshot
            played.look_beside()
        if self._gaze.look.statistics and (not self.plays or now >= self._statistics_at):
            played.look_at_flips()
            self._statistics_at = now + STATISTICS_EVERY_S
        self._followed = not self._gaze.is_back
        self.publisher.publish(self._frame(), now)

    def publish_if_due(self, run: TrainingRun) -> None:
        """Publish what readers should find after a burst; for those who ask for each frame, prepare what is dear."""
        if self.state != "playing":
            return
        now = self._clock()
        asked = self.publisher.is_asked(now)
        rests = self.pace.wait(now, run.step) >= PUBLISH_EVERY_S  # shows every step of slow ones
        if rests or (self.publisher.is_due(now) and not asked):
            self.publish()
        elif asked and not self._gaze.is_back:
            self._renew(run)

    def _renew(self, run: TrainingRun) -> None:
        """Ask, between two pictures, what is too dear to be asked for each."""
        run.renew(self._gaze.look)
        if self._played.rival is not None:
            self._played.rival.renew()

    def wait(self, waits: bool) -> None:
        """Say that it waits for its turn, or plays again."""
        state: State = "waiting" if waits else "playing"
        if self.plays and self.state != state:
            self.state = state
            self.publisher.tell(self._frame())

    def _enter(self, state: State) -> None:
        if state != "playing":
            self._shift.end()
        self.auto_paused = self.auto_paused and state == "paused" and self.plays
        self.state = state
        self.publish()

    def _frame(self) -> LiveFrame:
        return self._played.frame(
            self._pins.beside(self.config),
            state=self.state,
            steps_per_second=self.publisher.rate,
            speed=self.pace.speed,
            auto_paused=self.auto_paused,
            can_undo=self._before is not None,
            back_at=self._gaze.look.step,
            way=self._played.way_to(self._gaze.look) if self._gaze.is_on_its_way else 0,
        )
