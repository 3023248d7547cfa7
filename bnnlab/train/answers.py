"""What the network answers at one moment: the plane it divides, or the test images it gets wrong."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bnnlab.nn import BinaryConv2d
from bnnlab.nn.inference import inference
from bnnlab.records import MAX_WRONG_SHOWN, GateSnapshot, ImagesView, PointsView
from bnnlab.train.datasets import Dataset
from bnnlab.train.signals import Signal, batches, signals
from bnnlab.train.watch.readings import histogram

_T = TypeVar("_T", bound=np.generic)

GRID = 64  # points of the plane along each side
NEURON_GRID_STRIDE = 2  # every so many of them for the picture of one neuron
MAX_EXAMINED = 1000  # test examples asked for a picture,
MAX_EXAMINED_BY_CONVOLUTIONS = 360  # or where each takes a hundred times as long
MAX_EXAMINED_ALWAYS = 500  # with no more than these, they are asked for every picture
ASKED_AGAIN_AFTER_S = 0.5  # else this often while training goes on,
REST_FOR_EACH_S = (
    6.0  # and after so many seconds for each that the asking took: most of the time is for training
)
MIN_GATE_LIMIT = 3.0  # the histograms of x span at least +- this
CLIP_ROOM = 1.25  # and this times t_clip, so that t_clip can be moved inside a picture that stands still


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """The test examples that were asked, and how they ran through the network.

    Attributes:
        step: After which step.
        examples: `(n, *input_shape)`, the first of the test set.
        labels: `(n,)`, their true classes.
        logits: `(n, classes)`.
        layers: What each layer with weights made of them.
    """

    step: int
    examples: NDArray[np.float32]
    labels: NDArray[np.int64]
    logits: Tensor
    layers: list[Signal]

    @property
    def predictions(self) -> NDArray[np.int64]:
        """`(n,)`, the classes answered."""
        predictions: NDArray[np.int64] = self.logits.argmax(1).numpy()
        return predictions

    @property
    def right(self) -> int:
        """How many are answered rightly."""
        return int(np.count_nonzero(self.predictions == self.labels))


class Answers:
    """Asks a network about its test examples, on large data sets not at every step.

    Args:
        model: The network.
        dataset: The data.
        device: Where the network is.
        clock: Seconds, of which only differences count.
    """

    def __init__(
        self, model: nn.Module, dataset: Dataset, device: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._model, self._dataset, self._device, self._clock = model, dataset, device, clock
        self._asked_at, self._took = -math.inf, 0.0
        self._examined: Examined | None = None
        self._view: PointsView | ImagesView | None = None

    def ask(self, step: int, hurried: bool) -> tuple[Examined, PointsView | ImagesView]:
        """What the network answers now, or on a large data set what it answered when it was last asked.

        Args:
            step: Steps done.
            hurried: Whether training goes on and somebody waits for this picture; `renew` comes after it.
        """
        known = self._examined
        if known is None or self._view is None or (known.step != step and (self._small or not hurried)):
            return self._ask(step)
        return known, self._view

    def renew(self, step: int) -> None:
        """Ask a large data set again, if it is time to: between two pictures, so that none comes late for it."""
        rest = max(ASKED_AGAIN_AFTER_S, REST_FOR_EACH_S * self._took)
        known = self._examined is not None and self._examined.step == step
        if not self._small and not known and self._clock() - self._asked_at >= rest:
            self._ask(step)

    def forget(self) -> None:
        """Ask again next time, however short ago it was."""
        self._examined = None

    @property
    def _small(self) -> bool:
        return self._dataset.kind == "points" or len(self._dataset.x_test) <= MAX_EXAMINED_ALWAYS

    def _ask(self, step: int) -> tuple[Examined, PointsView | ImagesView]:
        began = self._clock()
        examined = examine(self._model, self._dataset, self._device, step)
        if self._dataset.kind == "points":
            view: PointsView | ImagesView = points_view(self._model, self._dataset, self._device)
        else:
            view = images_view(examined, self._dataset)
        self._examined, self._view = examined, view
        self._asked_at = self._clock()
        self._took = self._asked_at - began
        return examined, view


def predict(model: nn.Module, x: NDArray[np.float32], device: str) -> Tensor:
    """Logits of every example, `(n, classes)` on the CPU, computed in evaluation mode."""
    with inference(model):
        return torch.cat([model(batch).cpu() for batch in batches(x, device)])


def examine(model: nn.Module, dataset: Dataset, device: str, step: int = 0) -> Examined:
    """Ask a network about the first test examples, in evaluation mode."""
    convolves = any(isinstance(module, nn.Conv2d | BinaryConv2d) for module in model.modules())
    count = MAX_EXAMINED_BY_CONVOLUTIONS if convolves else MAX_EXAMINED
    examples, labels = dataset.x_test[:count], dataset.y_test[:count]
    with inference(model):
        logits, layers = signals(model, torch.tensor(examples, device=device))
    return Examined(step, examples, labels, logits.cpu(), layers)


def gates(examined: Examined, clip_value: float) -> tuple[GateSnapshot, ...]:
    """What the sign functions between the layers saw of the examined examples."""
    limit = max(MIN_GATE_LIMIT, CLIP_ROOM * clip_value)
    return tuple(
        _gate(signal.name, signal.x, clip_value, limit)
        for signal in examined.layers
        if signal.sign is not None
    )


def points_view(model: nn.Module, dataset: Dataset, device: str) -> PointsView:
    """The probability of class 1 and the signs of all neurons on a grid over the plane, and the test points."""
    reach = float(np.abs(dataset.x_test).max())
    extent = math.ceil(reach * 20 + 1) / 20  # the next multiple of 0.05, with a little air
    across = np.linspace(-extent, extent, GRID, dtype=np.float32)
    plane = np.stack(np.meshgrid(across, -across), axis=-1).reshape(-1, 2)  # row 0 is the top
    with inference(model):
        logits, layers = signals(model, torch.tensor(plane, device=device))
    probability = logits.cpu().softmax(1)[:, 1]
    grid = (probability * 255).round().to(torch.uint8).numpy().reshape(GRID, GRID)
    answers = predict(model, dataset.x_test, device).argmax(1)
    return PointsView(
        extent=extent,
        grid=read_only(grid),
        points=dataset.x_test,
        labels=read_only(dataset.y_test.astype(np.uint8)),
        predictions=read_only(answers.numpy().astype(np.uint8)),
        neuron_grids=tuple(_neuron_grid(signal.x) for signal in layers if signal.sign is not None),
    )


def images_view(examined: Examined, dataset: Dataset) -> ImagesView:
    """How many of the examined images are answered rightly, and the first that are not."""
    predictions, labels = examined.predictions, examined.labels
    wrong = np.flatnonzero(predictions != labels)
    shown = wrong[:MAX_WRONG_SHOWN]
    confidence = examined.logits[torch.from_numpy(shown)].softmax(1).amax(1)
    return ImagesView(
        indices=read_only(shown),
        images=pictures(examined.examples[shown]),
        labels=read_only(labels[shown].astype(np.uint8)),
        predictions=read_only(predictions[shown].astype(np.uint8)),
        confidence=read_only(confidence.numpy()),
        class_names=dataset.class_names,
        examined=len(labels),
        available=len(dataset.x_test),
        right=len(labels) - len(wrong),
        noun="image" if dataset.kind == "images" else "example",
        step=examined.step,
    )


def pictures(examples: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Examples as grey values; features, which are no images, as one row each: `(n, height, width)`."""
    return grey_values(examples if examples.ndim == 4 else examples[:, None, None])


def grey_values(images: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Images as a data set holds them, `(n, channels, height, width)`, as grey values 0 black .. 255 white.

    Returns:
        `(n, height, width)`, read-only; the channels of colour images are averaged.
    """
    return read_only(np.clip((images.mean(axis=1) + 1) * 127.5, 0, 255).round().astype(np.uint8))


def read_only(array: NDArray[_T]) -> NDArray[_T]:
    """The same array, which can no longer be written through this name."""
    array.flags.writeable = False
    return array


def _gate(name: str, x: Tensor, clip_value: float, limit: float) -> GateSnapshot:
    values: NDArray[np.float32] = np.ascontiguousarray(x.flatten(1).cpu().numpy(), np.float32)
    return GateSnapshot(
        name=name,
        histogram=read_only(histogram(values, limit)),
        histogram_limit=limit,
        entries=values.size,
        outside=values.size - int(np.count_nonzero(np.abs(values) <= clip_value)),
    )


def _neuron_grid(x: Tensor) -> NDArray[np.bool_]:
    """Where in the plane each neuron says +1: `(neurons, S, S)`."""
    signs: NDArray[np.bool_] = (x >= 0).cpu().numpy().reshape(GRID, GRID, -1)
    return read_only(
        np.ascontiguousarray(signs[::NEURON_GRID_STRIDE, ::NEURON_GRID_STRIDE].transpose(2, 0, 1))
    )
