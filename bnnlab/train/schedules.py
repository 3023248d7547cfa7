"""How the learning rate changes over a run, by name.

A new schedule is one function and one line here, and its name in `bnnlab.commands.run_settings`.

A large step flips many signs at once, so a binary network under a constant learning rate keeps jumping about
its best weights; one that is lowered lets it settle there. Lowered to nothing it stands still: a floor keeps some signs
flipping.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def constant(_progress: float) -> float:
    """The learning rate stays as it is."""
    return 1.0


def cosine(progress: float) -> float:
    """Half a cosine from 1 down to 0.

    Source: Loshchilov and Hutter, SGDR, ICLR 2017, section 3, eq. 5, without restarts.
    """
    return (1 + math.cos(math.pi * progress)) / 2


SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": constant,
    "cosine": cosine,
}
"""Share of the schedule done, 0..1, to what is left of the way down from 1 to the floor, 0..1."""


def learning_rate_factor(schedule: str, progress: float, floor: float) -> float:
    """What the learning rate is multiplied with; after the schedule's end it stays as it is there.

    Source: Loshchilov and Hutter, SGDR, ICLR 2017, eq. 5, whose lowest rate is `floor` times the highest.

    Args:
        schedule: Name in `SCHEDULES`.
        progress: Share of the schedule done, at least 0.
        floor: The factor below which it never falls, 0..1.
    """
    return floor + (1 - floor) * SCHEDULES[schedule](min(progress, 1.0))
