"""Writes small networks as BMXNet does, and runs them slowly: signs multiplied as whole numbers, nothing folded."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[Any]
CODES = {"f4": 0, "f8": 1, "f2": 2, "u1": 3, "i4": 4}


def params_file(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Arrays in the container of MXNet of 2017, in their order."""
    parts = [struct.pack("<QQQ", 0x112, 0, len(arrays))]
    for array in arrays.values():
        little = array.astype(array.dtype.newbyteorder("<"))
        code = CODES[f"{array.dtype.kind}{array.dtype.itemsize}"]
        parts.append(struct.pack(f"<I{array.ndim}Iiii", array.ndim, *array.shape, 1, 0, code))
        parts.append(little.tobytes())
    parts.append(struct.pack("<Q", len(arrays)))
    for name in arrays:
        parts.append(struct.pack("<Q", len(name.encode())) + name.encode())
    return b"".join(parts)


class Writer:
    """A network that grows node by node; each method gives the position of its node.

    Attributes:
        word_bits: 64 or 32, or 0 to leave weights as the numbers they were in training.
    """

    def __init__(self, word_bits: int = 64, seed: int = 0, attributes: str = "attr") -> None:
        self.word_bits = word_bits
        self.rng = np.random.default_rng(seed)
        self.attributes = attributes
        self.nodes: list[dict[str, Any]] = []
        self.arrays: dict[str, NDArray[Any]] = {}
        self.signs: dict[str, NDArray[np.int8]] = {}
        self.data = self.null("data")

    @property
    def params(self) -> bytes:
        return params_file(self.arrays)

    @property
    def symbol(self) -> bytes:
        return json.dumps(self.graph).encode()

    @property
    def graph(self) -> dict[str, Any]:
        return {"nodes": self.nodes, "heads": [[len(self.nodes) - 1, 0, 0]]}

    def null(self, name: str) -> int:
        return self.add("null", name)

    def parameter(self, name: str, array: NDArray[Any], kind: str = "arg") -> int:
        self.arrays[f"{kind}:{name}"] = array
        return self.null(name)

    def add(self, op: str, name: str, *inputs: int, **attributes: Any) -> int:
        node: dict[str, Any] = {"op": op, "name": name, "inputs": [[source, 0, 0] for source in inputs]}
        if attributes:
            node[self.attributes] = {key: str(value) for key, value in attributes.items()}
        self.nodes.append(node)
        return len(self.nodes) - 1

    def conv(self, source: int, name: str, channels: int, filters: int, taps: int, **more: Any) -> int:
        weight = self.numbers(filters, channels // more.get("num_group", 1), taps, taps) / taps
        inputs = [source, self.parameter(f"{name}_weight", weight.astype(np.float32))]
        if not more.get("no_bias", False):
            inputs.append(self.parameter(f"{name}_bias", self.numbers(filters)))
        return self.add("Convolution", name, *inputs, kernel=(taps, taps), num_filter=filters, **more)

    def dense(self, source: int, name: str, features: int, outputs: int) -> int:
        weight = self.parameter(f"{name}_weight", self.numbers(outputs, features) / np.float32(features**0.5))
        bias = self.parameter(f"{name}_bias", self.numbers(outputs))
        return self.add("FullyConnected", name, source, weight, bias, num_hidden=outputs)

    def sign_conv(self, source: int, name: str, channels: int, filters: int, taps: int, **more: Any) -> int:
        signs = self.random_signs(name, filters, channels, taps, taps)
        inputs = [source, self.parameter(f"{name}_weight", self.stored(signs, by_word=False))]
        if not more.get("no_bias", True):
            inputs.append(self.parameter(f"{name}_bias", self.numbers(filters)))
        more |= {"kernel": (taps, taps), "num_filter": filters, "act_bit": 1}
        return self.add("QConvolution", name, *inputs, binarized_weights_only=bool(self.word_bits), **more)

    def sign_dense(self, source: int, name: str, features: int, outputs: int) -> int:
        signs = self.random_signs(name, outputs, features)
        weight = self.parameter(f"{name}_weight", self.stored(signs, by_word=True))
        converted = bool(self.word_bits)
        return self.add(
            "QFullyConnected", name, source, weight, num_hidden=outputs, binarized_weights_only=converted
        )

    def norm(
        self, source: int, name: str, channels: int, centre: float = 0.0, spread: float = 1.0, **more: Any
    ) -> int:
        """Batch normalisation; every fourth mean is a whole number and its beta 0, so that there are ties."""
        gamma, beta = self.numbers(channels), self.numbers(channels) / 2
        mean = (centre + spread * self.numbers(channels) / 2).astype(np.float32)
        mean[::4], beta[::4] = np.round(mean[::4]), 0
        gamma[1::7] = 0
        variance = (spread * spread * self.rng.uniform(0.5, 2, channels)).astype(np.float32)
        inputs = [
            self.parameter(f"{name}_{what}", array, kind)
            for what, array, kind in (
                ("gamma", gamma, "arg"),
                ("beta", beta, "arg"),
                ("moving_mean", mean, "aux"),
                ("moving_var", variance, "aux"),
            )
        ]
        return self.add("BatchNorm", name, source, *inputs, **more)

    def count_norm(self, source: int, name: str, channels: int, depth: int, **more: Any) -> int:
        """Batch normalisation of counts of equal signs among `depth`."""
        return self.norm(source, name, channels, depth / 2, depth**0.5 / 2, **more)

    def softmax(self, source: int) -> int:
        return self.add("SoftmaxOutput", "softmax", source, self.null("softmax_label"))

    def numbers(self, *shape: int) -> NDArray[np.float32]:
        return self.rng.standard_normal(shape).astype(np.float32)

    def random_signs(self, name: str, *shape: int) -> NDArray[np.int8]:
        self.signs[name] = self.rng.choice(np.array([-1, 1], np.int8), shape)
        return self.signs[name]

    def stored(self, signs: NDArray[np.int8], by_word: bool) -> NDArray[Any]:
        """Signs as a file has them: the bits of words, in an array of floats."""
        rows = signs.reshape(len(signs), -1)
        if not self.word_bits:
            return (signs * self.rng.uniform(0.1, 1, signs.shape)).astype(np.float32)
        padded = np.zeros((len(rows), -(-rows.shape[1] // self.word_bits) * self.word_bits), np.uint8)
        padded[:, : rows.shape[1]] = rows > 0
        words = np.packbits(padded, axis=1, bitorder="little").view(f"<u{self.word_bits // 8}")
        words = words.T if by_word else words
        return np.ascontiguousarray(words).reshape(-1).view(f"<f{self.word_bits // 8}")


def run(network: Writer, images: NDArray[Any]) -> dict[str, Floats]:
    """What every node gives, by name, computed the slow way."""
    values: list[Any] = []
    for node in network.nodes:
        attributes = {key: _literal(text) for key, text in node.get(network.attributes, {}).items()}
        inputs = [values[source] for source, *_ in node["inputs"]]
        values.append(_value(network, node, attributes, inputs, images))
    named = {node["name"]: value for node, value in zip(network.nodes, values, strict=True)}
    named["(answer)"] = values[-1]
    return named


def _value(
    network: Writer, node: dict[str, Any], attributes: dict[str, Any], inputs: list[Any], images: NDArray[Any]
) -> Any:
    name, op = node["name"], node["op"]
    if op == "null":
        if name == "data":
            return images.astype(np.float32) / np.float32(255)
        found = [network.arrays[key] for key in (f"arg:{name}", f"aux:{name}") if key in network.arrays]
        return found[0] if found else None
    x = inputs[0]
    bias = inputs[2] if len(inputs) == 3 else None
    match op:
        case "Convolution":
            groups = attributes.get("num_group", 1)
            parts = zip(np.split(x, groups, 1), np.split(inputs[1], groups), strict=True)
            y = np.concatenate([_convolved(part, own, attributes, 0) for part, own in parts], 1)
            return (y if bias is None else y + bias[:, None, None]).astype(np.float32)
        case "QConvolution":
            dots = _convolved(_sign(x), network.signs[name].astype(np.int64), attributes, 1)
            counts = ((dots + network.signs[name][0].size) // 2).astype(np.float32)
            return counts if bias is None else counts + bias[:, None, None]
        case "FullyConnected":
            return (x.reshape(len(x), -1).astype(np.float64) @ inputs[1].T + bias).astype(np.float32)
        case "QFullyConnected":
            signs = network.signs[name].astype(np.int64)
            return ((_sign(x).reshape(len(x), -1) @ signs.T + signs.shape[1]) // 2).astype(np.float32)
        case "BatchNorm":
            return _normalised(attributes, *inputs)
        case "Activation":
            wide = x.astype(np.float64)
            return {
                "tanh": np.tanh(wide),
                "relu": np.maximum(wide, 0),
                "sigmoid": 1 / (1 + np.exp(-wide)),
                "softrelu": np.log1p(np.exp(wide)),
            }[attributes["act_type"]].astype(np.float32)
        case "QActivation":
            return x if attributes.get("backward_only") else _sign(x).astype(np.float32)
        case "Pooling":
            return _pooled(x, attributes)
        case "Flatten" | "Reshape":
            return x.reshape(len(x), -1)
        case "Dropout" | "SoftmaxOutput" | "softmax":
            return x
        case "elemwise_add" | "_Plus" | "_plus" | "broadcast_add" | "ElementWiseSum":
            return sum(inputs[1:], x)
    raise AssertionError(op)


def _sign(x: Floats) -> NDArray[np.int64]:
    return np.where(x >= 0, 1, -1)


def _convolved(x: Floats, weight: Floats, attributes: dict[str, Any], outside: int) -> Floats:
    (rows, columns), (down, right) = (
        attributes.get(name, pair) for name, pair in (("pad", (0, 0)), ("stride", (1, 1)))
    )
    dilate = attributes.get("dilate", (1, 1))
    wide = x if x.dtype == np.int64 else x.astype(np.float64)
    padded = np.pad(wide, ((0, 0), (0, 0), (rows, rows), (columns, columns)), constant_values=outside)
    reach = [spread * (taps - 1) + 1 for spread, taps in zip(dilate, weight.shape[2:], strict=True)]
    windows = sliding_window_view(padded, reach, axis=(2, 3))[
        :, :, ::down, ::right, :: dilate[0], :: dilate[1]
    ]
    y: Floats = np.einsum("nchwij,fcij->nfhw", windows, weight, optimize=True)
    return y


def _normalised(
    attributes: dict[str, Any], x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats
) -> Floats:
    shape = (-1, *(1,) * (x.ndim - 2))
    eps = np.float32(attributes.get("eps", 1e-3))
    if attributes.get("fix_gamma", True):
        gamma = np.ones_like(gamma)
    centred = (x - mean.reshape(shape)) / np.sqrt(variance.reshape(shape) + eps)
    y: Floats = centred * gamma.reshape(shape) + beta.reshape(shape)
    return y


def _pooled(x: Floats, attributes: dict[str, Any]) -> Floats:
    """One window after the other, as MXNet of 2017 cut them."""
    height, width = x.shape[2:]
    kind = attributes.get("pool_type", "max")
    if attributes.get("global_pool"):
        whole: Floats = (x.max if kind == "max" else x.mean)(axis=(2, 3), keepdims=True)
        return whole
    (tall, wide), (down, right) = attributes["kernel"], attributes.get("stride", (1, 1))
    above, left = attributes.get("pad", (0, 0))
    rounded = np.ceil if attributes.get("pooling_convention") == "full" else np.floor
    rows = int(rounded((height + 2 * above - tall) / down)) + 1
    columns = int(rounded((width + 2 * left - wide) / right)) + 1
    y = np.empty((*x.shape[:2], rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            top, start = row * down - above, column * right - left
            bottom, end = min(top + tall, height + above), min(start + wide, width + left)
            window = x[:, :, max(top, 0) : min(bottom, height), max(start, 0) : min(end, width)]
            size = (bottom - top) * (end - start)
            y[:, :, row, column] = (
                window.max((2, 3)) if kind == "max" else window.sum((2, 3), np.float64) / size
            )
    return y


def _literal(text: str) -> Any:
    known = {"True": True, "False": False}
    if text in known:
        return known[text]
    try:
        return json.loads(text.replace("(", "[").replace(")", "]"))
    except ValueError:
        return text
