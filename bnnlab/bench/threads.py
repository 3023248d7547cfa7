"""What more threads are worth to the matrix product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from bnnlab.bench.compare import Progress, compare
from bnnlab.bench.contest import Opponent, Prepared, untouched
from bnnlab.bench.product import GemmShape, GemmWorkload
from bnnlab.bits import kernels, pack_columns, pack_rows, prepare_weights, xnor_gemm
from bnnlab.bits.memory import aligned_empty
from bnnlab.bits.threads import available_cores
from bnnlab.records import Benchmark

SECONDS = 1.0
SHAPES = (GemmShape(4096, 4096, 4096), GemmShape(12544, 576, 64), GemmShape(256, 784, 1024))


NOTES = (
    "Each thread needs a core that is free: on a busy machine more threads give nothing, or take more than they give. "
    "The bound is that many times the bound of one core.",
)


def thread_benchmark(
    shapes: Sequence[GemmShape] = SHAPES, seconds: float = SECONDS, progress: Progress | None = None
) -> Benchmark:
    """Time the fastest kernel with 1, 2, 4, ... threads, up to the cores there are; no thread is pinned.

    Args:
        shapes: What to multiply. Small products are computed by one thread, however many are asked for.
        seconds: How long to measure each shape.
        progress: Told the share that is done, 0..1.

    Raises:
        ValueError: If `seconds` is not above 0.
    """
    counts = [2**power for power in range(available_cores().bit_length()) if 2**power <= available_cores()]
    registry = {
        f"threads-{threads}": Opponent(
            name=f"threads-{threads}",
            what=f"xnor_gemm(out=, threads={threads}) by the {kernels()[0]} kernel",
            prepare=partial(_prepare, threads),
            role="ours",
            kernel=kernels()[0],
            threads=threads,
        )
        for threads in counts
    }
    workloads = [partial(GemmWorkload.random, shape) for shape in shapes]
    benchmark = compare("threads", workloads, registry, None, seconds, progress, pinned=False)
    return replace(benchmark, notes=(*benchmark.notes, *NOTES))


def _prepare(threads: int, workload: GemmWorkload) -> Prepared:
    weights = prepare_weights(pack_columns(workload.b), kernels()[0])
    out = untouched(aligned_empty(workload.expected.shape, np.int32))
    return Prepared(partial(xnor_gemm, pack_rows(workload.a), weights, out, "auto", threads), np.asarray)
