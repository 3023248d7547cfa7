"""One run that is played, with all that was seen of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from bnnlab.records import FlipStatistics, History, PinnedRun, RivalLook, Selection, Snapshot
from bnnlab.train.compare import Rival
from bnnlab.train.config import AtOnce, RunConfig
from bnnlab.train.live.frame import LiveFrame, LiveStatus
from bnnlab.train.look import Extent, Look, extent_of
from bnnlab.train.past import Deed, Past
from bnnlab.train.training import TrainingRun

FLIP_TOLD_STEPS = 500  # after so many, what a flip by hand did says nothing any more
CATCH_UP_S = 0.03  # for a rival that is behind, after each step; one that is not does a step


@dataclass(slots=True, eq=False)
class Played:
    """One run with all that was seen of it, so that a reset can be undone.

    Attributes:
        config: Its settings, including updates.
        run: The run, or None until it is loaded.
        snapshot: The newest picture of it.
        error: Why it failed, or None.
        extent: What there is to look at in it.
        flip_report: Accuracy before and after the last flip by hand, for some steps.
        flipped_at: After which step that was.
        statistics: What became of its flips, when that was last asked.
        past: What it was after each of its steps.
        rival: A network that learns beside it, or None.
        rival_look: What was last seen of that.
    """

    config: RunConfig
    run: TrainingRun | None = None
    snapshot: Snapshot | None = None
    error: str | None = None
    extent: Extent | None = None
    flip_report: tuple[float, float] | None = None
    flipped_at: int = 0
    statistics: tuple[FlipStatistics, ...] = ()
    past: Past | None = None
    rival: Rival | None = None
    rival_look: RivalLook | None = None
    _first: RunConfig | None = None
    _updates: list[tuple[int, AtOnce]] = field(default_factory=list)

    @property
    def step(self) -> int:
        """Steps done so far."""
        return 0 if self.run is None else self.run.step

    def load(self) -> Extent:
        """Build the run; returns what there is to look at."""
        self.run, self._first = begin(self.config), self.config
        self.past = Past(self.run)
        self.extent = extent_of(self.run.model, self.run.dataset, self.config.device)
        return self.extent

    def do_step(self, run: TrainingRun) -> None:
        """Do one step, and remember it."""
        next(run)
        if run.step > self.flipped_at + FLIP_TOLD_STEPS:
            self.flip_report = None
        if self.past is not None:
            self.past.note_step(run)
        if self.rival is not None:
            self.rival.follow(run.step, CATCH_UP_S)

    def compare(self, name: str | None) -> None:
        """Let another network learn beside it, which first catches up; None ends that.

        Args:
            name: See `Rival`.
        """
        if self.run is None or self._first is None:
            return
        rival = None if name is None else Rival(self.run, name, self._first, self._updates)
        if self.rival is not None:
            self.rival.close()
        self.rival, self.rival_look = rival, None

    @property
    def rival_is_behind(self) -> bool:
        """Whether the network beside it has not done as many steps."""
        return self.rival is not None and self.rival.is_behind(self.step)

    def look_beside(self) -> None:
        """See how the network beside it does."""
        if self.rival is not None and self.run is not None:
            self.rival_look = self.rival.look(self.run)

    def look_at_flips(self) -> None:
        """See what became of the flips so far."""
        names = self.history.layer_names
        self.statistics = tuple(self.history.flip_statistics(name) for name in names)

    def way_to(self, look: Look) -> int:
        """How many steps have to be done again for `look_back`."""
        return 0 if look.step is None or self.past is None else self.past.steps_to(look.step)

    def look_back(self, look: Look, seconds: float) -> Snapshot | None:
        """What was to be seen after a past step.

        Args:
            look: What to show, and after which step.
            seconds: To be spent on the way there at most.

        Returns:
            The picture, equal to the one of then; None if the way is longer: the next call goes on.
        """
        assert look.step is not None
        assert self.past is not None
        assert self.run is not None
        then = self.past.approach(look.step, seconds)
        if then is None:
            return None
        snapshot = self._with_flips_of(look.step, then.snapshot(look))
        if snapshot.weight is None or look.selection is None:
            return snapshot
        self.run.monitor.follow(look.selection)
        weight = self.run.monitor.life(look.selection).put_into(snapshot.weight, look.step)
        return dataclasses.replace(snapshot, weight=weight)

    def _with_flips_of(self, step: int, snapshot: Snapshot) -> Snapshot:
        """The picture with exactly the flips of its step marked, as far as they are known."""
        signs = self.history.known_signs
        if not signs.since < step <= signs.newest:
            return snapshot
        flips = signs.flips_at(step)
        layers = tuple(dataclasses.replace(layer, flipped=flips[layer.name]) for layer in snapshot.layers)
        return dataclasses.replace(snapshot, layers=layers)

    def update(self, changes: AtOnce) -> None:
        """Change settings between two steps: see `TrainingRun.update`."""
        self.config = self.config.updated(**changes)
        if self.run is not None:
            self.run.update(**changes)
            self._note(lambda run: run.update(**changes))
            self._updates.append((self.step, changes))

    def flip(self, selection: Selection) -> bool:
        """Turn the sign of a weight, and measure what that does; returns whether there is such a weight."""
        if self.run is None or selection.weight is None:
            return False
        _, before = self.run.evaluate()
        self.run.flip(selection)
        self._note(lambda run: run.flip(selection))
        _, after = self.run.evaluate()
        self.flip_report, self.flipped_at = (before, after), self.step
        return True

    def frame(self, pinned: tuple[PinnedRun, ...], **standing: Any) -> LiveFrame:
        """What a viewer gets of it.

        Args:
            pinned: Runs that were put aside.
            **standing: Those fields of `LiveStatus` that are not the run's own.
        """
        run = self.run
        status = LiveStatus(
            step=self.step,
            total_steps=0 if run is None else run.total_steps,
            steps_per_epoch=0 if run is None else run.steps_per_epoch,
            error=self.error,
            config=self.config,
            flip_report=self.flip_report,
            schedule_done=run is not None and run.step >= run.total_steps,
            **standing,
        )
        return LiveFrame(self.snapshot, self.history.copy(), status, self.rival_look, pinned, self.statistics)

    def _note(self, deed: Deed) -> None:
        if self.past is not None:
            self.past.note_deed(deed)

    @property
    def history(self) -> History:
        """Its curves and past signs."""
        return History() if self.run is None else self.run.history

    def close(self) -> None:
        """Let go of the run."""
        if self.past is not None:
            self.past.close()
        if self.rival is not None:
            self.rival.close()
        if self.run is not None:
            self.run.close()


def begin(config: RunConfig) -> TrainingRun:
    """Build a run that goes on until somebody stops it."""
    return TrainingRun(config, endless=True)
