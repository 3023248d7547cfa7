"""IDX files as MNIST is published in, written here byte by byte, and what is not such a file."""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
import pytest

from bnnlab.train import DatasetError
from bnnlab.train.datasets import RemoteFiles, idx


def idx_bytes(array: np.ndarray) -> bytes:
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 5), (0, 28, 28)])
def test_an_array_is_read_as_it_was_written(shape: tuple[int, ...], tmp_path: Path) -> None:
    array = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    read = idx.read_idx(written(tmp_path / "a.gz", gzip.compress(idx_bytes(array))))
    assert read.dtype == np.uint8
    assert read.shape == shape
    assert np.array_equal(read, array)


GOOD = idx_bytes(np.arange(12).reshape(3, 4))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not an IDX file of unsigned bytes"),
        (GOOD, "not a complete gzip file"),
        (gzip.compress(GOOD)[:-9], "not a complete gzip file"),
        (gzip.compress(GOOD)[:12] + b"\xff\xff\xff" + gzip.compress(GOOD)[15:], "not a complete gzip file"),
        (gzip.compress(GOOD)[:-8] + b"\0\0\0\0" + gzip.compress(GOOD)[-4:], "not a complete gzip file"),
        (gzip.compress(b""), "not an IDX file of unsigned bytes"),
        (gzip.compress(b"\0\0\x08"), "not an IDX file of unsigned bytes"),
        (gzip.compress(b"\0\0\x0d" + GOOD[3:]), "not an IDX file of unsigned bytes"),
        (gzip.compress(b"\1" + GOOD[1:]), "not an IDX file of unsigned bytes"),
        (gzip.compress(GOOD[:-1]), "does not hold as many values as its header says"),
        (gzip.compress(GOOD + b"\0"), "does not hold as many values as its header says"),
        (gzip.compress(GOOD[:8]), "does not hold as many values as its header says"),
        (gzip.compress(GOOD[:10]), "does not hold as many values as its header says"),
    ],
)
def test_what_is_no_idx_file_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=f"^a.gz (is )?{says}$"):
        idx.read_idx(written(tmp_path / "a.gz", content))


def test_four_files_become_a_data_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng) -> None:  # type: ignore[no-untyped-def]
    arrays = {
        "x_train": rng.integers(0, 256, (20, 28, 28)),
        "y_train": np.arange(20) % 10,
        "x_test": rng.integers(0, 256, (10, 28, 28)),
        "y_test": np.arange(10),
    }
    hashes = {}
    (tmp_path / "fashion-mnist").mkdir()
    for key, array in arrays.items():
        content = gzip.compress(idx_bytes(array))
        written(tmp_path / "fashion-mnist" / idx.FILES[key], content)
        hashes[idx.FILES[key]] = hashlib.sha256(content).hexdigest()
    monkeypatch.setattr(idx, "FASHION_FILES", RemoteFiles("fashion-mnist", "http://127.0.0.1/", hashes))
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    idx.load.cache_clear()
    data = idx.FASHION_MNIST.load(0, 0.0)
    idx.load.cache_clear()
    assert np.array_equal((data.x_train + 1) * 128, arrays["x_train"][:, None])
    assert np.array_equal(data.y_test, arrays["y_test"])
    assert data.class_names[9] == "Ankle boot"
