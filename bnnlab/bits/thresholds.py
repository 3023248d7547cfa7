"""Thresholds: what turns a layer's sums into the next layer's signs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab import _xnor
from bnnlab._xnor import PreparedWeights
from bnnlab.bits.memory import aligned_empty
from bnnlab.bits.packing import WORD_BITS, PackedMatrix, described, words_for

_INT32 = np.iinfo(np.int32)


@dataclass(frozen=True, eq=False)
class Thresholds:
    """What the sums of each column are compared with.

    Column n gives +1 where ``sum >= values[n]``, or, where it is not rising, where ``sum <= values[n]``.
    Batch normalisation followed by sign is such a comparison, rising where gamma is positive. A threshold
    beyond every possible sum makes a constant.

    Attributes:
        values: `(N,)` int32.
        rising: `(N,)` bool.
    """

    values: NDArray[np.int32]
    rising: NDArray[np.bool_]

    def __post_init__(self) -> None:
        check_fields(self.values, self.rising, np.int32)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def comparison(self) -> tuple[NDArray[np.int32], NDArray[np.uint64]]:
        """The same as ``(sum >= limits) ^ flips``, with the flips packed.

        ``sum <= t`` is not ``sum >= t + 1``; with t the largest int32 it is always met, as is ``sum >= least``.
        """
        always = ~self.rising & (self.values == _INT32.max)
        falling = ~self.rising & ~always
        limits = self.values + falling.astype(np.int32)
        limits[always] = _INT32.min
        return limits, _flip_words(falling)


def threshold(sums: NDArray[np.int32], thresholds: Thresholds) -> PackedMatrix:
    """Compare sums with thresholds, and pack what comes out.

    Args:
        sums: `(M, N)` int32, C-contiguous.
        thresholds: `(N,)`.

    Returns:
        `(M, N)` signs packed along rows: +1 where the sum meets its column's threshold.

    Raises:
        TypeError: If `sums` is not an int32 array, or `thresholds` not `Thresholds`.
        ValueError: If `sums` is not 2-D and C-contiguous with N >= 1, or thresholds are not N.
    """
    if not isinstance(sums, np.ndarray) or sums.dtype != np.int32:
        raise TypeError(f"sums must be an int32 array, got {described(sums)}")
    if sums.ndim != 2 or not sums.flags.c_contiguous or sums.shape[1] < 1:
        raise ValueError(f"sums must be 2-D and C-contiguous with N >= 1, got shape {sums.shape}")
    check_thresholds(thresholds, sums.shape[1])
    limits, flips = thresholds.comparison
    words = aligned_empty((sums.shape[0], words_for(sums.shape[1])), np.uint64)
    _xnor.threshold(sums, limits, flips, words)
    return PackedMatrix.made(words, sums.shape[1], "rows")


def attach(weights: PreparedWeights, thresholds: Thresholds) -> None:
    """Give prepared weights their thresholds, as limits on the number of differences.

    ``dot = K - 2 d``, so ``dot >= t`` is ``d <= floor((K - t) / 2)``, and ``dot <= t`` is
    ``d >= ceil((K - t) / 2)``: not ``d <= ceil((K - t) / 2) - 1``. There are 0 to K differences, so a limit
    of -1 is never met and one of K always. Columns that fill up the last word are never met: padding bits 0.

    Raises:
        TypeError: If `thresholds` are not `Thresholds`.
        ValueError: If they are not as many as the columns.
    """
    depth, columns = weights.shape
    check_thresholds(thresholds, columns)
    missing = depth - thresholds.values.astype(np.int64)
    limits = np.full(words_for(columns) * WORD_BITS, -1, np.int32)
    limits[:columns] = np.clip(np.where(thresholds.rising, missing // 2, -(-missing // 2) - 1), -1, depth)
    weights.set_thresholds(thresholds, limits, _flip_words(~thresholds.rising))


def check_fields(values: NDArray[Any], rising: NDArray[Any], dtype: type) -> None:
    """Refuse thresholds of another kind, or whose directions are not as many.

    Raises:
        TypeError: If `values` is no 1-D array of `dtype`, or `rising` none of bool.
        ValueError: If their lengths differ.
    """
    for name, array, kind in (("values", values, dtype), ("rising", rising, np.bool_)):
        if not isinstance(array, np.ndarray) or array.dtype != kind or array.ndim != 1:
            shape = f" and shape {array.shape}" if isinstance(array, np.ndarray) else ""
            raise TypeError(
                f"{name} must be a 1-D array of dtype {np.dtype(kind)}, got {described(array)}{shape}"
            )
    if len(values) != len(rising):
        raise ValueError(f"values and rising must have one length, got {len(values)} and {len(rising)}")


def check_thresholds(thresholds: Thresholds, columns: int) -> None:
    """Refuse what are no thresholds of so many columns.

    Raises:
        TypeError: If they are not `Thresholds`.
        ValueError: If they are not as many as the columns.
    """
    if not isinstance(thresholds, Thresholds):
        raise TypeError(f"thresholds must be Thresholds, got {described(thresholds)}")
    if len(thresholds) != columns:
        raise ValueError(f"thresholds must be {columns}, one for each output, got {len(thresholds)}")


def _flip_words(flips: NDArray[np.bool_]) -> NDArray[np.uint64]:
    whole = np.zeros(words_for(len(flips)) * WORD_BITS, np.bool_)
    whole[: len(flips)] = flips
    return np.packbits(whole, bitorder="little").view("<u8").astype(np.uint64, copy=False)
