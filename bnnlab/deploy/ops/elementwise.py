"""Operations on each number alone: activations, sums of branches, and counts of equal signs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy import float_kernels
from bnnlab.deploy.ops.op import Op, Value


@dataclass(frozen=True, eq=False)
class Activation(Op):
    """A function of each number.

    Attributes:
        kind: A key of `bnnlab.deploy.float_kernels.ACTIVATIONS`: "tanh", "relu", "sigmoid" or "softplus".
    """

    kind: str

    def run(self, x: NDArray[np.float32]) -> Value:
        """Numbers of any shape, in the same shape."""
        return float_kernels.activation(x, self.kind)


@dataclass(frozen=True, eq=False)
class Add(Op):
    """The sum of several branches, from the first to the last."""

    def run(self, *branches: NDArray[Any]) -> Value:
        """Two or more arrays of one shape, or of shapes that differ where one of them is 1."""
        with np.errstate(over="ignore", invalid="ignore"):  # too large is infinite, as in torch
            return reduce(np.add, branches)


@dataclass(frozen=True, eq=False)
class CountsFromDots(Op):
    """How many of its signs equal their weights, from a dot product of signs: ``(dot + depth) / 2``.

    Exact in float32 up to a depth of 2**24.

    Attributes:
        depth: Products in each dot product.
        bias: `(outputs,)` float32 added to the counts, or None.
    """

    depth: int
    bias: NDArray[np.float32] | None = None

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, outputs)` or `(n, outputs, height, width)`, in the same shape."""
        counts: NDArray[np.float32] = (x + np.float32(self.depth)) * np.float32(0.5)
        return counts if self.bias is None else counts + self.bias.reshape(-1, *(1,) * (x.ndim - 2))
