"""Proof that a packed network decides as the module does, for every sum that any of its neurons could ever see.

A neuron of a packed layer knows only one whole number, its sum, and there are few of those: a product of K signs
has 2K + 1 at most. So all of them can be tried. Where all weights are equal and all decisions are equal, and the bits
that enter the layer are equal, the bits that leave it are; the rest is induction from the first packed layer on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from bnnlab.bits import PackedMatrix, Thresholds, threshold
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.module_signs import signs_after
from bnnlab.deploy.ops import (
    DenseOnSigns,
    FloatConv,
    FloatDense,
    PixelDense,
    SignConv,
    SignDense,
    XnorConv,
    XnorDense,
)
from bnnlab.deploy.stages import NORMS, PRODUCTS, leaves, on_cpu
from bnnlab.nn.layers import BinaryLayer

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
    """Try every sum of every neuron whose sign is decided by a threshold.

    Args:
        packed: A packed network.
        model: The module that it was packed from; it is asked as in evaluation mode, and not changed.

    Returns:
        One record for each layer with thresholds, in order.

    Raises:
        ValueError: If a packed layer has no counterpart in the module, or a layer without thresholds, of which there
            are no decisions to try, has other weights than its counterpart.
    """
    return tuple(proofs(packed, model))


def proofs(packed: PackedModel, model: nn.Module) -> Iterator[LayerProof]:
    """As `prove`, one layer after the other as they are done."""
    layers = _layers_with_norms(on_cpu(model))
    for node in packed.nodes:
        op = node.op
        layer, norms = layers.get(node.name, (None, []))
        if not isinstance(op, XnorDense | XnorConv | PixelDense) or op.values is None or op.rising is None:
            _check_same_weights(node.name, op, layer)
            continue
        if not isinstance(layer, BinaryLayer):
            raise ValueError(f"the module has no binary layer {node.name!r}")
        sums = _possible_sums(op, layer)
        yield LayerProof(
            layer=node.name,
            neurons=len(op.values),
            sums=len(sums),
            mismatches=_mismatches(op, Thresholds(op.values, op.rising), layer, norms, sums),
            wrong_weights=_wrong_weights(op, layer),
        )


def _check_same_weights(name: str, op: Any, layer: nn.Module | None) -> None:
    """Refuse a layer whose result stays numbers, if its weights are not those of its counterpart."""
    if isinstance(op, XnorDense | XnorConv | PixelDense | SignDense | SignConv):
        same = isinstance(layer, BinaryLayer) and _wrong_weights(op, layer) == 0
    elif isinstance(op, FloatDense | FloatConv | DenseOnSigns):
        weight = getattr(layer, "weight", None)
        same = weight is not None and np.array_equal(op.weight, weight.detach().numpy())
    else:
        return
    if not same:
        raise ValueError(f"layer {name!r} of the module has other weights than the packed one")


def _layers_with_norms(model: nn.Module) -> dict[str, tuple[nn.Module, list[nn.Module]]]:
    layers: dict[str, tuple[nn.Module, list[nn.Module]]] = {}
    name = ""
    for leaf, module in leaves(model):
        if isinstance(module, PRODUCTS):
            name = leaf
            layers[name] = (module, [])
        elif isinstance(module, NORMS) and name:
            layers[name][1].append(module)
    return layers


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
    if signs.size != (op.shape[1] * op.shape[2] * op.shape[3] if hasattr(op, "shape") else op.depth) * len(
        signs
    ):
        return signs.size
    if isinstance(op, XnorConv | SignConv):
        packed = PackedMatrix(op.words, signs.shape[1], "rows").unpack() > 0
    else:
        packed = PackedMatrix(op.words, op.depth, "columns").unpack().T > 0
    return int((packed != signs).sum())
