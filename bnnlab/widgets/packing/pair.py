"""Two matrices beside each other, their words, and the product that a kernel computes from these very words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import reference
from bnnlab.bits.gemm import xnor_gemm
from bnnlab.bits.packing import WORD_BITS, Axis, PackedMatrix
from bnnlab.bits.trace import PackTrace, trace_pack
from bnnlab.widgets.encoding import identity
from bnnlab.widgets.packing.packing import memory, side
from bnnlab.widgets.shared.edits import Edits, base_name, turned

Matrix = NDArray[np.float64]


def encode_pair(
    a: Matrix, b: Matrix, axis: Axis = "rows", word_bits: int = 64, edits: Edits | None = None
) -> dict[str, Any]:
    """A, packed along its rows, and B, packed along its columns, as JSON for ``packing.js``.

    If `edits` say so, B is packed the wrong way instead: the recorder walks along its rows, and each K numbers that
    it meets are taken for one column. The product is computed from whatever words come out.

    Args:
        a: `(M, K)` activations.
        b: `(K, N)` weights.
        axis: Which of the two is stepped through.
        word_bits: Width of a word: 8, 16, 32 or 64.
        edits: What the reader changed.

    Raises:
        ValueError: If the matrices do not fit each other, or as `side` does.
    """
    if a.shape[1] != b.shape[0]:
        raise ValueError(f"a must have as many columns as b has rows, got {a.shape} and {b.shape}")
    edits = edits or Edits(base_name(a, b))
    a, b = turned(a, edits.a), turned(b, edits.b)
    trace_a = trace_pack(a, "rows", word_bits)
    trace_b = (
        trace_pack(_along_rows(b), "rows", word_bits) if edits.wrong else trace_pack(b, "columns", word_bits)
    )
    side_b = _wrong_side(trace_b, b) if edits.wrong else side(trace_b, b, "B")
    words_b = trace_b.words if edits.wrong else trace_b.words.T
    product = xnor_gemm(
        PackedMatrix(joined(trace_a.words, word_bits), trace_a.depth, "rows"),
        PackedMatrix(np.ascontiguousarray(joined(words_b, word_bits).T), trace_a.depth, "columns"),
    )
    shown: dict[str, Any] = {
        **edits.encode(),
        "axis": axis,
        "depth": trace_a.depth,
        "padding": trace_a.padding,
        "word_bits": word_bits,
        "sides": [side(trace_a, a, "A"), side_b],
        "memory": memory(a.size + b.size, trace_a.words.size + trace_b.words.size, word_bits),
        "product": {
            "computed": product.tolist(),
            "right": reference.binary_matmul(a, b).tolist(),
            "by": "The kernel xnor_gemm",
        },
    }
    return {"id": identity(shown), **shown}


def joined(words: NDArray[np.uint64], word_bits: int) -> NDArray[np.uint64]:
    """Words of fewer bits, `(vectors, words)`, put together to the kernel's words of 64, lowest first.

    >>> hex(joined(np.array([[0x11, 0x22, 0x33]], np.uint64), 8)[0, 0])
    '0x332211'
    """
    each = WORD_BITS // word_bits
    vectors, count = words.shape
    filled = np.zeros((vectors, -(-count // each) * each), np.uint64)
    filled[:, :count] = words
    shifts = np.arange(each, dtype=np.uint64) * np.uint64(word_bits)
    whole: NDArray[np.uint64] = np.bitwise_or.reduce(filled.reshape(vectors, -1, each) << shifts, axis=2)
    return whole


def _along_rows(b: Matrix) -> Matrix:
    """B as a loop sees it that walks along its rows and takes each K numbers for a column: `(N, K)`."""
    return b.reshape(b.shape[::-1])


def _wrong_side(trace: PackTrace, b: Matrix) -> dict[str, Any]:
    """B's words, packed along its rows; each element stands where it stands in B."""
    rows, columns = b.shape
    return side(trace, _along_rows(b), "B") | {
        "axis": "columns",
        "walk": "rows",
        "rows": rows,
        "columns": columns,
    }
