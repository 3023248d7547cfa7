"""Which results of a BMXNet network are wanted as numbers, which as signs, and what folds into thresholds.

Asked from the last layer to the first. A binary layer wants the signs of its input; all others want numbers, but for
those that only move signs about: flattening, and maxima, since the sign of a maximum is the maximum of the signs. A
batch normalisation of which only signs are wanted is a comparison of what comes before it, and before activations,
which increase as their input does, and before maxima, since bits are pooled faster than numbers: of a binary layer's
counts, if nobody else wants them, or of numbers.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bnnlab.deploy.bmxnet.layers import Activate, Flat, Layer, Normalise, Pool, Same, Shape, Sign, SignLayer

MOST_TAPS_OF_BITS = 1024
"""Larger windows are pooled as numbers, in one call instead of one for each tap."""


@dataclass(frozen=True)
class Fold:
    """What is compared with thresholds, instead of what is computed from it.

    Attributes:
        source: Position of the layer whose counts or numbers are compared.
        after: The normalisations, activations and poolings that follow it, up to the layer whose signs are wanted.
    """

    source: int
    after: tuple[Layer, ...]


@dataclass
class Plan:
    """Positions of layers.

    Attributes:
        numbers: Whose results are wanted as numbers.
        signs: Whose results are wanted as signs.
        folds: Those of them whose signs come from comparing something earlier.
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
        if place in made.numbers:
            wants_signs = isinstance(layer, Sign | SignLayer)
            (made.signs if wants_signs else made.numbers).update(layer.inputs)
        elif place in made.signs:
            fold = _fold(layers, shapes, users, place)
            counts = isinstance(layers[fold.source], SignLayer) and (
                fold.source == place or users[fold.source] == 1
            )
            if counts:
                made.folds[place] = fold
                made.signs.update(layers[fold.source].inputs)
            elif any(isinstance(step, Normalise) for step in fold.after):
                made.folds[place] = fold
                made.numbers.add(fold.source)
            elif isinstance(layer, Same | Sign | Flat) or _pools_bits(layer, shapes):
                made.signs.update(layer.inputs)
            else:
                made.numbers.add(place)
                made.numbers.update(layer.inputs)
    return made


def _fold(layers: Sequence[Layer], shapes: Sequence[Shape], users: Counter[int], end: int) -> Fold:
    """The last layer up to `end` that is no normalisation, activation or pooling, or that others use too."""
    source, after = end, []
    while isinstance(layer := layers[source], Activate | Normalise | Same) or _pools_bits(layer, shapes):
        if source != end and users[source] != 1:
            break
        after.append(layer)
        source = layer.inputs[0]
    return Fold(source, tuple(reversed(after)))


def _pools_bits(layer: Layer, shapes: Sequence[Shape]) -> bool:
    """Whether a layer is a pooling that can be done on signs."""
    if not isinstance(layer, Pool) or layer.kind != "max":
        return False
    shape = shapes[layer.inputs[0]]
    return not layer.needs_edges(shape) and math.prod(layer.window(shape)) <= MOST_TAPS_OF_BITS
