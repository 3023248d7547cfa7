"""Operations on numbers: the float layers that a binary network keeps.

They run on torch where it is installed, so that they answer bit for bit as the module did that they come from; sums
of floats depend on their order. Without torch they run on NumPy, and may differ in the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import PackedMatrix
from bnnlab.deploy import float_kernels
from bnnlab.deploy.ops.bits import unpack_filters
from bnnlab.deploy.ops.op import Op, Value


@dataclass(frozen=True, eq=False)
class FromPixels(Op):
    """Bytes to numbers, x = p / divisor + offset; numbers stay as they are.

    Attributes:
        divisor: Of the pixels.
        offset: Added to each pixel after that.
    """

    divisor: float
    offset: float

    def run(self, x: NDArray[Any]) -> Value:
        """Pixels of any shape, uint8 or already numbers, as float32."""
        if x.dtype != np.uint8:
            return x.astype(np.float32, copy=False)
        return x.astype(np.float32) / np.float32(self.divisor) + np.float32(self.offset)


@dataclass(frozen=True, eq=False)
class Flatten(Op):
    """Everything of one example in one row."""

    def run(self, x: NDArray[Any]) -> Value:
        """`(n, ...)` to `(n, features)`."""
        return np.ascontiguousarray(x).reshape(len(x), math.prod(x.shape[1:]))


@dataclass(frozen=True, eq=False)
class FloatDense(Op):
    """y = x W^T + b.

    Attributes:
        weight: `(outputs, inputs)` float32.
        bias: `(outputs,)` float32, or None.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] | None = None

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, inputs)` to `(n, outputs)`."""
        return float_kernels.linear(x, self.weight, self.bias)


@dataclass(frozen=True, eq=False)
class FloatConv(Op):
    """A convolution of numbers.

    Attributes:
        weight: `(filters, channels / groups, height, width)` float32.
        bias: `(filters,)` float32, or None.
        stride: Vertical and horizontal, as are the next two.
        padding: Pixels added at each edge.
        dilation: Distance between taps.
        pad_value: What they are.
        groups: Groups of channels and filters.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] | None = None
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    pad_value: float = 0.0
    groups: int = 1

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to `(n, filters, height', width')`."""
        return float_kernels.conv2d(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.pad_value, self.groups
        )


@dataclass(frozen=True, eq=False)
class SignDense(Op):
    """A layer of binary weights on numbers, which stays a float product.

    Attributes:
        words: `(ceil(depth/64), outputs)` uint64, the weights packed along columns.
        depth: Inputs of each output.
        alpha: `(outputs,)` float32 factors, or None.
    """

    words: NDArray[np.uint64]
    depth: int
    alpha: NDArray[np.float32] | None = None

    @cached_property
    def weight(self) -> NDArray[np.float32]:
        """The signs as numbers, `(outputs, inputs)`."""
        signs = PackedMatrix(self.words, self.depth, "columns").unpack()
        return np.ascontiguousarray(signs.T.astype(np.float32))

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, inputs)` to `(n, outputs)`."""
        y = float_kernels.linear(x, self.weight, None)
        return y if self.alpha is None else y * self.alpha


@dataclass(frozen=True, eq=False)
class SignConv(Op):
    """A convolution of numbers with binary filters.

    Attributes:
        words: `(filters, ceil(channels * taps / 64))` uint64, as in `XnorConv`.
        shape: `(filters, channels / groups, height, width)`.
        stride: Vertical and horizontal, as are the next two.
        padding: Pixels added at each edge.
        dilation: Distance between taps.
        pad_value: What they are.
        groups: Groups of channels and filters.
        alpha: `(filters,)` float32 factors, or None.
    """

    words: NDArray[np.uint64]
    shape: tuple[int, int, int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    pad_value: float = 0.0
    groups: int = 1
    alpha: NDArray[np.float32] | None = None

    @cached_property
    def weight(self) -> NDArray[np.float32]:
        """The signs as numbers, in `shape`."""
        return unpack_filters(self.words, self.shape).astype(np.float32)

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to `(n, filters, height', width')`."""
        y = float_kernels.conv2d(
            x, self.weight, None, self.stride, self.padding, self.dilation, self.pad_value, self.groups
        )
        return y if self.alpha is None else y * self.alpha[:, None, None]


@dataclass(frozen=True, eq=False)
class BatchNorm(Op):
    """y = (x - mean) / sqrt(variance + eps) * gamma + beta, for each channel.

    Attributes:
        gamma: `(channels,)` float32.
        beta: `(channels,)` float32.
        mean: `(channels,)` float32.
        variance: `(channels,)` float32.
        eps: Added to the variance.
    """

    gamma: NDArray[np.float32]
    beta: NDArray[np.float32]
    mean: NDArray[np.float32]
    variance: NDArray[np.float32]
    eps: float

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels)` or `(n, channels, height, width)`, in the same shape."""
        return float_kernels.batch_norm(x, self.gamma, self.beta, self.mean, self.variance, self.eps)


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

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to smaller images."""
        return float_kernels.max_pool2d(x, self.size, self.stride, self.padding)
