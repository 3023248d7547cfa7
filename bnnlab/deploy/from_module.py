"""A torch module read as a packed network: binary layers become words and thresholds, float layers stay.

The module is a chain. Each layer that multiplies is taken together with what follows it up to the next such layer:
batch normalisation, pooling, and perhaps the sign that the next layer takes of its input. Where a sign follows, all
of that folds into thresholds, and bits go on; where none does, numbers go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from bnnlab.bits import Thresholds
from bnnlab.deploy.folding import fold, fold_numbers
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.layer_ops import (
    floats_on_signs,
    normalisation,
    pair,
    product_of_numbers,
    product_of_signs,
    product_with_pixels,
    with_thresholds,
)
from bnnlab.deploy.module_signs import normalised_signs, signs_after
from bnnlab.deploy.node import INPUT, Node
from bnnlab.deploy.ops import (
    BitPool,
    Flatten,
    FromPixels,
    MaxPool,
    Op,
    PackCompared,
    PackSigns,
    Signal,
    Unpack,
)
from bnnlab.deploy.stages import NORMS, Stage, on_cpu, stages
from bnnlab.nn import BinaryLinear
from bnnlab.nn.layers import BinaryLayer


def build(
    model: nn.Module,
    input_shape: tuple[int, ...],
    divisor: float | None,
    offset: float,
    class_names: tuple[str, ...] | None,
) -> PackedModel:
    """See `PackedModel.from_module`."""
    model = on_cpu(model)
    builder = _Builder(input_shape, divisor, offset)
    for stage in stages(model):
        try:
            builder.add(stage)
        except (ValueError, RuntimeError) as error:  # torch raises the latter
            if repr(stage.name) in str(error):
                raise
            raise ValueError(f"layer {stage.name!r}: {error}") from error
    return PackedModel(tuple(builder.nodes), input_shape, tuple(class_names or ()))


class _Builder:
    """Adds nodes, and knows what the last of them gives."""

    def __init__(self, input_shape: tuple[int, ...], divisor: float | None, offset: float) -> None:
        self.nodes: list[Node] = []
        self.last = INPUT
        self.pixels = None if divisor is None else (float(divisor), float(offset))
        self.signal = Signal("numbers" if divisor is None else "pixels", input_shape)

    def add(self, stage: Stage) -> None:
        layer = stage.layer
        if isinstance(layer, BinaryLayer) and layer.input_binarizer is not None:
            if self.signal.kind != "bits":
                raise ValueError(f"layer {stage.name!r} takes the sign of the network's input, which is lost")
            self._add_product_of_signs(stage, layer)
        elif self.last == INPUT and self.pixels and isinstance(layer, BinaryLinear):
            self._add_product_with_pixels(stage, layer, *self.pixels)
        else:
            self._add_product_of_numbers(stage)
        if stage.flatten is not None and len(self.signal.shape) == 3:
            self._put(stage.flatten, Flatten())

    def _add_product_of_signs(self, stage: Stage, layer: BinaryLayer) -> None:
        most = np.full(len(layer.weight), layer.weight[0].numel(), np.int64)
        folded = _folded(stage, layer, -most, most, lambda sums: sums)
        self._put(stage.name, with_thresholds(product_of_signs(layer, self.signal.shape), folded))
        self._finish(stage)

    def _add_product_with_pixels(
        self, stage: Stage, layer: BinaryLinear, divisor: float, offset: float
    ) -> None:
        product = product_with_pixels(layer, divisor, offset)
        most = np.full(layer.out_features, 255 * layer.in_features, np.int64)
        folded = _folded(stage, layer, -most, most, product.exact)
        self._put(stage.name, with_thresholds(product, folded))
        self._finish(stage)

    def _add_product_of_numbers(self, stage: Stage) -> None:
        layer, packed = stage.layer, self.signal.kind == "bits"
        if packed and isinstance(layer, nn.Linear) and len(self.signal.shape) == 1:
            self._put(stage.name, floats_on_signs(layer))
            self._finish(stage)
            return
        if packed:
            self._put(f"{stage.name}.signs", Unpack())
        elif self.last == INPUT and self.pixels:
            self._put("numbers", FromPixels(*self.pixels))
        if stage.flattened and len(self.signal.shape) == 3:
            self._put(f"{stage.name}.row", Flatten())
        self._put(stage.name, product_of_numbers(layer))
        self._finish(stage)

    def _finish(self, stage: Stage) -> None:
        """What follows the product: pooling alone where the rest is folded, all of it where numbers go on.

        Numbers whose sign is taken are compared with thresholds as soon as no pooling stands before a
        normalisation any more: of bits, pooling is cheap.
        """
        is_norm = [isinstance(module, NORMS) for _, module in stage.after]
        for position, (name, module) in enumerate(stage.after):
            norms = [norm for _, norm in stage.after[position:] if isinstance(norm, NORMS)]
            only_norms_first = is_norm[position:] == sorted(is_norm[position:], reverse=True)
            if stage.signed and self.signal.kind != "bits" and only_norms_first:
                self._pack(stage, norms)
            if isinstance(module, nn.MaxPool2d):
                self._add_pool(name, module, falling(norms))
            elif self.signal.kind != "bits":
                self._put(name, normalisation(module))
        if stage.signed and self.signal.kind != "bits":
            self._pack(stage, [])

    def _pack(self, stage: Stage, norms: Sequence[nn.Module]) -> None:
        """The sign of numbers `(n, channels, ...)` after normalisations: a comparison of each."""
        op: Op = PackSigns()
        if norms:
            folded = fold_numbers(lambda numbers: normalised_signs(norms, numbers), self.signal.shape[0])
            op = PackCompared(folded.values, folded.rising)
        self._put(f"{stage.name}.bits", op)

    def _add_pool(self, name: str, pool: nn.MaxPool2d, falling: NDArray[np.bool_] | None) -> None:
        size, stride, padding = (pair(value) for value in (pool.kernel_size, pool.stride, pool.padding))
        if pool.ceil_mode or pair(pool.dilation) != (1, 1):
            raise ValueError(f"layer {name!r} pools with ceil_mode or dilation, which cannot be packed")
        if self.signal.kind == "bits":
            self._put(name, BitPool(size, stride, padding, falling))
        else:
            self._put(name, MaxPool(size, stride, padding))

    def _put(self, name: str, op: Op) -> None:
        node = Node(name, op, (self.last,))
        self.signal, _ = node.trace({self.last: self.signal})
        self.nodes.append(node)
        self.last = name


def falling(norms: Sequence[Any]) -> NDArray[np.bool_] | None:
    """Where normalisations after a maximum turn its order round, so that the sign is that of the minimum."""
    turned = [(norm.weight < 0).numpy() for norm in norms if norm.weight is not None]
    if not turned:
        return None
    down: NDArray[np.bool_] = np.logical_xor.reduce(turned)
    return down if down.any() else None


def _folded(
    stage: Stage,
    layer: BinaryLayer,
    lowest: NDArray[np.int64],
    highest: NDArray[np.int64],
    numbers: Callable[[NDArray[np.int64]], NDArray[Any]],
) -> Thresholds | None:
    """The thresholds of the layer's integer sums, if a sign follows; `numbers` are what the layer makes of sums."""
    if not stage.signed:
        return None
    return fold(lambda sums: signs_after(layer, stage.norms, numbers(sums)), lowest, highest)
