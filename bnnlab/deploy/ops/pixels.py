"""Operations on a network's input where it is pixels: bytes, or the numbers they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import (
    PackedMatrix,
    PreparedWeights,
    Thresholds,
    prepare_weights,
    xnor_gemm_uint8,
    xnor_gemm_uint8_threshold,
)
from bnnlab.bits.uint8_gemm import DEEPEST
from bnnlab.deploy.ops.op import Op, Value
from bnnlab.deploy.ops.outputs import check_outputs, panels, scaled, thresholds_of
from bnnlab.deploy.ops.signal import Effort, Signal

SMALLEST_DIVISOR = float(np.finfo(np.float32).tiny)
"""In both directions; by less, float32 divides as by 0."""

PIXEL_TOLERANCE = 0.01
"""Of a pixel: float32 numbers that stand for pixels are rounded by far less."""


@dataclass(frozen=True, eq=False)
class FromPixels(Op):
    """Bytes to numbers, x = p / divisor + offset; numbers stay as they are.

    Attributes:
        divisor: Of the pixels.
        offset: Added to each pixel after that.
    """

    takes_pixels: ClassVar[bool] = True

    divisor: float
    offset: float

    def check(self) -> None:
        """Refuse a divisor of 0."""
        check_divisor(self.divisor)

    def output(self, x: Signal) -> Signal:
        """Numbers of the same shape."""
        x.need("pixels", "numbers")
        return Signal("numbers", x.shape)

    def run(self, x: NDArray[Any]) -> Value:
        """Pixels of any shape, uint8 or already numbers, as float32."""
        if x.dtype != np.uint8:
            return x.astype(np.float32, copy=False)
        return x.astype(np.float32) / np.float32(self.divisor) + np.float32(self.offset)


@dataclass(frozen=True, eq=False)
class PixelDense(Op):
    """A dense layer of binary weights on pixels, exact in integers: s = sum over k of p_k w_k.

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

    takes_pixels: ClassVar[bool] = True

    words: NDArray[np.uint64]
    depth: int
    divisor: float
    offset: float
    values: NDArray[np.int32] | None = None
    rising: NDArray[np.bool_] | None = None
    alpha: NDArray[np.float32] | None = None

    def check(self) -> None:
        """Refuse words that do not fit the depth, and the rest where it does not fit the words."""
        check_outputs(PackedMatrix(self.words, self.depth, "columns").shape[1], self)
        if self.depth > DEEPEST:
            raise ValueError(f"depth must be at most {DEEPEST}, so that sums fit int32, got {self.depth}")
        check_divisor(self.divisor)

    def output(self, x: Signal) -> Signal:
        """Bits where there are thresholds, numbers where there are none."""
        x.need("pixels", count=self.depth)
        return Signal("numbers" if self.values is None else "bits", (self.words.shape[1],))

    def effort(self, *_: Signal) -> Effort:
        """A product for each of the eight bits of a pixel."""
        outputs = self.words.shape[1]
        prepared = panels(self.words.shape[0], outputs) + self.depth * outputs
        return Effort(outputs + prepared, 8 * self.depth * outputs)

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


def as_pixels(x: NDArray[Any], divisor: float, offset: float) -> NDArray[np.uint8]:
    """Pixels, from themselves or from the numbers they stand for.

    Raises:
        ValueError: If a number stands for no pixel.
    """
    if x.dtype == np.uint8:
        return x
    exact = (x.astype(np.float64) - offset) * divisor
    pixels = np.rint(exact)  # p / divisor was rounded to float32 where divisor is no power of two
    if not ((pixels >= 0) & (pixels <= 255) & (abs(exact - pixels) < PIXEL_TOLERANCE)).all():
        raise ValueError(f"x must be uint8 pixels p, or numbers p / {divisor:g} + {offset:g} of such")
    return pixels.astype(np.uint8)


def check_divisor(divisor: float) -> None:
    """Refuse a divisor that float32 cannot divide by.

    Raises:
        ValueError: If it is 0, or as good as 0.
    """
    if abs(divisor) < SMALLEST_DIVISOR:
        raise ValueError(f"divisor must not be 0, got {divisor}")
