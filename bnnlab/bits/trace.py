"""What the compiled loops did, step by step, as they did it.

`trace_gemm` runs the lecture's loop with a recorder in it; `trace_pack` does the same for the packing loop.
Both are built from the same source as the loops that only compute (``ext/lecture_loop.h``, ``ext/pack.c``): the
recorder is an argument that is a null pointer there, so a trace cannot tell another story than the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab import _pack, _xnor
from bnnlab._xnor import PreparedWeights
from bnnlab.bits.gemm import checked_operands
from bnnlab.bits.packing import WORD_BITS, Axis, PackedMatrix, as_signed, described

GEMM_STEP = np.dtype(
    [
        ("m", "<i4"), ("n", "<i4"), ("k", "<i4"), ("popcount", "<i4"),
        ("a", "<u8"), ("b", "<u8"), ("xor", "<u8"), ("xnor", "<u8"),
        ("acc", "<i8"),
    ]
)  # fmt: skip
"""One inner iteration: indices (k counts words), the two words of the trace's width, their xor and xnor, the
bits set in xnor (padding included, as the machine counts them), and C[m, n] after the addition."""

PACK_STEP = np.dtype(
    [
        ("row", "<i4"), ("column", "<i4"), ("word", "<i4"), ("bit", "<i4"),
        ("value", "<f4"), ("sign", "<i4"), ("after", "<u8"),
    ]
)  # fmt: skip
"""One packed element: where it stood in the matrix, which bit of which word of its row or column it became,
its value and sign, and that word after the bit was set."""

WORD_WIDTHS = (8, 16, 32, 64)
MOST_STEPS = 4_000_000


@dataclass(frozen=True, slots=True, eq=False)
class GemmTrace:
    """A binary matrix product, step by step.

    Attributes:
        steps: `(M * words * N,)` structured array of dtype `GEMM_STEP`, in the loop's own order m, k, n.
        result: `(M, N)` int32, the dot products: `2 * (acc - padding) - depth` of each cell's last step.
        depth: K.
        padding: P, the padding bits in the last word, each counted once in `acc` as an agreement.
        word_bits: Width of a word: 8, 16, 32 or 64.
    """

    steps: NDArray[Any]
    result: NDArray[np.int32]
    depth: int
    padding: int
    word_bits: int = WORD_BITS


@dataclass(frozen=True, slots=True, eq=False)
class PackTrace:
    """A matrix being packed, element by element.

    Attributes:
        steps: `(elements,)` structured array of dtype `PACK_STEP`, in the loop's own order: vector by
            vector, lowest bit first.
        words: Finished words, uint64 with `word_bits` used bits: `(M, words)` along rows, `(words, N)`
            along columns.
        axis: ``"rows"`` or ``"columns"``.
        word_bits: 8, 16, 32 or 64.
        depth: K, elements in each row or column.
        padding: Padding bits in the last word of each vector.
    """

    steps: NDArray[Any]
    words: NDArray[np.uint64]
    axis: Axis
    word_bits: int
    depth: int
    padding: int


def trace_gemm(pa: PackedMatrix, pb: PackedMatrix | PreparedWeights, word_bits: int = WORD_BITS) -> GemmTrace:
    """Run the lecture's XNOR-popcount loop on two packed matrices and record each inner step.

    Args:
        pa: A `(M, K)` packed along rows.
        pb: B `(K, N)` packed along columns; or prepared, if for the kernel ``"lecture"``.
        word_bits: Width of a word: 8, 16, 32 or 64. The loop is compiled for each from one source; the bits stand in
            the same order in all widths, only the cuts between words differ.

    Raises:
        TypeError: If `pa` is not a `PackedMatrix`, `pb` neither that nor prepared, or `word_bits` no int.
        ValueError: If axes or depths do not fit, `pb` was prepared for another kernel, `word_bits` is none of the
            allowed values, or the trace would exceed `MOST_STEPS` steps.
    """
    check_word_bits(word_bits)
    weights = checked_operands(pa, pb, "lecture")
    m, n, words = pa.words.shape[0], weights.columns, -(-pa.depth // word_bits)
    _check_length(m * words * n)
    steps = np.empty(m * words * n, GEMM_STEP)
    result = np.empty((m, n), np.int32)
    if isinstance(pb, PackedMatrix):
        b = pb.words
    else:
        b = np.frombuffer(_xnor.words_of(weights), np.uint64).reshape(weights.words, n)
    narrow = np.dtype(f"<u{word_bits // 8}")
    a_words = np.ascontiguousarray(pa.words.view(narrow)[:, :words])
    b_words = np.ascontiguousarray(np.ascontiguousarray(b.T).view(narrow)[:, :words].T)
    as_bytes = (a_words.view(np.uint8), b_words.view(np.uint8))
    _xnor.trace_gemm(word_bits, pa.depth, *as_bytes, result, steps.view(np.uint8))
    return GemmTrace(steps, result, pa.depth, words * word_bits - pa.depth, word_bits)


def check_word_bits(word_bits: object) -> None:
    """Refuse what is no width of a word.

    Raises:
        TypeError: If it is no int.
        ValueError: If it is none of `WORD_WIDTHS`.
    """
    if isinstance(word_bits, bool) or not isinstance(word_bits, int | np.integer):
        raise TypeError(f"word_bits must be one of {WORD_WIDTHS}, got {described(word_bits)}")
    if word_bits not in WORD_WIDTHS:
        raise ValueError(f"word_bits must be one of {WORD_WIDTHS}, got {word_bits!r}")


def trace_pack(x: ArrayLike, axis: Axis = "rows", word_bits: int = 64) -> PackTrace:
    """Pack a matrix and record which element became which bit of which word.

    Args:
        x: `(M, K)` for rows or `(K, N)` for columns; float, integer or boolean.
        axis: ``"rows"`` (activations) or ``"columns"`` (weights).
        word_bits: Width of a word: 8, 16, 32 or 64. The kernels use 64; the bits stand in the same order
            in all widths, only the cuts between words differ.

    Raises:
        TypeError: If `x` holds something else than real numbers or booleans, or `word_bits` is no int.
        ValueError: If `x` is not 2-D, has depth 0 or more than `MOST_STEPS` elements, or `axis` or
            `word_bits` is none of the allowed values.
    """
    if axis not in ("rows", "columns"):
        raise ValueError(f"axis must be 'rows' or 'columns', got {axis!r}")
    check_word_bits(word_bits)
    signed = as_signed(x, "x", "(M, K)" if axis == "rows" else "(K, N)")
    _check_length(signed.size)
    vectors, depth = signed.shape if axis == "rows" else signed.shape[::-1]
    words_each = -(-depth // word_bits)
    words = np.empty((vectors, words_each) if axis == "rows" else (words_each, vectors), np.uint64)
    steps = np.empty(vectors * depth, PACK_STEP)
    # A boolean is a bit already: as +1.0 and -1.0 it has the sign that its bit stands for.
    values = np.where(signed, 1.0, -1.0) if signed.dtype == np.bool_ else signed
    values = np.ascontiguousarray(values, np.float32)
    _pack.trace_pack(values, axis == "columns", word_bits, words, steps.view(np.uint8))
    original = np.asarray(x)
    if original.dtype != np.bool_:
        steps["value"] = original[steps["row"], steps["column"]]
    return PackTrace(steps, words, axis, word_bits, depth, words_each * word_bits - depth)


def _check_length(steps: int) -> None:
    if steps > MOST_STEPS:
        raise ValueError(f"a trace may have at most {MOST_STEPS} steps, this one has {steps}")
