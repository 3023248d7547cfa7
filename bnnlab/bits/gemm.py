"""Binary matrix multiplication on packed words."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bnnlab import _xnor
from bnnlab.bits.packing import PackedMatrix


@cache
def kernels() -> tuple[str, ...]:
    """Names of the compiled kernels that this CPU can run, fastest first.

    The tuple always ends with ``"scalar"``, the portable kernel, and ``"lecture"``, the lecture's own loop.
    """
    return tuple(_xnor.kernels())


def xnor_gemm(
    pa: PackedMatrix,
    pb: PackedMatrix,
    out: NDArray[np.int32] | None = None,
    kernel: str = "auto",
    threads: int = 1,
) -> NDArray[np.int32]:
    """Multiply two packed sign matrices; equals ``sign(a) @ sign(b)`` exactly.

    Args:
        pa: A `(M, K)` packed along rows.
        pb: B `(K, N)` packed along columns.
        out: `(M, N)` int32, C-contiguous and writeable, to receive the result; a new array if None.
        kernel: One of `kernels()`, or ``"auto"`` for the fastest.
        threads: Threads to share the rows of A between; at least 1.

    Returns:
        `(M, N)` int32 dot products, each between -K and +K and of the same parity as K.

    Raises:
        TypeError: If an operand is not a `PackedMatrix` or `out` is not an int32 array.
        ValueError: If axes, depths, the shape of `out`, `kernel` or `threads` do not fit.

    Example:
        >>> a, b = np.array([[1.0, -2.0, 3.0]]), np.array([[1.0], [1.0], [1.0]])
        >>> xnor_gemm(pack_rows(a), pack_columns(b))
        array([[1]], dtype=int32)
    """
    check_operands(pa, pb)
    result = _checked_out(out, (pa.words.shape[0], pb.words.shape[1]))
    chosen = _checked_kernel(kernel)
    if threads < 1:
        raise ValueError(f"threads must be at least 1, got {threads}")
    if threads == 1:
        _xnor.gemm(chosen, pa.words, pb.words, pa.depth, result)
        return result
    # The kernels release the interpreter lock; each thread owns whole rows of the result.
    with ThreadPoolExecutor(threads) as pool:
        blocks = [
            pool.submit(_xnor.gemm, chosen, pa.words[rows], pb.words, pa.depth, result[rows])
            for rows in _row_blocks(len(result), threads)
        ]
        for block in blocks:
            block.result()
    return result


def check_operands(pa: PackedMatrix, pb: PackedMatrix) -> None:
    """Refuse operands that cannot be multiplied.

    Raises:
        TypeError: If an operand is not a `PackedMatrix`.
        ValueError: If A is not packed along rows, B not along columns, or their depths differ.
    """
    for name, operand, axis in (("pa", pa, "rows"), ("pb", pb, "columns")):
        if not isinstance(operand, PackedMatrix):
            raise TypeError(f"{name} must be a PackedMatrix, got a {type(operand).__name__}")
        if operand.axis != axis:
            raise ValueError(f"{name} must be packed along {axis}, got {operand.axis}")
    if pa.depth != pb.depth:
        raise ValueError(f"depths must be equal, got {pa.depth} in pa and {pb.depth} in pb")


def _checked_kernel(kernel: str) -> str:
    if kernel == "auto":
        return kernels()[0]
    if kernel not in kernels():
        raise ValueError(f"kernel must be 'auto' or one of {kernels()}, got {kernel!r}")
    return kernel


def _checked_out(out: NDArray[np.int32] | None, shape: tuple[int, int]) -> NDArray[np.int32]:
    if out is None:
        return np.empty(shape, np.int32)
    if not isinstance(out, np.ndarray) or out.dtype != np.int32:
        described = f"dtype {out.dtype}" if isinstance(out, np.ndarray) else type(out).__name__
        raise TypeError(f"out must be an int32 array, got {described}")
    if out.shape != shape:
        raise ValueError(f"out must have shape {shape}, got {out.shape}")
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ValueError("out must be C-contiguous and writeable")
    return out


def _row_blocks(rows: int, blocks: int) -> Iterator[slice]:
    size = -(-rows // blocks)
    return (slice(start, start + size) for start in range(0, rows, size or 1))
