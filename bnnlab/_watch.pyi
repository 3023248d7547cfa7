# Types of the compiled doorway, ext/_watch.pyx.

import numpy as np
from numpy.typing import NDArray

def read_weights(latent: NDArray[np.float32], limit: float, signs: NDArray[np.uint64]) -> int: ...
def read_gradient(
    before: NDArray[np.float32], surrogate: NDArray[np.float32], zero: NDArray[np.uint64]
) -> tuple[int, float, float]: ...
def histogram(values: NDArray[np.float32], limit: float, bins: NDArray[np.int64]) -> None: ...
def streaks(mask: NDArray[np.uint64], planes: NDArray[np.uint64], reached: NDArray[np.uint64]) -> None: ...
def flips(
    bits: NDArray[np.uint64],
    step: int,
    counts: NDArray[np.uint16],
    last: NDArray[np.uint32],
    returns: NDArray[np.uint64],
    positions: NDArray[np.uint32],
) -> int: ...
