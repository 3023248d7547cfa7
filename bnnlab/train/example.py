"""One example on its way through a network: every sum and every x, and on the way back every gradient."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from bnnlab.nn import BinaryLayer
from bnnlab.nn.inference import inference
from bnnlab.nn.layers.binarizers import binarizers_of
from bnnlab.records import Example, LayerPass, Selection
from bnnlab.train.answers import pictures
from bnnlab.train.datasets import Dataset
from bnnlab.train.signals import Signal, scale_and_shift, signals

Floats = NDArray[np.float32]


@dataclass(slots=True, eq=False)
class Crossing:
    """A gradient before and after an estimator; a `Probe`, which keeps the last backward pass."""

    before: Tensor | None = None
    after: Tensor | None = None

    def __call__(self, before: Tensor, surrogate: Tensor, after: Tensor) -> None:  # noqa: ARG002
        """Called by `Binarizer` in every backward pass."""
        self.before, self.after = before.detach().clone(), after.detach().clone()

    def before_of(self, weight: Selection) -> float | None:
        """Gradient with respect to the sign of one weight, or None without a backward pass."""
        return _entry(self.before, weight)

    def after_of(self, weight: Selection) -> float | None:
        """Gradient with respect to its hidden number, or None without a backward pass."""
        return _entry(self.after, weight)


def look_at_example(
    model: nn.Module, dataset: Dataset, index: int, device: str, backward: bool = False
) -> Example:
    """Send one test example through a network in evaluation mode, which stays as it is.

    Args:
        model: The network.
        dataset: Where the example comes from.
        index: Its position in the test set.
        device: Where the network is.
        backward: Also compute the gradient of the example's own loss at every sign function.

    Raises:
        ValueError: If there is no such example.
    """
    return look_back(model, dataset, index, device)[0] if backward else _look(model, dataset, index, device)


def look_back(
    model: nn.Module, dataset: Dataset, index: int, device: str, layer: str | None = None
) -> tuple[Example, Crossing]:
    """The same with gradients, and on request the gradient of one layer's weights, before and after the estimator.

    Args:
        model: The network.
        dataset: Where the example comes from.
        index: Its position in the test set.
        device: Where the network is.
        layer: The binary layer whose weights are asked for, or None.

    Raises:
        ValueError: If there is no such example.
    """
    x, label = _example(dataset, index, device)
    with _probes_of_this_pass(model) as crossings, inference(model, gradients=True):
        logits, layers = signals(model, x)
        loss = functional.cross_entropy(logits, torch.tensor([label], device=device))
        wanted = [signal.x for signal in layers]
        weights = Crossing()
        if layer is not None:
            module = model.get_submodule(layer)
            assert isinstance(module, BinaryLayer)
            wanted.append(module.weight)
            weights = crossings[id(module.weight_binarizer)]
        gradients = torch.autograd.grad(loss, wanted)
    passes = []
    for signal, after in zip(layers, gradients, strict=False):
        before = None if signal.sign is None else crossings[id(signal.sign)].before
        passes.append(_layer_pass(signal, before, after))
    return _record(dataset, index, logits, passes), weights


def _look(model: nn.Module, dataset: Dataset, index: int, device: str) -> Example:
    x, _ = _example(dataset, index, device)
    with inference(model):
        logits, layers = signals(model, x)
        passes = [_layer_pass(signal) for signal in layers]
    return _record(dataset, index, logits, passes)


def _example(dataset: Dataset, index: int, device: str) -> tuple[Tensor, int]:
    if not 0 <= index < len(dataset.x_test):
        raise ValueError(f"example must be in 0..{len(dataset.x_test) - 1}, got {index}")
    return torch.tensor(dataset.x_test[index : index + 1], device=device), int(dataset.y_test[index])


@contextmanager
def _probes_of_this_pass(model: nn.Module) -> Iterator[dict[int, Crossing]]:
    """Put probes of one's own in place of those that watch the training, which must not count this pass."""
    binarizers = binarizers_of(model)
    probes = [binarizer.probe for binarizer in binarizers]
    crossings = {id(binarizer): Crossing() for binarizer in binarizers}
    try:
        for binarizer in binarizers:
            binarizer.probe = crossings[id(binarizer)]
        yield crossings
    finally:
        for binarizer, probe in zip(binarizers, probes, strict=True):
            binarizer.probe = probe


def _layer_pass(signal: Signal, before: Tensor | None = None, after: Tensor | None = None) -> LayerPass:
    layer = signal.layer
    scale, shift = scale_and_shift(signal)
    return LayerPass(
        name=signal.name,
        binary=isinstance(layer, BinaryLayer) and layer.weight_binarizer.gives_signs,
        counts_bits=isinstance(layer, BinaryLayer) and layer.counts_bits,
        inputs=_array(signal.inputs[0]),
        sums=_array(signal.sums[0]),
        scale=_array(scale),
        shift=_array(shift),
        x=_array(signal.x[0]),
        # What comes back through a flattening is as flat as what went into it.
        gradient_before=None if before is None else _array(before.reshape(signal.x.shape)[0]),
        gradient_after=None if after is None else _array(after[0]),
    )


def _record(dataset: Dataset, index: int, logits: Tensor, passes: list[LayerPass]) -> Example:
    label = int(dataset.y_test[index])
    answer = logits.detach().cpu()
    image, point = None, None
    if dataset.kind != "points":
        image = pictures(dataset.x_test[index : index + 1])[0]
    else:
        point = dataset.x_test[index]
    return Example(
        index=index,
        image=image,
        point=point,
        label=label,
        probabilities=_array(answer.softmax(1)[0]),
        loss=functional.cross_entropy(answer, torch.tensor([label])).item(),
        layers=tuple(passes),
    )


def _entry(gradient: Tensor | None, weight: Selection) -> float | None:
    if gradient is None or weight.weight is None:
        return None
    return gradient.flatten(1)[weight.neuron, weight.weight].item()


def _array(tensor: Tensor) -> Floats:
    array: Floats = tensor.detach().to("cpu", torch.float32).numpy()
    array.flags.writeable = False
    return array
