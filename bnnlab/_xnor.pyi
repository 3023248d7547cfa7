# Types of the compiled doorway, ext/_xnor.pyx.

from typing import Any

import numpy as np
from numpy.typing import NDArray

def kernels() -> list[str]: ...
def gemm(
    kernel: str,
    a: NDArray[np.uint64],
    b: NDArray[np.uint64],
    depth: int,
    c: NDArray[np.int32],
) -> None: ...
def trace_gemm(
    a: NDArray[np.uint64],
    b: NDArray[np.uint64],
    depth: int,
    c: NDArray[np.int32],
    steps: NDArray[np.uint8],
) -> None: ...
def pack(x: NDArray[Any], columns: bool, words: NDArray[np.uint64]) -> None: ...
def trace_pack(
    x: NDArray[np.float32],
    columns: bool,
    word_bits: int,
    words: NDArray[np.uint64],
    steps: NDArray[np.uint8],
) -> None: ...
