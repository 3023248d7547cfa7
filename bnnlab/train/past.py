"""What a run was after any of its steps: brought back bit for bit, by going on from a checkpoint before it.

Training draws nothing but what its seed says, so the same steps from the same state give the same network. What
somebody did by hand on the way, to a setting or a weight, is noted with its step and done again.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import Final

from bnnlab.train.checkpoint import Checkpoint
from bnnlab.train.training import TrainingRun

MAX_CHECKPOINT_BYTES: Final = 96 * 2**20
MIN_SPACING: Final = 8  # steps between two checkpoints, as long as there is room

Deed = Callable[[TrainingRun], None]


class Past:
    """Remembers a run on its way, and goes back to any step of it.

    Args:
        run: A run before its first step.
        max_bytes: Beyond this every other checkpoint is given up, and ways get twice as long.

    Attributes:
        spacing: Steps between two checkpoints.

    Raises:
        ValueError: If the run has begun already.
    """

    def __init__(self, run: TrainingRun, max_bytes: int = MAX_CHECKPOINT_BYTES) -> None:
        if run.step:
            raise ValueError(f"run must be at step 0, for its past to be known; it is at step {run.step}")
        self.spacing, self._max_bytes = MIN_SPACING, max_bytes
        self._dataset, self._config = run.dataset, run.config
        self._checkpoints: list[Checkpoint] = [run.checkpoint()]
        self._deeds: list[tuple[int, Deed]] = []  # what was done after a step, before the next
        self._newest = 0
        self._replay: TrainingRun | None = None
        self._replay_deeds = 0  # how many of the deeds the replay has behind it

    @property
    def nbytes(self) -> int:
        """Bytes that the checkpoints take."""
        return sum(checkpoint.nbytes for checkpoint in self._checkpoints)

    def note_step(self, run: TrainingRun) -> None:
        """Remember the step just done, before anything else is done to the run."""
        self._newest = run.step
        if run.step % self.spacing == 0:
            self._checkpoints.append(run.checkpoint())
            while self.nbytes > self._max_bytes and len(self._checkpoints) > 1:
                self.spacing *= 2
                self._checkpoints = [kept for kept in self._checkpoints if kept.step % self.spacing == 0]

    def note_deed(self, deed: Deed) -> None:
        """Remember what was done by hand after the newest step.

        Args:
            deed: Does it to a run; it is called again whenever the past leads over it.
        """
        self._deeds.append((self._newest, deed))
        self._replay = None  # it may stand at this very step

    def steps_to(self, step: int) -> int:
        """How many steps have to be done again to get to a step.

        Raises:
            ValueError: If the step is not one of the run's.
        """
        return step - self._start(step).step

    def approach(self, step: int, seconds: float = float("inf")) -> TrainingRun | None:
        """Go towards a step, for so long at most.

        Args:
            step: One of the run's.
            seconds: After so much time, and a step at least, it gives up for now; the next call goes on.

        Returns:
            The run as it was after `step` and all that was done by hand before the next one; None if the way is longer.
            It serves until the next call.

        Raises:
            ValueError: If the step is not one of the run's.
        """
        until = time.monotonic() + seconds
        run = self._begin(step)
        while run.step < step:
            run.evaluates = run.step + 1 == step
            next(run)
            self._do_deeds(run)
            if time.monotonic() >= until and run.step < step:
                return None
        return run

    def close(self) -> None:
        """Let everything go."""
        self._checkpoints, self._deeds, self._replay = [], [], None

    def _begin(self, step: int) -> TrainingRun:
        """The replay where it is on the way, else put back to the last checkpoint before the step."""
        start = self._start(step)
        if isinstance(start, TrainingRun):
            return start
        if self._replay is None:
            self._replay = TrainingRun(self._config, endless=True, dataset=self._dataset)
        self._replay.restore(start)
        self._replay_deeds = bisect_left(self._deeds, start.step, key=lambda deed: deed[0])
        self._do_deeds(self._replay)
        return self._replay

    def _start(self, step: int) -> TrainingRun | Checkpoint:
        """Where the way to a step begins: where the replay stands, or the last checkpoint before the step."""
        if not 0 <= step <= self._newest:
            raise ValueError(f"step must be in 0..{self._newest}, got {step}")
        at = bisect_right(self._checkpoints, step, key=lambda checkpoint: checkpoint.step)
        checkpoint, replay = self._checkpoints[at - 1], self._replay
        return replay if replay is not None and checkpoint.step <= replay.step <= step else checkpoint

    def _do_deeds(self, run: TrainingRun) -> None:
        """All that was done by hand after the step at which the run stands."""
        while self._replay_deeds < len(self._deeds) and self._deeds[self._replay_deeds][0] == run.step:
            self._deeds[self._replay_deeds][1](run)
            self._replay_deeds += 1
