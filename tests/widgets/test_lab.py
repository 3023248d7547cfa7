"""The frame of the lab holds exactly what the snapshot and the history say, and stays small."""

import dataclasses
import math

import numpy as np
import pytest

from bnnlab.bits.packing import pack_rows
from bnnlab.records import (
    HISTOGRAM_BINS,
    STARVED_AFTER,
    History,
    ImagesView,
    LayerDynamics,
    LayerSnapshot,
    PointsView,
    Snapshot,
    TrainingEvent,
)
from bnnlab.widgets.encoding import unpack_frame
from bnnlab.widgets.lab import encode, levels

POINTS = PointsView(
    1.5,
    np.arange(16, dtype=np.uint8).reshape(4, 4),
    np.ones((3, 2), np.float32),
    np.array([0, 1, 1], np.uint8),
    np.array([1, 1, 0], np.uint8),
)


def layer(rows: int, columns: int, flips: int = 0, name: str = "hidden1") -> LayerSnapshot:
    rng = np.random.default_rng(rows)
    flipped = np.zeros(rows * columns, bool)
    flipped[rng.choice(rows * columns, flips, replace=False)] = True
    return LayerSnapshot(
        name=name,
        signs=pack_rows(rng.standard_normal((rows, columns))),
        flipped=pack_rows(flipped.reshape(rows, columns)),
        flip_counts=flipped.reshape(rows, columns).astype(np.uint16) * 300,
        histogram=np.arange(HISTOGRAM_BINS),
        histogram_limit=1.5,
    )


def event(step: int, *layers: LayerSnapshot, loss: float = 0.5) -> TrainingEvent:
    dynamics = tuple(
        LayerDynamics(one.name, math.prod(one.signs.shape), 2, 1, 0.25, 0.5, 0.125, 2.0, 1.0, 3)
        for one in layers
    )
    return TrainingEvent(step, 0, loss, 0.75, None, None, dynamics)


def run(
    *layers: LayerSnapshot, steps: int, view: PointsView | ImagesView = POINTS
) -> tuple[Snapshot, History]:
    history, last = History(), None
    for step in range(1, steps + 1):
        last = event(step, *layers)
        history.append(last)
    return Snapshot(last, 1.0, layers, view, created=1000.25), history


def images(count: int = 3) -> ImagesView:
    rng = np.random.default_rng(0)
    labels = np.arange(count, dtype=np.uint8)
    pixels = rng.integers(0, 256, (count, 28, 28)).astype(np.uint8)
    names = ("zero", "one", "two", "three")
    return ImagesView(
        np.arange(count) + 7,
        pixels,
        labels,
        labels[::-1].copy(),
        np.full(count, 0.5, np.float32),
        names,
    )


def test_signs_and_curves_travel_as_they_are() -> None:
    hidden, output = layer(5, 70), layer(2, 5, name="output")
    meta, arrays = unpack_frame(encode(*run(hidden, output, steps=12)))
    assert (meta["step"], meta["created"], meta["clip"], meta["playing"]) == (
        12,
        1_000_250.0,
        1.0,
        False,
    )
    assert [(one["name"], one["rows"], one["columns"]) for one in meta["layers"]] == [
        ("hidden1", 5, 70),
        ("output", 2, 5),
    ]
    assert meta["layers"][0]["dynamics"]["clipped_weight_gradients"] == 0.5
    assert np.array_equal(arrays["0/signs"], hidden.signs.words)
    assert np.array_equal(arrays["1/signs"], output.signs.words)
    assert np.array_equal(arrays["1/histogram"], np.arange(HISTOGRAM_BINS))
    assert np.array_equal(arrays["curve/step"], np.arange(1, 13))
    assert np.array_equal(arrays["1/clipped_input_gradients"], np.full(12, 0.125))
    assert np.isnan(arrays["curve/test_loss"]).all()


@pytest.mark.parametrize("flips", [0, 1, 19, 20, 100, 350])
def test_flips_are_positions_while_few_and_bits_when_many(flips: int) -> None:
    hidden = layer(5, 70, flips)  # 80 bytes of bits: worth as much as 20 positions
    meta, arrays = unpack_frame(encode(*run(hidden, steps=1)))
    expected = np.flatnonzero(hidden.flipped.unpack() > 0)
    assert ("0/flips" in arrays) == (flips < 20)
    if flips < 20:
        assert np.array_equal(arrays["0/flips"], expected)
    else:
        assert np.array_equal(arrays["0/flipped"], hidden.flipped.words)
    assert meta["layers"][0]["ever_flipped"] == flips


def test_levels() -> None:
    counts = np.arange(65536).astype(np.uint16)
    coded = levels(counts)
    assert np.array_equal(coded[:128], counts[:128])
    assert (np.diff(coded.astype(int)) >= 0).all()
    assert coded[128] == 128
    assert coded[-1] in (254, 255)
    decoded = 128 * 2 ** ((coded[128:].astype(float) - 128) / 14)  # as lab_state.js does
    assert np.abs(decoded / counts[128:] - 1).max() < 0.03


def test_only_complete_frames_carry_counts_and_images() -> None:
    snapshot, history = run(layer(5, 70), steps=1, view=images())
    whole_meta, whole = unpack_frame(encode(snapshot, history))
    meta, small = unpack_frame(encode(snapshot, history, playing=True, complete=False))
    assert set(whole) - set(small) == {"0/levels", "images"}
    assert np.array_equal(whole["images"], snapshot.view.images)  # type: ignore[union-attr]
    assert meta["view"] == whole_meta["view"]
    assert np.array_equal(small["indices"], [7, 8, 9])
    assert np.array_equal(small["predictions"], [2, 1, 0])
    assert meta["view"]["classes"] == ["zero", "one", "two", "three"]


def test_other_images_have_another_key() -> None:
    first = images()
    second = dataclasses.replace(first, images=255 - first.images)
    keys = [
        unpack_frame(encode(*run(layer(2, 2), steps=1, view=view)))[0]["view"]["key"]
        for view in (first, second)
    ]
    assert keys[0] != keys[1]


def test_before_the_first_step() -> None:
    meta, arrays = unpack_frame(encode(*run(layer(4, 4), steps=0)))
    assert meta["step"] == 0
    assert meta["event"] is None
    assert meta["layers"][0]["dynamics"] is None
    assert not any(name.startswith("curve/") for name in arrays)
    assert meta["evaluated"] is None
    for name in ("grid", "points", "labels", "predictions"):
        assert np.array_equal(arrays[name], getattr(POINTS, name))


def test_the_newest_evaluation_travels_with_its_step() -> None:
    hidden = layer(4, 4)
    history = History(capacity=2)
    for step in range(1, 8):
        now = event(step, hidden)
        if step == 3:
            now = dataclasses.replace(now, test_loss=0.152, test_accuracy=0.9)
        history.append(now)
    meta, _ = unpack_frame(encode(Snapshot(now, 1.0, (hidden,), POINTS, 0.0), history))
    assert meta["evaluated"] == {"step": 3, "test_loss": 0.152, "test_accuracy": 0.9}
    assert meta["stride"] == history.stride > 1
    assert meta["event"] == {"epoch": 0, "loss": 0.5, "train_accuracy": 0.75}


def test_the_length_of_starving_is_said_by_the_frame() -> None:
    meta, _ = unpack_frame(encode(*run(layer(4, 4), steps=0)))
    assert meta["starved_after"] == STARVED_AFTER


def test_a_network_without_binary_layers_has_a_frame() -> None:
    meta, arrays = unpack_frame(encode(*run(steps=3)))
    assert meta["layers"] == []
    assert len(arrays["curve/loss"]) == 3


def test_a_diverged_run_can_be_drawn() -> None:
    hidden = layer(4, 4)
    snapshot, history = run(hidden, steps=1)
    lost = event(2, hidden, loss=math.nan)
    history.append(lost)
    meta, arrays = unpack_frame(
        encode(dataclasses.replace(snapshot, event=lost, clip_value=math.inf), history)
    )
    assert meta["event"]["loss"] is None
    assert meta["clip"] is None
    assert np.isnan(arrays["curve/loss"][1])


def test_an_ordinary_frame_is_small() -> None:
    snapshot, history = run(layer(256, 784, 200_000), steps=1000, view=images(4))
    assert len(encode(snapshot, history, complete=False)) < 75_000
    snapshot, history = run(layer(256, 784, 2_000), steps=1000, view=images(4))
    assert len(encode(snapshot, history, complete=False)) < 60_000
    snapshot, history = run(layer(64, 64, 40), steps=1000)
    assert len(encode(snapshot, history, complete=False)) < 25_000
