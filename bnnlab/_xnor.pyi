# Types of the compiled doorway, ext/_xnor.pyx.

from typing import Any, final

import numpy as np
from numpy.typing import NDArray

def kernels() -> list[str]: ...
def code(kernel: str, size: int) -> tuple[int, bytes]: ...

@final
class PreparedWeights:
    kernel: str
    depth: int
    span: int
    columns: int
    words: int
    shape: tuple[int, int]
    nbytes: int
    thresholds: Any
    def __new__(cls, kernel: str, b: NDArray[np.uint64], depth: int, span: int) -> PreparedWeights: ...
    def set_thresholds(
        self, thresholds: Any, limits: NDArray[np.int32], flips: NDArray[np.uint64]
    ) -> None: ...

class Job:
    def run(self) -> None: ...

def gemm(a: NDArray[np.uint64], w: PreparedWeights, c: NDArray[np.int32]) -> None: ...
def gemm_bits(a: NDArray[np.uint64], w: PreparedWeights, bits: NDArray[np.uint64]) -> None: ...
def gemm_job(
    a: NDArray[np.uint64],
    w: PreparedWeights,
    c: NDArray[np.int32] | None,
    bits: NDArray[np.uint64] | None,
    threads: int,
) -> Job: ...
def trace_gemm(
    a: NDArray[np.uint64],
    w: PreparedWeights,
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
