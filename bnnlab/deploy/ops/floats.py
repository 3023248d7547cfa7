"""Operations on numbers: the float layers that a binary network keeps.

They run on torch where it is installed, so that they answer bit for bit as the module did that they come from; sums
of floats depend on their order. Without torch they run on NumPy, and may differ in the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import PackedMatrix
from bnnlab.deploy import float_kernels
from bnnlab.deploy.ops.bits import check_filters, unpack_filters
from bnnlab.deploy.ops.fields import check_rank, check_shape
from bnnlab.deploy.ops.op import Op, Value
from bnnlab.deploy.ops.signal import Effort, Signal
from bnnlab.deploy.ops.windows import Windows


@dataclass(frozen=True, eq=False)
class Flatten(Op):
    """Everything of one example in one row."""

    def output(self, x: Signal) -> Signal:
        """The same numbers, or pixels, in one row."""
        x.need("numbers", "pixels")
        return Signal(x.kind, (x.count,))

    def run(self, x: NDArray[Any]) -> Value:
        """`(n, ...)` to `(n, features)`."""
        return np.ascontiguousarray(x).reshape(len(x), math.prod(x.shape[1:]))


@dataclass(frozen=True, eq=False)
class FloatDense(Op):
    """A dense layer on numbers: y = x W^T + b.

    Attributes:
        weight: `(outputs, inputs)` float32.
        bias: `(outputs,)` float32, or None.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] | None = None

    def check(self) -> None:
        """Refuse weights that are no matrix, and biases that do not fit them."""
        check_rank("weight", self.weight, 2)
        check_shape("bias", self.bias, self.weight.shape[:1])

    def output(self, x: Signal) -> Signal:
        """A number for each output."""
        x.need("numbers", rank=1, count=self.weight.shape[1])
        return Signal("numbers", self.weight.shape[:1])

    def effort(self, *_: Signal) -> Effort:
        """A product for each weight."""
        return Effort(len(self.weight), self.weight.size)

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

    def check(self) -> None:
        """Refuse weights, biases and positions that do not fit each other."""
        check_rank("weight", self.weight, 4)
        filters = len(self.weight)
        if self.groups < 1 or filters % self.groups:
            raise ValueError(f"groups must be a divisor of the {filters} filters, got {self.groups}")
        self.windows.check()
        check_shape("bias", self.bias, (filters,))

    @property
    def windows(self) -> Windows:
        """Where the filters lie."""
        height, width = self.weight.shape[2:]
        return Windows((height, width), self.stride, self.padding, self.dilation)

    def output(self, x: Signal) -> Signal:
        """An image with a channel for each filter."""
        x.need("numbers", rank=3, channels=self.weight.shape[1] * self.groups)
        return Signal("numbers", (len(self.weight), *self.windows.over(x.image)))

    def effort(self, x: Signal) -> Effort:
        """See `convolution_effort`."""
        return convolution_effort(x, self.output(x), self.windows, self.groups)

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels, height, width)` to `(n, filters, height', width')`."""
        return float_kernels.conv2d(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.pad_value, self.groups
        )


@dataclass(frozen=True, eq=False)
class SignDense(Op):
    """A dense layer of binary weights on numbers, which stays a float product.

    Attributes:
        words: `(ceil(depth/64), outputs)` uint64, the weights packed along columns.
        depth: Inputs of each output.
        alpha: `(outputs,)` float32 factors, or None.
    """

    words: NDArray[np.uint64]
    depth: int
    alpha: NDArray[np.float32] | None = None

    def check(self) -> None:
        """Refuse words that do not fit the depth, and factors that do not fit the words."""
        outputs = PackedMatrix(self.words, self.depth, "columns").shape[1]
        check_shape("alpha", self.alpha, (outputs,))

    def output(self, x: Signal) -> Signal:
        """A number for each output."""
        x.need("numbers", rank=1, count=self.depth)
        return Signal("numbers", (self.words.shape[1],))

    def effort(self, *_: Signal) -> Effort:
        """The signs are written out as numbers."""
        weights = self.depth * self.words.shape[1]
        return Effort(self.words.shape[1] + 2 * weights, weights)

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

    def check(self) -> None:
        """Refuse words, factors and positions that do not fit the shape."""
        check_filters(self.words, self.shape, self.groups)
        self.windows.check()
        check_shape("alpha", self.alpha, self.shape[:1])

    @property
    def windows(self) -> Windows:
        """Where the filters lie."""
        return Windows(self.shape[2:], self.stride, self.padding, self.dilation)

    def output(self, x: Signal) -> Signal:
        """An image with a channel for each filter."""
        x.need("numbers", rank=3, channels=self.shape[1] * self.groups)
        return Signal("numbers", (self.shape[0], *self.windows.over(x.image)))

    def effort(self, x: Signal) -> Effort:
        """As a convolution of numbers, and the signs are written out as such."""
        effort = convolution_effort(x, self.output(x), self.windows, self.groups)
        return replace(effort, numbers=effort.numbers + 2 * math.prod(self.shape))

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
    """Batch normalisation: y = (x - mean) / sqrt(variance + eps) * gamma + beta, for each channel.

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

    def check(self) -> None:
        """Refuse statistics that are not one for each channel, or that would divide by 0."""
        check_rank("gamma", self.gamma, 1)
        for name in ("beta", "mean", "variance"):
            check_shape(name, getattr(self, name), self.gamma.shape)
        if (
            self.eps < 0
            or not (self.variance >= 0).all()
            or not (self.variance + np.float32(self.eps) > 0).all()
        ):
            raise ValueError("variance and eps must not be negative, nor both 0")

    def output(self, x: Signal) -> Signal:
        """Numbers of the same shape."""
        x.need("numbers", channels=len(self.gamma))
        return Signal("numbers", x.shape)

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels)` or `(n, channels, height, width)`, in the same shape."""
        return float_kernels.batch_norm(x, self.gamma, self.beta, self.mean, self.variance, self.eps)


@dataclass(frozen=True, eq=False)
class CentredBatchNorm(BatchNorm):
    """Batch normalisation in the order of its formula, so that x = mean gives beta exactly.

    Torch multiplies x first, which leaves a tie to rounding; counts of signs are often ties.
    """

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels)` or `(n, channels, height, width)`, in the same shape."""
        return float_kernels.centred_batch_norm(x, self.gamma, self.beta, self.mean, self.variance, self.eps)


def convolution_effort(x: Signal, out: Signal, windows: Windows, groups: int) -> Effort:
    """What a convolution of numbers takes: the padded image, what is under the filter at each place, the result."""
    padded = x.shape[0] * math.prod(windows.padded(x.image))
    under_filters = x.shape[0] * windows.taps * math.prod(out.image)
    return Effort(padded + under_filters + out.count, out.count * (x.shape[0] // groups) * windows.taps)
