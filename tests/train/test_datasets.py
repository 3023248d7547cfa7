"""The data sets that come with the library: right shapes, exact values, every class, labels that fit."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from bnnlab.train import DATASETS, Dataset, DatasetError
from bnnlab.train.datasets import REMOTE_FILES
from bnnlab.train.datasets.toys import EXAMPLES, TOYS

TOY_NAMES = [toy.name for toy in TOYS]
MNIST_SHA256 = "ff8d0d295331920acd3612203f70389ebd905d2d461cfdc7d61a88788346ba7d"
HERE = [*TOY_NAMES, "digits", "mnist"]
WHOLE_NUMBERS_OF = {"digits": 8, "mnist": 128}  # of pixels; points are multiples of 1 / 1024


def load(name: str, seed: int = 0, noise: float = 0.1) -> Dataset:
    return DATASETS[name].load(seed, noise)


@pytest.mark.parametrize("name", HERE)
def test_every_data_set_is_what_its_source_announces(name: str) -> None:
    source, data = DATASETS[name], load(name)
    assert (data.name, data.kind, data.class_names) == (name, source.kind, source.class_names)
    assert not source.fetched
    for x, y in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert x.shape == (len(y), *source.input_shape)
        assert x.dtype == np.float32
        assert y.dtype == np.int64
        assert x.flags.c_contiguous
        assert set(y.tolist()) == set(range(len(source.class_names)))
        with pytest.raises(ValueError, match="read-only"):
            x[0] = 0
        with pytest.raises(ValueError, match="read-only"):
            y[0] = 0
    assert data.image_shape == (source.input_shape if source.kind == "images" else None)


@pytest.mark.parametrize("name", HERE)
def test_every_value_is_a_small_whole_number_over_a_power_of_two(name: str) -> None:
    data = load(name)
    numerators = np.concatenate([data.x_train.ravel(), data.x_test.ravel()]) * WHOLE_NUMBERS_OF.get(
        name, 1024
    )
    assert np.array_equal(numerators, np.round(numerators))
    assert np.abs(numerators).max() < 2**12


@pytest.mark.parametrize(("name", "train", "test"), [("digits", 1437, 360), ("mnist", 20_000, 10_000)])
def test_the_images_have_grey_values_and_balanced_classes(name: str, train: int, test: int) -> None:
    data = load(name)
    assert (len(data.x_train), len(data.x_test)) == (train, test)
    assert (data.x_train.min(), data.x_train.max()) == (-1, 1 if name == "digits" else 127 / 128)
    for labels in (data.y_train, data.y_test):
        shares = np.bincount(labels, minlength=10) / len(labels)
        assert (shares > 0.08).all()
        assert (shares < 0.12).all()


@pytest.mark.parametrize("name", ["digits", "mnist"])
def test_labels_fit_their_images(name: str) -> None:
    data = load(name)
    x_train, x_test = (x.reshape(len(x), -1) for x in (data.x_train, data.x_test))
    centroids = np.stack([x_train[data.y_train == label].mean(axis=0) for label in range(10)])
    distances = (centroids**2).sum(axis=1) - 2 * x_test @ centroids.T
    assert (distances.argmin(axis=1) == data.y_test).mean() > 0.7


def test_the_embedded_mnist_is_the_file_of_its_provenance() -> None:
    content = (files("bnnlab.data") / "mnist_20k10k.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == MNIST_SHA256
    assert MNIST_SHA256 in (files("bnnlab.data") / "PROVENANCE.md").read_text()


def test_images_are_loaded_once() -> None:
    assert load("digits", seed=1) is load("digits", seed=2, noise=0.5)


# Toys.


@pytest.mark.parametrize("name", TOY_NAMES)
def test_half_of_the_points_are_of_each_class(name: str) -> None:
    data = load(name)
    for labels in (data.y_train, data.y_test):
        assert np.bincount(labels).tolist() == [EXAMPLES // 2, EXAMPLES // 2]


@pytest.mark.parametrize("name", TOY_NAMES)
def test_the_seed_alone_decides_the_points(name: str) -> None:
    first, again, other = load(name, 3), load(name, 3), load(name, 4)
    assert np.array_equal(first.x_train, again.x_train)
    assert np.array_equal(first.x_test, again.x_test)
    assert not np.array_equal(first.x_train, other.x_train)
    assert not np.array_equal(first.x_train, first.x_test)


@pytest.mark.parametrize("name", TOY_NAMES)
def test_noise_moves_the_points(name: str) -> None:
    still, moved = load(name, noise=0.0), load(name, noise=0.2)
    deviations = moved.x_train - still.x_train
    assert deviations.std() == pytest.approx(0.2, rel=0.1)
    assert np.abs(still.x_train).max() == pytest.approx(1, abs=0.11)


@pytest.mark.parametrize("name", TOY_NAMES)
def test_without_noise_the_nearest_training_point_knows_the_class(name: str) -> None:
    data = load(name, noise=0.0)
    distances = np.linalg.norm(data.x_test[:, None] - data.x_train[None], axis=2)
    assert (data.y_train[distances.argmin(axis=1)] == data.y_test).mean() > 0.98


def test_no_line_divides_the_toys() -> None:
    for name in TOY_NAMES:
        data = load(name)
        inputs = np.c_[data.x_train, np.ones(EXAMPLES)].astype(float)
        weights, *_ = np.linalg.lstsq(inputs, 2.0 * data.y_train - 1, rcond=None)
        assert ((inputs @ weights > 0) == data.y_train).mean() < 0.9, f"{name} is too easy"


# Data sets that are not here yet.


@pytest.mark.parametrize("name", REMOTE_FILES)
def test_a_data_set_that_is_not_fetched_says_how_to_fetch_it(name: str, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("BNNLAB_DATA_CACHE", str(tmp_path))
    assert DATASETS[name].fetched
    assert not REMOTE_FILES[name].is_local()
    with pytest.raises(DatasetError, match=f"not on this computer yet: run `bnnlab data fetch {name}`"):
        load(name)
