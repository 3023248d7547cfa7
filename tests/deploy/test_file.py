"""Files of packed models: they come back as they were, or are refused with a reason, and are written whole or not."""

import errno
import os
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from torch import nn

from bnnlab.bits import pack_columns
from bnnlab.deploy import Node, PackedModel
from bnnlab.deploy.file import from_bytes, to_bytes
from bnnlab.deploy.ops import PackSigns, Unpack, XnorDense
from bnnlab.nn import BinaryActivation, BinaryConv2d, BinaryLinear

from .file_parts import Parts, conv_model, small_model
from .networks import chain, network, pixels
from .test_from_module import CONVNETS, MLPS

GOLDEN = Path(__file__).with_name("model_v1.bnn")
"""Written by `golden()` when version 1 was; never written again: what is in it must stay readable."""

GOLDEN_CLASSES = ("even", "odd", "né", "3", "4", "5", "6", "7", "8", "9")


def golden() -> PackedModel:
    model = network(
        "convnet", input_shape=(1, 8, 8), widths=(3, 5, 66), pad_value=0.0, last_layer="binary", scale=True
    )
    return PackedModel.from_module(model, (1, 8, 8), divisor=8.0, class_names=GOLDEN_CLASSES)


def dense_layer(depth: int, outputs: int, thresholds: bool, rng: np.random.Generator) -> XnorDense:
    words = pack_columns(rng.random((depth, outputs)) < 0.5).words
    if not thresholds:
        return XnorDense(words, depth)
    return XnorDense(words, depth, rng.integers(-9, 9, outputs).astype(np.int32), rng.random(outputs) < 0.5)


@pytest.mark.parametrize("spec", MLPS + CONVNETS, ids=lambda spec: " ".join(map(str, spec.values())))
def test_a_model_comes_back_as_it_was(spec: dict[str, Any], tmp_path: Path) -> None:
    model = PackedModel.from_module(network(**spec), (1, 12, 12))
    images = pixels(20)
    expected = model.logits(images)  # prepares weights for the kernels: they must not be saved
    model.save(tmp_path / "model.bnn")
    again = PackedModel.load(str(tmp_path / "model.bnn"))
    assert np.array_equal(again.logits(images), expected)
    assert (again.input_shape, again.class_names) == (model.input_shape, model.class_names)
    assert [(node.name, type(node.op), node.inputs) for node in again.nodes] == [
        (node.name, type(node.op), node.inputs) for node in model.nodes
    ]
    again.save(tmp_path / "again.bnn")
    assert (tmp_path / "again.bnn").read_bytes() == (tmp_path / "model.bnn").read_bytes()


def test_every_attribute_comes_back() -> None:
    model = chain(
        first=nn.Conv2d(3, 8, 3, stride=2, padding=(1, 0), dilation=(1, 2)),
        pool=nn.MaxPool2d((2, 1), stride=1, padding=(1, 0)),
        norm=nn.BatchNorm2d(8),
        conv=BinaryConv2d(8, 12, 3, stride=(1, 2), dilation=(2, 1), padding=(2, 1), groups=4, pad_value=1),
        conv_norm=nn.BatchNorm2d(12),
        sign=BinaryActivation(),
        flatten=nn.Flatten(),
        last=BinaryLinear(12 * 13 * 5, 4, scale=True),
    )
    names = ("cat", "T-shirt/top", "日本", "<b>")
    packed = PackedModel.from_module(model, (3, 24, 24), divisor=None, class_names=names)
    content = to_bytes(packed)
    again = from_bytes(content)
    assert again.class_names == names
    assert [node.op.attributes() for node in again.nodes] == [node.op.attributes() for node in packed.nodes]
    for node, other in zip(again.nodes, packed.nodes, strict=True):
        for name, array in node.op.tensors().items():
            assert np.array_equal(array, other.op.tensors()[name])
            assert array.dtype == other.op.tensors()[name].dtype
    images = np.random.default_rng(0).normal(size=(5, 3, 24, 24)).astype(np.float32)
    assert np.array_equal(again.logits(images), packed.logits(images))


@pytest.mark.parametrize("thresholds", [False, True])
def test_a_binary_layer_takes_an_eighth_of_a_byte_a_weight(
    thresholds: bool, rng: np.random.Generator
) -> None:
    nodes = [Node("signs", PackSigns()), Node("layer", dense_layer(1024, 1024, thresholds, rng), ("signs",))]
    if thresholds:
        nodes.append(Node("numbers", Unpack(), ("layer",)))
    size = len(to_bytes(PackedModel(tuple(nodes), (1024,))))
    assert 131_072 < size <= 131_072 * 1.05


def test_the_file_is_what_the_documentation_says() -> None:
    content = to_bytes(small_model())
    tensors = safetensors.numpy.load(content)
    assert {name: tensor.dtype.name for name, tensor in tensors.items() if name.startswith("hidden")} == {
        "hidden1/words": "uint64",
        "hidden1/values": "int32",
        "hidden1/rising": "bool",
    }
    manifest = Parts.of(content).manifest
    assert manifest["format"] == "bnnlab packed model"
    assert manifest["version"] == 1
    assert manifest["signs"] == "bit 1 is +1, bit 0 is -1, lowest bit first"
    assert manifest["input_shape"] == [1, 12, 12]
    assert manifest["class_names"] == []
    assert [node["name"] for node in manifest["nodes"]] == [node.name for node in small_model().nodes]
    assert manifest["tensors"]["hidden1/words"]["shape"] == [1, 70]
    assert Parts.of(content).content() == Parts.of(content).content(digests=False)


def test_version_1_stays_readable() -> None:
    packed = PackedModel.load(GOLDEN)
    image = (np.arange(64) * 37 % 17).astype(np.uint8).reshape(1, 8, 8)
    expected = [
        0,
        -0.587747,
        -0.101297,
        0.269481,
        1.116984,
        -1.022971,
        0.396637,
        -0.663082,
        -0.187577,
        -0.292667,
    ]
    assert np.allclose(packed.logits(image), expected, atol=1e-5)
    assert packed.class_names == GOLDEN_CLASSES
    assert [type(node.op).__name__ for node in packed.nodes] == [
        "FromPixels", "FloatConv", "PackCompared", "BitPool", "XnorConv", "BitPool", "XnorConv", "XnorDense",
        "BatchNorm",
    ]  # fmt: skip


def test_reading_takes_no_more_than_four_times_the_file(tmp_path: Path, rng: np.random.Generator) -> None:
    model = PackedModel(
        (
            Node("signs", PackSigns()),
            Node("a", dense_layer(4000, 4000, True, rng), ("signs",)),
            Node("b", dense_layer(4000, 10, False, rng), ("a",)),
        ),
        (4000,),
    )
    model.save(tmp_path / "large.bnn")
    size = (tmp_path / "large.bnn").stat().st_size
    tracemalloc.start()
    PackedModel.load(tmp_path / "large.bnn")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size < peak <= 4 * size


def test_saving_needs_the_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"the folder '.*nowhere' does not exist"):
        small_model().save(tmp_path / "nowhere" / "model.bnn")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileExistsError, match="pipe' is no ordinary file"):
        conv_model().save(tmp_path / "pipe")
    assert (tmp_path / "pipe").is_fifo()


def test_an_error_of_the_system_names_the_file_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, *_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(PermissionError) as caught:
        conv_model().save(tmp_path / "model.bnn")
    assert caught.value.filename == str(tmp_path / "model.bnn")


@pytest.mark.parametrize("broken", ["os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file(
    broken: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.bnn"
    small_model().save(path)
    before = path.read_bytes()

    def fails(*_: object) -> None:
        assert len(list(tmp_path.iterdir())) == 2  # the old one, and the new one beside it
        raise error

    monkeypatch.setattr(broken, fails)
    with pytest.raises(type(error)):
        conv_model().save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["model.bnn"]


def test_saving_replaces_what_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "link.bnn").symlink_to(tmp_path / "model.bnn")
    small_model().save(tmp_path / "model.bnn")
    conv_model().save(tmp_path / "link.bnn")
    assert (tmp_path / "link.bnn").is_symlink()
    assert (tmp_path / "model.bnn").read_bytes() == to_bytes(conv_model())


def test_a_saved_file_is_as_readable_as_others(tmp_path: Path) -> None:
    small_model().save(tmp_path / "model.bnn")
    (tmp_path / "other").write_bytes(b"")
    assert (tmp_path / "model.bnn").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_who_may_read_a_file_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "model.bnn"
    for mode in (0o600, 0o664):
        path.touch()
        path.chmod(mode)
        small_model().save(path)
        assert path.stat().st_mode & 0o7777 == mode


def test_an_operation_that_nobody_could_read_is_not_saved() -> None:
    class Mine(PackSigns):
        pass

    model = PackedModel(
        (Node("mine", Mine()), Node("numbers", Unpack(), ("mine",))),
        (4,),
    )
    with pytest.raises(ValueError, match="node 'mine' cannot be saved: Mine is none of"):
        to_bytes(model)


def test_arrays_in_any_order_of_memory_are_saved() -> None:
    model = PackedModel.from_module(network("mlp", input_shape=(5,), widths=(9, 8)), (5,), divisor=None)
    first = model.nodes[0].op
    object.__setattr__(first, "weight", np.asfortranarray(first.tensors()["weight"]))
    examples = np.eye(5, dtype=np.float32)
    assert np.array_equal(from_bytes(to_bytes(model)).logits(examples), model.logits(examples))
