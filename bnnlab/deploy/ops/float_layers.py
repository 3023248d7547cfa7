"""Operations where bits and numbers meet: packing, comparing, unpacking, and float layers on bits."""

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
    pack_compared,
    pack_images,
    pack_images_compared,
    pack_rows,
    signs_times_floats,
)
from bnnlab.bits.packing import WORD_BITS, words_for
from bnnlab.deploy.ops.fields import check_rank, check_shape
from bnnlab.deploy.ops.op import Op, Value
from bnnlab.deploy.ops.signal import Effort, Signal


@dataclass(frozen=True, eq=False)
class PackSigns(Op):
    """Numbers to the bits of their signs."""

    def output(self, x: Signal) -> Signal:
        """Bits of the same shape."""
        x.need("numbers")
        return Signal("bits", x.shape)

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

    unbounded: ClassVar[tuple[str, ...]] = ("values",)  # an infinite threshold makes a constant

    def check(self) -> None:
        """Refuse thresholds that are not one for each channel."""
        check_rank("values", self.values, 1)
        check_shape("rising", self.rising, self.values.shape)

    def output(self, x: Signal) -> Signal:
        """Bits of the same shape."""
        x.need("numbers", channels=len(self.values))
        return Signal("bits", x.shape)

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
    """A dense layer of float weights on signs: y = sign(x) W^T + b.

    Attributes:
        weight: `(outputs, inputs)` float32.
        bias: `(outputs,)` float32.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def check(self) -> None:
        """Refuse weights that are no matrix, and biases that do not fit them."""
        check_rank("weight", self.weight, 2)
        check_shape("bias", self.bias, self.weight.shape[:1])

    def output(self, x: Signal) -> Signal:
        """A number for each output."""
        x.need("bits", rank=1, count=self.weight.shape[1])
        return Signal("numbers", self.weight.shape[:1])

    def effort(self, *_: Signal) -> Effort:
        """Each row of weights is filled up to whole words of signs."""
        outputs, depth = self.weight.shape
        return Effort(outputs + outputs * words_for(depth) * WORD_BITS, self.weight.size)

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

    def output(self, x: Signal) -> Signal:
        """Numbers of the same shape."""
        x.need("bits")
        return Signal("numbers", x.shape)

    def run(self, x: PackedMatrix | PackedImages) -> Value:
        """Numbers in the shape that the signs had before packing."""
        return x.unpack().astype(np.float32)
