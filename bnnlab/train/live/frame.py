"""What a viewer of a live run gets: one moment of it, immutable."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

from bnnlab.records import FlipStatistics, History, PinnedRun, RivalLook, Snapshot
from bnnlab.train.config import RunConfig
from bnnlab.train.live.pace import Speed

State = Literal["loading", "paused", "playing", "waiting", "failed", "closed"]


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """Where a live run stands.

    Attributes:
        state: ``"loading"`` data and model; ``"paused"``; ``"playing"``; ``"waiting"`` to play, because other
            runs of the process occupy the cores; ``"failed"``, see `error`; ``"closed"``.
        step: Steps done so far.
        total_steps: Steps until the schedule's end; 0 while loading for the first time.
        steps_per_epoch: Steps of one pass over the training set; 0 while loading for the first time.
        steps_per_second: Lately, while playing; 0.0 otherwise.
        error: Why the run failed, in one sentence, or None.
        config: The settings, including updates.
        speed: How fast it plays: see `LiveRun.set_speed`.
        auto_paused: Whether it paused because nobody looked for ten minutes; the next look lets it go on.
        can_undo: Whether `LiveRun.undo` brings a run back.
        flip_report: Accuracy on the whole test set before and after the last flip by hand, or None.
        schedule_done: Whether the learning rate has arrived at its floor, and training goes on there.
        back_at: The past step that is looked at, or None where the picture follows the run.
        way: Steps that have to be done again before the picture is of `back_at`; until then it is of another step.
    """

    state: State
    step: int
    total_steps: int
    steps_per_epoch: int
    steps_per_second: float
    error: str | None
    config: RunConfig
    speed: Speed = None
    auto_paused: bool = False
    can_undo: bool = False
    flip_report: tuple[float, float] | None = None
    schedule_done: bool = False
    back_at: int | None = None
    way: int = 0


@dataclass(frozen=True, slots=True)
class LiveFrame:
    """What a viewer gets: one moment of a live run, immutable.

    Attributes:
        snapshot: The run at this moment; None until the first model is built. A weight is marked as flipped
            if it flipped since the last frame that somebody saw.
        history: The curves up to this moment; not to be appended to.
        status: Where the run stands.
        rival: The network that learns beside it, or None.
        pinned: Runs that were put aside, the oldest first.
        statistics: What became of the flips of each binary layer, a moment ago; none unless asked for.
    """

    snapshot: Snapshot | None
    history: History
    status: LiveStatus
    rival: RivalLook | None = None
    pinned: tuple[PinnedRun, ...] = ()
    statistics: tuple[FlipStatistics, ...] = ()


def with_flips_of(earlier: Snapshot, later: Snapshot) -> Snapshot:
    """`later`, with the flips of `earlier` marked too: for a reader who never saw `earlier`."""
    layers = []
    for before, now in zip(earlier.layers, later.layers, strict=True):
        words = before.flipped.words | now.flipped.words
        words.flags.writeable = False
        layers.append(dataclasses.replace(now, flipped=dataclasses.replace(now.flipped, words=words)))
    return dataclasses.replace(later, layers=tuple(layers))
