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
