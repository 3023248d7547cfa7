"""Small networks for the tests of packing: random weights, and normalisations as training leaves them."""

from collections import OrderedDict
from typing import Any

import numpy as np
import torch
from torch import nn

from bnnlab.deploy import Node, PackedModel
from bnnlab.deploy.ops import FloatDense, FromPixels, PixelDense, XnorConv, XnorDense
from bnnlab.nn import MODELS, BinaryActivation
from bnnlab.nn.layers import BinaryLayer
from bnnlab.nn.models import ModelSpec


def network(
    model: str, seed: int = 0, input_shape: tuple[int, ...] = (1, 12, 12), **spec: Any
) -> nn.Sequential:
    """A network in evaluation mode, with gammas of both signs and some of them 0."""
    generator = torch.Generator().manual_seed(seed)
    built = MODELS[model](ModelSpec(input_shape, 10, **spec), generator)
    for module in built.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            disturb(module, generator)
    return with_exact_sums(built.eval())


def with_exact_sums(model: nn.Sequential) -> nn.Sequential:
    """The model with float weights that are multiples of 1/256.

    Their sums with pixels, multiples of 1/128, are exact in float32: whoever adds in whichever order gets the same.
    """
    with torch.no_grad():
        for module in model.modules():
            if type(module) in (nn.Linear, nn.Conv2d):
                for parameter in module.parameters():
                    parameter.mul_(256).round_().div_(256)
    return model


def disturb(norm: nn.BatchNorm1d | nn.BatchNorm2d, generator: torch.Generator) -> None:
    """Statistics and parameters as they could come out of training, ties among them."""
    assert norm.running_mean is not None
    assert norm.running_var is not None
    with torch.no_grad():
        norm.weight.normal_(generator=generator)
        norm.weight[::5] = 0
        norm.weight[1::7] = 1e-30
        norm.bias.normal_(generator=generator)
        norm.bias[::3] = 0
        norm.running_mean.normal_(0, 5, generator=generator).round_()
        norm.running_var.uniform_(0.5, 200, generator=generator)


def pixels(count: int, shape: tuple[int, ...] = (1, 12, 12), seed: int = 0) -> np.ndarray:
    """Images in which black and white are as frequent as in drawings."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, *shape), dtype=np.uint8)
    images[rng.random(images.shape) < 0.4] = 0
    return images


def numbers(images: np.ndarray) -> torch.Tensor:
    """What the module is given for these pixels."""
    return torch.from_numpy(images.astype(np.float32) / 128 - 1)


def different_bits(packed: PackedModel, model: nn.Module, images: np.ndarray) -> dict[str, int]:
    """For each layer that takes a sign, how many of its input's signs the packed network has differently."""
    caught: dict[str, torch.Tensor] = {}
    handles = [
        module.register_forward_pre_hook(lambda _, inputs, name=name: caught.update({name: inputs[0]}))
        for name, module in model.named_modules()
        if isinstance(module, BinaryActivation)
        or (isinstance(module, BinaryLayer) and module.input_binarizer is not None)
    ]
    with torch.no_grad():
        model(numbers(images))
    for handle in handles:
        handle.remove()
    values = packed.values(images)
    nodes = {node.name: node for node in packed.nodes}
    wrong = {}
    for name, x in caught.items():
        node = nodes[name] if name in nodes else nodes["output"]
        bits = values[node.inputs[0]]
        signs = np.where(x.numpy() >= 0, 1, -1)
        wrong[name] = int((bits.unpack().reshape(signs.shape) != signs).sum())  # type: ignore[union-attr]
    return wrong


def twice_from_pixels() -> PackedModel:
    """A network in which numbers, too, go where pixels are made numbers, and stay as they are."""
    nodes = (
        Node("numbers", FromPixels(128.0, -1.0)),
        Node("again", FromPixels(128.0, -1.0), ("numbers",)),
        Node("dense", FloatDense(np.eye(5, dtype=np.float32)), ("again",)),
    )
    return PackedModel(nodes, (5,))


def thresholded(packed: PackedModel) -> list[Node]:
    """The nodes that compare sums with thresholds."""
    kinds = (XnorDense, XnorConv, PixelDense)
    return [node for node in packed.nodes if isinstance(node.op, kinds) and node.op.values is not None]


def chain(**layers: nn.Module) -> nn.Sequential:
    """A named sequence, in evaluation mode."""
    return nn.Sequential(OrderedDict(layers)).eval()
