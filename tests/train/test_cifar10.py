"""CIFAR-10's pickles: read as published, by Python 2, and never allowed to run anything."""

import builtins
import hashlib
import io
import os
import pickle
import struct
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bnnlab.train import DatasetError
from bnnlab.train.datasets import RemoteFiles, cifar10

# How Python 2's cPickle wrote an array of n x 3072 unsigned bytes, in CIFAR-10's own words.
ARRAY = (
    b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR(K\x01K%cM\x00\x0c\x86"
    b"cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89T%btb"
)


def published(images: np.ndarray, labels: np.ndarray) -> bytes:
    """A batch as it lies in the published archive."""
    data = struct.pack("<i", images.size) + images.tobytes()
    digits = b"".join(b"K%c" % int(label) for label in labels)
    array = ARRAY % (len(images), data)
    return b"\x80\x02}(U\x0bbatch_labelU\x04testU\x06labels](" + digits + b"eU\x04data" + array + b"u."


def pickled(images: np.ndarray, labels: np.ndarray) -> bytes:
    """A batch as Python 3 writes it."""
    return pickle.dumps({b"data": images, b"labels": labels.tolist()}, protocol=2)


def batch(rng: np.random.Generator, n: int = 4) -> tuple[np.ndarray, np.ndarray]:
    return rng.integers(0, 256, (n, 3072)).astype(np.uint8), rng.integers(0, 10, n).astype(np.uint8)


class Calls:
    """Pickles to a call of a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("write", [published, pickled])
def test_a_batch_is_read(write, rng: np.random.Generator) -> None:  # type: ignore[no-untyped-def]
    images, labels = batch(rng)
    x, y = cifar10.read_batch(io.BytesIO(write(images, labels)))
    assert np.array_equal(x, images.reshape(4, 3, 32, 32))
    assert np.array_equal(y, labels)
    assert x.dtype == y.dtype == np.uint8


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize(
    ("function", "asked_for"),
    [(os.system, "posix.system|nt.system"), (builtins.eval, "(__builtin__|builtins).eval"), (open, "open")],
)
def test_a_pickle_that_calls_a_function_is_refused_and_calls_nothing(  # type: ignore[no-untyped-def]
    function, asked_for: str, protocol: int, tmp_path: Path
) -> None:
    trace = tmp_path / "executed"
    arguments = {
        os.system: (f"touch {trace}",),
        builtins.eval: (f"open({str(trace)!r}, 'w').close()",),
        open: (str(trace), "w"),
    }[function]
    evil = pickle.dumps({b"data": Calls(function, *arguments), b"labels": []}, protocol=protocol)
    with pytest.raises(DatasetError, match=f"asks for .*({asked_for}): not read"):
        cifar10.read_batch(io.BytesIO(evil))
    assert not trace.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[:-1],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"not a pickle at all",
        lambda whole: pickle.dumps([1, 2, 3]),
        lambda whole: pickle.dumps({b"data": np.zeros((2, 5), np.uint8), b"labels": [1, 2]}),
        lambda whole: pickle.dumps({b"labels": [1, 2]}),
        lambda whole: pickle.dumps({b"data": np.zeros((1, 3072), np.uint8), b"labels": [300]}),
        lambda whole: pickle.dumps({b"data": np.zeros((1, 3072), np.uint8), b"labels": "many"}),
    ],
)
def test_a_damaged_batch_is_refused(damage, rng: np.random.Generator) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DatasetError, match=r"a batch of cifar-10-python\.tar\.gz cannot be read"):
        cifar10.read_batch(io.BytesIO(damage(pickled(*batch(rng)))))


def test_images_without_labels_are_refused(rng: np.random.Generator) -> None:
    images, labels = batch(rng)
    with pytest.raises(DatasetError, match="has 4 images, 3 labels"):
        cifar10.read_batch(io.BytesIO(pickled(images, labels[:3])))


def archived(path: Path, members: dict[str, bytes]) -> RemoteFiles:
    """An archive in the cache under `path`, and the files whose hash it has."""
    (path / "cifar10").mkdir()
    archive = path / "cifar10" / cifar10.ARCHIVE
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    return RemoteFiles("cifar10", "http://127.0.0.1/", {cifar10.ARCHIVE: digest})


@pytest.fixture
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    cifar10.load.cache_clear()
    yield
    cifar10.load.cache_clear()


@pytest.mark.usefixtures("_fresh")
def test_a_whole_archive_becomes_a_data_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    names = [*cifar10.TRAIN_MEMBERS, *cifar10.TEST_MEMBERS]
    batches = {name: batch(rng) for name in names}
    files = archived(tmp_path, {name: published(*batches[name]) for name in names})
    monkeypatch.setattr(cifar10, "CIFAR10_FILES", files)
    data = cifar10.CIFAR10.load(0, 0.0)
    images = np.concatenate([batches[name][0] for name in cifar10.TRAIN_MEMBERS])
    labels = np.concatenate([batches[name][1] for name in cifar10.TRAIN_MEMBERS])
    assert np.array_equal((data.x_train + 1) * 128, images.reshape(20, 3, 32, 32))
    assert np.array_equal(data.y_train, labels)
    assert data.x_test.shape == (4, *cifar10.CIFAR10.input_shape)
    assert data.image_shape == (3, 32, 32)


@pytest.mark.usefixtures("_fresh")
def test_an_archive_without_a_batch_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    files = archived(tmp_path, {cifar10.TRAIN_MEMBERS[0]: pickled(*batch(rng))})
    monkeypatch.setattr(cifar10, "CIFAR10_FILES", files)
    with pytest.raises(DatasetError, match="does not hold cifar-10-batches-py/data_batch_2"):
        cifar10.CIFAR10.load(0, 0.0)


@pytest.mark.usefixtures("_fresh")
def test_an_archive_with_another_hash_is_not_opened(tmp_path: Path) -> None:
    archived(tmp_path, {name: pickle.dumps(Calls(os.system, "false")) for name in cifar10.TEST_MEMBERS})
    with pytest.raises(DatasetError, match="is damaged: run `bnnlab data fetch cifar10`"):
        cifar10.CIFAR10.load(0, 0.0)
