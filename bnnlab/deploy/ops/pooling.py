"""Averages of windows, and edges for windows that reach beyond an image."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy import float_kernels
from bnnlab.deploy.ops.op import Op, Value
from bnnlab.deploy.ops.pools import PASS
from bnnlab.deploy.ops.signal import Effort, Signal
from bnnlab.deploy.ops.windows import FARTHEST, Windows

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class AveragePool(Op):
    """The average of the numbers in each window; padding takes part as zeros.

    Attributes:
        size: Height and width of a window, or None for one window as large as the image.
        stride: Vertical and horizontal.
        padding: Rows and columns of zeros at each edge, fewer than a window has.
        full: Whether a last window that reaches beyond the padding counts too; what lies there takes no part.
    """

    size: tuple[int, int] | None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    full: bool = False

    def check(self) -> None:
        """Refuse windows that no image could have, or that could lie in the padding alone."""
        size = (1, 1) if self.size is None else self.size
        Windows(size, self.stride, self.padding).check()
        if any(pad >= taps for pad, taps in zip(self.padding, size, strict=True)):
            raise ValueError(f"padding must be less than size {size}, got {self.padding}")

    def output(self, x: Signal) -> Signal:
        """Smaller images of numbers."""
        x.need("numbers", rank=3)
        size = self._size(x.image)
        Windows(size, self.stride, self.padding).over(x.image)
        rows, columns = self._counts(x.image)
        for extent, count, step, pad in zip(x.image, (rows, columns), self.stride, self.padding, strict=True):
            if (count - 1) * step - pad >= extent:
                raise ValueError(f"the last windows lie outside of images of {x.image[0]} x {x.image[1]}")
        return Signal("numbers", (x.shape[0], rows, columns))

    def effort(self, x: Signal) -> Effort:
        """The padded image, and a pass over the result for each tap."""
        out, size = self.output(x), self._size(x.image)
        padded = math.prod(
            extent + 2 * pad + taps for extent, pad, taps in zip(x.image, self.padding, size, strict=True)
        )
        return Effort(x.shape[0] * padded + 2 * out.count, math.prod(size) * (out.count + PASS))

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to smaller images."""
        image = (x.shape[2], x.shape[3])
        size = self._size(image)
        edges, parts = [], []
        for extent, taps, step, pad, count in zip(
            image, size, self.stride, self.padding, self._counts(image), strict=True
        ):
            end, starts = extent + 2 * pad, step * np.arange(count)
            edges.append((pad, pad + max(0, int(starts[-1]) + taps - end)))
            parts.append(np.minimum(starts + taps, end) - starts)  # how much of each window counts
        sums = float_kernels.sum_pool2d(np.pad(x, ((0, 0), (0, 0), *edges)), size, self.stride)
        averages: NDArray[np.float32] = sums / (parts[0][:, None] * parts[1]).astype(np.float32)
        return averages

    def _size(self, image: Pair) -> Pair:
        return image if self.size is None else self.size

    def _counts(self, image: Pair) -> Pair:
        """How many windows there are, in both directions."""
        rows, columns = (
            windows(extent + 2 * pad, taps, step, self.full)
            for extent, pad, taps, step in zip(
                image, self.padding, self._size(image), self.stride, strict=True
            )
        )
        return rows, columns


@dataclass(frozen=True, eq=False)
class Pad(Op):
    """Rows and columns of one number around an image.

    Attributes:
        edges: How many above, to the left, below, to the right.
        value: The number.
    """

    edges: tuple[int, int, int, int]
    value: float

    def check(self) -> None:
        """Refuse edges that no image could have."""
        if not all(0 <= edge <= FARTHEST for edge in self.edges):
            raise ValueError(f"edges must be from 0 to {FARTHEST}, got {self.edges}")

    def output(self, x: Signal) -> Signal:
        """A larger image of numbers."""
        x.need("numbers", rank=3)
        above, left, below, right = self.edges
        return Signal("numbers", (x.shape[0], above + x.image[0] + below, left + x.image[1] + right))

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to larger images."""
        above, left, below, right = self.edges
        edges = ((0, 0), (0, 0), (above, below), (left, right))
        return np.pad(x, edges, constant_values=np.float32(self.value))


def windows(extent: int, taps: int, stride: int, full: bool = False) -> int:
    """How many windows of `taps` there are along an extent that is at least as long.

    The last one ends within the extent, or with `full`, at its end or up to `stride` - 1 beyond.
    """
    left = extent - taps
    return 1 + (-(-left // stride) if full else left // stride)
