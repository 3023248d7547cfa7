"""The binary matrix product against other ways to compute it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from bnnlab.bench.compare import Progress, compare
from bnnlab.bench.opponents import GEMM_OPPONENTS
from bnnlab.bench.product import GemmShape, GemmWorkload
from bnnlab.records import Benchmark

SECONDS = 5.0
SHAPES = tuple(
    GemmShape.parse(text)
    for text in ("4096x4096x4096", "1x4096x4096", "256x784x1024", "256x777x1000", "12544x576x64", "1x64x16")
)
"""A large one; one row; a layer on a batch; odd sizes; a 3 x 3 convolution of 112 x 112 pixels; almost nothing."""


def gemm_benchmark(
    shapes: Sequence[GemmShape] = SHAPES,
    seconds: float = SECONDS,
    opponents: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Benchmark:
    """Time every opponent on the same signs, shape by shape.

    Args:
        shapes: What to multiply.
        seconds: How long to measure each shape; longer where three runs of each opponent take longer.
        opponents: Names in `GEMM_OPPONENTS`; all of them if None.
        progress: Told the share that is done, 0..1.

    Raises:
        ValueError: If `seconds` is not above 0, or an opponent is unknown.
    """
    workloads = [partial(GemmWorkload.random, shape) for shape in shapes]
    benchmark = compare("gemm", workloads, GEMM_OPPONENTS, opponents, seconds, progress)
    return replace(benchmark, notes=benchmark.notes + _notes(benchmark))


def _notes(benchmark: Benchmark) -> tuple[str, ...]:
    notes = []
    if any(each.workload.startswith("1x") for each in benchmark.results):
        notes.append(
            "With one row (1xKxN) each weight is read for a single multiplication, so memory is the limit, and the "
            "bound is what reading the weights allows. Binary weights take 1/32 of the bytes of float32, and may lie "
            "in a cache where those come from main memory: most of such a ratio is that, not arithmetic."
        )
    if any(each.opponent in ("numkong", "faiss", "simsimd") for each in benchmark.results):
        notes.append(
            "numkong, faiss and simsimd count differences; making dot products of these is not charged to them."
        )
    return tuple(notes)
