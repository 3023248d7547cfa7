# Types of the compiled doorway, ext/_pack.pyx.

from typing import Any

import numpy as np
from numpy.typing import NDArray

def address(memory: NDArray[np.uint8]) -> int: ...
def pack(x: NDArray[Any], columns: bool, words: NDArray[np.uint64]) -> None: ...
def pack_compared(
    x: NDArray[np.float32],
    turns: NDArray[np.float32],
    limits: NDArray[np.float32],
    words: NDArray[np.uint64],
) -> None: ...
def pack_channels(x: NDArray[Any], words: NDArray[np.uint64], first: int) -> None: ...
def pack_channels_compared(
    x: NDArray[np.float32],
    turns: NDArray[np.float32],
    limits: NDArray[np.float32],
    words: NDArray[np.uint64],
) -> None: ...
def trace_pack(
    x: NDArray[np.float32],
    columns: bool,
    word_bits: int,
    words: NDArray[np.uint64],
    steps: NDArray[np.uint8],
) -> None: ...
