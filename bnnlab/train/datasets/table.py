"""A table of one's own as a data set: an example a line, its numbers in columns, its class in the last one.

Tables come as CSV (commas, semicolons or tabs, with or without a heading) or as NumPy's ``.npy``. Two numbers a line
and two classes are points of the plane; 64 whole numbers up to 16 are images like those of `digits`, 784 up to 255 like
those of `mnist`; all others are features.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.train.datasets.dataset import Dataset, DatasetError, DatasetSource, Kind, images_from

TABLES: Final = (".csv", ".tsv", ".txt", ".npy")
"""How the names of such files end."""

MAX_BYTES: Final = 64 * 2**20
MAX_FEATURES: Final = 4096
MAX_CLASSES: Final = 100
MIN_OF_CLASS: Final = 2  # one to learn from and one to be tested with
TEST_SHARE: Final = 0.2
GRID: Final = 1024  # features are whole numbers divided by this; see Dataset.x_train
_IMAGES: Final = {64: (8, 16), 784: (28, 255)}  # by their numbers of pixels: side, and the largest grey value
_SHOWN: Final = 20  # characters of an entry that is no number


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Examples and their classes, as they were written.

    Attributes:
        features: `(n, k)` float64.
        classes: `(n,)` int64, from 0.
        class_names: Name of each class, in the order of the numbers or of the alphabet.
    """

    features: NDArray[np.float64]
    classes: NDArray[np.int64]
    class_names: tuple[str, ...]


def table_file(path: str | Path) -> DatasetSource:
    """A data set from a file.

    Args:
        path: Of a CSV or a ``.npy`` file. The data set takes its name.

    Raises:
        OSError: If the file cannot be read.
        DatasetError: As `table_source`.
    """
    file = Path(path)
    if file.stat().st_size > MAX_BYTES:
        raise DatasetError(f"{file.name} may have at most {MAX_BYTES // 2**20} MiB")
    return table_source(file.name, file.read_bytes())


def table_source(name: str, content: bytes) -> DatasetSource:
    """A data set from the content of a file: every fifth example of each class, at random, is kept for testing.

    Features are brought to -1..1 by the smallest and largest number of each column that is learned from.

    Args:
        name: Its name, and the file's in messages.
        content: CSV text in UTF-8 or UTF-16, or a ``.npy`` array `(n, k + 1)` of numbers.

    Raises:
        DatasetError: If it is no such table; the message is one sentence that says where.
    """
    table = read_table(name, content)
    dataset = _dataset(name, table)
    return DatasetSource(
        name=name,
        title=f"{name}: {len(table.classes):,} examples of {len(table.class_names)} classes",
        kind=dataset.kind,
        input_shape=dataset.x_train.shape[1:],
        class_names=table.class_names,
        load=lambda _seed, _noise: dataset,
    )


def read_table(name: str, content: bytes) -> Table:
    """Read a table; see `table_source`.

    Raises:
        DatasetError: If it is none.
    """
    if len(content) > MAX_BYTES:
        raise DatasetError(f"{name} may have at most {MAX_BYTES // 2**20} MiB")
    is_array = content.startswith(b"\x93NUMPY")
    features, labels = _from_npy(name, content) if is_array else _from_csv(name, content)
    if features.shape[1] > MAX_FEATURES:
        raise DatasetError(f"{name} may have at most {MAX_FEATURES:,} columns before the class")
    labels = _named(labels)
    names = _ordered(set(labels))
    if not 2 <= len(names) <= MAX_CLASSES:
        raise DatasetError(
            f"{name} must name 2 to {MAX_CLASSES} classes in its last column; there are {len(names):,}"
        )
    number = {label: at for at, label in enumerate(names)}
    classes = np.array([number[label] for label in labels], np.int64)
    counts = np.bincount(classes)
    if counts.min() < MIN_OF_CLASS:
        raise DatasetError(
            f"{name} must have at least {MIN_OF_CLASS} examples of each class; of {names[counts.argmin()]!r} it has one"
        )
    return Table(features, classes, names)


def _from_npy(name: str, content: bytes) -> tuple[NDArray[np.float64], list[str]]:
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise DatasetError(f"{name} is no NumPy file of numbers: {error}") from error
    if array.ndim != 2 or array.shape[1] < 2 or array.dtype.kind not in "fiub":
        raise DatasetError(
            f"{name} must hold numbers in rows and columns, the class in the last one; its shape is {array.shape}, "
            f"its type {array.dtype}"
        )
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        row, column = np.argwhere(~np.isfinite(numbers))[0]
        raise DatasetError(f"{name} has no number in row {row + 1}, column {column + 1}")
    return numbers[:, :-1], [repr(label) for label in numbers[:, -1].tolist()]


def _from_csv(name: str, content: bytes) -> tuple[NDArray[np.float64], list[str]]:
    text = _decoded(name, content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise DatasetError(f"{name} is empty")
    # Where columns are separated by tabs or semicolons, a comma stands in a number.
    delimiter = next((mark for mark in "\t;," if mark in first), "")
    if not delimiter:
        raise DatasetError(f"{name} must have at least two columns, separated by commas, semicolons or tabs")
    try:
        numbered = [
            (at, row)
            for at, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1)
            if any(entry.strip() for entry in row)
        ]
    except csv.Error as error:
        raise DatasetError(f"{name} is no table: {error}") from error
    comma = delimiter != ","
    heading = numbered[0][1][:-1]
    if any(entry.strip() for entry in heading) and not any(_is_number(entry, comma) for entry in heading):
        del numbered[0]
    if not numbered:
        raise DatasetError(f"{name} has a heading and nothing below it")
    width = len(numbered[0][1])
    rows: list[list[float]] = []
    labels: list[str] = []
    for at, row in numbered:
        if len(row) != width:
            raise DatasetError(
                f"{name} must have as many columns in each line: line {at} has {len(row)}, not {width}"
            )
        rows.append(_numbers(name, at, row, comma))
        labels.append(row[-1].strip())
        if not labels[-1]:
            raise DatasetError(f"{name} names no class at the end of line {at}")
    return np.array(rows, np.float64), labels


def _decoded(name: str, content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise DatasetError(f"{name} is no text in UTF-8 or UTF-16, and no NumPy file")
    return text


def _numbers(name: str, line: int, row: Sequence[str], comma: bool) -> list[float]:
    numbers = []
    for at, entry in enumerate(row[:-1], 1):
        if not _is_number(entry, comma):
            shown = entry.strip()[:_SHOWN]
            what = f"“{shown}” is no number" if shown else "a number is missing"
            raise DatasetError(f"{name}: in line {line}, column {at}, {what}")
        numbers.append(_number(entry, comma))
    return numbers


def _is_number(entry: str, comma: bool) -> bool:
    try:
        return math.isfinite(_number(entry, comma))
    except ValueError:
        return False


def _number(entry: str, comma: bool) -> float:
    return float(entry.replace(",", ".") if comma else entry)


def _named(labels: list[str]) -> list[str]:
    """The same class under one name: 1, 1.0 and 01 are one number, where all classes are numbers."""
    if not all(_is_number(label, comma=False) for label in set(labels)):
        return labels
    names = {label: _number_name(float(label)) for label in set(labels)}
    return [names[label] for label in labels]


def _number_name(number: float) -> str:
    """A number as it would be written by hand, and never that of another."""
    return str(int(number)) if number.is_integer() else repr(number)


def _ordered(labels: set[str]) -> tuple[str, ...]:
    """Numbers by their value, words by the alphabet."""
    if all(_is_number(label, comma=False) for label in labels):
        return tuple(sorted(labels, key=float))
    return tuple(sorted(labels))


def _dataset(name: str, table: Table) -> Dataset:
    test = _chosen_for_testing(table.classes)
    kind, features = _kind(table), table.features
    if kind == "images":
        side, _ = _IMAGES[features.shape[1]]
        pixels = features.reshape(-1, side, side).astype(np.uint8)
        arrays = {"x_train": pixels[~test], "x_test": pixels[test]}
        classes = {
            "y_train": table.classes[~test].astype(np.uint8),
            "y_test": table.classes[test].astype(np.uint8),
        }
        return images_from(name, arrays | classes, table.class_names, half_range=8 if side == 8 else 128)
    low, high = features[~test].min(axis=0), features[~test].max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    scaled = np.rint((2 * (features - low) / span - 1) * GRID) / GRID
    scaled = np.where(high > low, scaled, 0.0).astype(np.float32)
    return Dataset(
        name=name,
        kind=kind,
        x_train=scaled[~test],
        y_train=table.classes[~test],
        x_test=scaled[test],
        y_test=table.classes[test],
        class_names=table.class_names,
    )


def _kind(table: Table) -> Kind:
    features = table.features
    count = features.shape[1]
    if count == 2 and len(table.class_names) == 2:
        return "points"
    if count in _IMAGES:
        _, largest = _IMAGES[count]
        grey = (features >= 0) & (features <= largest) & (features == np.rint(features))
        if grey.all() and features.max() > 1:
            return "images"
    return "features"


def _chosen_for_testing(classes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which examples are for testing: of each class a fifth, at least one; the same ones each time."""
    rng = np.random.default_rng(0)
    chosen = np.zeros(len(classes), bool)
    for one in range(int(classes.max()) + 1):
        members = rng.permutation(np.flatnonzero(classes == one))
        chosen[members[: max(1, round(TEST_SHARE * len(members)))]] = True
    return chosen
