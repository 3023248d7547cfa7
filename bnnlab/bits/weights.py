"""Weights laid out for the kernel that will multiply them, once for many products."""

from __future__ import annotations

import os
from functools import cache

from bnnlab import _xnor
from bnnlab._xnor import PreparedWeights
from bnnlab.bits.packing import PackedMatrix, described
from bnnlab.bits.thresholds import Thresholds, attach


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


def prepare_weights(
    pb: PackedMatrix, kernel: str = "auto", thresholds: Thresholds | None = None
) -> PreparedWeights:
    """Lay weights out as a kernel wants them.

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
        raise TypeError(f"pb must be a PackedMatrix, got {described(pb)}")
    if pb.axis != "columns":
        raise ValueError(f"pb must be packed along columns, got {pb.axis}")
    prepared = PreparedWeights(chosen_kernel(kernel), pb.words, pb.depth, pb.depth)
    if thresholds is not None:
        attach(prepared, thresholds)
    return prepared
