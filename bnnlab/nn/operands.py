"""The operands of a layer's bit product: what it multiplies while a network looks at one example."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from bnnlab.nn.inference import inference
from bnnlab.nn.layers import BinaryConv2d, BinaryLayer
from bnnlab.nn.sign import sign
from bnnlab.records.product import LayerProduct


def bit_layers(model: nn.Module) -> dict[str, BinaryLayer]:
    """The layers of `model` that multiply signs with signs now, by name, in forward order.

    There are none while the network binarises only its weights, or nothing.
    """
    return {
        name: module
        for name, module in model.named_modules()
        if isinstance(module, BinaryLayer) and module.counts_bits
    }


def layer_product(
    model: nn.Module, layer: str, example: Tensor, position: tuple[int, int] | None = None
) -> LayerProduct:
    """Run `model` on one example, in evaluation mode, and return what `layer` multiplied.

    Args:
        model: A network with binary layers; its mode is restored, nothing else changes.
        layer: Name of one of its `bit_layers`.
        example: `(1, *input_shape)` tensor.
        position: Output pixel `(row, column)` of a convolution; its middle if None.

    Raises:
        ValueError: If `layer` is none of the model's bit layers, or counts no bits now because not both weights and
            inputs are binarised, `example` is not one example, or `position` lies outside the layer's output.
    """
    layers = bit_layers(model)
    _check_binarizes(layer, dict(model.named_modules()).get(layer))
    if layer not in layers:
        raise ValueError(f"layer must be one of {tuple(layers)}, got {layer!r}")
    if len(example) != 1:
        raise ValueError(f"example must hold exactly one example, got {len(example)}")
    x, y = _input_and_output(model, layers[layer], example)
    module = layers[layer]
    alpha = module.alpha if module.scale else torch.ones(len(module.weight))
    if isinstance(module, BinaryConv2d):
        where = _checked_position(position, (y.shape[2], y.shape[3]))
        taps, weights = _patch(module, x, where)
        outputs = y[0, :, where[0], where[1]]
    else:
        where, taps, weights, outputs = None, sign(x), module.binary_weight.T, y[0]
    counted = (taps[0] != 0).numpy()
    return LayerProduct(
        layer=layer,
        inputs=taps.numpy().astype(np.int8)[:, counted],
        weights=weights.numpy().astype(np.int8)[counted],
        outputs=outputs.numpy().copy(),
        alpha=alpha.numpy(),
        position=where,
        taps=np.flatnonzero(counted),
        omitted=int((~counted).sum()),
    )


def _check_binarizes(name: str, module: nn.Module | None) -> None:
    if isinstance(module, BinaryLayer) and module.input_binarizer is not None and not module.counts_bits:
        raise ValueError(
            f"layer {name!r} counts no bits while binarize is {module.binarize!r}; set it to 'both' to see them"
        )


def _input_and_output(model: nn.Module, module: nn.Module, example: Tensor) -> tuple[Tensor, Tensor]:
    caught: list[tuple[Tensor, Tensor]] = []
    handle = module.register_forward_hook(lambda _, inputs, output: caught.append((inputs[0], output)))
    try:
        with inference(model):
            model(example)
    finally:
        handle.remove()
    return caught[0]


def _checked_position(position: tuple[int, int] | None, size: tuple[int, int]) -> tuple[int, int]:
    if position is None:
        return size[0] // 2, size[1] // 2
    row, column = position
    if not (0 <= row < size[0] and 0 <= column < size[1]):
        raise ValueError(f"position must lie inside the output of {size[0]}x{size[1]}, got {position}")
    return row, column


def _patch(module: BinaryConv2d, x: Tensor, position: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """The signs under the filters at one output pixel, `(1, taps)`, and the filters, `(taps, N)`."""
    if module.groups != 1:
        raise ValueError(f"layer with groups={module.groups} has no single product to show")
    rows, columns = module.padding
    padded = nn.functional.pad(sign(x), (columns, columns, rows, rows), value=module.pad_value)
    patches = nn.functional.unfold(padded, module.kernel_size, dilation=module.dilation, stride=module.stride)
    width = (padded.shape[3] - module.dilation[1] * (module.kernel_size[1] - 1) - 1) // module.stride[1] + 1
    taps = patches[:, :, position[0] * width + position[1]]
    return taps, module.binary_weight.flatten(1).T
