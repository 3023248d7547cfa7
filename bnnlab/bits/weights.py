"""Weights laid out for the kernel that will multiply them, and the thresholds that may follow the product."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab import _xnor
from bnnlab._xnor import PreparedWeights
from bnnlab.bits.packing import WORD_BITS, PackedMatrix, words_for


@cache
def kernels() -> tuple[str, ...]:
    """Names of the compiled kernels that this CPU can run, fastest first.

    The tuple always ends with ``"scalar"``, the portable kernel, and ``"lecture"``, the lecture's own loop.
    """
    return tuple(_xnor.kernels())


def chosen_kernel(kernel: str = "auto") -> str:
    """The kernel that a name stands for.

    Args:
        kernel: One of `kernels()`, or ``"auto"``: the one that the environment variable ``BNNLAB_KERNEL``
            names, or else the fastest.

    Raises:
        ValueError: If this CPU can run no such kernel; the message lists those it can.
    """
    source, name = "kernel", kernel
    if kernel == "auto":
        source, name = "the environment variable BNNLAB_KERNEL", os.environ.get("BNNLAB_KERNEL", "auto")
        if name in ("", "auto"):
            return kernels()[0]
    if name not in kernels():
        raise ValueError(f"{source} must be 'auto' or one of {kernels()}, got {name!r}")
    return name


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """What a layer's dot products are compared with to become the next layer's signs.

    Column n gives +1 where ``dot >= values[n]``, or, where it is not rising, where ``dot <= values[n]``.
    Batch normalisation followed by sign is such a comparison: rising where gamma is positive. A threshold
    beyond every possible dot product makes a constant.

    Attributes:
        values: `(N,)` int32.
        rising: `(N,)` bool.
    """

    values: NDArray[np.int32]
    rising: NDArray[np.bool_]

    def __post_init__(self) -> None:
        for name, array, dtype in (("values", self.values, np.int32), ("rising", self.rising, np.bool_)):
            if not isinstance(array, np.ndarray) or array.dtype != dtype or array.ndim != 1:
                raise TypeError(
                    f"{name} must be a 1-D array of dtype {np.dtype(dtype)}, got {_described(array)}"
                )
        if len(self.values) != len(self.rising):
            raise ValueError(
                f"values and rising must have one length, got {len(self.values)} and {len(self.rising)}"
            )

    def __len__(self) -> int:
        return len(self.values)


def prepare_weights(
    pb: PackedMatrix, kernel: str = "auto", thresholds: Thresholds | None = None
) -> PreparedWeights:
    """Lay weights out as a kernel wants them: once per weight matrix, for many products.

    Args:
        pb: B `(K, N)` packed along columns.
        kernel: One of `kernels()`, or ``"auto"`` for the fastest, or the one that the environment variable
            ``BNNLAB_KERNEL`` names.
        thresholds: `(N,)`, for `xnor_gemm_threshold`.

    Returns:
        What `xnor_gemm` and its relatives take in the place of `pb`.

    Raises:
        TypeError: If `pb` is not a `PackedMatrix`, or `thresholds` not `Thresholds`.
        ValueError: If `pb` is not packed along columns, thresholds are not N, or this CPU can run no such
            kernel.
    """
    if not isinstance(pb, PackedMatrix):
        raise TypeError(f"pb must be a PackedMatrix, got a {type(pb).__name__}")
    if pb.axis != "columns":
        raise ValueError(f"pb must be packed along columns, got {pb.axis}")
    prepared = PreparedWeights(chosen_kernel(kernel), pb.words, pb.depth, pb.depth)
    if thresholds is not None:
        attach_thresholds(prepared, thresholds)
    return prepared


def attach_thresholds(weights: PreparedWeights, thresholds: Thresholds) -> None:
    """Give prepared weights their thresholds, as limits on the number of differences.

    ``dot = K - 2 d``, so ``dot >= t`` is ``d <= floor((K - t) / 2)``, and ``dot <= t`` is
    ``d >= ceil((K - t) / 2)``: not ``d <= ceil((K - t) / 2) - 1``. There are 0 to K differences, so a limit
    of -1 is never met and one of K always. Columns that fill up the last word are never met: padding bits 0.
    """
    if not isinstance(thresholds, Thresholds):
        raise TypeError(f"thresholds must be Thresholds, got a {type(thresholds).__name__}")
    depth, columns = weights.shape
    if len(thresholds) != columns:
        raise ValueError(f"thresholds must be as many as the columns, {columns}, got {len(thresholds)}")
    missing = depth - thresholds.values.astype(np.int64)
    limits = np.full(words_for(columns) * WORD_BITS, -1, np.int32)
    limits[:columns] = np.clip(np.where(thresholds.rising, missing // 2, -(-missing // 2) - 1), -1, depth)
    falling = np.zeros(words_for(columns) * WORD_BITS, np.bool_)
    falling[:columns] = ~thresholds.rising
    flips = np.packbits(falling, bitorder="little").view("<u8").astype(np.uint64, copy=False)
    weights.set_thresholds(thresholds, limits, flips)


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"a {value.ndim}-D array of dtype {value.dtype}"
    return f"a {type(value).__name__}"
