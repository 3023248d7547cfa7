"""The same mathematics in a few lines of NumPy: slow, obvious, and the oracle of every test."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.bits.packing import WORD_BITS


def sign(x: ArrayLike) -> NDArray[np.int8]:
    """+1 where x >= 0 (so for 0.0 and -0.0), -1 elsewhere (so for NaN); a boolean is a bit already."""
    values = np.asarray(x)
    positive = values if values.dtype == np.bool_ else values >= 0
    return np.where(positive, 1, -1).astype(np.int8)


def binary_matmul(a: ArrayLike, b: ArrayLike) -> NDArray[np.int32]:
    """``sign(a) @ sign(b)`` in integers, `(M, K) x (K, N) -> (M, N)` int32."""
    product: NDArray[np.int32] = sign(a).astype(np.int32) @ sign(b).astype(np.int32)
    return product


def pack_vector(x: ArrayLike, word_bits: int = WORD_BITS) -> list[int]:
    """Words of one vector as Python integers, element k in bit `k % word_bits` of word `k // word_bits`."""
    bits = [int(value > 0) for value in sign(x)]
    chunks = [bits[start : start + word_bits] for start in range(0, len(bits), word_bits)]
    return [sum(bit << place for place, bit in enumerate(chunk)) for chunk in chunks]


def dot_from_words(a: list[int], b: list[int], depth: int) -> int:
    """``K - 2 * popcount(a ^ b)`` over all words."""
    return depth - 2 * sum((x ^ y).bit_count() for x, y in zip(a, b, strict=True))


def binary_conv2d(
    x: ArrayLike,
    weight: ArrayLike,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    pad_value: int = -1,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> NDArray[np.int32]:
    """The convolution of signs, one output pixel at a time.

    Args:
        x: `(images, channels, height, width)`.
        weight: `(filters, channels / groups, height, width)`.
        stride: Distance between filter positions; like the next ones a number, or vertical and horizontal.
        padding: Pixels added at each edge.
        pad_value: What they are.
        dilation: Distance between taps.
        groups: Groups of channels and filters.

    Returns:
        `(images, out_height, out_width, filters)` int32.
    """
    (step_y, step_x), (pad_y, pad_x), (spread_y, spread_x) = (
        pair if isinstance(pair, tuple) else (pair, pair) for pair in (stride, padding, dilation)
    )
    signs = np.pad(
        sign(x).astype(np.int32), ((0, 0), (0, 0), (pad_y, pad_y), (pad_x, pad_x)), constant_values=pad_value
    )
    filters = sign(weight).astype(np.int32)
    reach_y, reach_x = spread_y * (filters.shape[2] - 1) + 1, spread_x * (filters.shape[3] - 1) + 1
    rows = range(0, signs.shape[2] - reach_y + 1, step_y)
    columns = range(0, signs.shape[3] - reach_x + 1, step_x)
    out = np.empty((len(signs), len(rows), len(columns), len(filters)), np.int32)
    for group, own in enumerate(np.split(filters, groups)):
        first = group * filters.shape[1]
        channels = signs[:, first : first + filters.shape[1]]
        for i, y in enumerate(rows):
            for j, at in enumerate(columns):
                patch = channels[:, :, y : y + reach_y : spread_y, at : at + reach_x : spread_x]
                out[:, i, j, group * len(own) : (group + 1) * len(own)] = np.tensordot(
                    patch, own, axes=((1, 2, 3), (1, 2, 3))
                )
    return out
