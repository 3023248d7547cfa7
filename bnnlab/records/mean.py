"""A mean that knows what was not measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Mean:
    """Running mean of rows that skips NaN, and is NaN only where every row is.

    Attributes:
        rows: How many were added.
        total: `(width,)` float64, sum of what was known.
        known: `(width,)` float64, how many were known.

    Args:
        width: Numbers in a row.
    """

    def __init__(self, width: int) -> None:
        self.rows = 0
        self.total: Array = np.zeros(width)
        self.known: Array = np.zeros(width)

    @classmethod
    def of(cls, rows: Array) -> Array:
        """The mean of `(n, width)` rows."""
        mean = cls(rows.shape[1])
        for row in rows:
            mean.add(row)
        return mean.take()

    def add(self, row: Array) -> None:
        """Add one row, NaN where it is not known."""
        known = ~np.isnan(row)
        self.total[known] += row[known]
        self.known += known
        self.rows += 1

    def take(self) -> Array:
        """The mean so far; starts again from nothing."""
        mean = np.full_like(self.total, np.nan)
        np.divide(self.total, self.known, out=mean, where=self.known > 0)
        self.total[:], self.known[:], self.rows = 0.0, 0.0, 0
        return mean

    def copy(self) -> Mean:
        """An independent copy."""
        other = Mean(len(self.total))
        other.rows = self.rows
        other.total, other.known = self.total.copy(), self.known.copy()
        return other
