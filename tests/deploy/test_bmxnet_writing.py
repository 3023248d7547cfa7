"""Networks of ours written as BMXNet's two files: they come back with the same signs, answers and words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bnnlab.app.learned import stored
from bnnlab.bits import PackedMatrix
from bnnlab.deploy import Node, PackedModel, export_bmxnet, load_bmxnet
from bnnlab.deploy.bmxnet import bmxnet_files
from bnnlab.deploy.bmxnet.params import read_params
from bnnlab.deploy.node import INPUT
from bnnlab.deploy.ops import DenseOnSigns, FromPixels, PackCompared, PackSigns, XnorDense
from bnnlab.train import DATASETS

from .networks import network, pixels

WIDTHS = (64, 128, 70)


def packed(divisor: float = 128, **spec: Any) -> PackedModel:
    return PackedModel.from_module(network("mlp", **({"widths": WIDTHS} | spec)), divisor=divisor)


def hidden(model: PackedModel, x: np.ndarray) -> list[np.ndarray]:
    """The signs that each comparison and each binary layer gives, in order."""
    values = model.values(x)
    return [bits.unpack() for node in model.nodes if isinstance(bits := values[node.name], PackedMatrix)]


def test_the_trained_network_answers_as_in_torch() -> None:
    module, data = stored().model().eval(), DATASETS["digits"].load(0, 0)
    half = data.half_range
    assert half is not None
    again = load_bmxnet(*bmxnet_files(PackedModel.from_module(module, divisor=half)))
    assert again.input_shape == (1, 8, 8), "without being told"
    for images in (data.x_test, data.x_train):
        with torch.no_grad():
            expected = module(torch.from_numpy(images.copy())).argmax(1).numpy()
        assert np.array_equal(again.predict(np.uint8(half * (images + 1))), expected)
    assert len(set(expected)) == 10


@pytest.mark.parametrize(
    "spec",
    [{}, {"divisor": 8}, {"divisor": 255}, {"last_layer": "binary"}, {"last_layer": "binary", "scale": True}],
    ids=str,
)
def test_every_hidden_sign_is_the_same(spec: dict[str, Any]) -> None:
    """Thresholds of all kinds: rising, falling, on ties, and constants."""
    model, x = packed(**spec, widths=(64, 128, 64)), pixels(500)
    again = load_bmxnet(*bmxnet_files(model), input_shape=model.input_shape)
    ours, theirs = hidden(model, x), hidden(again, x)
    assert len(ours) == len(theirs) == 3
    for one, other in zip(ours, theirs, strict=True):
        assert np.array_equal(one, other)
        assert 0 < (one == one[0]).all(0).sum() < one.shape[1], "some are constant, some are not"
    assert np.allclose(again.logits(x), model.logits(x), rtol=1e-5, atol=1e-5)
    assert np.array_equal(again.predict(x), model.predict(x))


def test_every_sum_of_a_layer_has_the_same_sign() -> None:
    """One input sign after the other turns round, so that each neuron sees every sum that it can see."""
    values = np.array([-(1 << 31), -65, -64, -63, -1, 0, 1, 2, 63, 64, 65, (1 << 31) - 1], np.int32)
    both = np.repeat([True, False], len(values))
    op = XnorDense(np.full((1, len(both)), -1, np.int64).view(np.uint64), 64, np.tile(values, 2), both)
    nodes = [Node("bits", PackSigns()), Node("dense", op, ("bits",))]
    model = PackedModel((*nodes, last("dense", len(both))), (64,))
    x = np.where(np.arange(64) < np.arange(65)[:, None], 1, -1).astype(np.float32)
    ours, theirs = (hidden(each, x)[-1] for each in (model, reloaded(model)))
    assert np.array_equal(ours, theirs)
    assert np.array_equal(ours[:, :12] > 0, (2 * np.arange(65) - 64)[:, None] >= values)


def test_thresholds_of_numbers_are_the_same_next_to_them() -> None:
    values = np.array([0, -0.0, 1.5, -3e38, 3e38, 1e-45, np.inf, -np.inf], np.float32)
    both, tiny = np.repeat([True, False], len(values)), np.nextafter(values, np.float32(0))
    compared = Node("numbers.bits", PackCompared(np.tile(values, 2), both))
    model = PackedModel((compared, last("numbers.bits", 16)), (16,))
    columns = np.concatenate([values, tiny, np.nextafter(values, np.float32(1))])
    x = np.tile(columns[np.isfinite(columns)][:, None], 16)
    assert np.array_equal(hidden(model, x)[0], hidden(reloaded(model), x)[0])


def last(source: str, inputs: int) -> Node:
    """A dense layer, since a network has to end in numbers."""
    weight = np.eye(inputs, dtype=np.float32)
    return Node("last", DenseOnSigns(weight, weight[0]), (source,))


def reloaded(model: PackedModel) -> PackedModel:
    return load_bmxnet(*bmxnet_files(model), input_shape=model.input_shape)


def test_the_files_hold_the_words_and_say_what_they_are(tmp_path: Path) -> None:
    model = packed()
    paths = tmp_path / "net-0001.params", tmp_path / "net-symbol.json"
    export_bmxnet(model, *paths)
    assert tuple(path.read_bytes() for path in paths) == bmxnet_files(model)
    arrays, graph = read_params(paths[0].read_bytes(), "net"), json.loads(paths[1].read_text())
    op = next(node.op for node in model.nodes if node.name == "hidden2")
    assert isinstance(op, XnorDense)
    assert arrays["hidden2_weight"].dtype == np.float64
    assert np.array_equal(arrays["hidden2_weight"].view(np.uint64), op.words.reshape(-1))
    nodes = {node["name"]: node for node in graph["nodes"]}
    assert nodes["hidden2"]["attr"] == {
        "num_hidden": "70", "act_bit": "1", "binarized_weights_only": "True",
    }  # fmt: skip
    assert [node["op"] for node in graph["nodes"] if node["op"] != "null"] == [
        "BatchNorm", "Flatten", "FullyConnected", "BatchNorm", "QActivation",
        "QFullyConnected", "BatchNorm", "QActivation", "QFullyConnected", "BatchNorm", "QActivation",
        "FullyConnected", "SoftmaxOutput",
    ]  # fmt: skip
    given = [graph["nodes"][place]["name"] for place in graph["arg_nodes"]]
    assert set(given) == set(arrays) | {"data", "softmax_label"}


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: packed(widths=(64, 70, 64)), "node 'hidden2' has 70 inputs, but .* a multiple of 64"),
        (lambda: packed(first_layer="binary"), r"node 'input' \(PixelDense\) cannot be written for BMXNet"),
        (lambda: PackedModel.from_module(network("convnet", widths=(8, 16))), r"\(FloatConv\) cannot be written"),
        (lambda: packed(divisor=100), "divides pixels by 100 and adds -1, which .* not allow exactly"),
        (lambda: branching(), "node 'again' is not fed by the one before it: only chains"),
        (lambda: renamed("data"), "the name 'data' stands twice"),
        (lambda: renamed("softmax"), "the name 'softmax' stands twice"),
        (lambda: renamed("x" * 200), "is longer than 200"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_named(make: Any, says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=says):
        export_bmxnet(make(), tmp_path / "a", tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def branching() -> PackedModel:
    first, *others = packed().nodes
    return PackedModel((first, Node("again", FromPixels(255.0, 0.0), (INPUT,)), *others), (1, 12, 12))


def renamed(name: str) -> PackedModel:
    *others, end = packed().nodes
    return PackedModel((*others, replace(end, name=name)), (1, 12, 12))
