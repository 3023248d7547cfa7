"""The convolutional network: convolutions that halve the image, one dense layer, the output."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import nn

from bnnlab.nn.layers import BinaryConv2d
from bnnlab.nn.models.spec import Model, ModelSpec, NamedModules, binary_linear, float_layer, output


def build(spec: ModelSpec, generator: torch.Generator) -> nn.Sequential:
    """`conv1`, `conv2`, ..., then `dense`, then `output`, for images.

    Each convolution is 3 x 3 with one row of padding, followed by batch normalisation and then by 2 x 2
    max-pooling: in this order pooling commutes with the sign that comes next, so that a packed network may
    pool bits.

    Args:
        spec: `widths` are the filters of `conv1`, `conv2`, ... and last the outputs of `dense`.
        generator: Source of all initial weights.

    Returns:
        Model from `(n, channels, height, width)` to `(n, classes)` logits.
    """
    *filters, dense = spec.widths
    channels, height, width = spec.input_shape
    layers: NamedModules = []
    for depth, outputs in enumerate(filters, start=1):
        layers += [
            (f"conv{depth}", _convolution(spec, channels, outputs, depth == 1, generator)),
            (f"conv{depth}_norm", nn.BatchNorm2d(outputs)),
            (f"conv{depth}_pool", nn.MaxPool2d(2)),
        ]
        channels, height, width = outputs, height // 2, width // 2
    layers += [
        ("flatten", nn.Flatten()),
        ("dense", binary_linear(spec, channels * height * width, dense, generator)),
        ("dense_norm", nn.BatchNorm1d(dense)),
        *output(spec, dense, generator),
    ]
    return nn.Sequential(OrderedDict(layers))


def check(spec: ModelSpec) -> None:
    """Examples must be images, and large enough for every convolution to halve them.

    Raises:
        ValueError: If they are not, or there are fewer than two widths.
    """
    if len(spec.input_shape) != 3:
        raise ValueError(f"model 'convnet' needs images, got examples of shape {spec.input_shape}")
    if len(spec.widths) < 2:
        raise ValueError(f"widths of a convnet must be at least two numbers, got {spec.widths}")
    _, height, width = spec.input_shape
    most = min(height, width).bit_length() - 1
    if len(spec.widths) - 1 > most:
        raise ValueError(
            f"widths must give at most {most} convolutions on {height}x{width} images, since each "
            f"halves them, got {len(spec.widths) - 1}"
        )


def _convolution(
    spec: ModelSpec, channels: int, filters: int, first: bool, generator: torch.Generator
) -> nn.Module:
    if first and spec.first_layer == "float":
        return float_layer(generator, nn.Conv2d, channels, filters, 3, padding=1, bias=False)
    return BinaryConv2d(
        channels,
        filters,
        3,
        padding=1,
        pad_value=spec.pad_value,
        quantizer=spec.quantizer,
        clip_value=spec.clip_value,
        weight_clip_value=spec.weight_clip_value,
        binarize=spec.binarize,
        binarize_input=not first,
        scale=spec.scale,
        generator=generator,
    )


CONVNET = Model(
    name="convnet",
    title="Convolutional network",
    build=build,
    check=check,
    suited={"images": (16, 32, 64)},
)
