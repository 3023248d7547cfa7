"""Two-dimensional problems one can see whole: moons, circles, xor and spiral.

Each is drawn from a seed, with as many points of class 0 as of class 1, and fills about [-1, 1] x [-1, 1].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bnnlab.train.datasets.dataset import Dataset, DatasetSource

Points = NDArray[np.float64]
Shape = Callable[[Points, NDArray[np.int64], np.random.Generator], Points]

EXAMPLES = 500  # for training, and as many again for testing
GRID = 1024  # coordinates are whole numbers divided by this; see Dataset.x_train
CLASS_NAMES = ("0", "1")


def moons(along: Points, classes: NDArray[np.int64], _rng: np.random.Generator) -> Points:
    """Two half circles that reach into each other."""
    angle = np.pi * along
    flip = 1 - 2 * classes  # the second moon is the first, turned round and shifted
    x = flip * np.cos(angle) - 0.5 + classes
    y = flip * np.sin(angle) - 0.25 + 0.5 * classes
    return np.stack([x, y], axis=1) / 1.5


def circles(along: Points, classes: NDArray[np.int64], _rng: np.random.Generator) -> Points:
    """A small circle inside a large one."""
    angle, radius = 2 * np.pi * along, np.where(classes == 1, 0.4, 0.9)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def xor(along: Points, classes: NDArray[np.int64], rng: np.random.Generator) -> Points:
    """Four squares, of which the diagonal ones belong together."""
    x = np.where(along < 0.5, -1, 1) * rng.uniform(0.1, 1, along.shape)
    y = np.sign(x) * np.where(classes == 1, -1, 1) * rng.uniform(0.1, 1, along.shape)
    return np.stack([x, y], axis=1)


def spiral(along: Points, classes: NDArray[np.int64], _rng: np.random.Generator) -> Points:
    """Two arms that wind round each other, one and a quarter turns each."""
    radius = np.sqrt(along)  # even along the arm, not crowded in the middle
    angle = 2.5 * np.pi * radius + np.pi * classes
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def draw(name: str, shape: Shape, seed: int, noise: float) -> Dataset:
    """Draw training and test points.

    Args:
        name: Name of the data set.
        shape: Places a point of each class, given how far along its figure it lies (0..1).
        seed: Same seed, same points.
        noise: Standard deviation by which each coordinate is moved.
    """
    rng = np.random.default_rng(seed)
    total = 2 * EXAMPLES
    classes = np.arange(total) % 2
    points = shape(rng.uniform(0, 1, total), classes, rng)
    points += rng.normal(0, noise, points.shape)
    x = (np.round(points * GRID) / GRID).astype(np.float32)
    return Dataset(
        name=name,
        kind="points",
        x_train=x[:EXAMPLES].copy(),
        y_train=classes[:EXAMPLES].copy(),
        x_test=x[EXAMPLES:].copy(),
        y_test=classes[EXAMPLES:].copy(),
        class_names=CLASS_NAMES,
    )


def _toy(name: str, title: str, shape: Shape) -> DatasetSource:
    return DatasetSource(
        name=name,
        title=title,
        kind="points",
        input_shape=(2,),
        class_names=CLASS_NAMES,
        load=lambda seed, noise: draw(name, shape, seed, noise),
    )


TOYS = (
    _toy("moons", "Two moons", moons),
    _toy("circles", "Two circles", circles),
    _toy("xor", "Exclusive or", xor),
    _toy("spiral", "Two spirals", spiral),
)
