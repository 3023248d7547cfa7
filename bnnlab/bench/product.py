"""The product of two matrices of random signs, as a workload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.contest import Opponent
from bnnlab.bits import reference
from bnnlab.bits.ceiling import attainable

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
        rows, depth, columns = sizes_from_text(text, 3, "MxKxN, such as 256x784x1024")
        return cls(rows, depth, columns)

    @property
    def products(self) -> int:
        """Multiplications in the whole product."""
        return self.rows * self.depth * self.columns

    def __str__(self) -> str:
        return f"{self.rows}x{self.depth}x{self.columns}"


@dataclass(frozen=True, slots=True, eq=False)
class GemmWorkload:
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
    def random(cls, shape: GemmShape) -> GemmWorkload:
        """Signs from a generator with a fixed seed."""
        rng = np.random.default_rng(0)
        a, b = random_signs(rng, (shape.rows, shape.depth)), random_signs(rng, (shape.depth, shape.columns))
        return cls(a, b, _right_product(a, b))

    @property
    def shape(self) -> GemmShape:
        """Sizes of the product."""
        return GemmShape(self.a.shape[0], self.a.shape[1], self.b.shape[1])

    @property
    def name(self) -> str:
        """M x K x N."""
        return str(self.shape)

    @property
    def amount(self) -> int:
        """Multiplications and additions."""
        return 2 * self.shape.products

    @property
    def unit(self) -> str:
        """10^9 of them a second."""
        return "Gop/s"

    def first_rows(self, rows: int) -> GemmWorkload:
        """The same product with so many rows of A."""
        return GemmWorkload(self.a[:rows], self.b, self.expected[:rows])

    def accepts(self, answer: Any) -> bool:
        """Whether these are the dot products, each of them exactly."""
        return np.array_equal(answer, self.expected)

    def bound(self, opponent: Opponent[Any], /) -> float | None:
        """What the opponent's instructions, and reading its weights, allow."""
        roofline = opponent.roofline()
        if roofline is None:
            return None
        weight_bits = {"float32": 32, "int8": 8, None: 1}[opponent.arithmetic]
        return attainable(roofline, self.shape.rows, self.b.size, weight_bits)


def sizes_from_text(text: str, count: int, form: str) -> tuple[int, ...]:
    """Whole numbers written with an x between them.

    Raises:
        ValueError: If there are not `count` of them; the message says the `form`.
    """
    parts = text.lower().split("x")
    if len(parts) != count or not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise ValueError(f"a shape must be {form}, got {text!r}")
    return tuple(map(int, parts))


def random_signs(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """-1.0 and +1.0, equally likely."""
    return rng.integers(0, 2, shape, np.int8).astype(np.float32) * np.float32(2) - np.float32(1)


def _right_product(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.int32]:
    """``a @ b``. A small one in integers, by the reference.

    A large one in float32, which is exact for whole numbers up to 2^24, and no depth here is larger; and three of its
    rows are held against the reference.
    """
    if len(a) * b.size <= SMALL:
        return reference.binary_matmul(a, b)
    product = (a @ b).astype(np.int32)
    some = sorted({0, len(a) // 2, len(a) - 1})
    if not np.array_equal(product[some], reference.binary_matmul(a[some], b)):
        raise RuntimeError("NumPy's float32 product of signs is not its integer product")
    return product
