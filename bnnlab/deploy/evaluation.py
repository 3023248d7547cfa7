"""How many test images a packed network recognises, of those that come with the library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.graph import CHUNK, PackedModel

MNIST_SHAPE, DIGITS_SHAPE, CLASSES = (1, 28, 28), (1, 8, 8), 10


@dataclass(frozen=True, eq=False)
class LabelledImages:
    """The test images of a data set, and what is on them.

    Attributes:
        title: Of the data set.
        images: `(n, channels, height, width)` uint8, read-only.
        labels: `(n,)` uint8, read-only: the class of each.
        white: The largest grey value.
    """

    title: str
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    white: int


FILES: dict[tuple[int, ...], tuple[str, str, int]] = {
    MNIST_SHAPE: ("MNIST", "mnist_20k10k.npz", 255),
    DIGITS_SHAPE: ("the 8x8 digits", "digits8x8.npz", 16),
}
"""Title, file in `bnnlab.data` and white of each data set, by the shape of its images."""


def fitting_images(model: PackedModel) -> LabelledImages | None:
    """The test images that a network takes, if there are any; it must give a number for each of the ten digits."""
    fits = model.input_shape in FILES and len(model.class_names) == CLASSES
    return labelled_images(model.input_shape) if fits else None


@cache
def labelled_images(shape: tuple[int, ...]) -> LabelledImages:
    """The test images of a shape in `FILES`."""
    title, file, white = FILES[shape]
    with (files("bnnlab.data") / file).open("rb") as stream, np.load(stream) as arrays:
        images, labels = arrays["x_test"][:, None], arrays["y_test"]
    images.flags.writeable = labels.flags.writeable = False
    return LabelledImages(title, images, labels, white)


def answers(
    model: PackedModel, examples: LabelledImages, at_once: int = CHUNK
) -> Iterator[NDArray[np.bool_]]:
    """Whether the network recognises each image: part after part, so that one can see how far it has come."""
    for start in range(0, len(examples.images), at_once):
        chosen = slice(start, start + at_once)
        yield model.predict(examples.images[chosen]) == examples.labels[chosen]
