"""Networks of BMXNet answer as a slow reference does that folds nothing: every hidden bit, every count."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy import ModelFileError, PackedModel, float_kernels, load_bmxnet
from bnnlab.deploy.bmxnet.params import read_params
from bnnlab.deploy.ops import BitPool, XnorConv, XnorDense

from .bmxnet_networks import lenet, mlp, resnet
from .bmxnet_writer import Writer, run

BINARY = ("QConvolution", "QFullyConnected")


def load(network: Writer, **options: Any) -> PackedModel:
    return load_bmxnet(network.params, network.symbol, **options)


def images(model: PackedModel, count: int = 6, seed: int = 0) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, *model.input_shape), dtype=np.uint8)


def assert_equal_inside(network: Writer, model: PackedModel, x: NDArray[np.uint8]) -> set[str]:
    """Every bit that a binary layer sees, every number, the answer; gives the layers whose bits were compared."""
    slow, fast = run(network, x), model.values(x)
    nodes = {node.name: node for node in model.nodes}
    compared = set()
    for node in network.nodes:
        name = node["name"]
        if node["op"] in BINARY:
            packed = nodes.get(f"{name}.dots", nodes.get(name))
            assert packed is not None, f"{name} is missing"
            bits = fast[packed.inputs[0]]
            assert isinstance(bits, PackedImages | PackedMatrix)
            seen = slow[network.nodes[node["inputs"][0][0]]["name"]]
            assert np.array_equal(bits.unpack().reshape(seen.shape), np.where(seen >= 0, 1, -1)), name
            compared.add(name)
        value = fast.get(name)
        if isinstance(value, np.ndarray) and node["op"] in BINARY:
            assert np.array_equal(value, slow[name]), name
        elif isinstance(value, np.ndarray):
            assert np.allclose(value, slow[name], rtol=1e-4, atol=1e-4), name
    assert np.allclose(model.logits(x), slow["(answer)"], rtol=1e-4, atol=1e-4)
    assert np.array_equal(model.predict(x), slow["(answer)"].argmax(1))
    return compared


def thresholded(model: PackedModel) -> list[str]:
    kinds = (XnorConv, XnorDense)
    return [node.name for node in model.nodes if isinstance(node.op, kinds) and node.op.values is not None]


@pytest.mark.parametrize("word_bits", [64, 32, 0])
@pytest.mark.parametrize("pool_first", [False, True])
@pytest.mark.parametrize("norm", [{}, {"fix_gamma": False}], ids=["gamma 1", "any gamma"])
def test_a_lenet(word_bits: int, pool_first: bool, norm: dict[str, Any]) -> None:
    network = lenet(word_bits, pool_first=pool_first, **norm)
    model = load(network)
    assert model.input_shape == (1, 28, 28)
    assert assert_equal_inside(network, model, images(model)) == {"qconv", "qdense"}
    assert thresholded(model) == ["qconv"]
    pools = {node.name: node.op for node in model.nodes if isinstance(node.op, BitPool)}
    assert (pools["pool"].falling is not None) == bool(norm)
    assert (pools["qpool"].falling is not None) == (pool_first and bool(norm))


@pytest.mark.parametrize("word_bits", [64, 32, 0])
@pytest.mark.parametrize("width", [40, 96])
def test_a_resnet(word_bits: int, width: int) -> None:
    network = resnet(word_bits, width=width)
    model = load(network)
    assert model.input_shape == (3, 32, 32)
    compared = assert_equal_inside(network, model, images(model, 3))
    assert len(compared) == 8
    assert thresholded(model) == ["u0_conv1", "u1_conv1", "u2_conv1"]
    edges = [node.op for node in model.nodes if isinstance(node.op, XnorConv) and node.op.padding == (1, 1)]
    assert {op.pad_value for op in edges} == {1}


@pytest.mark.parametrize("word_bits", [64, 32, 0])
def test_dense_layers_that_fill_no_whole_words(word_bits: int) -> None:
    network = mlp(word_bits)
    model = load(network)
    assert assert_equal_inside(network, model, images(model, 40)) == {"second", "third"}


def test_the_shared_input_of_two_layers_is_packed_once() -> None:
    model = load(resnet(64))
    assert [node.name for node in model.nodes].count("u1_bn1.bits") == 1


@pytest.mark.parametrize("kind", ["tanh", "relu", "sigmoid", "softrelu"])
def test_activations(kind: str) -> None:
    net = Writer()
    x = net.add("Activation", "act", net.dense(net.data, "first", 20, 30), act_type=kind)
    net.dense(net.norm(x, "norm", 30, fix_gamma=False), "last", 30, 5)
    model = load(net)
    assert_equal_inside(net, model, images(model, 30))


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("convention", ["valid", "full"])
@pytest.mark.parametrize(
    "window",
    [
        {"kernel": (2, 2), "stride": (2, 2)},
        {"kernel": (3, 3)},
        {"kernel": (3, 2), "stride": (2, 3), "pad": (1, 1)},
        {"kernel": (3, 3), "stride": (2, 2), "pad": (2, 2)},
        {"kernel": (4, 4), "stride": (3, 3), "pad": (1, 0)},
        {"global_pool": True, "kernel": (1, 1)},
    ],
    ids=str,
)
def test_pooling_of_numbers_and_of_signs(kind: str, convention: str, window: dict[str, Any]) -> None:
    net = Writer()
    x = net.conv(net.data, "conv", 1, 8, 3)
    x = net.add("Pooling", "pool", x, pool_type=kind, pooling_convention=convention, **window)
    x = net.sign_conv(net.norm(x, "norm", 8), "qconv", 8, 12, 1)
    x = net.count_norm(x, "qnorm", 12, 8, fix_gamma=False)
    if "global_pool" not in window:
        x = net.add("Pooling", "qpool", x, pool_type=kind, pooling_convention=convention, **window)
    x = net.sign_conv(net.norm(x, "qnorm2", 12, spread=0.5, fix_gamma=False), "qconv2", 12, 6, 1)
    x = net.add("Pooling", "all", x, pool_type="avg", global_pool=True)
    net.dense(net.add("Flatten", "flat", x), "last", 6, 4)
    model = load(net)
    assert_equal_inside(net, model, images(model))


def test_normalisations_that_fold_with_a_pooling_between_them() -> None:
    net = Writer()
    x = net.sign_conv(net.norm(net.conv(net.data, "conv", 1, 16, 3), "norm", 16), "qconv", 16, 70, 3)
    x = net.count_norm(x, "one", 70, 144, fix_gamma=False)
    x = net.add("Pooling", "pool", x, kernel=(3, 3), stride=(2, 2), pad=(1, 1))
    x = net.norm(x, "two", 70, fix_gamma=False)
    x = net.add("Pooling", "pool2", x, kernel=(2, 2))
    x = net.norm(net.add("Dropout", "drop", x), "three", 70, spread=0.5, fix_gamma=False)
    x = net.add("Flatten", "flat", net.sign_conv(x, "qconv2", 70, 4, 1))
    net.dense(x, "last", 4 * 12 * 12, 4)
    model = load(net)
    assert_equal_inside(net, model, images(model))
    assert thresholded(model) == ["qconv"]


def test_biases_groups_dilation_and_signs_that_are_numbers() -> None:
    net = Writer()
    x = net.conv(net.data, "conv", 4, 8, 3, num_group=2, dilate=(2, 1), pad=(1, 2))
    x = net.add("QActivation", "sign", net.norm(x, "norm", 8))
    y = net.sign_conv(x, "qconv", 8, 8, 3, no_bias=False, dilate=(1, 2), pad=(1, 2))
    y = net.sign_conv(net.count_norm(y, "qnorm", 8, 72), "qconv2", 8, 8, 1, no_bias=False)
    both = net.add(
        "broadcast_add", "plus", net.add("Pooling", "mean", y, global_pool=True, pool_type="avg"), x
    )
    net.dense(both, "last", 8 * 30 * 34, 4)
    model = load(net, input_shape=(4, 32, 32))
    assert model.input_shape == (4, 32, 32)
    assert_equal_inside(net, model, images(model))
    assert thresholded(model) == ["qconv"]


def test_a_gamma_of_0_leaves_beta_however_large_the_numbers() -> None:
    net = Writer()
    x = net.norm(net.dense(net.data, "first", 4, 70), "norm", 70, fix_gamma=False)
    net.arrays["arg:norm_gamma"][:] = 0
    net.arrays["aux:norm_moving_var"][:] = 1e-6
    net.sign_dense(x, "last", 70, 3)
    model = load(net)
    bits = model.values(np.array([[3e38, 0, 0, 0], [1, 2, 3, 4]], np.float32))["norm.bits"]
    assert isinstance(bits, PackedMatrix)
    assert np.array_equal(bits.unpack() > 0, np.tile(net.arrays["arg:norm_beta"] >= 0, (2, 1)))


def test_ties_of_folded_and_of_unfolded_counts() -> None:
    """A mean that is a whole number, beta 0: the count that equals it gives exactly 0, whose sign is +1."""
    net = Writer()
    x = net.norm(net.conv(net.data, "conv", 1, 64, 3), "norm", 64)
    one = net.sign_conv(x, "one", 64, 32, 1)
    folded = net.sign_conv(net.count_norm(one, "norm1", 32, 64, fix_gamma=False), "two", 32, 32, 1)
    both = net.add("elemwise_add", "plus", folded, net.sign_conv(x, "other", 64, 32, 1))
    last = net.sign_conv(net.norm(both, "norm2", 32, 48, 4, fix_gamma=False), "last", 32, 8, 1)
    net.add("Flatten", "flat", net.add("Pooling", "mean", last, global_pool=True, pool_type="avg"))
    model = load(net)
    x8 = images(model, 3)
    slow = run(net, x8)
    for counts, norm in (("one", "norm1"), ("plus", "norm2")):
        ties = slow[counts] == net.arrays[f"aux:{norm}_moving_mean"][:, None, None]
        assert ties.sum() > 100, "there are ties to decide"
        assert (slow[norm][ties] >= 0).mean() > 0.5
    assert_equal_inside(net, model, x8)


@pytest.mark.parametrize("attributes", ["attr", "attrs", "param"])
def test_attributes_under_every_name(attributes: str) -> None:
    network = resnet(64, attributes=attributes)
    model = load(network)
    assert np.allclose(model.logits(images(model, 2)), load(resnet(64)).logits(images(model, 2)))


def test_statistics_that_are_no_inputs() -> None:
    network = mlp(64)
    expected = load(network)
    for node in network.nodes:
        if node["op"] == "BatchNorm":
            del node["inputs"][3:]
    assert np.array_equal(load(network).logits(images(expected)), expected.logits(images(expected)))


@pytest.mark.parametrize(
    "network", [lenet(64, pool_first=True, fix_gamma=False), resnet(64)], ids=["lenet", "resnet"]
)
def test_without_torch(network: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(float_kernels, "_torch", lambda: None)
    model = load(network)
    assert_equal_inside(network, model, images(model, 2))


def test_numbers_and_pixels_are_the_same_examples() -> None:
    model = load(lenet(64))
    x = images(model)
    assert np.array_equal(model.logits(x), model.logits(x.astype(np.float32) / np.float32(255)))
    halved = load(lenet(64), divisor=127.5)
    assert np.array_equal(halved.logits(x), model.logits(x.astype(np.float32) / np.float32(127.5)))


def test_files_and_class_names(tmp_path: Path) -> None:
    network = mlp(64)
    (tmp_path / "net-0001.params").write_bytes(network.params)
    (tmp_path / "net-symbol.json").write_bytes(network.symbol)
    model = load_bmxnet(
        tmp_path / "net-0001.params", str(tmp_path / "net-symbol.json"), class_names=tuple("abcdefghij")
    )
    assert model.class_names == tuple("abcdefghij")
    assert np.array_equal(model.logits(images(model)), load(network).logits(images(model)))
    with pytest.raises(FileNotFoundError):
        load_bmxnet(tmp_path / "missing", tmp_path / "net-symbol.json")
    with pytest.raises(ModelFileError, match=r"^net-symbol\.json: is not a \.params file but JSON: were"):
        load_bmxnet(tmp_path / "net-symbol.json", tmp_path / "net-symbol.json")
    with pytest.raises(ModelFileError, match=r"^net-0001\.params: is not JSON but a \.params file: were"):
        load_bmxnet(tmp_path / "net-symbol.json", tmp_path / "net-0001.params")
    with pytest.raises(ModelFileError, match=r"^symbol: the file is empty"):
        load_bmxnet(network.params, b"")


def test_files_must_be_opened_in_binary_mode(tmp_path: Path) -> None:
    network = mlp(64)
    (params := tmp_path / "net-0001.params").write_bytes(network.params)
    (symbol := tmp_path / "net-symbol.json").write_bytes(network.symbol)
    with params.open("rb") as first, symbol.open("rb") as second:
        model = load_bmxnet(first, second)
    assert np.array_equal(model.logits(images(model)), load(network).logits(images(model)))
    with symbol.open() as text, pytest.raises(TypeError, match="symbol must be opened in binary mode"):
        load_bmxnet(params, text)  # type: ignore[arg-type]
    with params.open() as text, pytest.raises(TypeError, match=r"params must be opened .* not as text"):
        load_bmxnet(text, symbol)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"class_names": ("a",)}, "class_names must be as many as the outputs, 10, got 1"),
        ({"input_shape": (28, 28)}, r"input_shape must be \(features,\) or"),
        ({"input_shape": (1, 0, 28)}, "input_shape must be"),
        ({"divisor": 0.0}, "divisor must be above 0 and finite, got 0.0"),
        ({"divisor": float("nan")}, "divisor must be above 0 and finite, got nan"),
        ({"input_shape": (1, 40, 40)}, r"'qdense' \(QFullyConnected\): weight is for 961 to 1024 inputs"),
        (
            {"input_shape": (2, 28, 28)},
            r"'conv' \(Convolution\): weight is for 1 channels, but its input has 2",
        ),
    ],
)
def test_impossible_arguments(options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        load(lenet(64), **options)


@pytest.fixture(scope="module")
def published() -> tuple[Path, Path]:
    """The network that the group behind the lecture published in 2017; its files are not part of this project."""
    default = Path(__file__).parents[3] / "shared" / "bmxnet"
    folder = Path(os.environ.get("BNNLAB_BMXNET_DIR", default))
    params, symbol = (folder / f"binarized_mnist_64bit-{end}" for end in ("0001.params", "symbol.json"))
    if not (params.exists() and symbol.exists()):
        pytest.skip(f"{params.name} is not in {folder}; BNNLAB_BMXNET_DIR says where it is")
    return params, symbol


def test_the_published_network_recognises_9740_of_10000_digits(published: tuple[Path, Path]) -> None:
    model = load_bmxnet(*published)
    with (files("bnnlab.data") / "mnist_20k10k.npz").open("rb") as stream, np.load(stream) as arrays:
        x, y = arrays["x_test"][:, None], arrays["y_test"]
    assert int((model.predict(x) == y).sum()) == 9740


def test_the_published_network_inside(published: tuple[Path, Path]) -> None:
    """Bit by bit as the slow reference, which takes the packed words apart in its own way."""
    model, params = load_bmxnet(*published), published[0].read_bytes()
    network = Writer()
    network.nodes = json.loads(published[1].read_bytes())["nodes"]
    for name, array in read_params(params, "published").items():
        network.arrays[f"arg:{name}"] = array
    for name, shape in (("qconvolution0", (64, 64, 5, 5)), ("qfullyconnected0", (1000, 1024))):
        words = network.arrays[f"arg:{name}_weight"]
        words = words.reshape(-1, 1000).T if name == "qfullyconnected0" else words.reshape(64, -1)
        bits = np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, bitorder="little")
        network.signs[name] = (2 * bits.astype(np.int8) - 1).reshape(shape)
    with (files("bnnlab.data") / "mnist_20k10k.npz").open("rb") as stream, np.load(stream) as arrays:
        x = arrays["x_test"][:10, None]
    assert assert_equal_inside(network, model, x) == {"qconvolution0", "qfullyconnected0"}
    assert thresholded(model) == ["qconvolution0"]


def test_open_files_serve_and_their_names_are_told(tmp_path: Path) -> None:
    net = lenet(64)
    (tmp_path / "a.params").write_bytes(net.params)
    with (tmp_path / "a.params").open("rb") as file:
        assert load_bmxnet(file, net.symbol).input_shape == (1, 28, 28)
    (tmp_path / "b.params").write_bytes(net.params[:-100])
    with (
        (tmp_path / "b.params").open("rb") as file,
        pytest.raises(ModelFileError, match=r"^b\.params: .* cut short"),
    ):
        load_bmxnet(file, net.symbol)
    with pytest.raises(TypeError, match="params must be a path, bytes or an open binary file, got None"):
        load_bmxnet(None, net.symbol)  # type: ignore[arg-type]
