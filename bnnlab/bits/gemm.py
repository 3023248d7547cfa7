"""Binary matrix multiplication on packed words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab import _xnor
from bnnlab._xnor import PreparedWeights
from bnnlab.bits.memory import aligned_empty
from bnnlab.bits.packing import PackedMatrix, described, words_for
from bnnlab.bits.threads import share, usable_threads
from bnnlab.bits.weights import chosen_kernel, prepare_weights


def xnor_gemm(
    pa: PackedMatrix,
    pb: PackedMatrix | PreparedWeights,
    out: NDArray[np.int32] | None = None,
    kernel: str = "auto",
    threads: int = 1,
) -> NDArray[np.int32]:
    """Multiply two packed sign matrices; equals ``sign(a) @ sign(b)`` exactly.

    Args:
        pa: A `(M, K)` packed along rows.
        pb: B `(K, N)` packed along columns, or what `prepare_weights` made of it: faster where one B serves
            many products.
        out: `(M, N)` int32, C-contiguous and writeable, to receive the result; a new array if None.
        kernel: One of `kernels()`, or ``"auto"``: the one that `pb` was prepared for, or the fastest.
        threads: Threads to share the rows of A between; at least 1. Small products are computed by one.

    Returns:
        `(M, N)` int32 dot products, each between -K and +K and of the same parity as K; `out` if given.

    Raises:
        TypeError: If `pa` is not a `PackedMatrix`, `pb` neither that nor prepared, or `out` not an int32 array.
        ValueError: If axes, depths, the shape of `out`, `kernel` or `threads` do not fit.

    Example:
        >>> a, b = np.array([[1.0, -2.0, 3.0]]), np.array([[1.0], [1.0], [1.0]])
        >>> xnor_gemm(pack_rows(a), pack_columns(b))
        array([[1]], dtype=int32)
    """
    if type(pb) is PreparedWeights and kernel == "auto" and threads == 1:
        try:  # what fits needs no further questions: they would take longer than a small product
            if pa.axis == "rows" and pa.depth == pb.depth:
                result = aligned_empty((len(pa.words), pb.columns), np.int32) if out is None else out
                _xnor.gemm(pa.words, pb, result)
                return result
        except (AttributeError, TypeError, ValueError):
            pass  # the questions below say what is wrong
    weights = checked_operands(pa, pb, kernel)
    rows, (depth, columns) = pa.words.shape[0], weights.shape
    result = checked_out(out, (rows, columns))
    used = usable_threads(threads, rows * depth * columns)
    if used == 1:
        _xnor.gemm(pa.words, weights, result)
    else:
        share(_xnor.gemm_job(pa.words, weights, result, None, used), used)
    return result


def xnor_gemm_threshold(
    pa: PackedMatrix,
    weights: PreparedWeights,
    out: NDArray[np.uint64] | None = None,
    threads: int = 1,
) -> PackedMatrix:
    """Multiply, compare with the weights' thresholds, and pack: one layer of a binary network in one pass.

    No dot product is written to memory: the kernel compares its counts of differences while they are still in
    registers, and the comparisons are the next layer's words.

    Args:
        pa: A `(M, K)` packed along rows.
        weights: B `(K, N)` as `prepare_weights` made it, with thresholds.
        out: `(M, ceil(N/64))` uint64, C-contiguous and writeable, to receive the words; new ones if None.
        threads: As in `xnor_gemm`.

    Returns:
        `(M, N)` signs packed along rows, equal to packing ``xnor_gemm(...) >= values`` (``<=`` where a
        threshold is not rising). Its words are `out` if given.

    Raises:
        TypeError: If `pa` is not a `PackedMatrix`, `weights` are not prepared, or `out` is not a uint64 array.
        ValueError: If axes, depths, the shape of `out` or `threads` do not fit, or there are no thresholds.
    """
    if type(weights) is PreparedWeights and threads == 1:
        try:  # as in xnor_gemm
            if pa.axis == "rows" and pa.depth == weights.depth:
                columns = weights.columns
                shape = len(pa.words), words_for(columns)
                words = (
                    np.empty(shape, np.uint64) if out is None else out
                )  # so few that no kernel streams them
                _xnor.gemm_bits(pa.words, weights, words)
                return PackedMatrix.made(words, columns, "rows")
        except (AttributeError, TypeError, ValueError):
            pass
    if not isinstance(weights, PreparedWeights):
        raise TypeError(f"weights must be PreparedWeights, got {described(weights)}")
    if weights.thresholds is None:
        raise ValueError("weights must have thresholds: prepare_weights(pb, thresholds=...)")
    checked_operands(pa, weights, "auto")
    rows, (depth, columns) = pa.words.shape[0], weights.shape
    words = checked_out(out, (rows, words_for(columns)), np.uint64)
    used = usable_threads(threads, rows * depth * columns)
    if used == 1:
        _xnor.gemm_bits(pa.words, weights, words)
    else:
        share(_xnor.gemm_job(pa.words, weights, None, words, used), used)
    return PackedMatrix.made(words, columns, "rows")


def checked_operands(pa: PackedMatrix, pb: PackedMatrix | PreparedWeights, kernel: str) -> PreparedWeights:
    """The weights, prepared, after refusing operands that cannot be multiplied.

    Raises:
        TypeError: If `pa` is not a `PackedMatrix`, or `pb` neither that nor prepared.
        ValueError: If A is not packed along rows, B not along columns, their depths differ, or `kernel` is
            none of the usable ones or not the one that `pb` was prepared for.
    """
    if not isinstance(pa, PackedMatrix):
        raise TypeError(f"pa must be a PackedMatrix, got {described(pa)}")
    if not isinstance(pb, PackedMatrix | PreparedWeights):
        raise TypeError(f"pb must be a PackedMatrix or PreparedWeights, got {described(pb)}")
    if pa.axis != "rows":
        raise ValueError(f"pa must be packed along rows, got {pa.axis}")
    if pa.depth != pb.depth:
        raise ValueError(f"depths must be equal, got {pa.depth} in pa and {pb.depth} in pb")
    if isinstance(pb, PackedMatrix):
        return prepare_weights(pb, kernel)
    if kernel != "auto" and chosen_kernel(kernel) != pb.kernel:
        raise ValueError(
            f"pb was prepared for the kernel {pb.kernel!r}, not for {kernel!r}: give the PackedMatrix itself, or what "
            f"prepare_weights(..., {kernel!r}) makes of it"
        )
    return pb


def checked_out(out: object, shape: tuple[int, ...], dtype: type = np.int32) -> NDArray[Any]:
    """The array to write a result to: `out`, or a new one at an address that is a multiple of 64.

    Raises:
        TypeError: If `out` is not an array of this dtype.
        ValueError: If its shape differs, or it is not C-contiguous, aligned and writeable.
    """
    if out is None:
        return aligned_empty(shape, dtype)
    name = np.dtype(dtype).name
    if not isinstance(out, np.ndarray) or out.dtype != dtype:
        raise TypeError(f"out must be an array of dtype {name}, got {described(out)}")
    if out.shape != shape:
        raise ValueError(f"out must have shape {shape}, got {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable and out.flags.aligned):
        raise ValueError("out must be C-contiguous, aligned and writeable")
    return out
