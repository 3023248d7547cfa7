"""What the packing picture shows of one matrix: every number on its way into a machine word."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.bits.trace import PackTrace
from bnnlab.widgets.encoding import hex_words, identity

MAX_ELEMENTS_SHOWN = 8_320
"""64 vectors of 130 numbers: two full words of 64 bits and the beginning of a third."""

FLOAT32_BYTES = 4


def encode(trace: PackTrace, values: ArrayLike) -> dict[str, Any]:
    """One recorded packing as JSON for ``packing.js``: nothing to multiply with, and no sign to turn.

    Args:
        trace: The recorded packing of `values`.
        values: `(M, K)` or `(K, N)`, the matrix that was packed.

    Raises:
        ValueError: As `side` does.
    """
    shown: dict[str, Any] = {
        "axis": trace.axis,
        "depth": trace.depth,
        "padding": trace.padding,
        "word_bits": trace.word_bits,
        "sides": [side(trace, values)],
        "memory": memory(len(trace.steps), trace.words.size, trace.word_bits),
        "product": None,
    }
    return {"id": identity(shown), **shown}


def side(trace: PackTrace, values: ArrayLike, name: str = "") -> dict[str, Any]:
    """One matrix and its words.

    Args:
        trace: The recorded packing of `values`.
        values: `(M, K)` or `(K, N)`, the matrix that was packed.
        name: What the picture calls the matrix.

    Raises:
        ValueError: If the matrix has more than `MAX_ELEMENTS_SHOWN` elements, the trace is not one of
            `values`, or it is not in the order vector by vector, lowest bit first.
    """
    matrix: NDArray[Any] = np.asarray(values)
    steps = trace.steps
    if not 0 < len(steps) <= MAX_ELEMENTS_SHOWN:
        raise ValueError(
            f"trace must have 1 to {MAX_ELEMENTS_SHOWN} elements to be shown, this one has {len(steps)}"
        )
    _check_belongs(trace, matrix)
    in_order = matrix[steps["row"], steps["column"]]
    return {
        "name": name,
        "axis": trace.axis,
        "walk": trace.axis,
        "rows": matrix.shape[0],
        "columns": matrix.shape[1],
        "texts": [number_text(value) for value in in_order.tolist()],
        "signs": steps["sign"].tolist(),
        "after": hex_words(steps["after"]),
    }


def memory(elements: int, words: int, word_bits: int) -> dict[str, float]:
    """Bytes as float32 and packed, and how many times smaller packing made it.

    >>> memory(elements=32, words=4, word_bits=8)
    {'float_bytes': 128, 'packed_bytes': 4, 'ratio': 32.0}
    """
    float_bytes, packed_bytes = elements * FLOAT32_BYTES, words * word_bits // 8
    return {
        "float_bytes": float_bytes,
        "packed_bytes": packed_bytes,
        "ratio": float_bytes / packed_bytes,
    }


def number_text(value: float) -> str:
    """A number as the pictures print it: three digits, a real minus sign, and -0 told from 0.

    >>> number_text(-0.5), number_text(-0.0), number_text(float("nan")), number_text(True)
    ('−0.5', '−0', 'NaN', 'True')
    """
    if isinstance(value, bool):
        return str(value)
    text = f"{float(value):.3g}"
    return {"nan": "NaN", "inf": "∞", "-inf": "−∞"}.get(text, text.replace("-", "−"))


def _check_belongs(trace: PackTrace, matrix: NDArray[Any]) -> None:
    steps = trace.steps
    if matrix.ndim != 2 or matrix.size != len(steps):
        raise ValueError(f"values must be the packed matrix, got shape {matrix.shape}")
    vectors, depth = matrix.shape if trace.axis == "rows" else matrix.shape[::-1]
    vector, place = np.indices((vectors, depth)).reshape(2, -1)
    row, column = (vector, place) if trace.axis == "rows" else (place, vector)
    expected = {
        "row": row,
        "column": column,
        "word": place // trace.word_bits,
        "bit": place % trace.word_bits,
    }
    if depth != trace.depth or any(
        not np.array_equal(steps[name], index) for name, index in expected.items()
    ):
        raise ValueError(
            f"trace must pack the {trace.axis} of a {matrix.shape} matrix one after another, lowest bit first"
        )
    is_plus = matrix if matrix.dtype == np.bool_ else matrix >= 0
    if not np.array_equal(steps["sign"] > 0, is_plus[row, column]):
        raise ValueError("trace must be one of these values: their signs differ")
