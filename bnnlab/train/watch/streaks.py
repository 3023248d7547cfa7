"""How long each bit of a mask has been set in a row: one counter per bit, 64 counters to a machine word.

Counting a million weights one by one would cost more than the training step that is being watched. Bit i of
`planes[p]` is binary digit p of counter i, so that adding 1 to 64 counters is a chain of AND and XOR on
words.
"""

from __future__ import annotations

import numpy as np

from bnnlab import _watch
from bnnlab.train.watch.readings import Words, popcount


class StreakCounters:
    """One counter per bit, which counts the masks in a row that had the bit set.

    Invariant: a bit of `reached` is set if and only if it was set in each of the last `2 ** digits` masks.

    Args:
        shape: Shape of the masks, in words.
        digits: Binary digits of each counter.
    """

    def __init__(self, shape: tuple[int, int], digits: int) -> None:
        self.reached: Words = np.zeros(shape, np.uint64)
        self._planes = np.zeros((digits, *shape), np.uint64)

    def update(self, mask: Words) -> None:
        """Add 1 to the counters whose bit of `mask` is set, and put all others back to 0.

        Args:
            mask: uint64 words of the shape given at the start.
        """
        _watch.streaks(mask, self._planes, self.reached)

    def count(self) -> int:
        """How many counters have reached `2 ** digits`."""
        return popcount(self.reached)
