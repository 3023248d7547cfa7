"""Names from outside, as other languages accept them."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME = 40
"""C compilers need to tell names apart by 63 characters only, and we add some."""


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
