"""CIFAR-10 as published: Python pickles in a tar archive, fetched on demand and never unpickled freely.

A pickle can call any function when it is read. These need only what rebuilds an array inside a dictionary, so
nothing else is allowed, and the archive's SHA-256 is checked before it is opened at all.
"""

from __future__ import annotations

import codecs
import pickle
import tarfile
from functools import lru_cache
from typing import IO, Any

import numpy as np

from bnnlab.train.datasets.dataset import Dataset, DatasetError, DatasetSource, images_from
from bnnlab.train.datasets.fetch import RemoteFiles

ARCHIVE = "cifar-10-python.tar.gz"
CIFAR10_FILES = RemoteFiles(
    name="cifar10",
    base_url="https://www.cs.toronto.edu/~kriz/",
    sha256={ARCHIVE: "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"},
)
CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
TRAIN_MEMBERS = tuple(f"cifar-10-batches-py/data_batch_{n}" for n in range(1, 6))
TEST_MEMBERS = ("cifar-10-batches-py/test_batch",)

_reconstruct = np.ndarray((0,)).__reduce__()[0]  # NumPy's own: its module has moved between versions
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): codecs.encode,
}


class ArraysOnly(pickle.Unpickler):
    """Reads pickles of dictionaries, lists, texts, numbers and NumPy arrays, and refuses all else."""

    def find_class(self, module: str, name: str) -> Any:
        """The object a pickle asks for by name, if it may have it.

        Raises:
            DatasetError: If it may not.
        """
        if (module, name) not in _ALLOWED:
            raise DatasetError(f"a pickle of {ARCHIVE} asks for {module}.{name}: not read")
        return _ALLOWED[module, name]


def read_batch(stream: IO[bytes]) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Images `(n, 3, 32, 32)` uint8 and labels `(n,)` uint8 of one pickled batch.

    Raises:
        DatasetError: If the batch is damaged or asks for anything but arrays.
    """
    try:
        batch = ArraysOnly(stream, encoding="bytes").load()
        images = np.asarray(batch[b"data"], np.uint8).reshape(-1, 3, 32, 32)
        labels = np.asarray(batch[b"labels"], np.uint8)
    except DatasetError:
        raise
    except Exception as error:  # a damaged pickle can raise almost anything
        raise DatasetError(f"a batch of {ARCHIVE} cannot be read") from error
    if len(images) != len(labels):
        raise DatasetError(f"a batch of {ARCHIVE} has {len(images)} images, {len(labels)} labels")
    return images, labels


@lru_cache(maxsize=1)
def load() -> Dataset:
    """Read the archive from the cache."""
    path = CIFAR10_FILES.local()[ARCHIVE]
    arrays = {}
    with tarfile.open(path) as archive:
        for part, members in (("train", TRAIN_MEMBERS), ("test", TEST_MEMBERS)):
            batches = []
            for member in members:
                batches.append(read_batch(_opened(archive, member)))
            arrays[f"x_{part}"] = np.concatenate([images for images, _ in batches])
            arrays[f"y_{part}"] = np.concatenate([labels for _, labels in batches])
    return images_from("cifar10", arrays, CLASS_NAMES, 128)


def _opened(archive: tarfile.TarFile, member: str) -> IO[bytes]:
    try:
        stream = archive.extractfile(member)
    except KeyError:
        stream = None
    if stream is None:
        raise DatasetError(f"{ARCHIVE} does not hold {member} as a file")
    return stream


CIFAR10 = DatasetSource(
    name="cifar10",
    title="CIFAR-10, 32x32 colour images",
    kind="images",
    input_shape=(3, 32, 32),
    class_names=CLASS_NAMES,
    load=lambda _seed, _noise: load(),
    fetched=True,
)
