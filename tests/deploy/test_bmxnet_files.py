"""Damaged and foreign files: each is refused with its name and the field that is wrong."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bnnlab.deploy import ModelFileError, load_bmxnet
from bnnlab.deploy.bmxnet.params import read_params

from .bmxnet_networks import lenet, mlp, resnet
from .bmxnet_writer import Writer, params_file

ARRAYS = {"arg:w": np.arange(6, dtype=np.float32).reshape(2, 3), "aux:v": np.array([1.5, 2.5])}
FILE = params_file(ARRAYS)


def changed(offset: int, layout: str, value: int, file: bytes = FILE) -> bytes:
    content = bytearray(file)
    struct.pack_into(layout, content, offset, value)
    return bytes(content)


def test_arrays_come_back() -> None:
    kinds = {f"arg:{dtype}": np.arange(5).astype(dtype) for dtype in ("f4", "f8", "f2", "u1", "i4")}
    arrays = read_params(params_file(kinds), "net.params")
    assert list(arrays) == ["f4", "f8", "f2", "u1", "i4"]
    assert all(
        array.dtype == np.dtype(name) and array.tolist() == [0, 1, 2, 3, 4] for name, array in arrays.items()
    )
    assert read_params(FILE, "net.params")["w"].shape == (2, 3)


# The first array begins at byte 24: dimensions, 2 extents, device, number, dtype, 24 bytes; the names at byte 108.
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "^net.params: the file is empty$"),
        (b'{"nodes": []}', "is not a .params file but JSON: were the two files swapped?"),
        (FILE[:7], "magic: needs 8 bytes at byte 0, but the file has 7 more"),
        (b"PK\x03\x04" * 8, "magic: is 0x4034b5004034b50, not 0x112: this is no .params file of MXNet"),
        (changed(16, "<Q", 3), "array 2, "),
        (changed(16, "<Q", 2**63), "number of arrays: is 9223372036854775808; at most 4096 are allowed"),
        (changed(16, "<Q", 1), "array|number of names"),
        (changed(24, "<I", 0xF993FAC9), "array 0: begins with 0XF993FAC9, so a later MXNet wrote it"),
        (changed(24, "<I", 0xF993FAC8), "a later MXNet"),
        (changed(24, "<I", 0), r"array 0, dimensions: must be 1\.\.8, got 0"),
        (changed(24, "<I", 2**32 - 1), "array 0, dimensions"),
        (
            changed(28, "<I", 2**32 - 1),
            r"array 0 of shape \(4294967295, 3\): needs 51,539,607,540 bytes at byte 48",
        ),
        (changed(28, "<I", 0), "array 0: is empty"),
        (changed(36, "<i", 9), r"array 0, device: must be one of \[1, 2, 3\], got 9"),
        (changed(44, "<i", 5), r"array 0, dtype: must be one of \[0, 1, 2, 3, 4\], got 5"),
        (changed(44, "<i", -1), "dtype: .* got -1"),
        (FILE[:70], "array 0 of shape"),
        (FILE[:-1], "name 1: needs 5 bytes at byte [0-9]+, but the file has 4 more"),
        (FILE + b"\0", "end: 1 bytes follow the last name"),
        (changed(108, "<Q", 1), "number of names: is 1, but there are 2 arrays"),
        (changed(116, "<Q", 2**64 - 1), r"name 0, length: must be 1\.\.200"),
        (changed(124, "<B", 0xFF), r"name 0: b'\\xffrg:w' is no printable text"),
        (changed(124, "<B", 7), "no printable text"),
        (
            params_file({"arg:w": ARRAYS["arg:w"], "aux:w": ARRAYS["arg:w"]}),
            "name 1: 'w' stands for an earlier",
        ),
    ],
)
def test_a_damaged_container(content: bytes, says: str) -> None:
    with pytest.raises(ModelFileError, match=says) as error:
        read_params(content, "net.params")
    assert str(error.value).startswith("net.params: ")


Edit = Callable[[dict[str, Any]], object]


def node(graph: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in graph["nodes"] if node["name"] == name)


def attribute(name: str, key: str, value: Any) -> Edit:
    return lambda graph: node(graph, name).setdefault("attr", {}).update({key: value})


def field(name: str, key: str, value: Any) -> Edit:
    return lambda graph: node(graph, name).update({key: value})


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda graph: graph.clear(), "nodes: must be a list of 1 to 4096 nodes"),
        (lambda graph: graph.update(nodes=[]), "nodes: must be a list"),
        (lambda graph: graph.update(nodes=[7]), "node 0: must be an object"),
        (lambda graph: graph.update(heads=[[0, 0], [1, 0]]), "heads: must be a list of one output"),
        (lambda graph: graph.update(heads=[[99, 0]]), "heads: must be "),
        (lambda graph: graph.update(heads=[[0, 0]]), "nodes: the output depends on no operation"),
        (field("qconv", "op", "Deconvolution"), r"node 'qconv' \(Deconvolution\): this operation is unknown"),
        (field("qconv", "op", None), "op: must be printable text"),
        (field("qconv", "name", "a\x1b[2J"), "name: must be printable text"),
        (field("qconv", "inputs", 3), "inputs: must be a list"),
        (field("qconv", "inputs", [[17, 0, 0]]), r"must be \[node, 0\] with an earlier node than 13"),
        (field("qconv", "inputs", [[13, 0, 0]]), "with an earlier node"),
        (field("qconv", "inputs", [[-1, 0, 0]]), "with an earlier node"),
        (field("qconv", "inputs", [[11, 1, 0]]), "with an earlier node"),
        (field("qconv", "inputs", [[True, 0]]), "with an earlier node"),
        (field("qconv", "inputs", [[11, 0, 0]]), "must have 2 to 3 inputs, got 1"),
        (
            field("qconv", "inputs", [[11, 0, 0], [4, 0, 0]]),
            "input 1 must be a parameter, but 'tanh' is a Act",
        ),
        (
            field("qconv", "inputs", [[12, 0, 0], [12, 0, 0]]),
            "input 0 must be a layer, but 'qconv_weight' is a par",
        ),
        (field("qconv_weight", "name", "gone"), "params: has no array 'gone', which node 'qconv' needs"),
        (field("qconv", "attr", []), r"'qconv' \(QConvolution\): num_filter must be a whole number"),
        (field("qconv", "attr", [1]), "attr: must be an object"),
        (attribute("qconv", "kernel", ["5"]), "attr 'kernel': must be a short text"),
        (
            attribute("qconv", "kernel", "(5,)"),
            r"kernel must be two whole numbers in 1..100000, such as \(3, 3\)",
        ),
        (attribute("qconv", "kernel", "(0, 5)"), "kernel must be"),
        (attribute("qconv", "kernel", "(999999999, 5)"), "kernel must be"),
        (
            attribute("qconv", "kernel", "(4, 5)"),
            r"weight is for 1537 to 1600 inputs of each output, but 1280",
        ),
        (attribute("qconv", "stride", "(0, 0)"), "stride must be"),
        (attribute("qconv", "pad", "(-1, 0)"), "pad must be"),
        (attribute("qconv", "pad", "(90000, 90000)"), "beyond which counts are not exact"),
        (
            attribute("qconv", "num_filter", "63"),
            "params: qconv_weight: must hold equally many words for each of 63",
        ),
        (attribute("qconv", "num_filter", "1e3"), "num_filter must be a whole number"),
        (attribute("qconv", "num_group", "2"), "num_group must be 1"),
        (attribute("qconv", "act_bit", "2"), "act_bit must be 1"),
        (attribute("qconv", "scaling_factor", "True"), "scaling_factor must be False"),
        (attribute("qconv", "no_bias", "False"), "no_bias must be True with 2 inputs"),
        (attribute("qconv", "layout", "NHWC"), "layout must be one of none, nchw"),
        (attribute("qconv", "binarized_weights_only", "maybe"), "binarized_weights_only must be one of"),
        (
            attribute("qconv", "binarized_weights_only", "False"),
            r"qconv_weight: must have shape \(64, any, 5, 5\)",
        ),
        (attribute("conv", "num_group", "3"), "num_group must divide the 64 filters"),
        (
            attribute("conv", "num_filter", "32"),
            r"conv_weight: must have shape \(32, any, 5, 5\), got \(64, 1, 5, 5\)",
        ),
        (attribute("sign", "backward_only", "False"), ""),
        (
            attribute("tanh", "act_type", "selu"),
            "act_type must be one of tanh, relu, sigmoid, softrelu, got 'selu'",
        ),
        (attribute("pool", "pool_type", "sum"), "pool_type must be one of max, avg"),
        (attribute("pool", "kernel", "(999, 999)"), "do not fit into"),
        (attribute("pool", "pad", "(2, 2)"), r"pad must be less than the kernel \(2, 2\)"),
        (attribute("norm", "eps", "-1"), "eps must be a number from 0 on"),
        (attribute("norm", "eps", "nan"), "eps must be a number"),
        (field("softmax", "op", "Dropout"), "must have 1 to 1 inputs, got 2"),
        (field("tanh", "op", "softmax"), "may only be the last operation"),
        (field("tanh2", "name", "qdense.dots"), "name: 'qdense.dots' stands for two nodes"),
        (field("tanh2", "name", "(input)"), "name: '\\(input\\)' stands for two nodes"),
    ],
)
def test_a_damaged_graph(edit: Edit, says: str) -> None:
    network = lenet(64)
    graph = json.loads(network.symbol)
    edit(graph)
    if not says:
        load_bmxnet(network.params, json.dumps(graph).encode())
        return
    with pytest.raises(ModelFileError, match=says) as error:
        load_bmxnet(network.params, json.dumps(graph).encode())
    assert str(error.value).startswith(("symbol: ", "params: "))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'{"nodes": ' + b"9" * 5000 + b"}",
        b"null",
        b'"nodes"',
        b"[],[]",
    ],
)
def test_a_symbol_that_is_no_graph(content: bytes) -> None:
    with pytest.raises(ModelFileError, match=r"^symbol: "):
        load_bmxnet(lenet(64).params, content)


def test_a_symbol_that_is_too_large() -> None:
    with pytest.raises(ModelFileError, match="symbol: is too large"):
        load_bmxnet(FILE, b"[" + b"0," * 200_001 + b"0]")
    with pytest.raises(ModelFileError, match="symbol: is too large"):
        load_bmxnet(FILE, b" " * 4_000_001)


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("arg:norm_gamma", np.ones(69, np.float32), r"norm_gamma: must have shape \(70\), got \(69,\)"),
        ("aux:norm_moving_var", np.full(70, -1, np.float32), "every variance must be at least 0"),
        ("aux:norm_moving_var", np.ones(3, np.float32), "70 means but 3 variances"),
        (
            "aux:norm_moving_mean",
            np.full(70, np.nan, np.float32),
            "norm_moving_mean: must hold finite numbers only",
        ),
        ("arg:norm_beta", np.ones(70), "norm_beta: must be float32 or float16, got float64"),
        ("arg:first_weight", np.ones((70, 28, 28), np.float32), r"first_weight: must have shape \(70, any\)"),
        (
            "arg:second_weight",
            np.ones(200, np.int32),
            "second_weight: must hold words in float64 or float32, got int32",
        ),
        ("arg:second_weight", np.ones(201), "equally many words for each of 100 outputs, got 201"),
        ("arg:second_weight", np.ones(100), "weight is for 1 to 64 inputs of each output, but 70 arrive"),
    ],
)
def test_parameters_that_cannot_be(name: str, array: np.ndarray, says: str) -> None:
    network = mlp(64)
    network.arrays[name] = array
    for one in network.nodes:
        if one["op"] == "BatchNorm":
            one["attr"] = {"fix_gamma": "False"}
    with pytest.raises(ModelFileError, match=says):
        load_bmxnet(network.params, network.symbol)


def test_bits_that_fill_up_a_word_do_not_count() -> None:
    network = mlp(64)
    clean = load_bmxnet(network.params, network.symbol)
    words = network.arrays["arg:second_weight"].view(np.uint64).copy()
    words[100:] |= ~np.uint64(2**6 - 1)
    network.arrays["arg:second_weight"] = words.view(np.float64)
    x = np.random.default_rng(0).integers(0, 256, (20, 1, 28, 28), dtype=np.uint8)
    assert np.array_equal(load_bmxnet(network.params, network.symbol).logits(x), clean.logits(x))


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("pad", "(9000, 9000)", "symbol: the network up to node 'conv0' takes too much for one example"),
        ("stride", "(70000, 1)", r"symbol: node 'conv0' \(Convolution\): stride must be from 1 to 65535"),
    ],
)
def test_what_an_operation_or_the_whole_network_cannot_be(key: str, value: str, says: str) -> None:
    network = resnet(64)
    graph = json.loads(network.symbol)
    node(graph, "conv0")["attr"][key] = value
    with pytest.raises(ModelFileError, match=says):
        load_bmxnet(network.params, json.dumps(graph).encode())


def test_two_inputs() -> None:
    net = Writer()
    other = net.null("other")
    net.dense(net.add("_plus", "plus", net.data, other), "last", 4, 2)
    with pytest.raises(
        ModelFileError, match="input 'other' is no parameter, and the network has an input already"
    ):
        load_bmxnet(net.params, net.symbol)


def test_an_answer_that_is_no_row_and_a_network_that_fits_no_image() -> None:
    net = Writer()
    conv = net.conv(net.data, "conv", 1, 4, 3)
    with pytest.raises(ModelFileError, match=r"must give one number for each class, but gives \(4, 26, 26\)"):
        load_bmxnet(net.params, net.symbol)
    net.dense(conv, "last", 4 * 7 * 9, 2)
    with pytest.raises(ModelFileError, match="nor does any input up to 512 pixels high and wide fit"):
        load_bmxnet(net.params, net.symbol)
    assert load_bmxnet(net.params, net.symbol, input_shape=(1, 9, 11)).input_shape == (1, 9, 11)
