# Types of the compiled doorway, ext/_xnor.pyx.

from typing import Any, final

import numpy as np
from numpy.typing import NDArray

def kernels() -> list[str]: ...
def code(kernel: str, size: int) -> tuple[int, bytes]: ...
def code_anywhere(size: int) -> tuple[int, bytes]: ...
def code_of_words(word_bits: int, size: int) -> tuple[int, bytes]: ...

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
    sums: Any
    def __new__(cls, kernel: str, b: NDArray[np.uint64], depth: int, span: int) -> PreparedWeights: ...
    def set_thresholds(
        self, thresholds: Any, limits: NDArray[np.int32], flips: NDArray[np.uint64]
    ) -> None: ...

class Job:
    def run(self) -> None: ...

def has_vnni() -> bool: ...
def gemm(a: NDArray[np.uint64], w: PreparedWeights, c: NDArray[np.int32]) -> None: ...
def gemm_bits(a: NDArray[np.uint64], w: PreparedWeights, bits: NDArray[np.uint64]) -> None: ...
def gemm_job(
    a: NDArray[np.uint64],
    w: PreparedWeights,
    c: NDArray[np.int32] | None,
    bits: NDArray[np.uint64] | None,
    threads: int,
) -> Job: ...
def bytes_job(
    x: NDArray[np.uint8],
    w: PreparedWeights,
    sums: NDArray[np.int32],
    y: NDArray[np.int32] | None,
    thresholds: NDArray[np.int32] | None,
    flips: NDArray[np.uint64] | None,
    bits: NDArray[np.uint64] | None,
    by_vnni: bool,
    threads: int,
) -> Job: ...
def bytes_bits(
    x: NDArray[np.uint8],
    w: PreparedWeights,
    sums: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    flips: NDArray[np.uint64],
    bits: NDArray[np.uint64],
    by_vnni: bool,
) -> None: ...
def signs_times_floats(
    signs: NDArray[np.uint64],
    weight: NDArray[np.float32],
    bias: NDArray[np.float32],
    y: NDArray[np.float32],
) -> None: ...
def conv_job(
    pixels: NDArray[np.uint64],
    w: PreparedWeights,
    c: NDArray[np.int32] | None,
    bits: NDArray[np.uint64] | None,
    outside: NDArray[np.uint64],
    corrections: NDArray[np.int32] | None,
    first_word: int,
    first_column: int,
    size: tuple[int, int],
    out_size: tuple[int, int],
    stride: tuple[int, int],
    dilation: tuple[int, int],
    padding: tuple[int, int],
    threads: int,
) -> Job: ...
def threshold(
    sums: NDArray[np.int32],
    thresholds: NDArray[np.int32],
    flips: NDArray[np.uint64],
    bits: NDArray[np.uint64],
) -> None: ...
def words_of(w: PreparedWeights) -> bytes: ...
def trace_gemm(
    word_bits: int,
    depth: int,
    a: NDArray[np.uint8],
    b: NDArray[np.uint8],
    c: NDArray[np.int32],
    steps: NDArray[np.uint8],
) -> None: ...
