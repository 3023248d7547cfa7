"""What several commands ask of their options, checked before they begin."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

MOST_SIZE = 100_000
"""Of any size in a shape."""


def check_different(files: Iterable[Path | None]) -> None:
    """Refuse to write over what is read, or twice to one file.

    Args:
        files: Those to be read and those to be written; None where an option was left out.

    Raises:
        ValueError: If two of them are the same, by whatever path.
    """
    places = [file.resolve() for file in files if file is not None]
    if len(set(places)) < len(places):
        raise ValueError("the files to be read and those to be written must be different files")


def input_shape_from_text(text: str) -> tuple[int, ...]:
    """A shape as people type it: `(features,)` or `(channels, height, width)`, with x or commas between sizes.

    Raises:
        ValueError: If `text` is something else.
    """
    parts = [part.strip() for part in text.replace("x", ",").split(",")]
    whole = all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts)
    if not whole or len(parts) not in (1, 3) or not all(1 <= int(part) <= MOST_SIZE for part in parts):
        raise ValueError(
            f"--input-shape must be one or three whole numbers of 1..{MOST_SIZE}, such as 784, 1x28x28 or "
            f"1,28,28; got {text!r}"
        )
    return tuple(map(int, parts))
