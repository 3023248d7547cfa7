"""bnnlab's own kernels, with and without what comes before the product."""

from __future__ import annotations

from functools import partial

import numpy as np

from bnnlab.bench.contest import Opponent, Prepared, untouched
from bnnlab.bench.opponents.rows import rows_within
from bnnlab.bench.product import GemmWorkload
from bnnlab.bits import kernels, pack_columns, pack_rows, prepare_weights, xnor_gemm
from bnnlab.bits.memory import aligned_empty


def prepare_kernel(kernel: str, workload: GemmWorkload) -> Prepared:
    """Both operands packed, B prepared, memory for the result."""
    weights = prepare_weights(pack_columns(workload.b), kernel)
    out = untouched(aligned_empty(workload.expected.shape, np.int32))
    return Prepared(partial(xnor_gemm, pack_rows(workload.a), weights, out), np.asarray)


def _prepare_with_packing(workload: GemmWorkload) -> Prepared:
    weights = prepare_weights(pack_columns(workload.b), kernels()[0])
    out = untouched(aligned_empty(workload.expected.shape, np.int32))
    return Prepared(lambda: xnor_gemm(pack_rows(workload.a), weights, out), np.asarray)


OPPONENTS: tuple[Opponent[GemmWorkload], ...] = (
    *(
        Opponent(
            name=kernel,
            what=f"xnor_gemm(out=) by the {kernel} kernel, both operands packed before",
            prepare=partial(prepare_kernel, kernel),
            role="ours",
            kernel=kernel,
        )
        for kernel in kernels()[:-1]
    ),
    Opponent(
        name="with-packing",
        what=f"the {kernels()[0]} kernel, and A packed from float32 each time",
        prepare=_prepare_with_packing,
        role="ours",
        kernel=kernels()[0],
    ),
    Opponent(
        name="lecture",
        what="the lecture's xnor loop m, k, n, compiled as it stands",
        prepare=partial(prepare_kernel, "lecture"),
        role="ours",
        kernel="lecture",
        fit=partial(rows_within, partial(prepare_kernel, "lecture")),
    ),
)
