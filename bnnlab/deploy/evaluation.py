"""How many of MNIST's test images a packed network recognises."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.graph import CHUNK, PackedModel

MNIST_SHAPE, MNIST_CLASSES = (1, 28, 28), 10


@cache
def mnist_test() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The 10,000 images of MNIST's test set, `(n, 1, 28, 28)`, and their digits, `(n,)`; both read-only."""
    with (files("bnnlab.data") / "mnist_20k10k.npz").open("rb") as stream, np.load(stream) as arrays:
        images, labels = arrays["x_test"][:, None], arrays["y_test"]
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def fits_mnist(model: PackedModel) -> bool:
    """Whether a network takes MNIST's images, and gives a number for each digit."""
    return model.input_shape == MNIST_SHAPE and len(model.class_names) == MNIST_CLASSES


def answers(
    model: PackedModel, images: NDArray[Any], labels: NDArray[Any], at_once: int = CHUNK
) -> Iterator[NDArray[np.bool_]]:
    """Whether the network recognises each image: part after part, so that one can see how far it has come."""
    for start in range(0, len(images), at_once):
        chosen = slice(start, start + at_once)
        yield model.predict(images[chosen]) == labels[chosen]
