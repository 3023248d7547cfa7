"""Operations on packed signs: what a binary network does nearly all of its work with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import (
    PackedImages,
    PackedMatrix,
    PreparedFilters,
    PreparedWeights,
    pack_images,
    pack_rows,
    prepare_filters,
    prepare_weights,
    xnor_conv2d,
    xnor_conv2d_threshold,
    xnor_gemm,
    xnor_gemm_threshold,
)
from bnnlab.bits.packing import words_for
from bnnlab.deploy.ops.op import Op, Value, as_matrix
from bnnlab.deploy.ops.outputs import check_outputs, panels, scaled, thresholds_of
from bnnlab.deploy.ops.signal import Effort, Signal
from bnnlab.deploy.ops.windows import Windows

GATHERED = 128
"""Windows whose pixels a kernel gathers at once."""


@dataclass(frozen=True, eq=False)
class XnorDense(Op):
    """A binary dense layer on signs: signs come out where it has thresholds, numbers where it has none.

    Attributes:
        words: `(ceil(depth/64), outputs)` uint64, the weights packed along columns.
        depth: Inputs of each output.
        values: `(outputs,)` int32 thresholds, or None.
        rising: `(outputs,)` bool, their directions, or None.
        alpha: `(outputs,)` float32 factors of the dot products, or None; the thresholds know them already.
    """

    binary: ClassVar[bool] = True

    words: NDArray[np.uint64]
    depth: int
    values: NDArray[np.int32] | None = None
    rising: NDArray[np.bool_] | None = None
    alpha: NDArray[np.float32] | None = None

    def check(self) -> None:
        """Refuse words that do not fit the depth, and thresholds or factors that do not fit the words."""
        check_outputs(PackedMatrix(self.words, self.depth, "columns").shape[1], self)

    def output(self, x: Signal) -> Signal:
        """Bits where there are thresholds, numbers where there are none."""
        x.need("bits", rank=1, count=self.depth)
        return Signal("numbers" if self.values is None else "bits", (self.words.shape[1],))

    def effort(self, *_: Signal) -> Effort:
        """The prepared weights come in whole panels."""
        outputs = self.words.shape[1]
        return Effort(outputs + panels(self.words.shape[0], outputs), self.depth * outputs)

    @cached_property
    def weights(self) -> PreparedWeights:
        """The weights laid out for this CPU's fastest kernel."""
        packed = PackedMatrix(self.words, self.depth, "columns")
        return prepare_weights(packed, thresholds=thresholds_of(self.values, self.rising))

    def run(self, x: PackedMatrix) -> Value:
        """`(n, depth)` packed signs to `(n, outputs)` packed signs or float32 numbers."""
        if self.values is not None:
            return xnor_gemm_threshold(x, self.weights)
        return scaled(xnor_gemm(x, self.weights), self.alpha)


@dataclass(frozen=True, eq=False)
class XnorConv(Op):
    """A binary convolution of signs: signs come out where it has thresholds, numbers where it has none.

    A dense layer on an image laid out in a row is a convolution whose filters are as large as the image.

    Attributes:
        words: `(filters, ceil(channels / groups * taps / 64))` uint64, each filter `(channels, height, width)`
            flattened and packed along its row.
        shape: `(filters, channels / groups, height, width)`.
        stride: Vertical and horizontal, as are the next two.
        padding: Pixels added at each edge.
        dilation: Distance between taps.
        pad_value: -1, 0 or +1.
        groups: Groups of channels and filters.
        values: `(filters,)` int32 thresholds, or None.
        rising: `(filters,)` bool, their directions, or None.
        alpha: `(filters,)` float32 factors of the sums, or None.
        flat: Whether the result, images of one pixel, is given as `(n, filters)`.
    """

    binary: ClassVar[bool] = True

    words: NDArray[np.uint64]
    shape: tuple[int, int, int, int]
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    dilation: tuple[int, int] = (1, 1)
    pad_value: int = -1
    groups: int = 1
    values: NDArray[np.int32] | None = None
    rising: NDArray[np.bool_] | None = None
    alpha: NDArray[np.float32] | None = None
    flat: bool = False

    def check(self) -> None:
        """Refuse words, thresholds, factors and positions that do not fit the shape."""
        check_filters(self.words, self.shape, self.groups)
        self.windows.check()
        if self.pad_value not in (-1, 0, 1):
            raise ValueError(f"pad_value must be -1, 0 or 1, got {self.pad_value}")
        check_outputs(self.shape[0], self)

    @property
    def windows(self) -> Windows:
        """Where the filters lie."""
        return Windows(self.shape[2:], self.stride, self.padding, self.dilation)

    def output(self, x: Signal) -> Signal:
        """Images of bits where there are thresholds, of numbers where there are none."""
        x.need("bits", rank=3, channels=self.shape[1] * self.groups)
        pixels = self.windows.over(x.image)
        if self.flat and pixels != (1, 1):
            raise ValueError(f"flat must be false where images of {pixels[0]} x {pixels[1]} pixels come out")
        shape = self.shape[:1] if self.flat else (self.shape[0], *pixels)
        return Signal("numbers" if self.values is None else "bits", shape)

    def effort(self, x: Signal) -> Effort:
        """Pixels are gathered for a block of windows; each group's prepared weights come in whole panels."""
        out, pixel = self.output(x).count, words_for(self.shape[1])  # words of one group
        depth, words = math.prod(self.shape[1:]), self.windows.taps * pixel
        prepared = self.groups * panels(words, self.shape[0] // self.groups) + self.shape[0] * depth
        gathered = 2 * (self.groups * pixel * math.prod(x.image) + GATHERED * words)
        return Effort(out + prepared + gathered, out * depth)

    @cached_property
    def filters(self) -> PreparedFilters:
        """The filters laid out for this CPU's fastest kernel."""
        signs = unpack_filters(self.words, self.shape)
        return prepare_filters(signs, self.groups, thresholds=thresholds_of(self.values, self.rising))

    def run(self, x: PackedImages) -> Value:
        """`(n, channels, height, width)` packed images to packed images or `(n, filters, height', width')`."""
        if x.groups != self.groups:
            x = pack_images(x.unpack(), self.groups)
        how = {
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "pad_value": self.pad_value,
        }
        if self.values is not None:
            bits = xnor_conv2d_threshold(x, self.filters, **how)  # type: ignore[arg-type]
            return as_matrix(bits) if self.flat else bits
        sums = scaled(xnor_conv2d(x, self.filters, **how), self.alpha)  # type: ignore[arg-type]
        return sums[:, 0, 0] if self.flat else np.ascontiguousarray(sums.transpose(0, 3, 1, 2))


def check_filters(words: NDArray[np.uint64], shape: tuple[int, int, int, int], groups: int) -> None:
    """Refuse packed filters whose words do not fit their shape.

    Raises:
        ValueError: If they do not, or `groups` does not divide the filters.
    """
    if min(shape) < 1:
        raise ValueError(f"shape must be of numbers from 1 on, got {shape}")
    if groups < 1 or shape[0] % groups:
        raise ValueError(f"groups must be a divisor of the {shape[0]} filters, got {groups}")
    if PackedMatrix(words, math.prod(shape[1:]), "rows").shape[0] != shape[0]:
        raise ValueError(f"words must be those of {shape[0]} filters, got shape {words.shape}")


def pack_filters(signs: NDArray[Any]) -> NDArray[np.uint64]:
    """Filters `(filters, channels, height, width)` as `XnorConv` stores them."""
    return pack_rows(signs.reshape(len(signs), -1)).words


def unpack_filters(words: NDArray[np.uint64], shape: tuple[int, int, int, int]) -> NDArray[np.int8]:
    """The inverse of `pack_filters`."""
    depth = shape[1] * shape[2] * shape[3]
    return PackedMatrix(words, depth, "rows").unpack().reshape(shape)
