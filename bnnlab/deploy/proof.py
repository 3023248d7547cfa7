"""Proof that a packed network decides as the module does, for every sum that any of its neurons could ever see.

A neuron of a packed layer knows only one whole number, its sum, and there are few of those: a product of K signs
has 2K + 1 at most. So all of them can be tried. Where all weights are equal and all decisions are equal, and the bits
that enter the layer are equal, the bits that leave it are; the rest is induction from the first packed layer on.
What decides no sign by a whole number is compared with what the module packs to now. How the layers are put together
is not proved but tried: both answer random examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bnnlab.bits import PackedMatrix, Thresholds, threshold
from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.from_module import build
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.module_signs import signs_after
from bnnlab.deploy.node import Node
from bnnlab.deploy.ops import PixelDense, XnorConv, XnorDense
from bnnlab.deploy.stages import on_cpu, stages
from bnnlab.nn.inference import inference
from bnnlab.nn.layers import BinaryLayer

EXAMPLES, MOST_SAME = 64, 0.9
"""Random examples that both answer, and the share of them that must be answered alike."""

MOST_AT_ONCE = 4_000_000
"""Decisions compared in one step; bounds the memory."""


@dataclass(frozen=True, slots=True)
class LayerProof:
    """What was compared in one layer.

    Attributes:
        layer: Its name.
        neurons: Outputs, or filters.
        sums: Whole numbers tried for each of them.
        mismatches: Decisions, of neurons times sums, that differ.
        wrong_weights: Weights whose packed sign is not the module's.
    """

    layer: str
    neurons: int
    sums: int
    mismatches: int
    wrong_weights: int

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return self.mismatches == self.wrong_weights == 0


def prove(packed: PackedModel, model: nn.Module) -> tuple[LayerProof, ...]:
    """Try every sum of every neuron whose sign is decided by a threshold, and compare all else with a new packing.

    Args:
        packed: A packed network.
        model: The module that it was packed from; it is asked as in evaluation mode, and not changed.

    Returns:
        One record for each layer with thresholds of whole numbers, in order.

    Raises:
        TypeError: If `packed` is no `PackedModel`, or `model` no torch module.
        ValueError: If anything else differs from what the module packs to: an operation, its input, a number of it;
            if both answer random examples in different ways; or if the module cannot be packed.
    """
    return tuple(proofs(packed, model))


def proofs(packed: PackedModel, model: nn.Module) -> Iterator[LayerProof]:
    """As `prove`, one layer after the other as they are done."""
    check_type("packed", packed, "a PackedModel", PackedModel)
    check_type("model", model, "a torch module", nn.Module)
    model = on_cpu(model)
    of_layer, again = {stage.name: stage for stage in stages(model)}, _packed_again(packed, model)
    holds = True
    for node, counterpart in zip(packed.nodes, again, strict=True):
        op = node.op
        if not isinstance(op, XnorDense | XnorConv | PixelDense) or op.values is None or op.rising is None:
            _check_same(node, counterpart)
            continue
        _check_same(node, counterpart, but=("words", "values", "rising"))
        layer, norms = of_layer[node.name].layer, of_layer[node.name].norms
        assert isinstance(layer, BinaryLayer)
        sums = _possible_sums(op, layer)
        proof = LayerProof(
            layer=node.name,
            neurons=len(op.values),
            sums=len(sums),
            mismatches=_mismatches(op, Thresholds(op.values, op.rising), layer, norms, sums),
            wrong_weights=_wrong_weights(op, layer),
        )
        holds &= proof.holds
        yield proof
    if holds:
        _check_answers(packed, model)


def _packed_again(packed: PackedModel, model: nn.Module) -> tuple[Node, ...]:
    divisor, offset = packed.pixels or (None, 0.0)
    nodes = build(model, packed.input_shape, divisor, offset, None).nodes
    for ours, theirs in zip_longest(packed.nodes, nodes):
        known, other = (
            "nothing"
            if node is None
            else f"{node.name!r} ({type(node.op).__name__}) on {', '.join(node.inputs)}"
            for node in (ours, theirs)
        )
        if known != other:
            raise ValueError(f"packed must be of this module, but has {known} where that packs to {other}")
    return nodes


def _check_answers(packed: PackedModel, model: nn.Module) -> None:
    """Refuse a network that is put together in another way than the module.

    Float sums that are rounded in another order may turn a sign, very rarely; another network turns many.
    """
    rng, shape = np.random.default_rng(0), (EXAMPLES, *packed.input_shape)
    x = rng.standard_normal(shape, np.float32)
    if packed.pixels is not None:
        divisor, offset = packed.pixels
        x = (rng.integers(0, 256, shape) / divisor + offset).astype(np.float32)
    with inference(model):
        expected = model(torch.from_numpy(x)).numpy()
    same = np.isclose(packed.logits(x), expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max()).all(axis=1)
    if same.mean() < MOST_SAME:
        raise ValueError(
            f"packed must answer as the module, but of {EXAMPLES} random examples it answers {same.sum()} so"
        )


def _check_same(node: Node, expected: Node, but: tuple[str, ...] = ()) -> None:
    """Refuse an operation that is not the one expected, in anything but the numbers in the fields of `but`."""
    for name in (field.name for field in fields(expected.op)):
        ours, theirs = getattr(node.op, name), getattr(expected.op, name)
        if not (np.shape(ours) == np.shape(theirs) if name in but else np.array_equal(ours, theirs)):
            raise ValueError(f"node {node.name!r} has other {name} than the module packs to")


def _possible_sums(op: Any, layer: BinaryLayer) -> NDArray[np.int64]:
    depth = layer.weight[0].numel()
    if isinstance(op, PixelDense):
        return np.arange(-255 * depth, 255 * depth + 1)
    # K products of +-1 have the parity of K; with a padding of 0 some of them count nothing.
    zeros = isinstance(op, XnorConv) and op.pad_value == 0 and tuple(op.padding) != (0, 0)
    return np.arange(-depth, depth + 1, 1 if zeros else 2)


def _mismatches(
    op: Any, thresholds: Thresholds, layer: BinaryLayer, norms: list[nn.Module], sums: NDArray[np.int64]
) -> int:
    wrong = 0
    rows = max(1, MOST_AT_ONCE // len(thresholds))
    for start in range(0, len(sums), rows):
        tried = np.repeat(sums[start : start + rows, None], len(thresholds), axis=1)
        decided = threshold(tried.astype(np.int32), thresholds).unpack() > 0
        numbers = op.exact(tried) if isinstance(op, PixelDense) else tried
        wrong += int((decided != signs_after(layer, norms, numbers)).sum())
    return wrong


def _wrong_weights(op: Any, layer: BinaryLayer) -> int:
    signs = layer.binary_weight.flatten(1).numpy() > 0
    if isinstance(op, XnorConv):
        packed = PackedMatrix(op.words, signs.shape[1], "rows").unpack() > 0
    else:
        packed = PackedMatrix(op.words, op.depth, "columns").unpack().T > 0
    return int((packed != signs).sum())
