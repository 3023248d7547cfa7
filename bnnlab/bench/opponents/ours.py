"""bnnlab's own kernels, with and without what comes before the product."""

from __future__ import annotations

from functools import partial

import numpy as np

from bnnlab.bench.operands import Operands
from bnnlab.bench.opponents.opponent import Opponent, Prepared
from bnnlab.bits import kernels, pack_columns, pack_rows, prepare_weights, xnor_gemm
from bnnlab.bits.memory import aligned_empty


def prepare_kernel(kernel: str, operands: Operands) -> Prepared:
    """Both operands packed, B prepared, the result's memory there."""
    weights = prepare_weights(pack_columns(operands.b), kernel)
    out = aligned_empty(operands.expected.shape, np.int32)
    return Prepared(partial(xnor_gemm, pack_rows(operands.a), weights, out))


def _prepare_with_packing(operands: Operands) -> Prepared:
    weights = prepare_weights(pack_columns(operands.b), kernels()[0])
    out = aligned_empty(operands.expected.shape, np.int32)
    return Prepared(lambda: xnor_gemm(pack_rows(operands.a), weights, out))


OPPONENTS = (
    *(
        Opponent(
            name=kernel,
            what="the lecture's loop m, k, n, compiled"
            if kernel == "lecture"
            else f"the {kernel} kernel of bnnlab",
            arithmetic="binary",
            prepare=partial(prepare_kernel, kernel),
            kernel=kernel,
            ours=True,
            by_rows=kernel == "lecture",
        )
        for kernel in kernels()
    ),
    Opponent(
        name="with-packing",
        what=f"the {kernels()[0]} kernel, A packed from float32 each time",
        arithmetic="binary",
        prepare=_prepare_with_packing,
        kernel=kernels()[0],
        ours=True,
    ),
)
