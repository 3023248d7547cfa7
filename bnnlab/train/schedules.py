"""How the learning rate changes over a run, by name. A new schedule is one function and one line here.

A large step flips many signs at once, so a binary network under a constant learning rate keeps jumping about
its best weights; one that is lowered to nothing lets it settle there.
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
"""Share of the run done, 0..1, to the factor of the learning rate, 0..1."""
