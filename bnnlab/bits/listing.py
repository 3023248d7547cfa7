"""The C source of the loop that a trace steps through, as it was compiled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from textwrap import dedent


@dataclass(frozen=True, slots=True)
class Listing:
    """Some lines of a source file.

    Attributes:
        file: Name of the file in ``ext/``.
        first: Number of the first line in the file, counted from 1.
        lines: The lines, without their common indentation.
        active: Index into `lines` of the line that computes.
    """

    file: str
    first: int
    lines: tuple[str, ...]
    active: int


@cache
def lecture_listing() -> Listing:
    """The lecture's loop from ``ext/lecture.c``; the active line holds the xor, the not and the popcount."""
    file = "lecture.c"
    source = (resources.files("bnnlab.ext") / file).read_text(encoding="utf-8").splitlines()
    begin = source.index("/* listing: begin */") + 1
    end = source.index("/* listing: end */")
    lines = dedent("\n".join(source[begin:end])).splitlines()
    active = next(i for i, line in enumerate(lines) if "__builtin_popcountll" in line)
    return Listing(file, begin + 1, tuple(lines), active)
