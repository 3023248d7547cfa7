"""What every exporter does first: leave nothing between a product and the sign that follows but one comparison.

A normalisation computed by another library rounds otherwise, and a sum that it should map to 0 exactly then falls on
the wrong side. So what is left of normalisations and factors before a sign becomes a comparison as well, found by
asking them (`bnnlab.deploy.folding`). And where a threshold falls, its neuron's weights and the threshold change their
signs, so that all of them rise.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import PackedMatrix
from bnnlab.deploy.folding import fold_numbers
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.node import INPUT, Node
from bnnlab.deploy.ops import (
    Activation,
    BatchNorm,
    CountsFromDots,
    FromPixels,
    Op,
    PackCompared,
    PackSigns,
    PixelDense,
    SignConv,
    SignDense,
    XnorConv,
    XnorDense,
)
from bnnlab.deploy.ops.bits import unpack_filters

Product = XnorDense | XnorConv | PixelDense

MONOTONE = (Activation, BatchNorm, CountsFromDots)
"""Operations on each number alone that keep the order of numbers, or turn it, or make all of them equal."""

SCALED = (SignConv, SignDense, XnorConv, XnorDense)
"""Operations that multiply what they give by their `alpha`, and by nothing else, at the end."""

WIDEST = 2.0**100
"""Beyond any sum, and still so small that factors and normalisations of it overflow nothing."""


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
    """The same network in which signs are taken of products alone, by `PackCompared`, or of what is no product."""
    uses = Counter(name for node in model.nodes for name in node.inputs)
    nodes = {node.name: node for node in model.nodes}
    for node in model.nodes:
        if not isinstance(node.op, PackSigns | PackCompared):
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
            compare = compare_after(
                alpha, [step.op for step in between], node.op, model.signals[node.name].shape[0]
            )
            nodes[node.name] = Node(node.name, compare, (name,))
    return replace(model, nodes=tuple(nodes.values()))


def compare_after(
    alpha: NDArray[np.float32] | None, ops: list[Op], last: PackSigns | PackCompared, channels: int
) -> PackCompared:
    """The comparison that says what `last` does after a factor, if there is one, and operations."""

    def signs(y: NDArray[np.float32]) -> NDArray[np.bool_]:
        if alpha is not None:
            y = y * alpha
        for op in ops:
            y = np.asarray(op.run(y))
        packed = last.run(y)
        assert isinstance(packed, PackedMatrix)
        return packed.unpack() > 0

    folded = fold_numbers(signs, channels, WIDEST)
    return PackCompared(folded.values, folded.rising)


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
