"""Fewer rows for an opponent that would take minutes over all of them."""

from __future__ import annotations

import time
from collections.abc import Callable

from bnnlab.bench.contest import Prepared
from bnnlab.bench.product import GemmWorkload

FEW = 4


def rows_within(
    prepare: Callable[[GemmWorkload], Prepared], workload: GemmWorkload, seconds: float
) -> GemmWorkload:
    """The first rows of a product, as many as take about so long, but `FEW` at least.

    For opponents that go through A row by row: each row takes them as long as any other.
    """
    run = prepare(workload.first_rows(FEW)).run
    run()
    began = time.perf_counter()
    run()
    of_one_row = (time.perf_counter() - began) / FEW
    return workload.first_rows(max(FEW, int(seconds / max(of_one_row, 1e-9))))
