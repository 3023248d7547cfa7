"""What public functions ask of their arguments, where the type alone says whether they can be used."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from bnnlab.bits.packing import described
from bnnlab.deploy.ops.fields import shown


def check_type(name: str, value: object, allowed: str, *kinds: type) -> None:
    """Refuse an argument of another type.

    Args:
        name: Of the argument.
        value: What was given for it.
        allowed: What `kinds` are, for the message.
        *kinds: Types that `value` may have.

    Raises:
        TypeError: If it has none of them; it says what was given.
    """
    if not isinstance(value, kinds):
        raise TypeError(f"{name} must be {allowed}, got {described(value)}")


def checked_sizes(name: str, value: object, form: str, ranks: Collection[int]) -> tuple[int, ...]:
    """A shape as a tuple of Python's own whole numbers.

    Args:
        name: Of the argument.
        value: A tuple or list of whole numbers from 1 on.
        form: What is allowed, for the message.
        ranks: How many sizes there may be.

    Raises:
        ValueError: If it is something else.
    """
    if (
        not isinstance(value, tuple | list)
        or len(value) not in ranks
        or not all(isinstance(size, int | np.integer) and size > 0 for size in value)
    ):
        raise ValueError(f"{name} must be {form}, got {shown(value)}")
    return tuple(map(int, value))
