"""Writer of BMXNet's two files, for packed networks of dense layers.

Every threshold becomes a batch normalisation: of numbers y it is ``y - threshold``, of counts of equal signs
``count - (limit - 1/2)``, and where a threshold falls, the negative of that. Its variance and eps add up to exactly 1,
so that the sign is that of the comparison, whoever computes it.
"""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import WORD_BITS
from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.bmxnet.params import LONGEST_NAME, write_params
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.node import INPUT, Node
from bnnlab.deploy.ops import (
    BatchNorm,
    DenseOnSigns,
    Flatten,
    FloatDense,
    FromPixels,
    PackCompared,
    PackSigns,
    XnorDense,
)
from bnnlab.records.writing import replace_file

Floats = NDArray[np.float32]

DIVISOR = 255.0
"""What networks of BMXNet divide pixels by."""

UNIT_EPS = 2.0**-10
"""With a variance of 1 - 2^-10, exactly 1."""

MXNET_VERSION = 903


def export_bmxnet(model: PackedModel, params: str | os.PathLike[str], symbol: str | os.PathLike[str]) -> None:
    """Write a network as the two files of BMXNet.

    Args:
        model: As for `bmxnet_files`.
        params: Path of the parameters, such as ``"net-0001.params"``. Each file is replaced as a whole, or not at all.
        symbol: Path of the graph, such as ``"net-symbol.json"``.

    Raises:
        TypeError: If `model` is no `PackedModel`, or `params` or `symbol` no path.
        ValueError: If the network cannot be written; it names the node.
        OSError: If a file cannot be written.
    """
    for path, content in zip((params, symbol), bmxnet_files(model), strict=True):
        replace_file(path, content)


def bmxnet_files(model: PackedModel) -> tuple[bytes, bytes]:
    """The contents of the `.params` and `-symbol.json` files that BMXNet would have for a network.

    `load_bmxnet` reads a network from them that gives the same hidden signs for every image of bytes. It divides them
    by 255 first, as BMXNet does; a batch normalisation of the input then makes of them what the network learned.

    Args:
        model: A chain of dense layers, the binary ones with a multiple of 64 inputs, which BMXNet needs.

    Raises:
        TypeError: If `model` is no `PackedModel`.
        ValueError: If the network cannot be written; it names the node.
    """
    check_type("model", model, "a PackedModel", PackedModel)
    writer, before = _Writer(model.input_shape[0]), INPUT
    for node in model.nodes:
        if node.inputs != (before,):
            raise ValueError(
                f"node {node.name!r} is not fed by the one before it: only chains can be written"
            )
        writer.add(node)
        before = node.name
    return write_params(writer.arrays), writer.symbol()


class _Writer:
    """A graph that grows at its end, and its parameters."""

    def __init__(self, channels: int) -> None:
        self.channels = channels
        self.nodes: list[dict[str, Any]] = []
        self.arrays: dict[str, NDArray[Any]] = {}
        self.last = self._put("null", "data")

    def add(self, node: Node) -> None:
        """Write what a node does, on what was written last."""
        name, op = node.name, node.op
        if isinstance(op, FromPixels):
            self._add_pixels(name, op)
        elif isinstance(op, Flatten):
            self._layer("Flatten", name)
        elif isinstance(op, FloatDense | DenseOnSigns):
            self._add_dense(name, op.weight, op.bias)
        elif isinstance(op, BatchNorm):
            self._add_norm(name, op.gamma, op.beta, op.mean, op.variance, op.eps)
        elif isinstance(op, PackSigns):
            self._layer("QActivation", name, act_bit=1)
        elif isinstance(op, PackCompared):
            self._add_comparison(name.removesuffix(".bits"), op.values, op.rising)
        elif isinstance(op, XnorDense):
            self._add_sign_dense(name, op)
        else:
            raise ValueError(
                f"node {name!r} ({type(op).__name__}) cannot be written for BMXNet, only dense layers on numbers or "
                "signs, batch normalisations and thresholds"
            )

    def symbol(self) -> bytes:
        """The graph, which ends in the softmax that training compares with labels."""
        labels = self._put("null", "softmax_label")
        head = self._put("SoftmaxOutput", "softmax", [[self.last, 0, 0], [labels, 0, 0]])
        parameters = [place for place, node in enumerate(self.nodes) if node["op"] == "null"]
        graph = {
            "nodes": self.nodes,
            "arg_nodes": parameters,
            "heads": [[head, 0, 0]],
            "attrs": {"mxnet_version": ["int", MXNET_VERSION]},
        }
        return json.dumps(graph).encode()

    def _add_pixels(self, name: str, op: FromPixels) -> None:
        factor, offset = np.float32(DIVISOR / op.divisor), np.float32(op.offset)
        pixels = np.arange(256, dtype=np.float32)
        wanted = pixels / np.float32(op.divisor) + offset
        if not np.array_equal(pixels / np.float32(DIVISOR) * factor + offset, wanted):
            raise ValueError(
                f"node {name!r} divides pixels by {op.divisor:g} and adds {op.offset:g}, which BMXNet's division by "
                "255 does not allow exactly"
            )
        if factor != 1 or offset != 0:
            self._add_affine(name, *(np.full(self.channels, number) for number in (factor, offset)))

    def _add_dense(self, name: str, weight: Floats, bias: Floats | None) -> None:
        parameters = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
        self._layer("FullyConnected", name, parameters, num_hidden=len(weight), no_bias=bias is None)

    def _add_sign_dense(self, name: str, op: XnorDense) -> None:
        if op.depth % WORD_BITS:
            raise ValueError(
                f"node {name!r} has {op.depth} inputs, but BMXNet keeps signs in whole words: it must be a multiple "
                f"of {WORD_BITS}"
            )
        words = {"weight": op.words.reshape(-1).view(np.float64)}
        outputs = op.words.shape[1]
        self._layer(
            "QFullyConnected", name, words, num_hidden=outputs, act_bit=1, binarized_weights_only=True
        )
        if op.values is None or op.rising is None:  # dot product = 2 (count - depth / 2)
            gamma = np.full(outputs, 2, np.float32) if op.alpha is None else 2 * op.alpha
            mean = np.full(outputs, op.depth / 2, np.float32)
            self._add_affine(f"{name}_dots", gamma, np.zeros(outputs, np.float32), mean)
            return
        limits = (op.values.astype(np.int64) + op.depth + op.rising) // 2  # of counts, see `count_threshold`
        within = np.clip(limits, -1, op.depth + 1)
        self._add_comparison(name, within + np.where(op.rising, -0.5, 0.5), op.rising)

    def _add_comparison(self, name: str, values: NDArray[Any], rising: NDArray[np.bool_]) -> None:
        """The sign of what is at least, or at most, a threshold; an infinite one makes a constant."""
        finite = np.isfinite(values)
        gamma = np.where(finite, np.where(rising, 1, -1), 0).astype(np.float32)
        constant = np.where((values > 0) == rising, -1, 1)
        beta, mean = np.where(finite, 0, constant), np.where(finite, values, 0)
        self._add_affine(f"{name}_norm", gamma, beta.astype(np.float32), mean.astype(np.float32))
        self._layer("QActivation", f"{name}_sign", act_bit=1)

    def _add_affine(self, name: str, gamma: Floats, beta: Floats, mean: Floats | None = None) -> None:
        """(x - mean) gamma + beta, as a batch normalisation that divides by 1."""
        variance = np.full(len(gamma), 1 - UNIT_EPS, np.float32)
        self._add_norm(name, gamma, beta, np.zeros_like(gamma) if mean is None else mean, variance, UNIT_EPS)

    def _add_norm(
        self, name: str, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float
    ) -> None:
        parameters = {"gamma": gamma, "beta": beta, "moving_mean": mean, "moving_var": variance}
        self._layer("BatchNorm", name, parameters, eps=eps, fix_gamma=False)

    def _layer(
        self, op: str, name: str, parameters: dict[str, NDArray[Any]] | None = None, **attributes: Any
    ) -> None:
        """An operation on what was written last, with parameters of its own."""
        edges = [[self.last, 0, 0]]
        for what, array in (parameters or {}).items():
            moving = what.startswith("moving_")
            edges.append([self._put("null", f"{name}_{what}"), 0, int(moving)])
            self.arrays[f"{'aux' if moving else 'arg'}:{name}_{what}"] = array
        self.last = self._put(op, name, edges, attributes)

    def _put(
        self,
        op: str,
        name: str,
        edges: list[list[int]] | None = None,
        attributes: dict[str, Any] | None = None,
    ) -> int:
        if len(name) > LONGEST_NAME or any(node["name"] == name for node in self.nodes):
            raise ValueError(
                f"the name {name[:50]!r} stands twice in the files, or is longer than {LONGEST_NAME}"
            )
        node: dict[str, Any] = {"op": op, "name": name, "inputs": edges or []}
        if attributes:
            node["attr"] = {key: str(value) for key, value in attributes.items()}
        self.nodes.append(node)
        return len(self.nodes) - 1
