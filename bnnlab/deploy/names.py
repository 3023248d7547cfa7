"""Names of nodes and classes: text that can be shown and written."""

from __future__ import annotations

import unicodedata

from bnnlab.deploy.ops.fields import shown

LONGEST_NAME = 256
"""Characters in the name of a node or a class."""


def numbered(classes: int) -> tuple[str, ...]:
    """The names of classes that have none."""
    return tuple(map(str, range(classes)))


def check_text(what: str, text: object) -> None:
    """Refuse a name that could not be shown or written.

    Raises:
        ValueError: If it is no text, empty or too long, or has control characters or halves of characters in it.
    """
    if (
        not isinstance(text, str)
        or not 0 < len(text) <= LONGEST_NAME
        or any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
    ):
        raise ValueError(
            f"{what} must be text of 1 to {LONGEST_NAME} characters, none of them a control character, "
            f"got {shown(text)}"
        )
