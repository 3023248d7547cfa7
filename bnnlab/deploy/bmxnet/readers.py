"""The operations of a BMXNet graph read as layers. A new one is one function and one line in `READERS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.bmxnet.graph import Graph
from bnnlab.deploy.bmxnet.layers import (
    Activate,
    Convolve,
    Dense,
    Flat,
    Layer,
    Normalise,
    Pool,
    Same,
    Sign,
    SignConvolve,
    SignDense,
    Sum,
    Window,
)
from bnnlab.deploy.bmxnet.symbol import SymbolNode
from bnnlab.deploy.errors import ModelFileError

ACTIVATIONS = {"tanh": "tanh", "relu": "relu", "sigmoid": "sigmoid", "softrelu": "softplus"}


def read_layers(
    symbol: tuple[SymbolNode, ...], arrays: dict[str, NDArray[Any]], file: str
) -> tuple[Layer, ...]:
    """The layers of a network in order; the first is its input, the last its answer.

    Args:
        symbol: The nodes, as `read_symbol` gives them.
        arrays: The parameters, as `read_params` gives them.
        file: The name of their file, for messages.

    Raises:
        ModelFileError: If an operation is unknown, or its attributes or parameters are not as they must be.
    """
    graph = Graph(symbol, arrays, file)
    for position, node in enumerate(symbol):
        if node.op == "null":
            continue
        if node.op not in READERS:
            node.fail(f"this operation is unknown; known are {', '.join(READERS)}")
        reader, least, most = READERS[node.op]
        if not least <= len(node.inputs) <= most:
            node.fail(f"must have {least} to {most} inputs, got {len(node.inputs)}")
        layer = reader(graph, node)
        graph.places[position] = len(graph.layers)
        graph.layers.append(layer)
    if not graph.layers:
        raise ModelFileError(f"{symbol[-1].file}: nodes: the output depends on no operation")
    return tuple(graph.layers)


def _convolution(graph: Graph, node: SymbolNode) -> Layer:
    source, filters, window = graph.fed_by(node), node.whole("num_filter"), _window(node)
    _check_bias(node, no_bias=False)
    groups = node.whole("num_group", 1)
    if filters % groups:
        node.fail(f"num_group must divide the {filters} filters, got {groups}")
    weight = graph.parameter(node, 1, (filters, None, *window.taps))
    return Convolve(node, (source,), weight, graph.bias(node, filters), window, groups)


def _sign_convolution(graph: Graph, node: SymbolNode) -> Layer:
    source, filters, window = graph.fed_by(node), node.whole("num_filter"), _window(node)
    _check_binary(node)
    if node.whole("num_group", 1) != 1:
        node.fail("num_group must be 1 in a binary convolution")
    weights = graph.signs(node, filters, (filters, None, *window.taps))
    return SignConvolve(node, (source,), weights, graph.bias(node, filters), window)


def _dense(graph: Graph, node: SymbolNode) -> Layer:
    source, outputs = graph.fed_by(node), node.whole("num_hidden")
    _check_bias(node, no_bias=False)
    weight = graph.parameter(node, 1, (outputs, None))
    return Dense(node, (source,), weight, graph.bias(node, outputs))


def _sign_dense(graph: Graph, node: SymbolNode) -> Layer:
    source, outputs = graph.fed_by(node), node.whole("num_hidden")
    _check_binary(node)
    weights = graph.signs(node, outputs, (outputs, None))
    return SignDense(node, (source,), weights, graph.bias(node, outputs))


def _normalisation(graph: Graph, node: SymbolNode) -> Layer:
    source = graph.fed_by(node)
    if len(node.inputs) == 4:
        node.fail("must have gamma and beta, and both or none of its statistics as inputs")
    if len(node.inputs) == 5:
        mean, variance = (graph.parameter(node, which, (None,)) for which in (3, 4))
    else:  # before 0.9 the statistics were no inputs
        names = (f"{node.name}_moving_mean", f"{node.name}_moving_var")
        mean, variance = (graph.floats(name, graph.named(node, name), (None,)) for name in names)
    channels = mean.shape
    fixed = node.flag("fix_gamma", True)
    gamma = np.ones(channels, np.float32) if fixed else graph.parameter(node, 1, channels)
    beta = graph.parameter(node, 2, channels)
    eps = node.number("eps", 1e-3)
    if variance.shape != channels:
        node.fail(f"has {mean.size} means but {variance.size} variances")
    if not (variance + np.float32(eps) > 0).all() or (variance < 0).any():
        node.fail("every variance must be at least 0, and above it with eps")
    return Normalise(node, (source,), gamma, beta, mean, variance, eps)


def _activation(graph: Graph, node: SymbolNode) -> Layer:
    return Activate(node, (graph.fed_by(node),), ACTIVATIONS[node.choice("act_type", tuple(ACTIVATIONS))])


def _sign(graph: Graph, node: SymbolNode) -> Layer:
    source = graph.fed_by(node)
    if node.flag("backward_only", False):
        return Same(node, (source,))
    if node.whole("act_bit", 1) != 1:
        node.fail("act_bit must be 1: only signs can be packed")
    return Sign(node, (source,))


def _pooling(graph: Graph, node: SymbolNode) -> Layer:
    source, kind = graph.fed_by(node), node.choice("pool_type", ("max", "avg"), "max")
    if node.flag("global_pool", False):
        return Pool(node, (source,), kind, None, (1, 1), (0, 0), False)
    size, padding = node.pair("kernel"), node.pair("pad", (0, 0), 0)
    if padding[0] >= size[0] or padding[1] >= size[1]:
        node.fail(f"pad must be less than the kernel {size}, got {padding}")
    if kind == "avg" and padding != (0, 0) and not node.flag("count_include_pad", True):
        node.fail("count_include_pad must be True: averages include the padding here")
    full = node.choice("pooling_convention", ("valid", "full"), "valid") == "full"
    return Pool(node, (source,), kind, size, node.pair("stride", (1, 1)), padding, full)


def _flat(graph: Graph, node: SymbolNode) -> Layer:
    return Flat(node, (graph.fed_by(node),))


def _reshape(graph: Graph, node: SymbolNode) -> Layer:
    text = re.sub(r"[\s()\[\]L]", "", node.attributes.get("shape", ""))
    if text == "0,-1":
        return _flat(graph, node)
    if not (match := re.fullmatch(r"-1,(\d{1,9})", text)):
        node.fail("shape must be (0, -1) or (-1, features): only rows can be made")
    return Flat(node, (graph.fed_by(node),), int(match[1]))


def _sum(graph: Graph, node: SymbolNode) -> Layer:
    return Sum(node, tuple(graph.fed_by(node, which) for which in range(len(node.inputs))))


def _same(graph: Graph, node: SymbolNode) -> Layer:
    return Same(node, (graph.fed_by(node),))


def _softmax(graph: Graph, node: SymbolNode) -> Layer:
    """The logits are wanted, not their softmax; the second input are labels, which only training needs."""
    if node is not graph.symbol[-1]:
        node.fail("may only be the last operation")
    return _same(graph, node)


def _window(node: SymbolNode) -> Window:
    node.choice("layout", ("none", "nchw"), "none")
    return Window(
        node.pair("kernel"),
        node.pair("stride", (1, 1)),
        node.pair("pad", (0, 0), 0),
        node.pair("dilate", (1, 1)),
    )


def _check_bias(node: SymbolNode, no_bias: bool) -> None:
    expected = 2 if node.flag("no_bias", no_bias) else 3
    if len(node.inputs) != expected:
        node.fail(f"no_bias must be True with 2 inputs and False with 3, it has {len(node.inputs)} inputs")


def _check_binary(node: SymbolNode) -> None:
    _check_bias(node, no_bias=True)
    for bits in ("act_bit", "weight_bit"):
        if node.whole(bits, 1) != 1:
            node.fail(f"{bits} must be 1: only signs can be packed")
    node.choice("scaling_mode", ("none", "backward"), "none")
    if node.flag("scaling_factor", False):
        node.fail("scaling_factor must be False: the factors of a converted network are lost")


Reader = Callable[[Graph, SymbolNode], Layer]

READERS: dict[str, tuple[Reader, int, int]] = {
    "Activation": (_activation, 1, 1),
    "BatchNorm": (_normalisation, 3, 5),
    "Convolution": (_convolution, 2, 3),
    "Dropout": (_same, 1, 1),
    "ElementWiseSum": (_sum, 1, 64),
    "Flatten": (_flat, 1, 1),
    "FullyConnected": (_dense, 2, 3),
    "Pooling": (_pooling, 1, 1),
    "QActivation": (_sign, 1, 1),
    "QConvolution": (_sign_convolution, 2, 3),
    "QFullyConnected": (_sign_dense, 2, 3),
    "Reshape": (_reshape, 1, 1),
    "Softmax": (_softmax, 1, 2),
    "SoftmaxOutput": (_softmax, 1, 2),
    "_Plus": (_sum, 2, 2),
    "_plus": (_sum, 2, 2),
    "broadcast_add": (_sum, 2, 2),
    "elemwise_add": (_sum, 2, 2),
    "softmax": (_softmax, 1, 1),
}
"""For each operation what reads it, and how few and how many inputs it has."""
