"""What is read off the weights and the gradients of one layer in one step, and how long it has been so.

The arrays are large and the reading is done at every step, so each goes over its arguments once, in compiled
code (``ext/watch.c``). Signs and masks come out as packed words (`bnnlab.bits.packing`), 64 weights at a time, on
which counting is exact and costs next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab import _watch
from bnnlab.bits.packing import words_for
from bnnlab.records import HISTOGRAM_BINS

Floats = NDArray[np.float32]
Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class GradientReading:
    """What an estimator did to one gradient.

    Attributes:
        blocked: Entries where the surrogate derivative is exactly 0.
        squares_before: Sum of the squares of the gradient with respect to the signs.
        squares_after: Sum of the squares of what the estimator made of it.
        zero: Bit 1 where what came out is exactly 0; packed along rows.
    """

    blocked: int
    squares_before: float
    squares_after: float
    zero: Words


def read_weights(latent: Floats, clip_value: float) -> tuple[Words, int]:
    """Signs of the latent weights, and how many lie within `clip_value`.

    Args:
        latent: `(outputs, inputs)` float32.
        clip_value: t_clip.

    Returns:
        The signs packed along rows, and the number of weights with `|w| <= clip_value` (NaN is not).
    """
    signs = _words_of(latent)
    return signs, _watch.read_weights(latent, clip_value, signs)


def read_gradient(before: Floats, surrogate: Floats) -> GradientReading:
    """Read one gradient as it crosses the sign function.

    Args:
        before: `(outputs, inputs)` float32, gradient with respect to the signs.
        surrogate: The estimator's derivative in each place. What comes out is their product, and 0 where the
            derivative is 0, whatever `before` is there.
    """
    zero = _words_of(before)
    return GradientReading(*_watch.read_gradient(before, surrogate, zero), zero)


def histogram(values: Floats, limit: float) -> NDArray[np.int64]:
    """Count values in `HISTOGRAM_BINS` even bins over `[-limit, limit]`.

    The outer bins also hold what lies beyond them; a value on the border of two bins belongs to the upper
    one, and NaN to none.
    """
    bins = np.empty(HISTOGRAM_BINS, np.int64)
    _watch.histogram(values, limit, bins)
    return bins


def differences(one: Words, other: Words) -> int:
    """In how many bits two arrays of words differ."""
    return _watch.differences(one, other, np.empty_like(one))


def zeros(values: Floats) -> int:
    """How many values are exactly 0."""
    return _watch.zeros(np.ascontiguousarray(values).reshape(-1))


def popcount(words: Words) -> int:
    """Number of set bits."""
    return int(np.bitwise_count(words).sum())


class StreakCounters:
    """How long each bit of a mask has been set in a row: one counter per bit, 64 counters to a machine word.

    Counting a million weights one by one would cost more than the training step that is being watched. Bit i of
    `_planes[p]` is binary digit p of counter i, so that adding 1 to 64 counters is a chain of AND and XOR on words.

    Invariant: a bit of `reached` is set if and only if it was set in each of the last `2 ** digits` masks.

    Args:
        shape: Shape of the masks, in words.
        digits: Binary digits of each counter.
    """

    def __init__(self, shape: tuple[int, int], digits: int) -> None:
        self.reached: Words = np.zeros(shape, np.uint64)
        self._planes = np.zeros((digits, *shape), np.uint64)

    def update(self, mask: Words) -> int:
        """Add 1 to the counters whose bit of `mask` is set, and put all others back to 0.

        Args:
            mask: uint64 words of the shape given at the start.

        Returns:
            How many counters have reached `2 ** digits`.
        """
        return _watch.streaks(mask, self._planes, self.reached)

    def state(self) -> tuple[Words, Words]:
        """Copies of the digits and of what was reached."""
        return self._planes.copy(), self.reached.copy()

    def restore(self, state: tuple[Words, Words]) -> None:
        """Count on from a state."""
        planes, reached = state
        self._planes, self.reached = planes.copy(), reached.copy()

    def count(self) -> int:
        """How many counters have reached `2 ** digits`."""
        return popcount(self.reached)


def _words_of(matrix: Floats) -> Words:
    rows, depth = matrix.shape
    return np.empty((rows, words_for(depth)), np.uint64)
