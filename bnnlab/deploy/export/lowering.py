"""What every exporter does first: leave nothing between a product and the sign that follows but one comparison.

A normalisation computed by another library rounds otherwise, and a sum that it should map to 0 exactly then falls on
the wrong side. So a normalisation of numbers whose sign is taken becomes a threshold as well, a float here. It is
found as in `bnnlab.deploy.folding`, by asking the normalisation itself, since floats have an order that integers can
count. And where a threshold falls, its neuron's weights and the threshold change their signs, so that all of them rise.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import PackedMatrix, pack_images, pack_rows
from bnnlab.deploy.folding import fold
from bnnlab.deploy.graph import INPUT, Node, PackedModel
from bnnlab.deploy.ops import (
    BatchNorm,
    FromPixels,
    Op,
    PackSigns,
    PixelDense,
    SignConv,
    SignDense,
    Value,
    XnorConv,
    XnorDense,
)
from bnnlab.deploy.ops.bits import unpack_filters

Product = XnorDense | XnorConv | PixelDense

MONOTONE = (BatchNorm,)
"""Operations on each number alone that keep the order of numbers, or turn it, or make all of them equal."""

SCALED = (SignConv, SignDense, XnorConv, XnorDense)
"""Operations that multiply what they give by their `alpha`, and by nothing else, at the end."""

HIGHEST = 2.0**100
"""Beyond any sum; normalising it overflows nothing."""


@dataclass(frozen=True, eq=False)
class CompareNumbers(Op):
    """Numbers to packed signs, by a threshold for each channel. Made for exporting; no file holds it.

    Attributes:
        values: `(channels,)` float32.
        rising: `(channels,)` bool: +1 where the number is at least the value, or, not rising, at most.
    """

    values: NDArray[np.float32]
    rising: NDArray[np.bool_]

    def run(self, x: NDArray[np.float32]) -> Value:
        """`(n, channels)` or `(n, channels, height, width)` numbers, packed."""
        shape = (-1,) + (1,) * (x.ndim - 2)
        values, rising = self.values.reshape(shape), self.rising.reshape(shape)
        plus = np.where(rising, x >= values, x <= values)
        return pack_images(plus) if x.ndim == 4 else pack_rows(plus)


@dataclass(frozen=True, eq=False)
class Comparison:
    """A product of which every output that is a sign is +1 where ``sum >= limit``.

    Attributes:
        signs: -1 and +1, outputs first: `(outputs, depth)`, or `(filters, channels, height, width)`.
        limits: `(outputs,)` int64, or None where sums go on as numbers.
        largest: No sum is larger, nor smaller than its negative.
    """

    signs: NDArray[np.int8]
    limits: NDArray[np.int64] | None
    largest: int


def lowered(model: PackedModel) -> PackedModel:
    """The same network with `CompareNumbers` for every normalisation, or factor, that only a sign follows."""
    uses = Counter(name for node in model.nodes for name in node.inputs)
    nodes, sizes = {node.name: node for node in model.nodes}, shapes(model)
    for node in model.nodes:
        if not isinstance(node.op, PackSigns):
            continue
        between: list[Node] = []
        (name,) = node.inputs
        while name in nodes and uses[name] == 1 and isinstance(nodes[name].op, MONOTONE):
            between.insert(0, nodes.pop(name))
            (name,) = between[0].inputs
        alpha, source = None, nodes.get(name)
        if source and uses[name] == 1 and isinstance(source.op, SCALED) and source.op.alpha is not None:
            alpha = source.op.alpha
            nodes[name] = replace(source, op=replace(source.op, alpha=None))
        if between or alpha is not None:
            compare = compare_after([step.op for step in between], alpha, sizes[node.name][0])
            nodes[node.name] = Node(node.name, compare, (name,))
    return replace(model, nodes=tuple(nodes.values()))


def compare_after(ops: list[Op], alpha: NDArray[np.float32] | None, channels: int) -> CompareNumbers:
    """The comparison that says the sign after a factor, if there is one, and operations."""

    def signs(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        y = floats_of(keys)
        if alpha is not None:
            y = y * alpha
        for op in ops:
            y = np.asarray(op.run(y))
        return np.asarray(y >= 0)

    highest = np.full(channels, int(np.float32(HIGHEST).view(np.int32)), np.int64)
    folded = fold(signs, -highest, highest)
    return CompareNumbers(floats_of(folded.values), folded.rising)


def floats_of(keys: NDArray[np.integer]) -> NDArray[np.float32]:
    """Floats in the order of their keys: key k > 0 is the k-th float above 0, and -k its negative."""
    magnitudes = np.abs(keys).astype(np.int32).view(np.float32)
    floats: NDArray[np.float32] = np.where(keys < 0, -magnitudes, magnitudes)
    return floats


def comparison(op: Product) -> Comparison:
    """A binary product with rising thresholds only.

    Thresholds that no sum, or every sum, meets are brought next to the sums that there are.
    """
    if isinstance(op, XnorConv):
        signs, largest = unpack_filters(op.words, op.shape), int(np.prod(op.shape[1:]))
    else:
        signs = np.ascontiguousarray(PackedMatrix(op.words, op.depth, "columns").unpack().T)
        largest = op.depth * (255 if isinstance(op, PixelDense) else 1)
    if op.values is None or op.rising is None:
        return Comparison(signs, None, largest)
    directions = np.where(op.rising, 1, -1)
    signs = signs * directions.astype(np.int8).reshape((-1,) + (1,) * (signs.ndim - 1))
    return Comparison(signs, np.clip(op.values * directions, -largest, largest + 1), largest)


def normalisation(op: BatchNorm) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A normalisation as ``y = x * factor + shift``: the factor and the shift of each channel."""
    factors = op.gamma / np.sqrt(op.variance + np.float32(op.eps))
    return factors, op.beta - op.mean * factors


def takes_pixels(model: PackedModel) -> bool:
    """Whether all that is done to the network's input is known for uint8 pixels."""
    readers = [node.op for node in model.nodes if INPUT in node.inputs]
    return all(isinstance(op, FromPixels | PixelDense) for op in readers)


def shapes(model: PackedModel) -> dict[str, tuple[int, ...]]:
    """The shape of one example of every value, by node name; found by running the network on nothing but 0."""
    kind = np.uint8 if takes_pixels(model) else np.float32
    values = model.values(np.zeros((1, *model.input_shape), kind))
    return {name: tuple(value.shape[1:]) for name, value in values.items()}
