"""Products by libraries for dense matrices: float32 in NumPy and torch, int8 in torch."""

from __future__ import annotations

from functools import partial

import numpy as np

from bnnlab.bench.contest import Opponent, Prepared, untouched
from bnnlab.bench.product import GemmWorkload
from bnnlab.bits.memory import aligned_empty


def _prepare_numpy(workload: GemmWorkload) -> Prepared:
    out = untouched(aligned_empty(workload.expected.shape, np.float32))
    return Prepared(partial(np.matmul, workload.a, workload.b, out), np.asarray)


def _prepare_torch(workload: GemmWorkload) -> Prepared:
    import torch

    a, b = torch.from_numpy(workload.a), torch.from_numpy(workload.b)
    out = torch.from_numpy(untouched(aligned_empty(workload.expected.shape, np.float32)))
    return Prepared(partial(torch.mm, a, b, out=out), np.asarray)


def _prepare_int8(workload: GemmWorkload) -> Prepared:
    import torch

    a = torch.from_numpy(workload.a.astype(np.int8))
    b = torch.from_numpy(
        np.ascontiguousarray(workload.b.T, np.int8)
    ).T  # column by column, which it is fastest with
    out = torch.from_numpy(untouched(aligned_empty(workload.expected.shape, np.int32)))
    return Prepared(partial(torch._int_mm, a, b, out=out), np.asarray)


OPPONENTS: tuple[Opponent[GemmWorkload], ...] = (
    Opponent(
        name="numpy",
        what="numpy.matmul(out=) in float32: the BLAS that NumPy brings",
        prepare=_prepare_numpy,
        arithmetic="float32",
    ),
    Opponent(
        name="torch",
        what="torch.mm(out=) in float32",
        prepare=_prepare_torch,
        arithmetic="float32",
        module="torch",
    ),
    Opponent(
        name="torch-int8",
        what="torch._int_mm(out=): int8 to int32, B column by column",
        prepare=_prepare_int8,
        arithmetic="int8",
        module="torch",
    ),
)
