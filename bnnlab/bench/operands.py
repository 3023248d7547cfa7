"""What the opponents of one benchmark multiply: random signs, and the product that is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import reference

MOST_ELEMENTS, MOST_DEPTH = 1 << 27, 1 << 20
SMALL = 10_000_000
"""Products that the reference computes in integers in less than a second."""


@dataclass(frozen=True, slots=True)
class GemmShape:
    """Sizes of a matrix product, written M x K x N.

    Attributes:
        rows: M, rows of A.
        depth: K.
        columns: N, columns of B.

    Raises:
        ValueError: If a size is below 1, `depth` above `MOST_DEPTH`, or a matrix has more than `MOST_ELEMENTS`.
    """

    rows: int
    depth: int
    columns: int

    def __post_init__(self) -> None:
        for name, size in (("rows", self.rows), ("depth", self.depth), ("columns", self.columns)):
            if size < 1:
                raise ValueError(f"{name} must be at least 1, got {size}")
        if self.depth > MOST_DEPTH:
            raise ValueError(f"depth must be at most {MOST_DEPTH}, got {self.depth}")
        largest = max(self.rows * self.depth, self.depth * self.columns, self.rows * self.columns)
        if largest > MOST_ELEMENTS:
            raise ValueError(f"a matrix of {self} must have at most {MOST_ELEMENTS} elements, got {largest}")

    @classmethod
    def parse(cls, text: str) -> GemmShape:
        """The shape that a text such as ``"256x784x1024"`` names.

        Raises:
            ValueError: If it names none.
        """
        parts = text.lower().split("x")
        if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError(f"a shape must be MxKxN in whole numbers, such as 256x784x1024, got {text!r}")
        return cls(*map(int, parts))

    @property
    def products(self) -> int:
        """Multiplications in the whole product."""
        return self.rows * self.depth * self.columns

    def __str__(self) -> str:
        return f"{self.rows}x{self.depth}x{self.columns}"


@dataclass(frozen=True, slots=True, eq=False)
class Operands:
    """Two matrices of signs and their product.

    Attributes:
        a: `(M, K)` float32 of -1 and +1.
        b: `(K, N)` float32 of -1 and +1.
        expected: `(M, N)` int32, ``a @ b``.
    """

    a: NDArray[np.float32]
    b: NDArray[np.float32]
    expected: NDArray[np.int32]

    @classmethod
    def random(cls, shape: GemmShape) -> Operands:
        """Signs from a generator with a fixed seed."""
        rng = np.random.default_rng(0)
        a, b = _signs(rng, (shape.rows, shape.depth)), _signs(rng, (shape.depth, shape.columns))
        return cls(a, b, expected_product(a, b))

    @property
    def shape(self) -> GemmShape:
        """Sizes of the product."""
        return GemmShape(self.a.shape[0], self.a.shape[1], self.b.shape[1])

    def first_rows(self, rows: int) -> Operands:
        """The same product with so many rows of A."""
        return Operands(self.a[:rows], self.b, self.expected[:rows])

    def equals(self, dots: NDArray[Any]) -> bool:
        """Whether these are the dot products, each of them exactly."""
        return np.array_equal(dots, self.expected)


def expected_product(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.int32]:
    """``a @ b`` of two matrices of signs.

    Small ones in integers, by the reference. Large ones in float32, which is exact for whole numbers up to 2^24, more
    than any depth allowed here; and rows of it, first, middle and last, are held against the reference.
    """
    if a.shape[0] * a.shape[1] * b.shape[1] <= SMALL:
        return reference.binary_matmul(a, b)
    product = (a @ b).astype(np.int32)
    some = sorted({0, len(a) // 2, len(a) - 1})
    if not np.array_equal(product[some], reference.binary_matmul(a[some], b)):
        raise RuntimeError("NumPy's float32 product of signs is not what its integer product is")
    return product


def _signs(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    bits = rng.integers(0, 2, shape, np.int8)
    return bits.astype(np.float32) * np.float32(2) - np.float32(1)
