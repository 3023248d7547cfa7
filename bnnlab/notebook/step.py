"""A product of two matrices of signs, step by step."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
from numpy.typing import ArrayLike

from bnnlab.bits import Instruction, PackedMatrix, disassemble, pack_columns, pack_rows, trace_gemm
from bnnlab.bits.listing import listing
from bnnlab.bits.trace import check_word_bits
from bnnlab.notebook.picture import Picture
from bnnlab.widgets import stepper
from bnnlab.widgets.stepper import MAX_STEPS_SHOWN


class Step(Picture):
    """The lecture's loop on two matrices, as it ran: its words, its line of C, its machine instructions.

    Args:
        a: A `(M, K)`, of which the signs are taken; or packed along rows.
        b: B `(K, N)`, likewise; or packed along columns.
        word_bits: Width of a word: 8, 16, 32 or 64.

    Raises:
        TypeError: If `a` or `b` holds something else than real numbers or booleans.
        ValueError: If they are not 2-D, do not fit together, are packed along the wrong axis, `word_bits` is none of
            the allowed values, or the product takes more than `MAX_STEPS_SHOWN` steps.
        ImportError: If anywidget is not installed.
    """

    def __init__(self, a: ArrayLike | PackedMatrix, b: ArrayLike | PackedMatrix, word_bits: int = 64) -> None:
        pa = a if isinstance(a, PackedMatrix) else pack_rows(a)
        pb = b if isinstance(b, PackedMatrix) else pack_columns(b)
        (self._rows, self._depth), self._columns = pa.shape, pb.shape[1]
        check_word_bits(word_bits)
        steps = self._rows * -(-self._depth // word_bits) * self._columns
        if steps > MAX_STEPS_SHOWN:
            raise ValueError(
                f"a product must take 1 to {MAX_STEPS_SHOWN} steps to be shown, this one takes {steps}; "
                "take fewer rows of a or columns of b"
            )
        trace = trace_gemm(pa, pb, word_bits)
        reference = pa.unpack().astype(np.float32) @ pb.unpack().astype(np.float32)
        instructions: list[Instruction] = []
        with suppress(NotImplementedError):  # a CPU whose code nobody reads here
            instructions = disassemble("lecture", word_bits)
        super().__init__(
            "stepper",
            stepper.encode(trace, reference=reference, listing=listing("lecture"), instructions=instructions),
        )

    def __repr__(self) -> str:
        return f"Step({self._rows} x {self._depth} times {self._depth} x {self._columns})"
