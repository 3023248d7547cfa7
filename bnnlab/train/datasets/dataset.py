"""What a data set is, before and after it is loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["points", "images", "features"]


class DatasetError(RuntimeError):
    """A data set that cannot be had: not fetched yet, not reachable, or not what it should be."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Examples for training and for testing; the arrays are read-only.

    Attributes:
        name: Key in `DATASETS`.
        kind: ``"points"`` of the plane, of two classes; ``"images"``; or ``"features"``, any other numbers.
        x_train: `(n, 2)` points, `(n, k)` features or `(n, channels, height, width)` images, float32. Every
            value is a whole number divided by a power of two, so that sums and differences of them, as in a
            layer with binary weights, are exact in float32 in any order.
        y_train: `(n,)` int64, classes from 0.
        x_test: Like `x_train`.
        y_test: Like `y_train`.
        class_names: Name of each class.
        half_range: Images are grey values p as p / half_range - 1; None for others.
    """

    name: str
    kind: Kind
    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]
    class_names: tuple[str, ...]
    half_range: int | None = None

    def __post_init__(self) -> None:
        for array in (self.x_train, self.y_train, self.x_test, self.y_test):
            array.flags.writeable = False

    @property
    def image_shape(self) -> tuple[int, int, int] | None:
        """`(channels, height, width)` of an image, or None for others."""
        if self.kind != "images":
            return None
        _, channels, height, width = self.x_train.shape
        return channels, height, width


@dataclass(frozen=True, slots=True)
class DatasetSource:
    """A data set that can be loaded.

    Attributes:
        name: Key in `DATASETS`.
        title: Name for people.
        kind: ``"points"``, ``"images"`` or ``"features"``.
        input_shape: Shape of one example.
        class_names: Name of each class.
        load: `(seed, noise) -> Dataset`. Points are generated from both; others ignore them. Raises
            `DatasetError` where the data are not on this computer.
        fetched: True where the data have to be downloaded first, by `bnnlab data fetch`.
    """

    name: str
    title: str
    kind: Kind
    input_shape: tuple[int, ...]
    class_names: tuple[str, ...]
    load: Callable[[int, float], Dataset]
    fetched: bool = False


def images_from(
    source: str,
    arrays: dict[str, NDArray[np.uint8]],
    class_names: tuple[str, ...],
    half_range: int,
) -> Dataset:
    """A data set of images from grey values: p becomes `p / half_range - 1`.

    Args:
        source: Its name.
        arrays: ``x_train`` and ``x_test``, `(n, height, width)` or `(n, channels, height, width)` uint8;
            ``y_train`` and ``y_test``, `(n,)` uint8.
        class_names: Name of each class.
        half_range: A power of two: 128 for grey values of 0..255, so that every input is k / 128 exactly.
    """

    def scaled(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        images = pixels if pixels.ndim == 4 else pixels[:, None]
        x = images.astype(np.float32)
        x /= half_range
        x -= 1
        return x

    return Dataset(
        name=source,
        kind="images",
        x_train=scaled(arrays["x_train"]),
        y_train=arrays["y_train"].astype(np.int64),
        x_test=scaled(arrays["x_test"]),
        y_test=arrays["y_test"].astype(np.int64),
        class_names=class_names,
        half_range=half_range,
    )
