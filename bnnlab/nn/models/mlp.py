"""The multilayer perceptron: fully connected layers, each followed by a batch normalisation."""

from __future__ import annotations

import math
from collections import OrderedDict
from itertools import pairwise

import torch
from torch import nn

from bnnlab.nn.models.spec import (
    Model,
    ModelSpec,
    NamedModules,
    binary_linear,
    first_linear,
    output,
)


def build(spec: ModelSpec, generator: torch.Generator) -> nn.Sequential:
    """`input`, then `hidden1`, `hidden2`, ..., then `output`, for examples of any shape.

    Args:
        spec: `widths` are the outputs of `input`, `hidden1`, `hidden2`, ...
        generator: Source of all initial weights.

    Returns:
        Model from `(n, *input_shape)` to `(n, classes)` logits.
    """
    layers: NamedModules = [
        ("flatten", nn.Flatten()),
        ("input", first_linear(spec, math.prod(spec.input_shape), generator)),
        ("input_norm", nn.BatchNorm1d(spec.widths[0])),
    ]
    for depth, (inputs, outputs) in enumerate(pairwise(spec.widths), start=1):
        layers += [
            (f"hidden{depth}", binary_linear(spec, inputs, outputs, generator)),
            (f"hidden{depth}_norm", nn.BatchNorm1d(outputs)),
        ]
    layers += output(spec, spec.widths[-1], generator)
    return nn.Sequential(OrderedDict(layers))


def check(spec: ModelSpec) -> None:
    """Any shape and any number of widths from one up will do."""
    if not spec.widths:
        raise ValueError("widths of an mlp must be at least one number, got none")


MLP = Model(
    name="mlp",
    title="Multilayer perceptron",
    build=build,
    check=check,
    suited={"points": (64, 64, 64), "images": (64, 64, 64), "features": (64, 64, 64)},
)
