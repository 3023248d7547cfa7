"""What a reader changed in a picture of two matrices: signs that were turned, and the way in which B is packed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeGuard

import numpy as np
from numpy.typing import NDArray

from bnnlab.widgets.encoding import identity


@dataclass(frozen=True, slots=True)
class Edits:
    """The reader's changes to two matrices.

    Attributes:
        base: Name of the matrices, before any sign was turned.
        a: Cells of A whose sign is turned, counted along its rows.
        b: Cells of B whose sign is turned, counted along its rows.
        wrong: Whether B is packed along its rows.
        serial: How many changes the picture had told when it told these.
    """

    base: str
    a: tuple[int, ...] = ()
    b: tuple[int, ...] = ()
    wrong: bool = False
    serial: int = 0

    @classmethod
    def told(cls, told: Any, a: NDArray[np.float64], b: NDArray[np.float64]) -> Self:
        """What the picture told, as far as it can be.

        Args:
            told: The value that ``turned_signs.js`` sends as "edit", or anything else.
            a: A that is shown, as it was before. Turned signs of other matrices are forgotten.
            b: B, likewise.
        """
        base = base_name(a, b)
        if not isinstance(told, dict):
            return cls(base)
        serial = told.get("serial")
        kept = told if told.get("base") == base else {}
        return cls(
            base,
            _cells(kept.get("a"), a.size),
            _cells(kept.get("b"), b.size),
            wrong=told.get("wrong") is True,
            serial=serial if _is_count(serial) else 0,
        )

    def encode(self) -> dict[str, Any]:
        """The changes as JSON for ``turned_signs.js``."""
        turned_cells = {"A": list(self.a), "B": list(self.b)}
        return {"base": self.base, "answered": self.serial, "turned": turned_cells, "wrong": self.wrong}


def base_name(a: NDArray[np.float64], b: NDArray[np.float64]) -> str:
    """A short name for two matrices, by which the picture knows whether its turned signs belong to them."""
    return identity({"a": a.tolist(), "b": b.tolist()})


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
