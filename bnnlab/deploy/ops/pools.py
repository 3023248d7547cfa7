"""Operations that keep the largest of each window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import PackedImages, pack_rows
from bnnlab.deploy import float_kernels
from bnnlab.deploy.ops.fields import check_rank, check_shape
from bnnlab.deploy.ops.op import Op, Value
from bnnlab.deploy.ops.signal import Effort, Signal
from bnnlab.deploy.ops.windows import Windows

PASS = 10_000
"""Products in the time in which a pass begins."""


@dataclass(frozen=True, eq=False)
class BitPool(Op):
    """Maximum of signs in windows: the or of their bits.

    The sign of a maximum is the maximum of the signs, so pooling may follow the threshold instead of preceding
    it. Where the threshold falls, the sign of the maximum is the *minimum* of the signs.

    Attributes:
        size: Height and width of a window.
        stride: Vertical and horizontal.
        padding: Pixels at each edge that are never the maximum.
        falling: `(channels,)` bool, where the minimum is wanted, or None.
    """

    size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int] = (0, 0)
    falling: NDArray[np.bool_] | None = None

    def check(self) -> None:
        """Refuse windows that no image could have."""
        check_pool(self.windows)
        if self.falling is not None:
            check_rank("falling", self.falling, 1)

    @property
    def windows(self) -> Windows:
        """Where the maxima are taken."""
        return Windows(self.size, self.stride, self.padding)

    def output(self, x: Signal) -> Signal:
        """Smaller images of bits."""
        x.need("bits", rank=3)
        check_shape("falling", self.falling, x.shape[:1])
        return Signal("bits", (x.shape[0], *self.windows.over(x.image)))

    def effort(self, x: Signal) -> Effort:
        """Each tap of the window is a pass over all of them."""
        return pool_effort(x, self.output(x), self.windows)

    @cached_property
    def flips(self) -> NDArray[np.uint64] | None:
        """The words that turn a minimum into a maximum."""
        return None if self.falling is None else pack_rows(self.falling[None]).words[0]

    def run(self, x: PackedImages) -> Value:
        """`(n, channels, height, width)` packed images to smaller ones."""
        words = x.words if self.flips is None else x.words ^ self.flips
        (rows, columns), (down, right) = self.padding, self.stride
        if rows or columns:
            words = np.pad(words, ((0, 0), (rows, rows), (columns, columns), (0, 0)))
        height = (words.shape[1] - self.size[0]) // down + 1
        width = (words.shape[2] - self.size[1]) // right + 1
        tall = reduce(np.bitwise_or, [words[:, row::down][:, :height] for row in range(self.size[0])])
        pooled = reduce(
            np.bitwise_or, [tall[:, :, column::right][:, :, :width] for column in range(self.size[1])]
        )
        pooled = np.ascontiguousarray(pooled if self.flips is None else pooled ^ self.flips)
        return PackedImages(pooled, x.channels, x.groups)


@dataclass(frozen=True, eq=False)
class MaxPool(Op):
    """The largest number in each window.

    Attributes:
        size: Height and width of a window.
        stride: Vertical and horizontal.
        padding: Pixels at each edge that are never the maximum.
    """

    size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int] = (0, 0)

    def check(self) -> None:
        """Refuse windows that no image could have."""
        check_pool(self.windows)

    @property
    def windows(self) -> Windows:
        """Where the maxima are taken."""
        return Windows(self.size, self.stride, self.padding)

    def output(self, x: Signal) -> Signal:
        """Smaller images of numbers."""
        x.need("numbers", rank=3)
        return Signal("numbers", (x.shape[0], *self.windows.over(x.image)))

    def effort(self, x: Signal) -> Effort:
        """Each tap of the window is a pass over all of them."""
        return pool_effort(x, self.output(x), self.windows)

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to smaller images."""
        return float_kernels.max_pool2d(x, self.size, self.stride, self.padding)


def check_pool(windows: Windows) -> None:
    """Refuse windows that no image could have, or that could lie in the padding alone.

    Raises:
        ValueError: If a number is out of range, or the padding more than half a window.
    """
    windows.check()
    if any(2 * pad > size for pad, size in zip(windows.padding, windows.size, strict=True)):
        raise ValueError(f"padding must be at most half of size {windows.size}, got {windows.padding}")


def pool_effort(x: Signal, out: Signal, windows: Windows) -> Effort:
    """What pooling takes: the padded image, the result, and a pass over the result for each tap."""
    padded = x.shape[0] * math.prod(windows.padded(x.image))
    return Effort(padded + out.count, windows.taps * (out.count + PASS))
