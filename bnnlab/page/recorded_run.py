"""A whole run as frames of the lab's picture, to be played without the run, and the network that it trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bnnlab.deploy import PackedModel
from bnnlab.train import RunConfig, train
from bnnlab.train.look import Look, extent_of
from bnnlab.widgets import lab
from bnnlab.widgets.frames import pack_frames

MAX_FRAMES: Final = 150
SLOW_PARTS_EVERY: Final = 10
"""Frames between two that carry what is large and changes slowly; `recording.js` goes back to such a one."""


@dataclass(frozen=True, slots=True, eq=False)
class RecordedRun:
    """A run that is over.

    Attributes:
        frames: Its frames, as `bnnlab.widgets.frames` packs them.
        steps: The training step that each of them shows.
        slow_parts_every: Frames between two that need none before them.
        network: What it trained.
        dataset: Name of the data that it learned.
    """

    frames: bytes
    steps: tuple[int, ...]
    slow_parts_every: int
    network: PackedModel
    dataset: str


def record_run(config: RunConfig) -> RecordedRun:
    """Train a network and keep some of its moments: at first every step, then ever fewer.

    Raises:
        ValueError: If the settings are impossible, or the network is not binary.
    """
    frames = []
    with train(config) as run:
        chosen = moments(run.total_steps)
        look = extent_of(run.model, run.dataset, run.config.device).opening(Look(example=0))
        for at, step in enumerate(chosen):
            while run.step < step:
                next(run)
            slow = at % SLOW_PARTS_EVERY == 0
            frames.append(
                lab.encode(run.snapshot(look), run.history, playing=True, complete=slow, curves=slow)
            )
        network = PackedModel.from_module(
            run.model,
            run.dataset.x_test.shape[1:],
            divisor=run.dataset.half_range,
            class_names=run.dataset.class_names,
        )
    return RecordedRun(pack_frames(frames), chosen, SLOW_PARTS_EVERY, network, config.dataset)


def moments(steps: int) -> tuple[int, ...]:
    """The steps that are shown of so many: as far apart as they are late, at most `MAX_FRAMES`.

    >>> moments(1000)[:4], moments(1000)[-3:]
    ((0, 1, 2, 3), (973, 987, 1000))
    """
    last = MAX_FRAMES - 1
    return tuple(sorted({min(max(round(steps * (at / last) ** 2), at), steps) for at in range(MAX_FRAMES)}))
