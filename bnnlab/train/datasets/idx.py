"""MNIST and Fashion-MNIST as published: gzipped IDX files, fetched on demand."""

from __future__ import annotations

import gzip
import math
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bnnlab.train.datasets.dataset import Dataset, DatasetError, DatasetSource, images_from
from bnnlab.train.datasets.embedded import DIGIT_NAMES
from bnnlab.train.datasets.fetch import RemoteFiles

_UNSIGNED_BYTES = 8  # the type code of IDX for uint8
FILES = {
    "x_train": "train-images-idx3-ubyte.gz",
    "y_train": "train-labels-idx1-ubyte.gz",
    "x_test": "t10k-images-idx3-ubyte.gz",
    "y_test": "t10k-labels-idx1-ubyte.gz",
}
MNIST_FILES = RemoteFiles(
    name="mnist-full",
    base_url="https://ossci-datasets.s3.amazonaws.com/mnist/",
    sha256={
        FILES["x_train"]: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        FILES["y_train"]: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        FILES["x_test"]: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        FILES["y_test"]: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
)
FASHION_FILES = RemoteFiles(
    name="fashion-mnist",
    base_url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    sha256={
        FILES["x_train"]: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        FILES["y_train"]: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        FILES["x_test"]: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        FILES["y_test"]: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
)
FASHION_NAMES = (
    "T-shirt",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def read_idx(path: Path) -> NDArray[np.uint8]:
    """An array from a gzipped IDX file of unsigned bytes.

    The file is big-endian: two zero bytes, a type code, the number of dimensions, each dimension as 32 bits,
    then the values with the last dimension running fastest.

    Raises:
        DatasetError: If the file is no such file.
    """
    try:
        with gzip.open(path) as stream:
            content = stream.read()
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(f"{path.name} is not a complete gzip file") from error
    if len(content) < 4 or content[:3] != bytes([0, 0, _UNSIGNED_BYTES]):
        raise DatasetError(f"{path.name} is not an IDX file of unsigned bytes")
    start = 4 + 4 * content[3]
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    if len(content) - start != math.prod(shape):
        raise DatasetError(f"{path.name} does not hold as many values as its header says")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


@lru_cache(maxsize=1)
def load(files: str, class_names: tuple[str, ...]) -> Dataset:
    """Read a data set of four IDX files from the cache."""
    remote = {remote.name: remote for remote in (MNIST_FILES, FASHION_FILES)}[files]
    paths = remote.local()
    arrays = {key: read_idx(paths[file]) for key, file in FILES.items()}
    return images_from(remote.name, arrays, class_names, 128)


MNIST_FULL = DatasetSource(
    name=MNIST_FILES.name,
    title="MNIST, 28x28: all 60,000 training images",
    kind="images",
    input_shape=(1, 28, 28),
    class_names=DIGIT_NAMES,
    load=lambda _seed, _noise: load(MNIST_FILES.name, DIGIT_NAMES),
    fetched=True,
)
FASHION_MNIST = DatasetSource(
    name=FASHION_FILES.name,
    title="Fashion-MNIST, 28x28: clothes",
    kind="images",
    input_shape=(1, 28, 28),
    class_names=FASHION_NAMES,
    load=lambda _seed, _noise: load(FASHION_FILES.name, FASHION_NAMES),
    fetched=True,
)
