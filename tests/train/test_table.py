"""Tables of one's own: read as they are meant, or refused with a sentence that says where."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnnlab.train import DATASETS, DatasetError, RunConfig, train
from bnnlab.train.datasets import table_file, table_source
from bnnlab.train.datasets.table import GRID, MAX_FEATURES, read_table

FLOWERS = ("5.1,3.5,1.4,setosa", "4.9,3.0,1.4,setosa", "7.0,3.2,4.7,versicolor", "6.4,3.2,4.5,versicolor")


def lines(*rows: str) -> bytes:
    return "\n".join(rows).encode()


def npy(array: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


PLAIN = lines(*FLOWERS)


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        lines("length,width,petal,species", *FLOWERS),
        lines(*(row.replace(",", ";").replace(".", ",") for row in FLOWERS)),
        lines(*(row.replace(",", "\t") for row in FLOWERS)),
        PLAIN.replace(b"\n", b"\r\n\r\n"),
        b"\xef\xbb\xbf" + PLAIN,
        PLAIN.decode().encode("utf-16"),
        lines('"5.1","3.5",1.4,"setosa"', *FLOWERS[1:]),
    ],
    ids=["plain", "heading", "semicolons", "tabs", "empty lines", "byte order mark", "UTF-16", "quotes"],
)
def test_every_way_of_writing_gives_the_same_table(content: bytes) -> None:
    table = read_table("flowers.csv", content)
    assert table.features.tolist() == [[5.1, 3.5, 1.4], [4.9, 3.0, 1.4], [7.0, 3.2, 4.7], [6.4, 3.2, 4.5]]
    assert table.class_names == ("setosa", "versicolor")
    assert table.classes.tolist() == [0, 0, 1, 1]


def test_classes_that_are_numbers_are_ordered_as_numbers() -> None:
    table = read_table("x.csv", lines("1,10", "2,9", "3,10", "4,9"))
    assert table.class_names == ("9", "10")


def test_equal_numbers_are_one_class_and_large_ones_stay_apart() -> None:
    assert read_table("x.csv", lines("1,1", "2,1.0", "3,2", "4,02")).class_names == ("1", "2")
    large = npy(np.array([[0.0, 1000001], [1, 1000001], [2, 1000002], [3, 1000002]]))
    assert read_table("x.npy", large).class_names == ("1000001", "1000002")
    assert read_table("x.csv", lines("1,1.5", "2,1.5", "3,-2", "4,-2")).class_names == ("-2", "1.5")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "x.csv is empty"),
        (b"\n  \n", "x.csv is empty"),
        (lines("a,b,class"), "has a heading and nothing below it"),
        (lines("1", "2"), "must have at least two columns, separated by commas, semicolons or tabs"),
        (lines("1,2,a", "1,2,a", "1,2,a"), "must name 2 to 100 classes in its last column; there are 1"),
        (lines("1,2,a", "1,2,a", "1,2,b"), "at least 2 examples of each class; of 'b' it has one"),
        (lines("1,2,a", "1,,b", "1,2,a"), "in line 2, column 2, a number is missing"),
        (lines("1,2,a", "1,x,b", "1,2,a"), "in line 2, column 2, “x” is no number"),
        (lines("1,,a", "1,2,a", "1,2,b", "1,2,b"), "in line 1, column 2, a number is missing"),
        (lines(",,a", "1,2,a", "1,2,b", "1,2,b"), "in line 1, column 1, a number is missing"),
        (lines("1,2,a", "nan,2,b"), "in line 2, column 1, “nan” is no number"),
        (lines("1,2,a", "1,2,3,b"), "as many columns in each line: line 2 has 4, not 3"),
        (lines("1,2,a", "1,2,"), "names no class at the end of line 2"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "is no text in UTF-8 or UTF-16, and no NumPy file"),
        ("1,2,ä".encode("latin-1"), "is no text in UTF-8 or UTF-16, and no NumPy file"),
        (npy(np.array([{"a": 1}], object)), "is no NumPy file of numbers"),
        (npy(np.zeros(3)), r"its shape is \(3,\)"),
        (npy(np.array([[1.0, np.inf, 0], [1, 2, 1]])), "has no number in row 1, column 2"),
        (npy(np.zeros((4, 3)))[:-8], "is no NumPy file of numbers"),
        (lines(*["1," * (MAX_FEATURES + 1) + name for name in "aabb"]), "at most 4,096 columns before the class"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        table_source("x.csv", content)


def test_a_numpy_file_and_text_are_read_alike(rng: np.random.Generator) -> None:
    array = np.column_stack([rng.standard_normal((50, 4)).round(3), rng.integers(0, 3, 50)])
    text = "\n".join(",".join(f"{value:g}" for value in row) for row in array.tolist()).encode()
    one, other = read_table("a.npy", npy(array)), read_table("a.csv", text)
    assert np.array_equal(one.features, other.features)
    assert np.array_equal(one.classes, other.classes)
    assert one.class_names == other.class_names == ("0", "1", "2")


def test_each_class_is_learned_and_tested_and_features_are_scaled(rng: np.random.Generator) -> None:
    features = rng.normal(100, 20, (200, 5))
    features[:, 2] = 7.0
    array = np.column_stack([features, np.arange(200) % 3])
    source = table_source("mine.npy", npy(array))
    data = source.load(0, 0.0)
    assert (source.kind, source.input_shape, data.kind) == ("features", (5,), "features")
    assert len(data.x_train) + len(data.x_test) == 200
    assert set(data.y_train.tolist()) == set(data.y_test.tolist()) == {0, 1, 2}
    assert data.x_train[:, [0, 1, 3, 4]].min() == -1
    assert data.x_train[:, [0, 1, 3, 4]].max() == 1
    assert not data.x_train[:, 2].any()
    assert np.array_equal(data.x_train * GRID, np.rint(data.x_train * GRID)), "sums have to be exact"


@pytest.mark.parametrize(
    ("columns", "largest", "kind", "shape"),
    [
        (2, 9, "points", (2,)),
        (64, 16, "images", (1, 8, 8)),
        (784, 255, "images", (1, 28, 28)),
        (64, 17, "features", (64,)),
        (4, 9, "features", (4,)),
    ],
)
def test_what_the_numbers_are(
    rng: np.random.Generator, columns: int, largest: int, kind: str, shape: tuple[int, ...]
) -> None:
    pixels = rng.integers(0, largest + 1, (20, columns))
    pixels[0, 0], pixels[1, 0] = 0, largest
    source = table_source("x.npy", npy(np.column_stack([pixels, np.arange(20) % 2])))
    assert (source.kind, source.input_shape) == (kind, shape)


def test_images_of_a_table_are_prepared_like_those_of_the_library() -> None:
    digits = DATASETS["digits"].load(0, 0.0)
    pixels = ((digits.x_test.reshape(-1, 64) + 1) * 8).astype(int)
    data = table_source("mine.npy", npy(np.column_stack([pixels, digits.y_test]))).load(0, 0.0)
    known = {row.tobytes() for row in digits.x_test}
    assert all(row.tobytes() in known for row in data.x_train)
    assert data.half_range == digits.half_range


def test_a_network_learns_a_table(
    tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    classes = np.arange(300) % 3
    features = rng.standard_normal((300, 4)) + 4 * np.eye(4)[classes]
    file = tmp_path / "mine.npy"
    file.write_bytes(npy(np.column_stack([features, classes])))
    source = table_file(file)
    monkeypatch.setitem(DATASETS, source.name, source)
    run = train(RunConfig(dataset="mine.npy", widths=(32, 32), epochs=20))
    for _ in run:
        pass
    _, accuracy = run.evaluate()
    assert accuracy > 0.9
