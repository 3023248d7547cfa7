"""Operations on each number alone: activations, sums of branches, and counts of equal signs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy import float_kernels
from bnnlab.deploy.counts import equal_signs
from bnnlab.deploy.ops.fields import check_rank, check_shape
from bnnlab.deploy.ops.op import Op, Value
from bnnlab.deploy.ops.signal import Signal

DEEPEST = 2**24
"""Counts up to here are exact in float32."""


@dataclass(frozen=True, eq=False)
class Activation(Op):
    """A function of each number, such as tanh.

    Attributes:
        kind: A key of `bnnlab.deploy.float_kernels.ACTIVATIONS`: "tanh", "relu", "sigmoid" or "softplus".
    """

    kind: str

    def check(self) -> None:
        """Refuse functions that are unknown."""
        if self.kind not in float_kernels.ACTIVATIONS:
            raise ValueError(f"kind must be one of {', '.join(float_kernels.ACTIVATIONS)}, got {self.kind!r}")

    def output(self, x: Signal) -> Signal:
        """Numbers of the same shape."""
        x.need("numbers")
        return Signal("numbers", x.shape)

    def run(self, x: NDArray[np.float32]) -> Value:
        """Numbers of any shape, in the same shape."""
        return float_kernels.activation(x, self.kind)


@dataclass(frozen=True, eq=False)
class Add(Op):
    """The sum of several branches, from the first to the last."""

    arity: ClassVar[int | None] = None

    def output(self, *branches: Signal) -> Signal:
        """Numbers of the branches' shape; where it is 1 in some of them, of the others'."""
        for branch in branches:
            branch.need("numbers", rank=len(branches[0].shape))
        try:
            return Signal("numbers", np.broadcast_shapes(*(branch.shape for branch in branches)))
        except ValueError:
            shapes = ", ".join(str(branch.shape) for branch in branches)
            raise ValueError(f"its inputs must be of one shape, got {shapes}") from None

    def run(self, *branches: NDArray[Any]) -> Value:
        """Arrays of one shape, or of shapes that differ where one of them is 1."""
        return reduce(np.add, branches)


@dataclass(frozen=True, eq=False)
class CountsFromDots(Op):
    """How many signs equal their weights, from their dot product: see `equal_signs`.

    Attributes:
        depth: Products in each dot product.
        bias: `(outputs,)` float32 added to the counts, or None.
    """

    depth: int
    bias: NDArray[np.float32] | None = None

    def check(self) -> None:
        """Refuse depths whose counts would not be exact."""
        if not 1 <= self.depth <= DEEPEST:
            raise ValueError(f"depth must be from 1 to {DEEPEST}, so that counts are exact, got {self.depth}")
        if self.bias is not None:
            check_rank("bias", self.bias, 1)

    def output(self, x: Signal) -> Signal:
        """Numbers of the same shape."""
        x.need("numbers")
        check_shape("bias", self.bias, x.shape[:1])
        return Signal("numbers", x.shape)

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, outputs)` or `(n, outputs, height, width)`, in the same shape."""
        counts = equal_signs(x, self.depth)
        return counts if self.bias is None else counts + self.bias.reshape(-1, *(1,) * (x.ndim - 2))
