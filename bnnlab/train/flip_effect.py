"""What would change if one weight took the other sign now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from bnnlab.nn import BinaryLayer
from bnnlab.nn.inference import inference
from bnnlab.records import Example, FlipEffect, LayerPass, Selection
from bnnlab.train.answers import Examined
from bnnlab.train.datasets import Dataset
from bnnlab.train.example import look_at_example
from bnnlab.train.signals import Signal, signals

SMALLEST = torch.finfo(torch.float32).tiny


def flip_effect(
    model: nn.Module,
    dataset: Dataset,
    device: str,
    selection: Selection,
    example: Example,
    examined: Examined,
    known: FlipEffect | None = None,
) -> FlipEffect:
    """Flip the selected weight, look again at the shown example and at the examined ones, and put it back.

    Args:
        model: The network, as it was when `example` went through it; afterwards it is so again, bit for bit.
        dataset: The data.
        device: Where the network is.
        selection: A weight.
        example: The shown example, from the test set, as it goes through the network now.
        examined: What the examined examples made of the network as it is now; not used with `known`.
        known: What the examined examples said a moment ago, if they are not to be asked again.
    """
    now = _layer_of(example, selection)
    with flipped_weight(model, selection):
        then = _layer_of(look_at_example(model, dataset, example.index or 0, device), selection)
        counts = (
            _counts(model, device, selection.layer, selection.neuron, examined) if known is None else None
        )
    sum_now, x_now = _sum_and_x(now, selection)
    sum_then, x_then = _sum_and_x(then, selection)
    if known is not None:
        counts = (
            known.examples,
            known.signs_changed,
            known.answers_changed,
            known.right_now,
            known.right_then,
        )
    assert counts is not None
    return FlipEffect(sum_now, sum_then, x_now, x_then, *counts)


@contextmanager
def flipped_weight(model: nn.Module, selection: Selection) -> Iterator[None]:
    """The network with the other sign in one place; afterwards the very number is back."""
    latent, place = place_of(model, selection)
    kept = latent[place].item()
    flip_weight(model, selection)
    try:
        yield
    finally:
        latent[place] = kept


def flip_weight(model: nn.Module, selection: Selection) -> None:
    """Turn the sign of one hidden number.

    Zero counts as positive, so its other side is the smallest negative number.
    """
    latent, place = place_of(model, selection)
    value = latent[place].item()
    latent[place] = -value if value else -SMALLEST


def place_of(model: nn.Module, selection: Selection) -> tuple[Tensor, tuple[int, int]]:
    """The hidden numbers of a layer as `(outputs, inputs)`, shared with the layer, and where the selected one is."""
    module = model.get_submodule(selection.layer)
    assert isinstance(module, BinaryLayer)
    assert selection.weight is not None
    return module.weight.detach().flatten(1), (selection.neuron, selection.weight)


def _counts(
    model: nn.Module, device: str, layer: str, neuron: int, now: Examined
) -> tuple[int, int, int, int, int]:
    with inference(model):
        logits, layers = signals(model, torch.tensor(now.examples, device=device))
    answers, labels = logits.cpu().argmax(1).numpy(), now.labels
    changed = _signs_of(now.layers, layer, neuron) != _signs_of(layers, layer, neuron)
    return (
        len(labels),
        int(changed.flatten(1).any(1).sum()),
        int(np.count_nonzero(answers != now.predictions)),
        int(np.count_nonzero(now.predictions == labels)),
        int(np.count_nonzero(answers == labels)),
    )


def _signs_of(layers: list[Signal], layer: str, neuron: int) -> Tensor:
    """What one neuron sends on, of all examples; of the last layer nothing, since no sign is taken of a logit."""
    (signal,) = (signal for signal in layers if signal.name == layer)
    x = signal.x[:, neuron, None]
    return x >= 0 if signal.sign is not None else torch.zeros_like(x, dtype=torch.bool)


def _layer_of(example: Example, selection: Selection) -> LayerPass:
    (layer,) = (layer for layer in example.layers if layer.name == selection.layer)
    return layer


def _sum_and_x(layer: LayerPass, selection: Selection) -> tuple[float, float]:
    sums = layer.sums[selection.neuron]
    if sums.ndim:
        height, width = sums.shape
        sums = sums[selection.position or (height // 2, width // 2)]
    scale, shift = layer.scale[selection.neuron], layer.shift[selection.neuron]
    return float(sums), float(sums * scale + shift)
