"""Which results of a BMXNet network are wanted as numbers, which as signs, and what folds into thresholds.

Asked from the last layer to the first. A binary layer wants the signs of its input; all others want numbers, but for
those that only move signs about: flattening, and maxima, since the sign of a maximum is the maximum of the signs. A
batch normalisation of which only signs are wanted is folded into the binary layer before it, if nobody else wants
what lies between.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bnnlab.deploy.bmxnet.layers import Flat, Layer, Normalise, Pool, Same, Shape, Sign, SignLayer

MOST_TAPS_OF_BITS = 1024
"""Larger windows are pooled as numbers, in one call instead of one for each tap."""


@dataclass(frozen=True)
class Fold:
    """What becomes of a binary layer's counts before anyone looks at them.

    Attributes:
        after: The normalisations and poolings that follow it, in order.
        end: Position of the last of them, whose signs come out; of the binary layer itself if there are none.
    """

    after: tuple[Layer, ...]
    end: int


@dataclass
class Plan:
    """Positions of layers.

    Attributes:
        numbers: Whose results are wanted as numbers.
        signs: Whose results are wanted as signs.
        folds: Binary layers whose thresholds know what follows them.
    """

    numbers: set[int] = field(default_factory=set)
    signs: set[int] = field(default_factory=set)
    folds: dict[int, Fold] = field(default_factory=dict)


def plan(layers: Sequence[Layer], shapes: Sequence[Shape]) -> Plan:
    """Plan a network whose last layer's numbers are wanted."""
    users = Counter(source for layer in layers for source in layer.inputs)
    made = Plan(numbers={len(layers) - 1})
    for place in reversed(range(len(layers))):
        layer = layers[place]
        if place in made.signs and place not in made.numbers:
            chain = _chain(layers, shapes, users, place)
            if chain is not None:
                made.folds[chain[0]] = Fold(tuple(layers[step] for step in chain[1:]), place)
            elif isinstance(layer, Same | Sign | Flat) or _pools_bits(layer, shapes):
                made.signs.update(layer.inputs)
            else:
                made.numbers.add(place)
        if place in made.folds or (place in made.numbers and isinstance(layer, Sign | SignLayer)):
            made.signs.update(layer.inputs)
        elif place in made.numbers:
            made.numbers.update(layer.inputs)
    return made


def _chain(
    layers: Sequence[Layer], shapes: Sequence[Shape], users: Counter[int], end: int
) -> tuple[int, ...] | None:
    """A binary layer and the layers up to `end` that its thresholds can know, or None."""
    chain = [end]
    while not isinstance(layer := layers[chain[-1]], SignLayer):
        foldable = isinstance(layer, Normalise | Same) or _pools_bits(layer, shapes)
        if not foldable or users[layer.inputs[0]] != 1:
            return None
        chain.append(layer.inputs[0])
    return tuple(reversed(chain))


def _pools_bits(layer: Layer, shapes: Sequence[Shape]) -> bool:
    """Whether a layer is a pooling that can be done on signs."""
    if not isinstance(layer, Pool) or layer.kind != "max":
        return False
    shape = shapes[layer.inputs[0]]
    return not layer.needs_edges(shape) and math.prod(layer.window(shape)) <= MOST_TAPS_OF_BITS
