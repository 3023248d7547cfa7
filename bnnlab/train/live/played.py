"""One run that is played, with all that was seen of it."""

from __future__ import annotations

from dataclasses import dataclass

from bnnlab.records import History, Snapshot
from bnnlab.train.config import RunConfig
from bnnlab.train.look import Extent
from bnnlab.train.training import TrainingRun


@dataclass(slots=True, eq=False)
class Played:
    """One run with all that was seen of it, so that a reset can be undone.

    Attributes:
        config: Its settings, including updates.
        run: The run, or None until it is loaded.
        snapshot: The newest picture of it.
        error: Why it failed, or None.
        extent: What there is to look at in it.
        flip_report: Accuracy before and after the last flip by hand.
    """

    config: RunConfig
    run: TrainingRun | None = None
    snapshot: Snapshot | None = None
    error: str | None = None
    extent: Extent | None = None
    flip_report: tuple[float, float] | None = None

    @property
    def step(self) -> int:
        """Steps done so far."""
        return 0 if self.run is None else self.run.step

    @property
    def history(self) -> History:
        """Its curves and past signs."""
        return History() if self.run is None else self.run.history

    def close(self) -> None:
        """Let go of the run."""
        if self.run is not None:
            self.run.close()
