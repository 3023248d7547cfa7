"""Where bits and float layers meet: numbers compared into bits, and bits times float weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bnnlab import _pack, _xnor
from bnnlab.bits.images import PackedImages
from bnnlab.bits.packing import WORD_BITS, PackedMatrix, described, words_for
from bnnlab.bits.thresholds import check_fields


@dataclass(frozen=True, eq=False)
class FloatThresholds:
    """What the numbers of each column are compared with to become signs.

    Column n gives +1 where ``x >= values[n]``, or, where it is not rising, where ``x <= values[n]``; NaN gives -1.

    Attributes:
        values: `(N,)` float32.
        rising: `(N,)` bool.
    """

    values: NDArray[np.float32]
    rising: NDArray[np.bool_]

    def __post_init__(self) -> None:
        check_fields(self.values, self.rising, np.float32)

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def comparison(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The same as ``x * turns >= limits``: what falls is turned round."""
        turns = np.where(self.rising, np.float32(1), np.float32(-1))
        return turns, self.values * turns


def pack_compared(x: NDArray[np.float32], thresholds: FloatThresholds) -> PackedMatrix:
    """Compare numbers with thresholds, and pack what comes out.

    Args:
        x: `(M, N)` float32, C-contiguous.
        thresholds: `(N,)`.

    Returns:
        `(M, N)` signs packed along rows.

    Raises:
        TypeError: If `x` is not a float32 array.
        ValueError: If `x` is not 2-D and C-contiguous, or there are not N >= 1 thresholds.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float32:
        raise TypeError(f"x must be a float32 array, got {described(x)}")
    if x.ndim != 2 or not x.flags.c_contiguous or x.shape[1] != len(thresholds) or not len(thresholds):
        raise ValueError(
            f"x must be 2-D and C-contiguous with {len(thresholds)} columns, one for each threshold, "
            f"got shape {x.shape}"
        )
    words = np.empty((len(x), words_for(x.shape[1])), np.uint64)
    _pack.pack_compared(x, *thresholds.comparison, words)
    return PackedMatrix.made(words, x.shape[1], "rows")


def pack_images_compared(x: NDArray[np.float32], thresholds: FloatThresholds) -> PackedImages:
    """As `pack_compared`, for images whose channels have a threshold each.

    Args:
        x: `(images, channels, height, width)` float32, C-contiguous.
        thresholds: `(channels,)`.

    Returns:
        Signs of the same shape, packed.

    Raises:
        TypeError: If `x` is not a float32 array.
        ValueError: If `x` is not 4-D and C-contiguous, or there are not as many thresholds as channels.
    """
    if not isinstance(x, np.ndarray) or x.dtype != np.float32:
        raise TypeError(f"x must be a float32 array, got {described(x)}")
    if x.ndim != 4 or not x.flags.c_contiguous or x.shape[1] != len(thresholds) or not len(thresholds):
        raise ValueError(
            f"x must be 4-D and C-contiguous with {len(thresholds)} channels, one for each threshold, "
            f"got shape {x.shape}"
        )
    images, channels, height, width = x.shape
    words = np.empty((images, height * width, words_for(channels)), np.uint64)
    _pack.pack_channels_compared(x.reshape(images, channels, height * width), *thresholds.comparison, words)
    return PackedImages.made(words.reshape(images, height, width, words_for(channels)), channels)


@dataclass(frozen=True, eq=False)
class FloatWeights:
    """Float weights for packed inputs, as `signs_times_floats` wants them.

    Attributes:
        weight: `(outputs, K)` float32.
        bias: `(outputs,)` float32.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.weight.ndim != 2 or self.bias.shape != self.weight.shape[:1]:
            raise ValueError(
                f"weight and bias must have shapes (outputs, K) and (outputs,), got {self.weight.shape} "
                f"and {self.bias.shape}"
            )

    @cached_property
    def by_word(self) -> NDArray[np.float32]:
        """The weights, each row filled up with 0 to whole words of signs."""
        outputs, depth = self.weight.shape
        padded = np.zeros((outputs, words_for(depth) * WORD_BITS), np.float32)
        padded[:, :depth] = self.weight
        return padded


def signs_times_floats(pa: PackedMatrix, weights: FloatWeights) -> NDArray[np.float32]:
    """``sign(a) @ weight.T + bias`` in float32, from packed signs.

    Sums are added in one fixed order, so an example's result depends neither on its batch nor on the CPU.

    Args:
        pa: A `(M, K)` packed along rows.
        weights: `(outputs, K)`.

    Returns:
        `(M, outputs)` float32.

    Raises:
        TypeError: If `pa` is not a `PackedMatrix`.
        ValueError: If axes or depths do not fit.
    """
    if not isinstance(pa, PackedMatrix):
        raise TypeError(f"pa must be a PackedMatrix, got {described(pa)}")
    outputs, depth = weights.weight.shape
    if pa.axis != "rows" or pa.depth != depth:
        raise ValueError(f"pa must be packed along rows with depth {depth}, got {pa.axis} with {pa.depth}")
    y = np.empty((len(pa.words), outputs), np.float32)
    _xnor.signs_times_floats(pa.words, weights.by_word, weights.bias, y)
    return y
