"""Two histories laid over each other, weight by weight."""

from __future__ import annotations

import math

import numpy as np

from bnnlab.records.history import History


def check_overlay(first: History, second: History) -> None:
    """Refuse two histories whose binary layers are not the same, by name and shape.

    Args:
        first: One history with signs.
        second: Another.

    Raises:
        ValueError: If a layer is in one of them only, or has another shape in the other, or one holds no signs; in one
            sentence.
    """
    if first.signs is None or second.signs is None:
        which = "first" if first.signs is None else "second"
        raise ValueError(f"the histories cannot be laid over each other: the {which} one holds no signs")
    mine, other = first.signs.shapes, second.signs.shapes
    for name in dict.fromkeys([*mine, *other]):
        if name not in mine or name not in other:
            lacking = "second" if name in mine else "first"
            raise ValueError(
                f"the histories cannot be laid over each other: the {lacking} has no layer {name!r}"
            )
        if mine[name] != other[name]:
            sizes = " and ".join("×".join(map(str, shapes[name])) for shapes in (mine, other))
            raise ValueError(
                f"the histories cannot be laid over each other: layer {name!r} is {sizes} in the two of them"
            )


def differing_signs(first: History, second: History, step: int | None = None) -> dict[str, float]:
    """Share of the weights of each layer whose signs differ in two histories.

    Args:
        first: One history with signs.
        second: Another of the same layers.
        step: After which step, of both; None takes the newest of each.

    Returns:
        For each layer 0..1.

    Raises:
        TypeError: If the step is no whole number.
        ValueError: If the layers are not the same, or the step is not known in one of them.
    """
    check_overlay(first, second)
    mine, other = (
        signs.packed_at(signs.newest if step is None else step)
        for signs in (first.known_signs, second.known_signs)
    )
    return {
        name: int(np.bitwise_count(packed.words ^ other[name].words).sum()) / math.prod(packed.shape)
        for name, packed in mine.items()
    }
