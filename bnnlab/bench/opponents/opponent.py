"""What an opponent is: how to prepare it, how to run it, and how to read its answer."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.operands import Operands
from bnnlab.bits.ceiling import attainable, ceiling, float32_roofline, int8_roofline

Arithmetic = Literal["binary", "float32", "int8"]
WEIGHT_BITS = {"binary": 1, "float32": 32, "int8": 8}


@dataclass(frozen=True, slots=True)
class Prepared:
    """An opponent with its operands in the layout that it wants.

    Attributes:
        run: Computes the product; this is what is timed.
        dots: Turns what `run` returned into `(M, N)` dot products; not timed.
        held: What must live as long as this, where `run` only knows its address.
    """

    run: Callable[[], Any]
    dots: Callable[[Any], NDArray[Any]] = np.asarray
    held: Any = None


@dataclass(frozen=True, slots=True)
class Opponent:
    """One way to multiply matrices of signs.

    Attributes:
        name: Short, without spaces.
        what: What it computes and how it is called, in a line.
        arithmetic: What it computes with.
        prepare: Lays out the operands: once, not timed.
        kernel: Which of `bnnlab.kernels()` it is, or has the instructions of, where its arithmetic is binary.
        ours: Whether it is bnnlab's own.
        module: The module it needs, where that may be missing.
        by_rows: Whether its time is proportional to the rows of A, so that fewer of them tell as much.
    """

    name: str
    what: str
    arithmetic: Arithmetic
    prepare: Callable[[Operands], Prepared]
    kernel: str | None = None
    ours: bool = False
    module: str | None = None
    by_rows: bool = False

    def is_installed(self) -> bool:
        """Whether its module is there; the module is not loaded."""
        return self.module is None or importlib.util.find_spec(self.module) is not None

    def bound(self, rows: int, weights: int) -> float | None:
        """The most its arithmetic and reading its weights allow, in Gop/s; None if unknown."""
        roofline = self._roofline()
        if roofline is None:
            return None
        return attainable(roofline, rows, weights, WEIGHT_BITS[self.arithmetic])

    def _roofline(self) -> float | None:
        if self.kernel is not None:
            return ceiling(self.kernel)
        return float32_roofline() if self.arithmetic == "float32" else int8_roofline()
