"""Averages of windows, and edges for windows that reach beyond an image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy import float_kernels
from bnnlab.deploy.ops.op import Op, Value


@dataclass(frozen=True, eq=False)
class AveragePool(Op):
    """The average of the numbers in each window; padding takes part as zeros.

    Attributes:
        size: Height and width of a window, or None for one window as large as the image.
        stride: Vertical and horizontal.
        padding: Rows and columns of zeros at each edge.
        full: Whether a last window that reaches beyond the padding counts too; what lies there takes no part.
    """

    size: tuple[int, int] | None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    full: bool = False

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to smaller images."""
        size = x.shape[2:] if self.size is None else self.size
        edges, counts = [], []
        for extent, taps, step, pad in zip(x.shape[2:], size, self.stride, self.padding, strict=True):
            end = extent + 2 * pad
            starts = step * np.arange(windows(end, taps, step, self.full))
            edges.append((pad, pad + max(0, int(starts[-1]) + taps - end)))
            counts.append(np.minimum(starts + taps, end) - starts)
        padded = np.pad(x, ((0, 0), (0, 0), *edges))
        sums = float_kernels.sum_pool2d(padded, (size[0], size[1]), self.stride)
        averages: NDArray[np.float32] = sums / np.outer(*counts).astype(np.float32)
        return averages


@dataclass(frozen=True, eq=False)
class Pad(Op):
    """Rows and columns of one number around an image.

    Attributes:
        edges: How many above, to the left, below, to the right.
        value: The number.
    """

    edges: tuple[int, int, int, int]
    value: float

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
