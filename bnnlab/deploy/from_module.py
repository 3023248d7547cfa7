"""A torch module read as a packed network: binary layers become words and thresholds, float layers stay.

The module is a chain. Each layer that multiplies is taken together with what follows it up to the next such layer:
batch normalisation, pooling, and perhaps the sign that the next layer takes of its input. Where a sign follows, all
of that folds into thresholds, and bits go on; where none does, numbers go on.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bnnlab.bits import Thresholds, pack_columns
from bnnlab.deploy.folding import fold, fold_numbers
from bnnlab.deploy.graph import INPUT, Node, PackedModel
from bnnlab.deploy.ops import (
    BatchNorm,
    BitPool,
    DenseOnSigns,
    Flatten,
    FloatConv,
    FloatDense,
    FromPixels,
    MaxPool,
    Op,
    PackCompared,
    PackSigns,
    PixelDense,
    Signal,
    SignConv,
    SignDense,
    Unpack,
    XnorConv,
    XnorDense,
)
from bnnlab.deploy.ops.bits import pack_filters
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLinear
from bnnlab.nn.layers import BinaryLayer

PRODUCTS = (nn.Linear, nn.Conv2d, BinaryLinear, BinaryConv2d)
NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)
IGNORED = (nn.Identity, nn.Dropout)  # nothing in evaluation mode
LEAVES = (*PRODUCTS, *NORMS, *IGNORED, nn.MaxPool2d, nn.Flatten, BinaryActivation)


@dataclass
class Stage:
    """A layer that multiplies, and what follows it up to the next.

    Attributes:
        name: Of the layer.
        layer: The layer.
        flattened: Whether one example of the layer's input is an image that is laid out in one row.
        after: Normalisations and poolings, with their names, in order.
        signed: Whether the sign of the result is taken.
    """

    name: str
    layer: nn.Module
    flattened: bool = False
    after: list[tuple[str, nn.Module]] = field(default_factory=list)
    signed: bool = False


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
    for stage in _stages(model):
        builder.add(stage)
    return PackedModel(tuple(builder.nodes), input_shape, tuple(class_names or ()))


def on_cpu(model: nn.Module) -> nn.Module:
    """The model itself, or a copy of it where it lies on another device."""
    elsewhere = any(not (each.is_cpu or each.is_meta) for each in model.parameters())
    return copy.deepcopy(model).cpu() if elsewhere else model


def known_input_shape(model: nn.Module) -> tuple[int, ...]:
    """The shape of one example, from the model itself.

    Raises:
        ValueError: If the model does not tell it.
    """
    if isinstance(known := getattr(model, "input_shape", None), tuple):
        return known
    first = next((layer for _, layer in leaves(model) if isinstance(layer, PRODUCTS)), None)
    if isinstance(first, nn.Linear | BinaryLinear):
        return (first.in_features,)
    raise ValueError(
        "input_shape must be given, such as (1, 28, 28): the first layer that multiplies is "
        f"{'missing' if first is None else 'a ' + type(first).__name__}, which does not tell the size of an image"
    )


def leaves(model: nn.Module, prefix: str = "") -> Iterator[tuple[str, nn.Module]]:
    """The layers of nested sequences in order, with their names; one that stands twice comes twice.

    Raises:
        ValueError: If the model is more than a sequence, since what happens between its layers cannot be seen, or a
            layer is of an unknown kind, computes in its own way, or holds numbers that cannot be packed.
    """
    children = model._modules.items() if _is_sequence(model) else [("model", model)]
    for name, child in children:
        if child is None:
            continue
        if _is_sequence(child):
            yield from leaves(child, f"{prefix}{name}.")
        else:
            _check_leaf(f"{prefix}{name}", child)
            yield f"{prefix}{name}", child


def _is_sequence(module: nn.Module | None) -> bool:
    return isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward


def _check_leaf(name: str, layer: nn.Module) -> None:
    kinds = [kind for kind in LEAVES if isinstance(layer, kind)]
    if not any(type(layer).forward is kind.forward for kind in kinds):
        own = " with a forward method of its own" if kinds or isinstance(layer, nn.Sequential) else ""
        raise ValueError(f"layer {name!r} is a {type(layer).__name__}{own}, which cannot be packed")
    if layer._forward_hooks or layer._forward_pre_hooks:
        raise ValueError(f"layer {name!r} has hooks, which may change what it computes: remove them first")
    for parameter in layer.parameters():
        if parameter.dtype != torch.float32 or parameter.is_meta:
            found = "no values" if parameter.is_meta else str(parameter.dtype)
            raise ValueError(f"layer {name!r} must hold float32 numbers, it holds {found}")
    if isinstance(layer, NORMS) and layer.running_mean is None:
        raise ValueError(f"layer {name!r} keeps no running statistics, so it has no thresholds")


def _stages(model: nn.Module) -> list[Stage]:
    stages: list[Stage] = []
    flattened = False
    for name, layer in leaves(model):
        if isinstance(layer, PRODUCTS):
            stages.append(Stage(name, layer, flattened))
            flattened = False
        elif isinstance(layer, nn.Flatten):
            flattened = True
        elif isinstance(layer, IGNORED):
            pass
        elif not stages:
            raise ValueError(f"layer {name!r} stands before the first layer that multiplies")
        elif isinstance(layer, BinaryActivation):
            stages[-1].signed = True
        elif stages[-1].signed or (flattened and isinstance(layer, nn.MaxPool2d)):
            raise ValueError(f"layer {name!r} follows a sign or a flattening; only another product may")
        else:
            stages[-1].after.append((name, layer))
    if not stages:
        raise ValueError("the model has no layer that multiplies")
    for stage, following in pairwise(stages):
        if isinstance(following.layer, BinaryLayer):
            stage.signed |= following.layer.input_binarizer is not None
    return stages


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

    def _add_product_of_signs(self, stage: Stage, layer: BinaryLayer) -> None:
        most = np.full(len(layer.weight), layer.weight[0].numel(), np.int64)
        folded = _folded(stage, layer, -most, most, lambda sums: sums)
        self._put(stage.name, _xnor_op(layer, self.signal.shape, folded))
        self._finish(stage, folded)

    def _add_product_with_pixels(
        self, stage: Stage, layer: BinaryLinear, divisor: float, offset: float
    ) -> None:
        signs = layer.binary_weight.numpy()
        most = np.full(len(signs), 255 * signs.shape[1], np.int64)
        unfolded = PixelDense(pack_columns(signs.T).words, signs.shape[1], divisor, offset)
        folded = _folded(stage, layer, -most, most, unfolded.exact)
        values, rising = _fields(folded)
        self._put(stage.name, replace(unfolded, values=values, rising=rising, alpha=_alpha(layer, folded)))
        self._finish(stage, folded)

    def _add_product_of_numbers(self, stage: Stage) -> None:
        layer, packed = stage.layer, self.signal.kind == "bits"
        if packed and isinstance(layer, nn.Linear) and len(self.signal.shape) == 1:
            bias = np.zeros(len(layer.weight), np.float32) if layer.bias is None else _array(layer.bias)
            self._put(stage.name, DenseOnSigns(_array(layer.weight), bias))
            self._finish(stage, None)
            return
        if packed:
            self._put(f"{stage.name}.signs", Unpack())
        elif self.last == INPUT and self.pixels:
            self._put("numbers", FromPixels(*self.pixels))
        if stage.flattened and len(self.signal.shape) == 3:
            self._put(f"{stage.name}.row", Flatten())
        self._put(stage.name, _float_op(layer))
        self._finish(stage, None)

    def _finish(self, stage: Stage, folded: Thresholds | None) -> None:
        """What follows the product: pooling alone where the rest is folded, all of it where numbers go on.

        Numbers whose sign is taken are compared with thresholds as soon as no pooling stands before a
        normalisation any more: of bits, pooling is cheap.
        """
        is_norm = [isinstance(module, NORMS) for _, module in stage.after]
        for position, (name, module) in enumerate(stage.after):
            rest = stage.after[position:]
            only_norms_first = is_norm[position:] == sorted(is_norm[position:], reverse=True)
            if stage.signed and self.signal.kind != "bits" and only_norms_first:
                self._pack(stage, [norm for _, norm in rest if isinstance(norm, NORMS)])
            if isinstance(module, nn.MaxPool2d):
                self._add_pool(name, module, folded, before_norm=any(is_norm[position:]))
            elif self.signal.kind != "bits":
                self._put(name, _norm_op(module))
        if stage.signed and self.signal.kind != "bits":
            self._pack(stage, [])

    def _pack(self, stage: Stage, norms: Sequence[nn.Module]) -> None:
        """The sign of numbers `(n, channels, ...)` after normalisations: a comparison of each."""
        op: Op = PackSigns()
        if norms:
            folded = fold_numbers(lambda numbers: normalised_signs(norms, numbers), self.signal.shape[0])
            op = PackCompared(folded.values, folded.rising)
        self._put(f"{stage.name}.bits", op)

    def _add_pool(self, name: str, pool: nn.MaxPool2d, folded: Thresholds | None, before_norm: bool) -> None:
        size, stride, padding = (_pair(value) for value in (pool.kernel_size, pool.stride, pool.padding))
        if pool.ceil_mode or _pair(pool.dilation) != (1, 1):
            raise ValueError(f"layer {name!r} pools with ceil_mode or dilation, which cannot be packed")
        if self.signal.kind == "bits":
            falling = (
                ~folded.rising if folded is not None and before_norm and not folded.rising.all() else None
            )
            self._put(name, BitPool(size, stride, padding, falling))
        else:
            self._put(name, MaxPool(size, stride, padding))

    def _put(self, name: str, op: Op) -> None:
        node = Node(name, op, (self.last,))
        self.signal, _ = node.trace({self.last: self.signal})
        self.nodes.append(node)
        self.last = name


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
    norms = [module for _, module in stage.after if isinstance(module, NORMS)]
    return fold(lambda sums: signs_after(layer, norms, numbers(sums)), lowest, highest)


def signs_after(layer: BinaryLayer, norms: Sequence[nn.Module], sums: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether the sign is +1 after a layer's sums `(rows, outputs)` were scaled and normalised, as torch does it."""
    numbers = np.asarray(sums, np.float32)
    return normalised_signs(norms, numbers * layer.alpha.numpy() if layer.scale else numbers)


def normalised_signs(norms: Sequence[nn.Module], numbers: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether the sign of each number `(rows, channels)` is +1 after it was normalised, as torch does it."""
    with torch.no_grad():
        y = torch.from_numpy(numbers)
        for norm in norms:
            y = _normalised(norm, y)
        positive: NDArray[np.bool_] = (y >= 0).numpy()
    return positive


def _normalised(norm: Any, y: Tensor) -> Tensor:
    return functional.batch_norm(y, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps)


def _xnor_op(layer: BinaryLayer, shape: tuple[int, ...], folded: Thresholds | None) -> Op:
    signs, alpha = (layer.weight.detach() >= 0).numpy(), _alpha(layer, folded)
    if isinstance(layer, BinaryConv2d):
        return XnorConv(
            pack_filters(signs), signs.shape, layer.stride, layer.padding, layer.dilation,
            int(layer.pad_value), layer.groups, *_fields(folded), alpha,
        )  # fmt: skip
    if len(shape) == 3:  # an image laid out in a row: filters as large as it is
        signs = signs.reshape(-1, *shape)
        values, rising = _fields(folded)
        return XnorConv(
            pack_filters(signs), signs.shape, values=values, rising=rising, alpha=alpha, flat=True
        )
    return XnorDense(pack_columns(signs.T).words, signs.shape[1], *_fields(folded), alpha)


def _float_op(layer: nn.Module) -> Op:
    if isinstance(layer, BinaryConv2d):
        signs = (layer.weight.detach() >= 0).numpy()
        return SignConv(
            pack_filters(signs), signs.shape, layer.stride, layer.padding, layer.dilation, layer.pad_value,
            layer.groups, _alpha(layer, None),
        )  # fmt: skip
    if isinstance(layer, BinaryLinear):
        signs = (layer.weight.detach() >= 0).numpy()
        return SignDense(pack_columns(signs.T).words, signs.shape[1], _alpha(layer, None))
    if isinstance(layer, nn.Conv2d):
        if layer.padding_mode != "zeros" or isinstance(layer.padding, str):
            raise ValueError("a float convolution must pad with zeros, by numbers of pixels")
        return FloatConv(
            _array(layer.weight), _optional(layer.bias), _pair(layer.stride), _pair(layer.padding),
            _pair(layer.dilation), 0.0, layer.groups,
        )  # fmt: skip
    assert isinstance(layer, nn.Linear)
    return FloatDense(_array(layer.weight), _optional(layer.bias))


def _norm_op(norm: Any) -> Op:
    channels = norm.num_features
    gamma = np.ones(channels, np.float32) if norm.weight is None else _array(norm.weight)
    beta = np.zeros(channels, np.float32) if norm.bias is None else _array(norm.bias)
    return BatchNorm(gamma, beta, _array(norm.running_mean), _array(norm.running_var), float(norm.eps))


def _fields(folded: Thresholds | None) -> tuple[NDArray[np.int32] | None, NDArray[np.bool_] | None]:
    return (None, None) if folded is None else (folded.values, folded.rising)


def _alpha(layer: BinaryLayer, folded: Thresholds | None) -> NDArray[np.float32] | None:
    """The layer's factors, where no threshold knows them already."""
    return layer.alpha.numpy().copy() if layer.scale and folded is None else None


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().cpu().to(torch.float32).numpy().copy()


def _optional(tensor: Tensor | None) -> NDArray[np.float32] | None:
    return None if tensor is None else _array(tensor)


def _pair(value: Any) -> tuple[int, int]:
    return (int(value), int(value)) if isinstance(value, int) else (int(value[0]), int(value[1]))
