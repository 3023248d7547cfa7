"""Counts of equal signs, which BMXNet goes on with where others take dot products.

Of K products of signs, c are +1 and K - c are -1: dot = 2 c - K, so c = (dot + K) / 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray


def equal_signs(dots: NDArray[Any], depth: int) -> NDArray[Any]:
    """How many signs equal their weights, in the floating type of `dots` or in float64.

    Args:
        dots: Dot products of signs.
        depth: Products in each dot product.
    """
    counts: NDArray[Any] = (dots + depth) / 2
    return counts


@dataclass(frozen=True, slots=True)
class CountThreshold:
    """When an output becomes +1, said of its count.

    Attributes:
        limit: The count that it is compared with.
        rising: Whether counts of at least `limit` give +1; otherwise those of at most `limit` do.
    """

    limit: int
    rising: bool

    def is_met(self, count: int) -> bool:
        """Whether a count gives +1."""
        return count >= self.limit if self.rising else count <= self.limit


def count_threshold(dot_limit: int, rising: bool, depth: int) -> CountThreshold | None:
    """The same threshold on counts as one on dot products; None where all counts 0..depth give the same sign.

    Args:
        dot_limit: What dot products are compared with.
        rising: Whether those of at least `dot_limit` give +1; otherwise those of at most `dot_limit` do.
        depth: Products in each dot product.
    """
    # Rounded towards the counts that meet it: dots are even where depth is, odd where it is not.
    limit = (dot_limit + depth + rising) // 2
    least, most = (1, depth) if rising else (0, depth - 1)
    return CountThreshold(limit, rising) if least <= limit <= most else None
