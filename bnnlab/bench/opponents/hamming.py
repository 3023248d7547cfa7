"""Libraries for search among binary codes: they count the differences between packed rows.

That is the same work as a binary product, up to ``dot = K - 2 * differences``, which is not charged to them. Each gets
the rows of A and of B transposed as bytes, and memory for its result where it takes some.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.operands import Operands
from bnnlab.bench.opponents.opponent import Opponent, Prepared
from bnnlab.bits import kernels, pack_rows


def _packed_bytes(operands: Operands) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Rows of A and columns of B, `(M, bytes)` and `(N, bytes)`, of whole words."""
    columns = np.ascontiguousarray(operands.b.T)
    return pack_rows(operands.a).words.view(np.uint8), pack_rows(columns).words.view(np.uint8)


def _dots(depth: int, differences: Any) -> NDArray[np.int64]:
    return depth - 2 * np.asarray(differences).astype(np.int64)


def _prepare_numkong(operands: Operands) -> Prepared:
    import numkong

    a, b = _packed_bytes(operands)
    out = numkong.Tensor(np.empty(operands.expected.shape, np.uint32))
    run = partial(numkong.hammings_packed, a, numkong.hammings_pack(b), out=out)
    return Prepared(run, partial(_dots, operands.shape.depth))


def _prepare_simsimd(operands: Operands) -> Prepared:
    import simsimd

    a, b = _packed_bytes(operands)
    out = np.empty(operands.expected.shape)
    run = partial(simsimd.cdist, a, b, "hamming", dtype="bin8", out=out)
    return Prepared(run, lambda _: _dots(operands.shape.depth, out))


def _prepare_faiss(operands: Operands) -> Prepared:
    import faiss

    held = a, b = _packed_bytes(operands)  # faiss is given addresses only
    out = np.empty(operands.expected.shape, np.int32)
    (rows, nbytes), columns = a.shape, len(b)
    addresses = [faiss.swig_ptr(array) for array in held]
    run = partial(faiss.hammings, *addresses, rows, columns, nbytes, faiss.swig_ptr(out))
    return Prepared(run, lambda _: _dots(operands.shape.depth, out), held)


OPPONENTS = tuple(
    Opponent(name, what, "binary", prepare, kernel=kernels()[0], module=name)
    for name, what, prepare in (
        ("numkong", "numkong.hammings_packed(out=): counts of differences, B packed once", _prepare_numkong),
        ("faiss", "faiss.hammings: counts of differences", _prepare_faiss),
        (
            "simsimd",
            'simsimd.cdist(..., "hamming", out=): counts of differences as float64',
            _prepare_simsimd,
        ),
    )
)
