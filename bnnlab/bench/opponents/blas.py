"""Products by libraries for dense matrices: float32 in NumPy and torch, int8 in torch."""

from __future__ import annotations

from functools import partial

import numpy as np

from bnnlab.bench.operands import Operands
from bnnlab.bench.opponents.opponent import Opponent, Prepared
from bnnlab.bits.memory import aligned_empty


def _prepare_numpy(operands: Operands) -> Prepared:
    out = aligned_empty(operands.expected.shape, np.float32)
    return Prepared(partial(np.matmul, operands.a, operands.b, out))


def _prepare_torch(operands: Operands) -> Prepared:
    import torch

    a, b = torch.from_numpy(operands.a), torch.from_numpy(operands.b)
    out = torch.empty(operands.expected.shape)
    return Prepared(partial(torch.mm, a, b, out=out))


def _prepare_int8(operands: Operands) -> Prepared:
    import torch

    a = torch.from_numpy(operands.a.astype(np.int8))
    b = torch.from_numpy(
        np.ascontiguousarray(operands.b.T, np.int8)
    ).T  # column by column, which it is fastest with
    out = torch.empty(operands.expected.shape, dtype=torch.int32)
    return Prepared(partial(torch._int_mm, a, b, out=out))


OPPONENTS = (
    Opponent(
        name="numpy",
        what="numpy.matmul(out=) in float32: the BLAS that NumPy brings",
        arithmetic="float32",
        prepare=_prepare_numpy,
    ),
    Opponent(
        name="torch",
        what="torch.mm(out=) in float32",
        arithmetic="float32",
        prepare=_prepare_torch,
        module="torch",
    ),
    Opponent(
        name="torch-int8",
        what="torch._int_mm(out=): int8 to int32, B column by column",
        arithmetic="int8",
        prepare=_prepare_int8,
        module="torch",
    ),
)
