"""The frame of the lab holds exactly what the snapshot and the history say, and stays small."""

import dataclasses
import math

import numpy as np
import pytest

from bnnlab.bits.packing import pack_rows
from bnnlab.records import (
    HISTOGRAM_BINS,
    STARVED_AFTER,
    Example,
    FlipEffect,
    FloatLayer,
    History,
    ImagesView,
    LayerDynamics,
    LayerPass,
    LayerSnapshot,
    PointsView,
    Selection,
    Snapshot,
    TrainingEvent,
    WeightLook,
)
from bnnlab.widgets.encoding import unpack_frame
from bnnlab.widgets.lab import encode

POINTS = PointsView(
    1.5,
    np.arange(16, dtype=np.uint8).reshape(4, 4),
    np.ones((3, 2), np.float32),
    np.array([0, 1, 1], np.uint8),
    np.array([1, 1, 0], np.uint8),
)

WEIGHTS = np.array([[-2, 0, 2]], np.float32)
SIGNS = np.array([1, -1, 1, 1], np.float32)


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
        examined=20,
        available=40,
        right=17,
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
    assert np.array_equal(arrays["L0/signs"], hidden.signs.words)
    assert np.array_equal(arrays["L1/signs"], output.signs.words)
    assert np.array_equal(arrays["L1/histogram"], np.arange(HISTOGRAM_BINS))
    assert np.array_equal(arrays["curve/step"], np.arange(1, 13))
    assert np.array_equal(arrays["L1/clipped_input_gradients"], np.full(12, 0.125))
    assert np.isnan(arrays["curve/test_loss"]).all()


@pytest.mark.parametrize("flips", [0, 1, 19, 20, 100, 350])
def test_flips_are_positions_while_few_and_bits_when_many(flips: int) -> None:
    hidden = layer(5, 70, flips)  # 80 bytes of bits: worth as much as 20 positions
    _, arrays = unpack_frame(encode(*run(hidden, steps=1)))
    expected = np.flatnonzero(hidden.flipped.unpack() > 0)
    assert ("L0/flips" in arrays) == (flips < 20)
    if flips < 20:
        assert np.array_equal(arrays["L0/flips"], expected)
    else:
        assert np.array_equal(arrays["L0/flipped"], hidden.flipped.words)


def test_only_complete_frames_carry_float_weights() -> None:
    snapshot, history = run(layer(5, 70), steps=1, view=images())
    snapshot = dataclasses.replace(snapshot, float_layers=(FloatLayer("input", WEIGHTS),))
    whole_meta, whole = unpack_frame(encode(snapshot, history))
    meta, small = unpack_frame(encode(snapshot, history, playing=True, complete=False))
    assert set(whole) - set(small) == {"F0/weights"}
    assert np.array_equal(whole["F0/weights"], [[1, 128, 255]])
    assert meta["floats"] == [{"name": "input", "rows": 1, "columns": 3, "largest": 2.0}]
    assert meta["view"] == whole_meta["view"]


def test_curves_may_stay_behind() -> None:
    snapshot, history = run(layer(5, 70), steps=3)
    _, small = unpack_frame(encode(snapshot, history, curves=False))
    assert not any(name.startswith("curve/") or name.endswith("flip_ratio") for name in small)


def test_wrong_images_travel_as_they_are() -> None:
    snapshot, history = run(layer(5, 70), steps=1, view=images())
    meta, arrays = unpack_frame(encode(snapshot, history))
    view = snapshot.view
    assert isinstance(view, ImagesView)
    assert np.array_equal(arrays["wrong/images"], view.images)
    assert np.array_equal(arrays["wrong/indices"], [7, 8, 9])
    assert np.array_equal(arrays["wrong/predictions"], [2, 1, 0])
    assert (meta["view"]["examined"], meta["view"]["available"], meta["view"]["right"]) == (20, 40, 17)
    assert meta["view"]["classes"] == ["zero", "one", "two", "three"]


def test_the_example_travels_layer_by_layer() -> None:
    counted = LayerPass(
        name="hidden1",
        binary=True,
        counts_bits=True,
        inputs=SIGNS,
        sums=np.array([2, -2], np.float32),
        scale=np.array([0.5, 1], np.float32),
        shift=np.array([0, 1], np.float32),
        x=np.array([1, -1], np.float32),
        gradient_before=np.array([0.1, 0.2], np.float32),
        gradient_after=np.array([0.1, 0], np.float32),
    )
    numbers = dataclasses.replace(
        counted, name="input", counts_bits=False, inputs=SIGNS / np.float32(4), gradient_before=None
    )
    example = Example(
        7, np.zeros((8, 8), np.uint8), None, 3, np.array([0.25, 0.75], np.float32), 1.5, (numbers, counted)
    )
    snapshot, history = run(layer(2, 4), steps=1)
    meta, arrays = unpack_frame(encode(dataclasses.replace(snapshot, example=example), history))
    assert (meta["example"]["index"], meta["example"]["label"], meta["example"]["loss"]) == (7, 3, 1.5)
    assert meta["example"]["probabilities"] == [0.25, 0.75]
    assert [(one["name"], one["counts_bits"]) for one in meta["example"]["passes"]] == [
        ("input", False),
        ("hidden1", True),
    ]
    assert np.array_equal(arrays["P0/inputs"], SIGNS / 4)
    assert np.array_equal(arrays["P1/inputs"], [1, 0, 1, 1])
    assert np.array_equal(arrays["P1/x"], counted.x)
    assert np.array_equal(arrays["P1/after"], np.array([0.1, 0], np.float32))
    assert "P0/before" not in arrays


def test_the_selected_weight_travels_with_its_life_and_effect() -> None:
    effect = FlipEffect(2, 0, 0.5, -0.5, 360, 27, 1, 350, 349)
    weight = WeightLook(
        0.25, 0.5, 0.0, np.array([1, 5]), np.array([0.5, 0.25], np.float32), 0, np.array([2**40]), 0, effect
    )
    snapshot, history = run(layer(2, 4), steps=1)
    chosen = dataclasses.replace(snapshot, weight=weight, selection=Selection("hidden1", 1, 3))
    meta, arrays = unpack_frame(encode(chosen, history))
    assert meta["selection"] == {"layer": "hidden1", "neuron": 1, "weight": 3, "position": None}
    assert meta["weight"]["effect"] == dataclasses.asdict(effect)
    assert meta["weight"]["gradient_after"] == 0.0
    assert arrays["weight/crossings"].tolist() == [2**40]
    assert arrays["weight/life_steps"].tolist() == [1, 5]


def test_only_a_run_that_obeys_has_commands() -> None:
    snapshot, history = run(layer(2, 4), steps=1)
    assert unpack_frame(encode(snapshot, history))[0]["commands"] is False
    meta, _ = unpack_frame(encode(snapshot, history, live={"serial": 5, "state": "paused"}))
    assert (meta["commands"], meta["serial"], meta["state"]) == (True, 5, "paused")


def test_neuron_grids_travel_as_bits() -> None:
    grid = np.arange(2 * 4 * 4).reshape(2, 4, 4) % 3 == 0
    view = dataclasses.replace(POINTS, neuron_grids=(grid,))
    meta, arrays = unpack_frame(encode(*run(layer(2, 4), steps=1, view=view)))
    assert meta["view"]["neurons"] == [[2, 4, 4]]
    bits = np.unpackbits(arrays["N0"], axis=1, bitorder="little")
    assert np.array_equal(bits.reshape(grid.shape), grid)


def test_before_the_first_step() -> None:
    meta, arrays = unpack_frame(encode(*run(layer(4, 4), steps=0)))
    assert meta["step"] == 0
    assert meta["loss"] is None
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
    assert (meta["epoch"], meta["loss"], meta["train_accuracy"]) == (0, 0.5, 0.75)


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
    assert meta["loss"] is None
    assert meta["clip"] is None
    assert np.isnan(arrays["curve/loss"][1])


def test_an_ordinary_frame_is_small() -> None:
    snapshot, history = run(layer(256, 784, 200_000), steps=1000, view=images(4))
    assert len(encode(snapshot, history, complete=False)) < 75_000
    snapshot, history = run(layer(256, 784, 2_000), steps=1000, view=images(4))
    assert len(encode(snapshot, history, complete=False)) < 60_000
    snapshot, history = run(layer(64, 64, 40), steps=1000)
    assert len(encode(snapshot, history, complete=False)) < 25_000
