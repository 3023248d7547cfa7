"""How fast every kernel is on one shape: what the lab's page about them shows."""

from __future__ import annotations

from bnnlab.bench.compare import Progress, check_seconds
from bnnlab.bench.conditions import measuring_conditions
from bnnlab.bench.opponents.ours import prepare_kernel
from bnnlab.bench.product import GemmShape, GemmWorkload
from bnnlab.bench.timing import Samples, interleaved
from bnnlab.bits import kernels
from bnnlab.bits.ceiling import attainable, ceiling
from bnnlab.records import KernelSpeed


def kernel_speeds(
    rows: int,
    depth: int,
    columns: int,
    seconds: float = 1.0,
    progress: Progress | None = None,
) -> tuple[KernelSpeed, ...]:
    """Time every usable kernel on the same random signs, in turns, on one core.

    Args:
        rows: M.
        depth: K.
        columns: N.
        seconds: How long to measure all kernels together; large products take three runs of each, however long.
        progress: Told the share that is done, 0..1.

    Returns:
        One record for each of `bnnlab.kernels()`, in that order.

    Raises:
        ValueError: If a size is below 1 or a matrix too large, or `seconds` not above 0.
    """
    check_seconds(seconds)
    workload = GemmWorkload.random(GemmShape(rows, depth, columns))
    prepared = {kernel: prepare_kernel(kernel, workload) for kernel in kernels()}
    with measuring_conditions():
        exact = {kernel: workload.accepts(each.run()) for kernel, each in prepared.items()}
        samples = interleaved({kernel: each.run for kernel, each in prepared.items()}, seconds, progress)
        return tuple(_speed(kernel, workload.shape, samples[kernel], exact[kernel]) for kernel in kernels())


def _speed(kernel: str, shape: GemmShape, samples: Samples, exact: bool) -> KernelSpeed:
    arithmetic = ceiling(kernel)
    most = attainable(arithmetic, shape.rows, shape.depth * shape.columns, weight_bits=1)
    best, median = (2e-9 * shape.products / seconds for seconds in (samples.best, samples.median))
    limit = "instructions" if most == arithmetic else "memory"
    return KernelSpeed(kernel, best, median, most, best / most, exact, limit)
