"""Three loops in C on float matrices: what one writes first."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from bnnlab import _bench
from bnnlab.bench.operands import Operands
from bnnlab.bench.opponents.opponent import Opponent, Prepared
from bnnlab.bits.memory import aligned_empty


def _prepare(vectors: bool, operands: Operands) -> Prepared:
    c = aligned_empty(operands.expected.shape, np.float32)
    run = partial(_bench.naive, operands.a, operands.b, c, vectors)

    def dots(_: None) -> NDArray[np.float32]:
        return c

    return Prepared(run, dots)


OPPONENTS = (
    Opponent(
        name="naive-c",
        what="three float32 loops m, k, n in C at -O3, with the vectors every such CPU has",
        arithmetic="float32",
        prepare=partial(_prepare, True),
        by_rows=True,
    ),
    Opponent(
        name="naive-c-scalar",
        what="the same loops, one number at a time",
        arithmetic="float32",
        prepare=partial(_prepare, False),
        by_rows=True,
    ),
)
