"""Unsigned bytes times signs: the first layer of a network that sees pixels."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bnnlab import _xnor
from bnnlab._xnor import PreparedWeights
from bnnlab.bits.gemm import checked_out
from bnnlab.bits.packing import PackedMatrix, described, pack_rows, words_for
from bnnlab.bits.threads import share, usable_threads
from bnnlab.bits.thresholds import Thresholds, check_thresholds
from bnnlab.bits.weights import prepare_weights

Method = Literal["auto", "planes", "vnni"]

DEEPEST = (2**31 - 1) // 510
"""The largest K for which no sum, nor twice a sum, leaves int32."""

ROWS_FOR_VNNI = 12
"""Rows from which VNNI is faster: it first writes the signs out as bytes, which pays only for some rows."""

DEEPEST_FOR_VNNI = 16_384
"""K up to which it is: the signs of 64 columns, as bytes, should stay in the second cache."""


def xnor_gemm_uint8(
    x: NDArray[np.uint8],
    pb: PackedMatrix | PreparedWeights,
    out: NDArray[np.int32] | None = None,
    method: Method = "auto",
    threads: int = 1,
) -> NDArray[np.int32]:
    """Multiply bytes by signs; equals ``x.astype(int) @ sign(b)`` exactly.

    Args:
        x: `(M, K)` uint8, C-contiguous: pixels as they are.
        pb: B `(K, N)` packed along columns, or what `prepare_weights` made of it.
        out: `(M, N)` int32, C-contiguous and writeable, to receive the result; a new array if None.
        method: ``"planes"``: x is the sum of 2^b times its bits, each plane of which a binary kernel
            multiplies (`ext/bytes.c`). ``"vnni"``: the CPU's instruction for four products of bytes
            (`ext/vnni.c`), where `uint8_methods` has it. ``"auto"``: the faster one for this M.
        threads: Threads to share the rows of x between; at least 1. Small products are computed by one.

    Returns:
        `(M, N)` int32, each between -255 K and +255 K; `out` if given.

    Raises:
        TypeError: If `x` is not a uint8 array, `pb` neither packed nor prepared, or `out` not an int32 array.
        ValueError: If shapes, depths, `method` or `threads` do not fit, or K exceeds `DEEPEST`.
    """
    weights, by_vnni = _checked(x, pb, method)
    rows, columns = len(x), weights.columns
    result = checked_out(out, (rows, columns))
    used = usable_threads(threads, _work(x, weights, by_vnni))
    share(_xnor.bytes_job(x, weights, column_sums(weights), result, None, None, None, by_vnni, used), used)
    return result


def xnor_gemm_uint8_threshold(
    x: NDArray[np.uint8],
    pb: PackedMatrix | PreparedWeights,
    thresholds: Thresholds,
    method: Method = "auto",
    threads: int = 1,
) -> PackedMatrix:
    """Multiply bytes by signs, compare with thresholds, and pack: a first layer in one pass.

    Args:
        x: As in `xnor_gemm_uint8`, as are `pb`, `method` and `threads`.
        pb: B `(K, N)`; thresholds that it may have been prepared with are those of another product.
        thresholds: `(N,)`, of the sums of bytes.
        method: As in `xnor_gemm_uint8`.
        threads: As in `xnor_gemm_uint8`.

    Returns:
        `(M, N)` signs packed along rows.

    Raises:
        TypeError: As in `xnor_gemm_uint8`, and if `thresholds` are none.
        ValueError: As in `xnor_gemm_uint8`, and if there are not N thresholds.
    """
    weights, by_vnni = _checked(x, pb, method)
    check_thresholds(thresholds, weights.columns)
    words = np.empty((len(x), words_for(weights.columns)), np.uint64)
    used = usable_threads(threads, _work(x, weights, by_vnni))
    sums, (limits, flips) = column_sums(weights), thresholds.comparison
    if used == 1:
        _xnor.bytes_bits(x, weights, sums, limits, flips, words, by_vnni)
    else:
        share(_xnor.bytes_job(x, weights, sums, None, limits, flips, words, by_vnni, used), used)
    return PackedMatrix.made(words, weights.columns, "rows")


def uint8_methods(weights: PreparedWeights | None = None) -> tuple[Method, ...]:
    """The methods of `xnor_gemm_uint8` that this CPU can run, on these weights if given."""
    suits = weights is None or weights.kernel == "avx512vpopcntdq"
    return ("vnni", "planes") if _xnor.has_vnni() and suits else ("planes",)


def column_sums(weights: PreparedWeights) -> NDArray[np.int32]:
    """The sum of each column of signs, `(N,)` int32: the product with a row of +1. Kept with the weights."""
    if weights.sums is None:
        ones = pack_rows(np.ones((1, weights.depth), np.bool_))
        sums = np.empty((1, weights.columns), np.int32)
        _xnor.gemm(ones.words, weights, sums)
        weights.sums = sums[0]
    sums_of_columns: NDArray[np.int32] = weights.sums
    return sums_of_columns


def _checked(
    x: NDArray[np.uint8], pb: PackedMatrix | PreparedWeights, method: Method
) -> tuple[PreparedWeights, bool]:
    """The weights, prepared, and whether to multiply by VNNI."""
    if not isinstance(x, np.ndarray) or x.dtype != np.uint8:
        raise TypeError(f"x must be a uint8 array, got {described(x)}")
    if x.ndim != 2 or not x.flags.c_contiguous:
        raise ValueError(f"x must be 2-D and C-contiguous, got shape {x.shape}")
    if not isinstance(pb, PackedMatrix | PreparedWeights):
        raise TypeError(f"pb must be a PackedMatrix or PreparedWeights, got {described(pb)}")
    weights = prepare_weights(pb) if isinstance(pb, PackedMatrix) else pb
    depth = x.shape[1]
    if depth != weights.depth:
        raise ValueError(f"depths must be equal, got {depth} in x and {weights.depth} in pb")
    if depth > DEEPEST:
        raise ValueError(f"depth must be at most {DEEPEST}, so that sums fit int32, got {depth}")
    return weights, _chosen_method(method, weights, len(x)) == "vnni"


def _work(x: NDArray[np.uint8], weights: PreparedWeights, by_vnni: bool) -> int:
    """As many products of signs as take as long."""
    return x.size * weights.columns * (2 if by_vnni else 8)


def _chosen_method(method: Method, weights: PreparedWeights, rows: int) -> Method:
    usable = uint8_methods(weights)
    if method == "auto":
        worth_it = rows >= ROWS_FOR_VNNI and weights.depth <= DEEPEST_FOR_VNNI
        return "vnni" if "vnni" in usable and worth_it else "planes"
    if method not in usable:
        allowed = [name for name in get_args(Method) if name == "auto" or name in usable]
        raise ValueError(f"method must be one of {allowed} for these weights on this CPU, got {method!r}")
    return method
