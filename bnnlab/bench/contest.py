"""The terms of a benchmark: a workload that has one right answer, and opponents that each have a way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol, TypeVar

from numpy.typing import NDArray

from bnnlab.bits.ceiling import ceiling, float32_roofline, int8_roofline

Arithmetic = Literal["float32", "int8"]
Role = Literal["ours", "stage", "peer"]


class Workload(Protocol):
    """What all opponents are given, and the answer that is right."""

    @property
    def name(self) -> str:
        """What a reader calls it, such as ``"256x784x1024"``."""

    @property
    def amount(self) -> int:
        """Operations or bytes, whichever `unit` counts."""

    @property
    def unit(self) -> str:
        """``"Gop/s"`` or ``"GB/s"``."""

    def accepts(self, answer: Any) -> bool:
        """Whether an answer is right, in every element."""

    def bound(self, opponent: Opponent[Any], /) -> float | None:
        """The most that `opponent` could reach here, in `unit`; None if unknown."""


W = TypeVar("W", bound=Workload)


@dataclass(frozen=True, slots=True)
class Prepared:
    """An opponent with its operands in the layout that it wants.

    Attributes:
        run: Does the work; this is what is timed.
        answer: Turns what `run` returned into what the workload accepts; not timed.
        held: What must live as long as this, where `run` only knows its address.
    """

    run: Callable[[], Any]
    answer: Callable[[Any], Any]
    held: Any = None


@dataclass(frozen=True, slots=True)
class Opponent(Generic[W]):
    """One way to do a kind of work.

    Attributes:
        name: Short, without spaces.
        what: What it computes and how it is called, in a line.
        prepare: Lays out the operands: once, not timed.
        role: ``"ours"``: bnnlab's own; ``"stage"``: a part of what is ours, of which the time alone counts;
            ``"peer"``: anything else.
        kernel: Which of `bnnlab.kernels()` it is, or has the instructions of, where it computes with bits.
        arithmetic: What it computes with where that is not bits.
        threads: Threads that it uses; those of other libraries are kept to 1.
        module: The module it needs, where that may be missing.
        fit: Given the workload and the seconds a run should not exceed by much, the part of it to do.
    """

    name: str
    what: str
    prepare: Callable[[W], Prepared]
    role: Role = "peer"
    kernel: str | None = None
    arithmetic: Arithmetic | None = None
    threads: int = 1
    module: str | None = None
    fit: Callable[[W, float], W] | None = None

    def roofline(self) -> float | None:
        """Gop/s that its instructions alone allow; None if unknown."""
        if self.kernel is not None:
            return self.threads * ceiling(self.kernel)
        if self.arithmetic is None:
            return None
        return float32_roofline() if self.arithmetic == "float32" else int8_roofline()


def untouched(memory: NDArray[Any]) -> NDArray[Any]:
    """Memory for an opponent's results: written to before, and holding what is no right answer."""
    memory.fill(1 << 30)
    return memory
