"""What runs through a network: for each layer with weights what enters it, its sums, and what the next sign sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bnnlab.nn import BinaryActivation, BinaryLayer
from bnnlab.nn.binarize import Binarizer

EVALUATION_BATCH = 1000


@dataclass(slots=True)
class Signal:
    """What one layer with weights made of a batch of examples.

    Attributes:
        name: Name of the layer.
        layer: The layer.
        entering: What reached the layer, not yet binarised by it.
        sums: What came out of it.
        x: What the next sign function sees: normalised and pooled; of the last layer the logits.
        norm: The normalisation that follows, or None.
        sign: The sign function that follows, or None after the last layer.
    """

    name: str
    layer: nn.Module
    entering: Tensor
    sums: Tensor
    x: Tensor
    norm: nn.BatchNorm1d | nn.BatchNorm2d | None = None
    sign: Binarizer | None = None

    @property
    def inputs(self) -> Tensor:
        """What the weights are multiplied with, without gradient."""
        entering = self.entering.detach()
        binarizer = self.layer.input_binarizer if isinstance(self.layer, BinaryLayer) else None
        return entering if binarizer is None else binarizer(entering)


def signals(model: nn.Module, x: Tensor) -> tuple[Tensor, list[Signal]]:
    """Run a batch through a network, in the mode it is in.

    Args:
        model: A `nn.Sequential` as `MODELS` builds them. Of any other module nothing but the answer is known.
        x: `(n, *input_shape)`.

    Returns:
        The logits, and one signal per layer with weights in forward order.
    """
    if not isinstance(model, nn.Sequential):
        return model(x), []
    layers: list[Signal] = []
    for name, module in model.named_children():
        entering, x = x, module(x)
        if isinstance(module, BinaryLayer | nn.Linear | nn.Conv2d):
            if layers and isinstance(module, BinaryLayer):
                layers[-1].sign = module.input_binarizer
            layers.append(Signal(name, module, entering, sums=x, x=x))
        elif isinstance(module, BinaryActivation):
            layers[-1].sign = module.binarizer
        elif layers and not isinstance(module, nn.Flatten):
            layers[-1].x = x
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                layers[-1].norm = module
    return x, layers


def batches(x: NDArray[np.float32], device: str) -> Iterator[Tensor]:
    """Examples in batches that fit any memory, on the device."""
    for start in range(0, len(x), EVALUATION_BATCH):
        yield torch.tensor(x[start : start + EVALUATION_BATCH], device=device)


def scale_and_shift(signal: Signal) -> tuple[Tensor, Tensor]:
    """What the normalisation behind a layer does in evaluation mode: `scale * sum + shift`, for each output."""
    norm = signal.norm
    if norm is None or norm.running_var is None or norm.running_mean is None:
        outputs = signal.sums.shape[1]
        return torch.ones(outputs), torch.zeros(outputs)
    scale = (norm.weight.detach() / (norm.running_var + norm.eps).sqrt()).cpu()
    return scale, norm.bias.detach().cpu() - norm.running_mean.cpu() * scale
