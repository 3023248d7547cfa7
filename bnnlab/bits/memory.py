"""Arrays that begin where a cache line begins: vector instructions then write whole lines."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab import _pack

CACHE_LINE = 64


def aligned_empty(shape: tuple[int, ...], dtype: type) -> NDArray[Any]:
    """As `np.empty`, at an address that is a multiple of `CACHE_LINE` bytes."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    return np.ndarray(shape, dtype, memory, -_pack.address(memory) % CACHE_LINE)
