"""Everything between a binary product and the next sign, folded into one integer threshold per output.

Scaling and batch normalisation are increasing or decreasing functions of the sum, also as floats compute them: a
rounded product with a constant and a rounded sum with one never change the order of two numbers. So the sign that
follows is a comparison with a threshold, rising or falling, which is found by halving: the function itself is asked
for the sign, not a formula for where it should change. So ties, tiny gammas and gamma = 0 come out as the module
computes them.

In real numbers it is y = (s - mean) gamma / sigma + beta >= 0, that is s >= mean - beta sigma / gamma for positive
gamma and s <= that for negative; Umuroglu et al., FINN (FPGA 2017), section 4.2.2.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import FloatThresholds, Thresholds

Signs = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
"""Which outputs are +1, for sums `(rows, outputs)`."""

LARGEST = float(np.finfo(np.float32).max)
"""Of finite float32 numbers."""


def fold(signs: Signs, lowest: NDArray[np.int64], highest: NDArray[np.int64]) -> Thresholds:
    """Find the thresholds that say what `signs` says.

    Args:
        signs: Whether each output is +1 for a given sum; monotone in the sum of each output.
        lowest: `(outputs,)`, the least sum each output can have.
        highest: `(outputs,)`, the greatest.

    Returns:
        Thresholds that agree with `signs` on all whole numbers from `lowest` to `highest`.
    """
    at_lowest, at_highest = signs(np.stack([lowest, highest]))
    rising = at_highest | ~at_lowest  # constants: +1 rises from the lowest on, -1 beyond the highest
    # The least sum of a different sign than the lowest sum's: in (low, high].
    low, high = lowest.copy(), highest + 1
    high[at_lowest == at_highest] = low[at_lowest == at_highest] + 1
    while (high - low > 1).any():
        middle = (low + high) // 2
        changed = signs(middle[None])[0] != at_lowest
        high = np.where(changed, middle, high)
        low = np.where(changed, low, middle)
    values = np.where(rising, high, low)
    values = np.where(at_lowest & at_highest, lowest, values)
    values = np.where(~at_lowest & ~at_highest, highest + 1, values)
    return Thresholds(values.astype(np.int32), rising)


def fold_numbers(
    signs: Callable[[NDArray[np.float32]], NDArray[np.bool_]], outputs: int, largest: float = LARGEST
) -> FloatThresholds:
    """As `fold`, for functions of any finite float32 number.

    Args:
        signs: Whether each output is +1, for numbers `(rows, outputs)`; monotone in each.
        outputs: How many.
        largest: Magnitude up to which there are numbers.

    Returns:
        Thresholds that agree with `signs` on all numbers from `-largest` to `largest`.
    """
    highest = np.full(outputs, _rank(np.array([largest]))[0])
    folded = fold(lambda ranks: signs(_number(ranks)), -highest - 1, highest)
    return FloatThresholds(_number(folded.values.astype(np.int64)), folded.rising)


def _rank(numbers: NDArray[np.float32]) -> NDArray[np.int64]:
    """Finite float32 numbers as whole numbers in the same order: the bits of those above 0, and -1 is -0.0."""
    bits = numbers.astype(np.float32).view(np.int32).astype(np.int64)
    return np.where(bits >= 0, bits, -(bits & 0x7FFFFFFF) - 1)


def _number(ranks: NDArray[np.int64]) -> NDArray[np.float32]:
    """The inverse of `_rank`; the ranks beyond the largest numbers are infinite."""
    bits = np.where(ranks >= 0, ranks, (-ranks - 1) | 0x80000000).astype(np.uint32)
    return bits.view(np.float32)
