"""Counting what a network takes: the same layers, weights and multiplications, as a torch module or packed.

A convolution does as many multiplications as it has weights, at every pixel of its output; a dense layer is one of a
single pixel. Padding is counted like any other input. What stands between two layers that multiply (normalisation,
scaling, pooling) is counted with the first of them, and its few additions are not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bnnlab.deploy.arguments import check_type, checked_sizes
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.ops import (
    BatchNorm,
    DenseOnSigns,
    FloatConv,
    FloatDense,
    Op,
    PixelDense,
    SignConv,
    SignDense,
    XnorConv,
    XnorDense,
)
from bnnlab.records import LayerSummary, Macs, NetworkSummary

if TYPE_CHECKING:
    from torch import nn

PRECISIONS: dict[type[Op], str] = {
    XnorDense: "bit_bit",
    XnorConv: "bit_bit",
    PixelDense: "byte_bit",
    SignDense: "float_bit",
    SignConv: "float_bit",
    FloatDense: "float_float",
    FloatConv: "float_float",
    DenseOnSigns: "float_float",
}
"""What the operations multiply: a field of `Macs`. Those that are not here multiply nothing."""


def summary(
    model: PackedModel | nn.Module, input_shape: tuple[int, ...] | None = None, *, pixels: bool = True
) -> NetworkSummary:
    """Count a network's weights, memory and multiplications, layer by layer.

    A module and the packed network made of it agree in names, shapes, weights and multiplications. Packing folds
    normalisations into thresholds and latent weights into bits, so `float_values`, `foldable`, `thresholds` and
    `stored_bytes` differ. A threshold no longer tells whether there was a normalisation before it: `float32_bytes` of
    the packed network counts one for each.

    Args:
        model: A packed network, or a torch module of any structure.
        input_shape: Shape of one example of a module; as in `PackedModel.from_module`, some modules tell.
        pixels: Whether a module's examples stand for bytes, as `PackedModel.from_module` assumes: a first dense
            layer of binary weights then multiplies them.

    Raises:
        TypeError: If `model` is neither.
        ValueError: If `input_shape` is impossible, or missing and the module does not tell, if the module cannot run on
            it, or has a layer whose multiplications are not known here.
    """
    if isinstance(model, PackedModel):
        return _of_packed(model)
    from torch import nn

    from bnnlab.deploy.stages import known_input_shape

    check_type("model", model, "a PackedModel or a torch module", PackedModel, nn.Module)
    if input_shape is None:
        shape = known_input_shape(model)
    else:
        shape = checked_sizes("input_shape", input_shape, "a tuple of whole numbers from 1 on", range(1, 9))
    return _of_module(model, shape, pixels)


@dataclass
class _Row:
    """A layer being counted."""

    name: str
    kind: str = "dense"
    output_shape: tuple[int, ...] = ()
    depth: int = 0
    binary_weights: int = 0
    float_values: int = 0
    foldable: int = 0
    thresholds: int = 0
    float32_values: int = 0
    stored_bytes: int = 0
    macs: list[Macs] = field(default_factory=list)

    def add_product(self, shape: tuple[int, ...], weights: int, precision: str) -> None:
        """Count what a layer multiplies that gives `shape`, with so many weights."""
        outputs = shape[0]
        self.kind = "convolution" if len(shape) == 3 else "dense"
        self.output_shape, self.depth = shape, weights // outputs
        self.macs.append(Macs(**{precision: weights * math.prod(shape[1:])}))

    def add_floats(self, count: int, foldable: int = 0) -> None:
        """Count numbers that a float network has too."""
        self.float_values += count
        self.foldable += foldable
        self.float32_values += count - foldable

    def finished(self) -> LayerSummary:
        return LayerSummary(
            self.name, self.kind, self.output_shape, self.depth, self.binary_weights, self.float_values,
            self.foldable, self.thresholds, Macs.sum(self.macs), self.stored_bytes, 4 * self.float32_values,
        )  # fmt: skip


class _Rows:
    """The layers so far. What comes before the first that multiplies belongs to it."""

    def __init__(self) -> None:
        self.all: list[_Row] = []
        self.current = _Row("")

    def begin(self, name: str) -> None:
        """From here on, everything belongs to a layer of this name."""
        if self.all:
            self.current = _Row("")
        self.current.name = name
        self.all.append(self.current)

    def finished(self, input_shape: tuple[int, ...], packed: bool) -> NetworkSummary:
        return NetworkSummary(tuple(row.finished() for row in self.all), input_shape, packed)


def _of_packed(model: PackedModel) -> NetworkSummary:
    rows = _Rows()
    for node in model.nodes:
        precision = PRECISIONS.get(type(node.op))
        if precision:
            rows.begin(node.name)
            rows.current.add_product(model.signals[node.name].shape, _weights(node.op), precision)
        _add_arrays(rows.current, node.op)
    return rows.finished(model.input_shape, packed=True)


def _weights(op: Any) -> int:
    """How many weights an operation multiplies with."""
    if isinstance(op, FloatDense | FloatConv | DenseOnSigns):
        return op.weight.size
    return math.prod(op.shape) if isinstance(op, XnorConv | SignConv) else op.depth * op.words.shape[1]


def _add_arrays(row: _Row, op: Op) -> None:
    arrays = op.tensors()
    row.stored_bytes += sum(array.nbytes for array in arrays.values())
    if isinstance(op, BatchNorm):
        row.add_floats(4 * op.gamma.size, foldable=2 * op.gamma.size)
        return
    for name, array in arrays.items():
        if name == "words":
            row.binary_weights += _weights(op)
            row.float32_values += _weights(op)
        elif name == "values":
            row.thresholds += array.size
            row.float32_values += 2 * array.size
        elif name == "alpha":  # no float network has it: it makes up for the weights' lost size
            row.float_values += array.size
        elif array.dtype == np.float32:
            row.add_floats(array.size)


def _of_module(model: nn.Module, input_shape: tuple[int, ...], pixels: bool) -> NetworkSummary:
    import torch

    from bnnlab.nn.inference import inference

    rows = _Rows()
    known: dict[nn.Module, _Row] = {}

    def count(module: nn.Module, _inputs: Any, output: Any) -> None:
        precision = _precision(module, first=not rows.all, pixels=pixels)
        if module not in known:
            if precision:
                rows.begin(names[module])
            known[module] = rows.current
            _add_parameters(rows.current, module)
        if precision:
            weights: Any = module.weight
            known[module].add_product(tuple(output.shape[1:]), weights.numel(), precision)

    names = {module: name or "model" for name, module in _leaves(model)}
    handles = [module.register_forward_hook(count) for module in names]
    some = next(model.parameters(), torch.empty(0))
    try:
        with inference(model):
            model(torch.zeros(1, *input_shape, device=some.device, dtype=some.dtype))
    except RuntimeError as error:
        raise ValueError(
            f"the model does not run on examples of input_shape {input_shape}: {error}"
        ) from None
    finally:
        for handle in handles:
            handle.remove()
    return rows.finished(input_shape, packed=False)


def _leaves(model: nn.Module, name: str = "") -> list[tuple[str, nn.Module]]:
    """The modules that compute, with their names."""
    children = list(model.named_children())
    if not children:
        return [(name, model)]
    return [leaf for child, module in children for leaf in _leaves(module, f"{name}.{child}".lstrip("."))]


def _precision(module: nn.Module, first: bool, pixels: bool) -> str | None:
    """Which field of `Macs` a module's products belong to; None if it has none.

    Raises:
        ValueError: If that is not known.
    """
    from torch import nn

    from bnnlab.nn.layers import BinaryLayer, BinaryLinear

    if isinstance(module, BinaryLayer):
        if not module.weight_binarizer.gives_signs:
            return "float_float"
        if module.counts_bits:
            return "bit_bit"
        return "byte_bit" if first and pixels and isinstance(module, BinaryLinear) else "float_bit"
    if isinstance(module, nn.Linear | nn.Conv1d | nn.Conv2d | nn.Conv3d):
        return "float_float"
    if any(parameter.ndim > 1 for parameter in module.parameters()):
        raise ValueError(
            f"layer of type {type(module).__name__} multiplies in a way that is not counted here"
        )
    return None


def _add_parameters(row: _Row, module: nn.Module) -> None:
    from torch.nn.modules.batchnorm import _BatchNorm

    from bnnlab.nn.layers import BinaryLayer

    numbers = [*module.parameters(), *(each for each in module.buffers() if each.is_floating_point())]
    count = sum(each.numel() for each in numbers)
    row.stored_bytes += sum(each.numel() * each.element_size() for each in numbers)
    if isinstance(module, BinaryLayer) and module.weight_binarizer.gives_signs:
        row.binary_weights += count
        row.float32_values += count
    elif isinstance(module, _BatchNorm):
        row.add_floats(count, foldable=count - 2 * module.num_features)
    else:
        row.add_floats(count)
