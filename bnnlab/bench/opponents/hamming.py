"""Libraries for search among binary codes: they count the differences between packed rows.

That is the same work as a binary product, up to ``dot = K - 2 * differences``, which is not charged to them. Each gets
the rows of A and of B transposed as bytes, and memory for its result where it takes some.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.contest import Opponent, Prepared, untouched
from bnnlab.bench.product import GemmWorkload
from bnnlab.bits import kernels, pack_rows
from bnnlab.bits.memory import aligned_empty

NONE_IS_IMMORTAL = sys.version_info >= (3, 12)


def _packed_bytes(workload: GemmWorkload) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Rows of A and columns of B, `(M, bytes)` and `(N, bytes)`, of whole words."""
    columns = np.ascontiguousarray(workload.b.T)
    return pack_rows(workload.a).words.view(np.uint8), pack_rows(columns).words.view(np.uint8)


def _dots(depth: int, differences: Any) -> NDArray[np.int64]:
    return depth - 2 * np.asarray(differences).astype(np.int64)


def _prepare_numkong(workload: GemmWorkload) -> Prepared:
    import numkong

    a, b = _packed_bytes(workload)
    out = numkong.Tensor(untouched(aligned_empty(workload.expected.shape, np.uint32)))
    run = partial(numkong.hammings_packed, a, numkong.hammings_pack(b), out=out)
    return Prepared(run, partial(_dots, workload.shape.depth))


def _prepare_simsimd(workload: GemmWorkload) -> Prepared:
    import simsimd

    if not NONE_IS_IMMORTAL:
        raise RuntimeError(
            "each call with out= takes a reference to None that is not its own, which ends Python before 3.12"
        )
    a, b = _packed_bytes(workload)
    out = untouched(aligned_empty(workload.expected.shape, np.float64))
    run = partial(simsimd.cdist, a, b, "hamming", dtype="bin8", out=out)
    return Prepared(run, lambda _: _dots(workload.shape.depth, out))


def _prepare_faiss(workload: GemmWorkload) -> Prepared:
    import faiss

    held = a, b = _packed_bytes(workload)  # faiss is given addresses only
    out = untouched(aligned_empty(workload.expected.shape, np.int32))
    (rows, nbytes), columns = a.shape, len(b)
    addresses = [faiss.swig_ptr(array) for array in held]
    run = partial(faiss.hammings, *addresses, rows, columns, nbytes, faiss.swig_ptr(out))
    return Prepared(run, lambda _: _dots(workload.shape.depth, out), held)


OPPONENTS: tuple[Opponent[GemmWorkload], ...] = tuple(
    Opponent(name, what, prepare, kernel=kernels()[0], module=name)
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
