"""Data sets by name. A new one is one file, one line here, and its name in `bnnlab.commands.run_settings`."""

from bnnlab.train.datasets.cifar10 import CIFAR10, CIFAR10_FILES
from bnnlab.train.datasets.dataset import Dataset, DatasetError, DatasetSource
from bnnlab.train.datasets.embedded import DIGITS, MNIST
from bnnlab.train.datasets.fetch import RemoteFiles
from bnnlab.train.datasets.idx import FASHION_FILES, FASHION_MNIST, MNIST_FILES, MNIST_FULL
from bnnlab.train.datasets.table import TABLES, table_file, table_source
from bnnlab.train.datasets.toys import TOYS

DATASETS: dict[str, DatasetSource] = {
    source.name: source
    for source in (
        *TOYS,
        DIGITS,
        MNIST,
        MNIST_FULL,
        FASHION_MNIST,
        CIFAR10,
    )
}
REMOTE_FILES: dict[str, RemoteFiles] = {
    files.name: files for files in (MNIST_FILES, FASHION_FILES, CIFAR10_FILES)
}

__all__ = [
    "DATASETS",
    "REMOTE_FILES",
    "TABLES",
    "Dataset",
    "DatasetError",
    "DatasetSource",
    "RemoteFiles",
    "table_file",
    "table_source",
]
