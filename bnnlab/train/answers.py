"""What the network answers at one moment: the plane it divides, or some test images it names."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bnnlab.nn.inference import inference
from bnnlab.records import ImagesView, PointsView
from bnnlab.train.datasets import Dataset

_T = TypeVar("_T", bound=np.generic)

GRID = 64  # points of the plane along each side
IMAGES = 20  # test images shown
EVALUATION_BATCH = 1000


def predict(model: nn.Module, x: NDArray[np.float32], device: str) -> Tensor:
    """Logits of every example, `(n, classes)` on the CPU, computed in evaluation mode."""
    with inference(model):
        logits = [
            model(torch.tensor(x[start : start + EVALUATION_BATCH], device=device)).cpu()
            for start in range(0, len(x), EVALUATION_BATCH)
        ]
    return torch.cat(logits)


def view(model: nn.Module, dataset: Dataset, device: str) -> PointsView | ImagesView:
    """What `model` answers now, in the form that fits the data."""
    return (points_view if dataset.kind == "points" else images_view)(model, dataset, device)


def points_view(model: nn.Module, dataset: Dataset, device: str) -> PointsView:
    """The probability of class 1 on a grid over the plane, and the test points with their answers."""
    reach = float(np.abs(dataset.x_test).max())
    extent = math.ceil(reach * 20 + 1) / 20  # the next multiple of 0.05, with a little air
    across = np.linspace(-extent, extent, GRID, dtype=np.float32)
    plane = np.stack(np.meshgrid(across, -across), axis=-1)  # row 0 is the top
    probability = predict(model, plane.reshape(-1, 2), device).softmax(1)[:, 1]
    grid = (probability * 255).round().to(torch.uint8).numpy().reshape(GRID, GRID)
    answers = predict(model, dataset.x_test, device).argmax(1)
    return PointsView(
        extent=extent,
        grid=_read_only(grid),
        points=dataset.x_test,
        labels=_read_only(dataset.y_test.astype(np.uint8)),
        predictions=_read_only(answers.numpy().astype(np.uint8)),
    )


def images_view(model: nn.Module, dataset: Dataset, device: str) -> ImagesView:
    """The first test images with what the network takes them for."""
    x, y = dataset.x_test[:IMAGES], dataset.y_test[:IMAGES]
    confidence, predictions = predict(model, x, device).softmax(1).max(1)
    grey = np.clip((x.mean(axis=1) + 1) * 127.5, 0, 255).round().astype(np.uint8)
    return ImagesView(
        indices=_read_only(np.arange(len(x))),
        images=_read_only(grey),
        labels=_read_only(y.astype(np.uint8)),
        predictions=_read_only(predictions.numpy().astype(np.uint8)),
        confidence=_read_only(confidence.numpy()),
        class_names=dataset.class_names,
    )


def _read_only(array: NDArray[_T]) -> NDArray[_T]:
    array.flags.writeable = False
    return array
