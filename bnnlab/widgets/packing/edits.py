"""What a reader changed in the packing picture: signs that were turned, and the way in which B is packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeGuard

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Edits:
    """The reader's changes to two matrices.

    Attributes:
        a: Cells of A whose sign is turned, counted along its rows.
        b: Cells of B whose sign is turned, counted along its rows.
        wrong: Whether B is packed along its rows.
        serial: How many changes the picture had told when it told these.
    """

    a: tuple[int, ...] = ()
    b: tuple[int, ...] = ()
    wrong: bool = False
    serial: int = 0

    @classmethod
    def told(cls, told: Any, base: str, cells: tuple[int, int]) -> Self:
        """What the picture told, as far as it can be.

        Args:
            told: The value that ``packing.js`` sends as "edit", or anything else.
            base: Name of the matrices that are shown. Turned signs of others are forgotten.
            cells: How many cells A and B have.
        """
        if not isinstance(told, dict):
            return cls()
        serial = told.get("serial")
        kept = told if told.get("base") == base else {}
        return cls(
            _cells(kept.get("a"), cells[0]),
            _cells(kept.get("b"), cells[1]),
            wrong=told.get("wrong") is True,
            serial=serial if _is_count(serial) else 0,
        )


def turned(matrix: NDArray[np.float64], cells: tuple[int, ...]) -> NDArray[np.float64]:
    """The matrix with the signs of some cells turned, counted along its rows. A zero, which has none, becomes −1.

    >>> turned(np.array([[0.5, 0.0, -2.0]]), (0, 1)).tolist()
    [[-0.5, -1.0, -2.0]]
    """
    changed = matrix.copy()
    flat = changed.reshape(-1)
    chosen = list(cells)
    flat[chosen] = np.where(flat[chosen] == 0, -1.0, -flat[chosen])
    return changed


def _cells(told: Any, count: int) -> tuple[int, ...]:
    if not isinstance(told, list):
        return ()
    return tuple(sorted({cell for cell in told if _is_count(cell) and cell < count}))


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
