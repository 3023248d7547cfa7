"""Files that are there whole or not at all, and names that other languages accept."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

LONGEST_NAME = 40
"""C compilers need to tell names apart by 63 characters only, and we add some."""


def write_atomically(path: str | os.PathLike[str], content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody ever finds half of it.

    Raises:
        OSError: If the folder is not there, or cannot be written to.
    """
    target = Path(path)
    beside = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def identifiers(names: Iterable[str]) -> dict[str, str]:
    """A C identifier for each name: letters, digits and underscores, no two alike.

    >>> identifiers(["conv1.0", "conv1-0", "7"])
    {'conv1.0': 'conv1_0', 'conv1-0': 'conv1_0_2', '7': 'n7'}
    """
    result: dict[str, str] = {}
    for name in names:
        stem = re.sub(r"[^A-Za-z0-9_]", "_", name)[:LONGEST_NAME]
        if not stem[:1].isalpha():
            stem = f"n{stem}"
        unique, count = stem, 1
        while unique in result.values():
            count += 1
            unique = f"{stem}_{count}"
        result[name] = unique
    return result
