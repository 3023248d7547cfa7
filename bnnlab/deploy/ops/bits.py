"""Operations on packed signs: what a binary network does nearly all of its work with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import (
    FloatThresholds,
    FloatWeights,
    PackedImages,
    PackedMatrix,
    PreparedFilters,
    PreparedWeights,
    Thresholds,
    pack_compared,
    pack_images,
    pack_images_compared,
    pack_rows,
    prepare_filters,
    prepare_weights,
    signs_times_floats,
    xnor_conv2d,
    xnor_conv2d_threshold,
    xnor_gemm,
    xnor_gemm_threshold,
    xnor_gemm_uint8,
    xnor_gemm_uint8_threshold,
)
from bnnlab.deploy.ops.op import Op, Value, as_matrix


@dataclass(frozen=True, eq=False)
class PackSigns(Op):
    """Numbers to the bits of their signs."""

    def run(self, x: NDArray[Any]) -> Value:
        """`(n, features)` or `(n, channels, height, width)` numbers, packed."""
        return pack_images(x) if x.ndim == 4 else pack_rows(x)


@dataclass(frozen=True, eq=False)
class PackCompared(Op):
    """Numbers to bits, each compared with its channel's threshold: a normalisation and a sign in one.

    Attributes:
        values: `(channels,)` float32 thresholds.
        rising: `(channels,)` bool, whether +1 is for numbers from the threshold on, or up to it.
    """

    values: NDArray[np.float32]
    rising: NDArray[np.bool_]

    @cached_property
    def thresholds(self) -> FloatThresholds:
        """The fields in one."""
        return FloatThresholds(self.values, self.rising)

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels)` or `(n, channels, height, width)` numbers, packed."""
        pack = pack_images_compared if x.ndim == 4 else pack_compared
        return pack(np.ascontiguousarray(x), self.thresholds)


@dataclass(frozen=True, eq=False)
class DenseOnSigns(Op):
    """A float layer on packed signs: y = sign(x) W^T + b.

    Attributes:
        weight: `(outputs, inputs)` float32.
        bias: `(outputs,)` float32.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    @cached_property
    def weights(self) -> FloatWeights:
        """The fields in one."""
        return FloatWeights(self.weight, self.bias)

    def run(self, x: PackedMatrix) -> Value:
        """`(n, inputs)` packed signs to `(n, outputs)` float32 numbers."""
        return signs_times_floats(x, self.weights)


@dataclass(frozen=True, eq=False)
class Unpack(Op):
    """Bits to float32 -1 and +1, for a float layer that follows."""

    def run(self, x: PackedMatrix | PackedImages) -> Value:
        """Numbers in the shape that the signs had before packing."""
        return x.unpack().astype(np.float32)


@dataclass(frozen=True, eq=False)
class XnorDense(Op):
    """A binary layer on packed signs: bits come out where it has thresholds, numbers where it has none.

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
    """A binary convolution on packed images: bits or numbers come out, as in `XnorDense`.

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
            "stride": tuple(self.stride),
            "padding": tuple(self.padding),
            "dilation": tuple(self.dilation),
            "pad_value": self.pad_value,
        }
        if self.values is not None:
            bits = xnor_conv2d_threshold(x, self.filters, **how)  # type: ignore[arg-type]
            return as_matrix(bits) if self.flat else bits
        sums = scaled(xnor_conv2d(x, self.filters, **how), self.alpha)  # type: ignore[arg-type]
        return sums[:, 0, 0] if self.flat else np.ascontiguousarray(sums.transpose(0, 3, 1, 2))


@dataclass(frozen=True, eq=False)
class PixelDense(Op):
    """A layer of binary weights on bytes, exact in integers: ``s = sum over k of p_k w_k``.

    The layer it stands for saw numbers x = p / divisor + offset, whose products with the signs sum to
    ``s / divisor + offset * (sum of the signs)``; its thresholds compare s.

    Attributes:
        words: `(ceil(depth/64), outputs)` uint64, the weights packed along columns.
        depth: Inputs of each output.
        divisor: Of the pixels.
        offset: Added to each pixel after that.
        values: `(outputs,)` int32 thresholds of s, or None.
        rising: `(outputs,)` bool, their directions, or None.
        alpha: `(outputs,)` float32 factors, or None.
    """

    words: NDArray[np.uint64]
    depth: int
    divisor: float
    offset: float
    values: NDArray[np.int32] | None = None
    rising: NDArray[np.bool_] | None = None
    alpha: NDArray[np.float32] | None = None

    @cached_property
    def weights(self) -> PreparedWeights:
        """The weights laid out for this CPU's fastest kernel."""
        return prepare_weights(PackedMatrix(self.words, self.depth, "columns"))

    @cached_property
    def thresholds(self) -> Thresholds | None:
        """The thresholds, if any."""
        return thresholds_of(self.values, self.rising)

    def run(self, x: NDArray[Any]) -> Value:
        """`(n, ...)` uint8 pixels, or the numbers they stand for, to packed signs or float32 numbers."""
        pixels = np.ascontiguousarray(as_pixels(x, self.divisor, self.offset)).reshape(len(x), self.depth)
        if self.thresholds is not None:
            return xnor_gemm_uint8_threshold(pixels, self.weights, self.thresholds)
        return scaled(self.exact(xnor_gemm_uint8(pixels, self.weights)), self.alpha)

    def exact(self, sums: NDArray[Any]) -> NDArray[np.float64]:
        """What the layer on numbers sums to where this one sums to `sums`, `(..., outputs)`."""
        numbers: NDArray[np.float64] = sums / self.divisor + self.offset * self.totals
        return numbers

    @cached_property
    def totals(self) -> NDArray[np.int64]:
        """The sum of the signs of each output."""
        totals: NDArray[np.int64] = PackedMatrix(self.words, self.depth, "columns").unpack().sum(0, np.int64)
        return totals


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
        pooled = np.zeros((words.shape[0], height, width, words.shape[3]), np.uint64)
        for row in range(self.size[0]):
            for column in range(self.size[1]):
                pooled |= words[:, row::down, column::right][:, :height, :width]
        return PackedImages(pooled if self.flips is None else pooled ^ self.flips, x.channels, x.groups)


def thresholds_of(values: NDArray[np.int32] | None, rising: NDArray[np.bool_] | None) -> Thresholds | None:
    """Thresholds from an operation's fields, if it has them."""
    return None if values is None or rising is None else Thresholds(values, rising)


def scaled(sums: NDArray[Any], alpha: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """Sums `(..., outputs)` as float32, times the factor of each output."""
    numbers = sums.astype(np.float32, copy=False)
    return numbers if alpha is None else numbers * alpha


def pack_filters(signs: NDArray[Any]) -> NDArray[np.uint64]:
    """Filters `(filters, channels, height, width)` as `XnorConv` stores them."""
    return pack_rows(signs.reshape(len(signs), -1)).words


def unpack_filters(words: NDArray[np.uint64], shape: tuple[int, int, int, int]) -> NDArray[np.int8]:
    """The inverse of `pack_filters`."""
    depth = shape[1] * shape[2] * shape[3]
    return PackedMatrix(words, depth, "rows").unpack().reshape(shape)


def as_pixels(x: NDArray[Any], divisor: float, offset: float) -> NDArray[np.uint8]:
    """Pixels, from themselves or from the numbers they stand for.

    Raises:
        ValueError: If a number stands for no pixel.
    """
    if x.dtype == np.uint8:
        return x
    pixels = (x.astype(np.float64) - offset) * divisor
    if not ((pixels >= 0) & (pixels <= 255) & (pixels == np.floor(pixels))).all():
        raise ValueError(f"x must be uint8 pixels p, or numbers p / {divisor:g} + {offset:g} of such")
    return pixels.astype(np.uint8)
