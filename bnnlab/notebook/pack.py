"""A matrix on its way into words."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from bnnlab.bits import trace_pack
from bnnlab.bits.packing import Axis
from bnnlab.notebook.picture import Picture
from bnnlab.widgets import packing
from bnnlab.widgets.packing import MAX_ELEMENTS_SHOWN


class Pack(Picture):
    """A small matrix being packed: number, sign, bit, word.

    Args:
        x: `(M, K)` for rows, `(K, N)` for columns; float, integer or boolean.
        axis: ``"rows"``, as activations are packed, or ``"columns"``, as weights are.
        word_bits: Width of a word: 8, 16, 32 or 64.

    Raises:
        TypeError: If `x` holds something else than real numbers or booleans.
        ValueError: If `x` is not 2-D, is empty or has more than `MAX_ELEMENTS_SHOWN` elements, or `axis` or `word_bits`
            is none of the allowed values.
        ImportError: If anywidget is not installed.
    """

    def __init__(self, x: ArrayLike, axis: Axis = "rows", word_bits: int = 64) -> None:
        matrix = np.asarray(x)
        if not 0 < matrix.size <= MAX_ELEMENTS_SHOWN:
            raise ValueError(f"x must have 1 to {MAX_ELEMENTS_SHOWN} elements to be shown, got {matrix.size}")
        trace = trace_pack(matrix, axis, word_bits)
        self._shape, self._axis, self._word_bits = matrix.shape, axis, word_bits
        super().__init__("packing", packing.encode(trace, matrix))

    def __repr__(self) -> str:
        rows, columns = self._shape
        return f"Pack({rows} x {columns} along {self._axis} into words of {self._word_bits} bits)"
