"""Data sets that come with the library, in `bnnlab.data`: handwritten digits, small and large.

Origin and licences: `data/PROVENANCE.md` and `data/LICENSE`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np

from bnnlab.train.datasets.dataset import Dataset, DatasetSource, images_from

DIGIT_NAMES = tuple("0123456789")


@lru_cache
def load(name: str, file: str, half_range: int) -> Dataset:
    """Read one of the files of `bnnlab.data`; the same object every time, since its arrays are read-only."""
    with (files("bnnlab.data") / file).open("rb") as stream, np.load(stream) as arrays:
        return images_from(name, dict(arrays), DIGIT_NAMES, half_range)


DIGITS = DatasetSource(
    name="digits",
    title="Digits, 8x8: as many pixels as a 64-bit word has bits",
    kind="images",
    input_shape=(1, 8, 8),
    class_names=DIGIT_NAMES,
    load=lambda _seed, _noise: load("digits", "digits8x8.npz", 8),
)
MNIST = DatasetSource(
    name="mnist",
    title="MNIST, 28x28: 20,000 of its training images and its whole test set",
    kind="images",
    input_shape=(1, 28, 28),
    class_names=DIGIT_NAMES,
    load=lambda _seed, _noise: load("mnist", "mnist_20k10k.npz", 128),
)
EMBEDDED = (DIGITS, MNIST)
