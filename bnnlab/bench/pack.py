"""Packing float32 into bits, along rows and along columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from bnnlab import _bench
from bnnlab.bench.compare import Progress, compare
from bnnlab.bench.contest import Opponent, Prepared
from bnnlab.bench.product import MOST_ELEMENTS, sizes_from_text
from bnnlab.bits import PackedMatrix, pack_columns, pack_rows
from bnnlab.bits.ceiling import read_bandwidth
from bnnlab.bits.packing import Axis
from bnnlab.records import Benchmark


@dataclass(frozen=True, slots=True)
class PackShape:
    """Sizes of a matrix to pack.

    Raises:
        ValueError: If one is below 1, or there are more than `MOST_ELEMENTS` elements.
    """

    rows: int
    columns: int

    def __post_init__(self) -> None:
        if min(self.rows, self.columns) < 1 or self.rows * self.columns > MOST_ELEMENTS:
            raise ValueError(
                f"a matrix to pack must have 1 to {MOST_ELEMENTS} elements, got {self.rows}x{self.columns}"
            )

    @classmethod
    def parse(cls, text: str) -> PackShape:
        """The shape that a text such as ``"256x784"`` names.

        Raises:
            ValueError: If it names none.
        """
        rows, columns = sizes_from_text(text, 2, "MxK, such as 256x784")
        return cls(rows, columns)


SECONDS = 0.5
SHAPES = (PackShape(256, 784), PackShape(256, 4096), PackShape(4096, 4096))


@dataclass(frozen=True, slots=True, eq=False)
class PackWorkload:
    """A matrix to be packed.

    Attributes:
        x: `(rows, columns)` float32, normally distributed.
        axis: What becomes a vector of bits.
    """

    x: NDArray[np.float32]
    axis: Axis

    @classmethod
    def random(cls, shape: PackShape, axis: Axis) -> PackWorkload:
        """Numbers from a generator with a fixed seed."""
        rng = np.random.default_rng(0)
        return cls(rng.standard_normal((shape.rows, shape.columns), np.float32), axis)

    @property
    def name(self) -> str:
        """Along what, and the sizes."""
        return f"{self.axis} of {self.x.shape[0]}x{self.x.shape[1]}"

    @property
    def amount(self) -> int:
        """Bytes of float32 that are read."""
        return self.x.nbytes

    @property
    def unit(self) -> str:
        """10^9 of them a second."""
        return "GB/s"

    @property
    def along(self) -> int:
        """NumPy's number of the axis that a vector of bits runs along."""
        return 1 if self.axis == "rows" else 0

    def accepts(self, answer: Any) -> bool:
        """Whether each bit, as a boolean in the place of its number, is the number's sign."""
        return np.array_equal(answer, self.x >= 0)

    def bound(self, _opponent: Opponent[Any], /) -> float | None:
        """What reading the numbers allows, whoever reads them."""
        return read_bandwidth(self.x.nbytes) if self.x.nbytes >= 256 else None


def pack_benchmark(
    shapes: Sequence[PackShape] = SHAPES,
    seconds: float = SECONDS,
    opponents: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Benchmark:
    """Time every opponent along the rows and along the columns of every matrix.

    Args:
        shapes: Sizes of the matrices.
        seconds: How long to measure each of them along each axis.
        opponents: Names in `PACK_OPPONENTS`; all of them if None.
        progress: Told the share that is done, 0..1.

    Raises:
        ValueError: If `seconds` is not above 0, or an opponent is unknown.
    """
    workloads = [partial(PackWorkload.random, shape, axis) for shape in shapes for axis in get_args(Axis)]
    return compare("pack", workloads, PACK_OPPONENTS, opponents, seconds, progress)


def _prepare_ours(workload: PackWorkload) -> Prepared:
    def answer(packed: PackedMatrix) -> NDArray[np.bool_]:
        return packed.unpack() > 0

    return Prepared(partial(pack_rows if workload.axis == "rows" else pack_columns, workload.x), answer)


def _prepare_packbits(workload: PackWorkload) -> Prepared:
    x, along = workload.x, workload.along

    def answer(bits: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.unpackbits(bits, along, x.shape[along], "little")

    return Prepared(lambda: np.packbits(x >= 0, along, "little"), answer)


def _prepare_copy(workload: PackWorkload) -> Prepared:
    copy = np.zeros_like(workload.x)
    return Prepared(partial(np.copyto, copy, workload.x), lambda _: copy >= 0)


def _prepare_reading(workload: PackWorkload) -> Prepared:
    memory = workload.x.reshape(-1).view(np.uint8)
    return Prepared(partial(_bench.read, memory, 1), lambda _: workload.x >= 0)


PACK_OPPONENTS: dict[str, Opponent[PackWorkload]] = {
    opponent.name: opponent
    for opponent in (
        Opponent("bnnlab", "pack_rows or pack_columns", _prepare_ours, role="ours"),
        Opponent("packbits", "numpy.packbits(x >= 0), along the same axis", _prepare_packbits),
        Opponent("copyto", "numpy.copyto: no packing, but as many bytes read, and written", _prepare_copy),
        Opponent("read", "no packing, but as many bytes read by the widest loads", _prepare_reading),
    )
}
