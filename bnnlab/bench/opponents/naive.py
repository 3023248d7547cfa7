"""Three loops in C on float matrices: what one writes first."""

from __future__ import annotations

from functools import partial

import numpy as np

from bnnlab import _bench
from bnnlab.bench.contest import Opponent, Prepared, untouched
from bnnlab.bench.opponents.rows import rows_within
from bnnlab.bench.product import GemmWorkload
from bnnlab.bits.memory import aligned_empty


def _prepare(vectors: bool, workload: GemmWorkload) -> Prepared:
    c = untouched(aligned_empty(workload.expected.shape, np.float32))
    return Prepared(partial(_bench.naive, workload.a, workload.b, c, vectors), lambda _: c)


OPPONENTS: tuple[Opponent[GemmWorkload], ...] = tuple(
    Opponent(
        name,
        what,
        partial(_prepare, vectors),
        arithmetic="float32",
        fit=partial(rows_within, partial(_prepare, vectors)),
    )
    for name, what, vectors in (
        ("naive-c", "three float32 loops m, k, n in C at -O3, with the vectors every such CPU has", True),
        ("naive-c-scalar", "the same loops, one number at a time", False),
    )
)
