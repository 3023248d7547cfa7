"""One layer of a torch module as an operation of a packed network."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bnnlab.bits import Thresholds, pack_columns
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
from bnnlab.deploy.ops.bits import pack_filters
from bnnlab.nn import BinaryConv2d, BinaryLinear
from bnnlab.nn.layers import BinaryLayer

Product = TypeVar("Product", XnorDense, XnorConv, PixelDense, XnorDense | XnorConv)


def product_of_signs(layer: BinaryLayer, shape: tuple[int, ...]) -> XnorDense | XnorConv:
    """A binary layer whose inputs are signs, before thresholds; `shape` is that of one example of its input."""
    signs, alpha = layer.binary_weight.numpy(), _alpha(layer)
    if isinstance(layer, BinaryConv2d):
        return XnorConv(
            pack_filters(signs), signs.shape, layer.stride, layer.padding, layer.dilation,
            int(layer.pad_value), layer.groups, alpha=alpha,
        )  # fmt: skip
    if len(shape) == 3:  # an image laid out in a row: filters as large as it is
        filters = (len(signs), *shape)
        return XnorConv(pack_filters(signs.reshape(filters)), filters, alpha=alpha, flat=True)
    return XnorDense(pack_columns(signs.T).words, signs.shape[1], alpha=alpha)


def product_with_pixels(layer: BinaryLayer, divisor: float, offset: float) -> PixelDense:
    """A binary layer whose inputs are pixels, before thresholds."""
    signs = layer.binary_weight.numpy()
    return PixelDense(pack_columns(signs.T).words, signs.shape[1], divisor, offset, alpha=_alpha(layer))


def with_thresholds(op: Product, folded: Thresholds | None) -> Product:
    """A product that is followed by thresholds, if any. They know its factors already."""
    if folded is None:
        return op
    return replace(op, values=folded.values, rising=folded.rising, alpha=None)


def floats_on_signs(layer: nn.Linear) -> DenseOnSigns:
    """A float layer whose inputs are signs."""
    bias = np.zeros(len(layer.weight), np.float32) if layer.bias is None else _array(layer.bias)
    return DenseOnSigns(_array(layer.weight), bias)


def product_of_numbers(layer: nn.Module) -> Op:
    """A layer whose inputs are numbers, of binary weights or float ones."""
    if isinstance(layer, BinaryConv2d):
        signs = layer.binary_weight.numpy()
        return SignConv(
            pack_filters(signs), signs.shape, layer.stride, layer.padding, layer.dilation, layer.pad_value,
            layer.groups, _alpha(layer),
        )  # fmt: skip
    if isinstance(layer, BinaryLinear):
        signs = layer.binary_weight.numpy()
        return SignDense(pack_columns(signs.T).words, signs.shape[1], _alpha(layer))
    if isinstance(layer, nn.Conv2d):
        if layer.padding_mode != "zeros" or isinstance(layer.padding, str):
            raise ValueError("a float convolution must pad with zeros, by numbers of pixels")
        return FloatConv(
            _array(layer.weight), _optional(layer.bias), pair(layer.stride), pair(layer.padding),
            pair(layer.dilation), 0.0, layer.groups,
        )  # fmt: skip
    assert isinstance(layer, nn.Linear)
    return FloatDense(_array(layer.weight), _optional(layer.bias))


def normalisation(norm: Any) -> BatchNorm:
    """A batch normalisation that stays one."""
    channels = norm.num_features
    gamma = np.ones(channels, np.float32) if norm.weight is None else _array(norm.weight)
    beta = np.zeros(channels, np.float32) if norm.bias is None else _array(norm.bias)
    return BatchNorm(gamma, beta, _array(norm.running_mean), _array(norm.running_var), float(norm.eps))


def pair(value: Any) -> tuple[int, int]:
    """What torch keeps as one number or two, as two."""
    return (int(value), int(value)) if isinstance(value, int) else (int(value[0]), int(value[1]))


def _alpha(layer: BinaryLayer) -> NDArray[np.float32] | None:
    return layer.alpha.numpy().copy() if layer.scale else None


def _array(tensor: Tensor) -> NDArray[np.float32]:
    return tensor.detach().cpu().to(torch.float32).numpy().copy()


def _optional(tensor: Tensor | None) -> NDArray[np.float32] | None:
    return None if tensor is None else _array(tensor)
