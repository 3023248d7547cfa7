"""How often, when last and how soon again each weight of a layer flipped, over a whole run."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bnnlab import _watch

RETURN_BINS: Final = 32
"""Bins of a histogram of return times; bin k holds times of 2^k to 2^(k+1) - 1 steps."""


class FlipCounts:
    """The flips that training made in one layer, counted: exact over any number of steps, in constant memory.

    Flips by hand are not among them.

    Attributes:
        flips: `(neurons, weights of each)` uint16, flips of each weight; stops at 65535.
        last: `(neurons, weights of each)` uint32, the step of each weight's last flip; 0 if it never flipped.
        returns: `(neurons, RETURN_BINS + 1)` uint64. Bin k counts the flips that came 2^k to 2^(k+1) - 1 steps after
            the same weight's flip before; the last bin counts the flips that were a weight's first.

    Args:
        shape: `(neurons, weights of each)`.
    """

    def __init__(self, shape: tuple[int, int]) -> None:
        self.flips = np.zeros(shape, np.uint16)
        self.last = np.zeros(shape, np.uint32)
        self.returns = np.zeros((shape[0], RETURN_BINS + 1), np.uint64)

    @property
    def nbytes(self) -> int:
        """Bytes that are taken."""
        return self.flips.nbytes + self.last.nbytes + self.returns.nbytes

    def note(self, step: int, flips: NDArray[np.uint64], count: int) -> NDArray[np.uint32]:
        """Count the flips of one step.

        Args:
            step: The step, at least 1 and after the one noted before.
            flips: Bit 1 where a weight flipped, packed along rows; padding bits are 0.
            count: How many these are.

        Returns:
            Which weights these are, counted row by row, increasing.
        """
        positions = np.empty(count, np.uint32)
        _watch.flips(flips, step, self.flips, self.last, self.returns, positions)
        return positions

    def copy(self) -> FlipCounts:
        """An independent copy."""
        other = FlipCounts((0, 0))
        other.flips, other.last, other.returns = self.flips.copy(), self.last.copy(), self.returns.copy()
        return other
