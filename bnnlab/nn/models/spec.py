"""What a model is made from, and the pieces every model shares: float layers, first layer, output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn

from bnnlab.nn.binarize import Binarize
from bnnlab.nn.layers import BinaryActivation, BinaryLinear

Precision = Literal["float", "binary"]
NamedModules = list[tuple[str, nn.Module]]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Everything a model builder needs to know.

    Attributes:
        input_shape: Shape of one example: `(features,)` or `(channels, height, width)`.
        classes: Number of outputs.
        widths: Sizes of the hidden layers; each model says what they count.
        first_layer: ``"float"``, or ``"binary"`` for binary weights on inputs that stay numbers.
        last_layer: ``"float"``, or ``"binary"`` followed by a batch normalisation.
        quantizer: Name in `QUANTIZERS`, for all binary layers.
        clip_value: Its t_clip.
        weight_clip_value: Its t_clip for weights; None takes `clip_value`.
        binarize: What the network takes signs of now.
        scale: Whether binary layers scale their outputs as in XNOR-Net.
        pad_value: What binary convolutions insert around an image.
    """

    input_shape: tuple[int, ...]
    classes: int
    widths: tuple[int, ...]
    first_layer: Precision = "float"
    last_layer: Precision = "float"
    quantizer: str = "clipped_ste"
    clip_value: float = 1.0
    weight_clip_value: float | None = None
    binarize: Binarize = "both"
    scale: bool = False
    pad_value: float = -1.0


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of model, callable to build one.

    Attributes:
        name: Key in `MODELS`.
        title: Name for people.
        build: `(spec, generator) -> model`, from `(n, *input_shape)` to `(n, classes)` logits, with every
            initial weight drawn from `generator` and every submodule named.
        check: Raises `ValueError` where `spec` cannot be built, without building it.
        suited: Widths to start with, for each kind of data it can learn: ``"points"``, ``"images"``, ``"features"``.
    """

    name: str
    title: str
    build: Callable[[ModelSpec, torch.Generator], nn.Sequential]
    check: Callable[[ModelSpec], None]
    suited: Mapping[str, tuple[int, ...]]

    def __call__(self, spec: ModelSpec, generator: torch.Generator) -> nn.Sequential:
        """Build the model that `spec` describes. It knows the shape of its examples, as `model.input_shape`.

        Raises:
            ValueError: If it cannot be built.
        """
        self.check(spec)
        model = self.build(spec, generator)
        model.input_shape = spec.input_shape  # type: ignore[assignment]
        return model


def binary_linear(
    spec: ModelSpec,
    inputs: int,
    outputs: int,
    generator: torch.Generator,
    binarize_input: bool = True,
) -> BinaryLinear:
    """A fully connected binary layer with the settings of `spec`."""
    return BinaryLinear(
        inputs,
        outputs,
        quantizer=spec.quantizer,
        clip_value=spec.clip_value,
        weight_clip_value=spec.weight_clip_value,
        binarize=spec.binarize,
        binarize_input=binarize_input,
        scale=spec.scale,
        generator=generator,
    )


def float_layer(generator: torch.Generator, kind: type[nn.Module], *sizes: int, **options: Any) -> nn.Module:
    """A float layer with parameters drawn evenly from +-1 / sqrt(fan_in), by our own generator.

    Built without storage first, it draws nothing from torch's global generator: other threads of the process
    may be using it.
    """
    layer = kind(*sizes, device="meta", **options).to_empty(device="cpu")
    with torch.no_grad():
        fan_in = next(layer.parameters())[0].numel()
        for parameter in layer.parameters():
            parameter.uniform_(-(fan_in**-0.5), fan_in**-0.5, generator=generator)
    return layer


def first_linear(spec: ModelSpec, features: int, generator: torch.Generator) -> nn.Module:
    """The layer that reads the data: its inputs stay numbers even where its weights are binary."""
    if spec.first_layer == "binary":
        return binary_linear(spec, features, spec.widths[0], generator, binarize_input=False)
    return float_layer(generator, nn.Linear, features, spec.widths[0], bias=False)


def output(spec: ModelSpec, features: int, generator: torch.Generator) -> NamedModules:
    """The layer that gives one number per class, from the signs of the last hidden layer."""
    if spec.last_layer == "binary":
        return [
            ("output", binary_linear(spec, features, spec.classes, generator)),
            ("output_norm", nn.BatchNorm1d(spec.classes)),
        ]
    return [
        ("output_sign", BinaryActivation(spec.quantizer, spec.clip_value, spec.binarize)),
        ("output", float_layer(generator, nn.Linear, features, spec.classes)),
    ]
