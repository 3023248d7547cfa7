"""What is read off the weights and the gradients of one layer: plain functions of arrays.

The arrays are large and the reading is done at every step, so each function goes over its arguments as few
times as it can. Signs and masks come out as packed words (`bnnlab.bits.packing`), 64 weights at a time, on
which counting is exact and costs next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import WORD_BITS, pack_rows
from bnnlab.records import HISTOGRAM_BINS

Floats = NDArray[np.float32]
Words = NDArray[np.uint64]

_MOST_FLIPS = np.iinfo(np.uint16).max


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
    return pack_rows(latent).words, int(np.count_nonzero(np.abs(latent) <= clip_value))


def read_gradient(before: Floats, surrogate: Floats, after: Floats) -> GradientReading:
    """Read one gradient as it crosses the sign function.

    Args:
        before: `(outputs, inputs)` float32, gradient with respect to the signs.
        surrogate: The estimator's derivative in each place.
        after: Their product: the gradient with respect to the latent weights.
    """
    return GradientReading(
        blocked=int(np.count_nonzero(surrogate == 0)),
        squares_before=_sum_of_squares(before),
        squares_after=_sum_of_squares(after),
        zero=pack_rows(after == 0).words,
    )


def count_flips(counts: NDArray[np.uint16], flips: Words) -> None:
    """Add 1 to `counts` where `flips` has its bit set, stopping at 65535.

    Args:
        counts: `(outputs, inputs)`, changed in place.
        flips: The same matrix packed along rows.
    """
    rows, words = np.nonzero(flips)  # few weights flip in one step: only their words are opened
    as_bytes = flips[rows, words].astype("<u8", copy=False).view(np.uint8)
    flip, bit = np.nonzero(np.unpackbits(as_bytes, bitorder="little").reshape(-1, WORD_BITS))
    weights = rows[flip], words[flip] * WORD_BITS + bit
    counts[weights] += counts[weights] < _MOST_FLIPS


def histogram(values: Floats, limit: float) -> NDArray[np.int64]:
    """Count values in `HISTOGRAM_BINS` even bins over `[-limit, limit]`.

    The outer bins also hold what lies beyond them; a value on the border of two bins belongs to the upper
    one, and NaN to none.
    """
    position = (values.ravel() + limit) * (HISTOGRAM_BINS / (2 * limit))
    np.clip(position, 0, HISTOGRAM_BINS - 1, out=position)
    if np.isnan(position.sum()):
        position = position[~np.isnan(position)]
    return np.bincount(position.astype(np.uint8), minlength=HISTOGRAM_BINS).astype(np.int64)


def popcount(words: Words) -> int:
    """Number of set bits."""
    return int(np.bitwise_count(words).sum())


def _sum_of_squares(values: Floats) -> float:
    flat = values.ravel()
    return float(np.einsum("i,i->", flat, flat))
