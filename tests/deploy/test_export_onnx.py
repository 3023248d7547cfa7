"""ONNX files: plain operations, and in another runtime the same hidden signs and classes."""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from torch import nn

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy import Node, PackedModel, export_onnx
from bnnlab.deploy.export.onnx_graph import OnnxGraph
from bnnlab.deploy.export.onnx_ops import write
from bnnlab.deploy.ops import Op, PixelDense, XnorDense
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLinear
from bnnlab.train import RunConfig, train

from .networks import chain, disturb, network, numbers, pixels, twice_from_pixels, with_exact_sums
from .onnx_runs import run_onnx
from .test_from_module import CONVNETS, MLPS

PLAIN = {
    "Add", "BatchNormalization", "Cast", "Conv", "Div", "Flatten", "Gemm", "GreaterOrEqual", "Identity", "MaxPool",
    "Mul", "Pad", "Round", "Sub", "Where",
}  # fmt: skip


def assert_equal(packed: PackedModel, path: Path, images: np.ndarray, x: np.ndarray) -> None:
    values = packed.values(images)
    hidden = {
        name: value.unpack()
        for name, value in values.items()
        if isinstance(value, PackedMatrix | PackedImages)
    }
    found = run_onnx(path, x, list(hidden))
    assert {name: int((found[name] != signs).sum()) for name, signs in hidden.items()} == dict.fromkeys(
        hidden, 0
    )
    logits = packed.logits(images)
    assert np.allclose(found["logits"], logits, rtol=1e-4, atol=1e-4)
    assert np.array_equal(found["logits"].argmax(1), logits.argmax(1))


@pytest.mark.parametrize("as_pixels", [False, True], ids=["numbers", "pixels"])
@pytest.mark.parametrize("spec", MLPS + CONVNETS, ids=lambda spec: " ".join(map(str, spec.values())))
def test_hidden_signs_and_classes(spec: dict, as_pixels: bool, tmp_path: Path) -> None:  # type: ignore[type-arg]
    packed, images = PackedModel.from_module(network(**spec), (1, 12, 12)), pixels(300)
    path = tmp_path / "net.onnx"
    export_onnx(packed, path, pixels=as_pixels)
    assert_equal(packed, path, images, images if as_pixels else numbers(images).numpy())
    graph = onnx.load(path)
    assert {node.op_type for node in graph.graph.node} <= PLAIN
    assert [(each.domain, each.version) for each in graph.opset_import] == [("", 17)]


@pytest.mark.parametrize(
    "settings", [{"model": "mlp", "widths": (48, 48)}, {"model": "convnet", "pad_value": 0.0}]
)
def test_a_trained_network_on_its_whole_test_set(settings: dict, tmp_path: Path) -> None:  # type: ignore[type-arg]
    run_ = train(RunConfig(**{"dataset": "digits", "epochs": 2, "widths": (8, 24)} | settings))
    for _ in run_:
        pass
    packed = PackedModel.from_module(run_.model, (1, 8, 8), divisor=8.0, class_names=run_.dataset.class_names)
    export_onnx(packed, tmp_path / "net.onnx")
    assert_equal(packed, tmp_path / "net.onnx", run_.dataset.x_test, run_.dataset.x_test)
    properties = {each.key: each.value for each in onnx.load(tmp_path / "net.onnx").metadata_props}
    assert tuple(json.loads(properties["class_names"])) == run_.dataset.class_names
    assert properties["input"] == "x: float32 p / 8 -1 of pixels p"
    assert onnx.load(tmp_path / "net.onnx").doc_string == properties["input"]
    with pytest.raises(ValueError, match="input_shape must be None for a packed network"):
        export_onnx(packed, tmp_path / "net.onnx", input_shape=(1, 8, 8))


def test_minima_groups_strides_and_names(tmp_path: Path) -> None:
    norm = nn.BatchNorm2d(8)
    generator = disturbed(norm)
    model = chain(
        x=nn.Conv2d(3, 8, 3, stride=2, bias=True),
        logits=BinaryConv2d(8, 8, 3, stride=(1, 2), dilation=(2, 1), padding=(2, 1), groups=4, pad_value=0),
        pool=nn.MaxPool2d(2, padding=1),
        norm=norm,
        sign=BinaryActivation(),
        flatten=nn.Flatten(),
        last=BinaryLinear(8 * 6 * 4, 4, generator=generator),
    )
    images = pixels(60, (3, 24, 24))
    packed = PackedModel.from_module(with_exact_sums(model), (3, 24, 24))
    assert any(getattr(node.op, "falling", None) is not None for node in packed.nodes)
    path = tmp_path / "net.onnx"
    export_onnx(packed, path)
    values, found = packed.values(images), run_onnx(path, numbers(images).numpy(), ["x.bits", "pool"])
    assert np.array_equal(found["x.bits"], values["x.bits"].unpack())  # type: ignore[union-attr]
    assert np.array_equal(found["pool"], values["pool"].unpack())  # type: ignore[union-attr]
    assert np.array_equal(found["logits"], packed.logits(images))


def disturbed(norm: nn.BatchNorm2d) -> Any:
    import torch

    generator = torch.Generator().manual_seed(3)
    disturb(norm, generator)
    return generator


def test_a_module_directly_in_batches_of_any_size(tmp_path: Path) -> None:
    model = network("mlp", input_shape=(2,), widths=(16, 16), first_layer="binary")
    path = tmp_path / "points.onnx"
    export_onnx(model, path, input_shape=(2,), divisor=None)
    points = np.random.default_rng(0).integers(-256, 256, (50, 2)).astype(np.float32) / 256
    packed = PackedModel.from_module(model, (2,), divisor=None)
    for count in (1, 7, 50):
        logits = run_onnx(path, points[:count])["logits"]
        assert np.array_equal(logits.argmax(1), packed.predict(points[:count]))
    with pytest.raises(ValueError, match="pixels must be False"):
        export_onnx(packed, path, pixels=True)


def test_pixels_become_numbers_once(tmp_path: Path) -> None:
    packed, images = twice_from_pixels(), pixels(50, (5,))
    for as_pixels in (False, True):
        export_onnx(packed, tmp_path / "net.onnx", pixels=as_pixels)
        x = images if as_pixels else numbers(images).numpy()
        assert np.array_equal(run_onnx(tmp_path / "net.onnx", x)["logits"], packed.logits(images))


def test_comparisons_lie_between_whole_numbers(tmp_path: Path) -> None:
    export_onnx(PackedModel.from_module(network("mlp", widths=(64, 32)), (1, 12, 12)), tmp_path / "net.onnx")
    constants = {each.name: each for each in onnx.load(tmp_path / "net.onnx").graph.initializer}
    limits = onnx.numpy_helper.to_array(constants["hidden1.limits"])
    assert np.array_equal(limits % 1, np.full(32, 0.5))


@pytest.mark.parametrize(
    "op",
    [
        XnorDense(np.zeros((2**17, 1), np.uint64), 2**23),
        PixelDense(np.zeros((515, 1), np.uint64), 32_900, 128.0, -1.0),
    ],
)
def test_sums_that_float32_cannot_compare_are_refused(op: Op) -> None:
    with pytest.raises(ValueError, match=r"node 'wide' has sums of up to 83.* exactly below 8388608 only"):
        write(OnnxGraph({"wide": (1,)}, pixels=True), Node("wide", op), ["x"])


class Unheard(Op):
    """An operation that no exporter knows."""


def test_an_operation_without_a_form_is_named() -> None:
    with pytest.raises(ValueError, match="node 'strange' is of the kind Unheard, which has no ONNX form"):
        write(OnnxGraph({"strange": (1,)}, pixels=True), Node("strange", Unheard()), ["x"])


def test_without_the_package_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = PackedModel.from_module(network("mlp", widths=(64,)), (1, 12, 12))
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'bnnlab\[onnx\]'"):
        export_onnx(packed, tmp_path / "net.onnx")
    assert not list(tmp_path.iterdir())
