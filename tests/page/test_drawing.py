"""Drawings become what their data set holds."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy import PackedModel
from bnnlab.train import DATASETS, RunConfig, train

from .javascript import base64_of, bytes_of, run

PREPARED = """
  const { prepare } = drawings(module, given.dataset, given.size);
  const ink = numbersOf(Uint8Array, given.ink);
  const images = [];
  for (let at = 0; at < ink.length; at += given.size ** 2) {
    images.push(prepare(ink.subarray(at, at + given.size ** 2)));
  }
  return images.map((image) => image && textOf(image));
"""


def prepared(dataset: str, ink: NDArray[np.uint8]) -> list[NDArray[np.uint8] | None]:
    """Images of a data set, from `(n, size, size)` drawings."""
    given = {"dataset": dataset, "size": ink.shape[1], "ink": base64_of(ink)}
    return [
        None if text is None else np.frombuffer(bytes_of(text), np.uint8)
        for text in run(["drawing.js"], PREPARED, given)
    ]


@cache
def mnist(count: int) -> tuple[NDArray[np.uint8], NDArray[np.integer]]:
    """MNIST's test images, as drawings."""
    dataset = DATASETS["mnist"].load(0, 0.0)
    return (dataset.x_test[:count, 0] * 128 + 128).astype(np.uint8), dataset.y_test[:count]


def test_no_ink_no_image() -> None:
    assert prepared("digits", np.zeros((1, 50, 50), np.uint8)) == [None]
    assert prepared("mnist", np.zeros((1, 50, 50), np.uint8)) == [None]


def test_a_block_of_ink_is_counted() -> None:
    ink = np.zeros((2, 64, 64), np.uint8)
    ink[0, 10:42, 5:45] = 255  # wider than high: the bitmap's height, and 24 of its 32 columns
    ink[1, 16:48, 30:34] = 255  # a bar: 4 of 32 columns, in the middle of them
    full, bar = (image.reshape(8, 8) for image in prepared("digits", ink) if image is not None)
    assert full.tolist() == [[0, *[16] * 6, 0]] * 8
    assert bar.tolist() == [[0, 0, 0, 8, 8, 0, 0, 0]] * 8


def test_where_and_how_large_it_is_drawn_does_not_matter() -> None:
    small = np.zeros((1, 120, 120), np.uint8)
    small[0, 10:42, 20:30], small[0, 34:42, 20:44] = 255, 255
    large = np.zeros_like(small)
    large[0, 4:100, 40:70], large[0, 76:100, 40:112] = 255, 255
    for dataset in ("digits", "mnist"):
        first, second = prepared(dataset, small)[0], prepared(dataset, large)[0]
        assert first is not None
        assert second is not None
        assert np.abs(first.astype(int) - second).max() <= 1


def test_images_of_mnist_stay_as_they_are() -> None:
    images, _ = mnist(300)
    again = np.stack([image for image in prepared("mnist", images) if image is not None])
    same = (again == images.reshape(len(images), -1)).all(1)
    assert same.mean() > 0.7  # the others are a place aside, or not quite 20 long


def test_a_network_of_digits_reads_what_others_wrote() -> None:
    """MNIST was written by other hands, with other pens: a chance guess is right once in ten."""
    images, labels = mnist(500)
    with train(RunConfig(epochs=8)) as training:
        for _ in training:
            pass
        packed = PackedModel.from_module(training.model, (1, 8, 8), divisor=8.0)
    ink = images.repeat(4, axis=1).repeat(4, axis=2)
    read = np.stack([image for image in prepared("digits", ink) if image is not None]).reshape(-1, 1, 8, 8)
    right = float((packed.predict(read) == labels).mean())
    print("right", right)
    assert right > 0.65
    ours, theirs = read.mean(), training.dataset.x_train.mean() * 8 + 8
    assert abs(ours - theirs) < 0.5  # strokes are as thick
