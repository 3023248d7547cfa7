"""The C source of the compiled kernels: the lines of each innermost loop, as they were compiled.

Which lines of a file these are, two comments in it say; there may be several such parts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

BEGIN, END = "/* listing: begin */", "/* listing: end */"
_COUNTS = re.compile(r"__builtin_popcount|_popcnt_epi|_shuffle_epi8|vcntq?_u8")


@dataclass(frozen=True, slots=True)
class KernelSource:
    """Where a kernel is written, and what runs it.

    Attributes:
        file: Name of the file in ``ext/``.
        needs: What a CPU must have, as words that follow "needs".
    """

    file: str
    needs: str


KERNEL_SOURCES = {
    "avx512vpopcntdq": KernelSource("avx512.c", "an x86-64 CPU with AVX-512 and its VPOPCNTDQ instructions"),
    "avx2": KernelSource("avx2.c", "an x86-64 CPU with AVX2"),
    "neon": KernelSource("neon.c", "a 64-bit ARM CPU"),
    "scalar": KernelSource("scalar.c", "no particular CPU"),
    "lecture": KernelSource("lecture_loop.h", "no particular CPU"),
}
"""Every kernel there is, on whichever CPU; `bnnlab.kernels` are those that this one can run."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Some lines of a source file.

    Attributes:
        file: Name of the file in ``ext/``.
        lines: The lines.
        numbers: The number of each line in the file, counted from 1.
        active: Indices into `lines` of those that count bits.
    """

    file: str
    lines: tuple[str, ...]
    numbers: tuple[int, ...]
    active: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.numbers) != len(self.lines):
            raise ValueError(f"numbers must be as many as lines, {len(self.lines)}, got {len(self.numbers)}")
        if not all(0 <= index < len(self.lines) for index in self.active):
            raise ValueError(f"active lines must lie in 0..{len(self.lines) - 1}, got {self.active}")


@cache
def listing(kernel: str = "lecture") -> Listing:
    """The innermost loop of a kernel in C; in the lecture's, one line holds the xor, the not and the popcount.

    Raises:
        ValueError: If there is no such kernel.
    """
    if kernel not in KERNEL_SOURCES:
        raise ValueError(f"kernel must be one of {tuple(KERNEL_SOURCES)}, got {kernel!r}")
    file = KERNEL_SOURCES[kernel].file
    source = (resources.files("bnnlab.ext") / file).read_text(encoding="utf-8").splitlines()
    begins, ends = ([at for at, line in enumerate(source) if line == mark] for mark in (BEGIN, END))
    shown = [at for begin, end in zip(begins, ends, strict=True) for at in range(begin + 1, end)]
    lines = tuple(source[at] for at in shown)
    active = tuple(index for index, line in enumerate(lines) if _COUNTS.search(line))
    return Listing(file, lines, tuple(at + 1 for at in shown), active)
