"""Layers of a BMXNet network turned into the nodes of a packed one, as planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import Thresholds
from bnnlab.deploy import float_kernels
from bnnlab.deploy.bmxnet.layers import (
    Activate,
    Convolve,
    Dense,
    Flat,
    Input,
    Layer,
    Normalise,
    Pool,
    Same,
    Shape,
    Sign,
    SignConvolve,
    SignLayer,
    Sum,
)
from bnnlab.deploy.bmxnet.plan import Fold, plan
from bnnlab.deploy.counts import equal_signs
from bnnlab.deploy.errors import ModelFileError
from bnnlab.deploy.folding import fold, fold_numbers
from bnnlab.deploy.node import INPUT, Node
from bnnlab.deploy.ops import (
    Activation,
    Add,
    AveragePool,
    BitPool,
    CentredBatchNorm,
    CountsFromDots,
    Flatten,
    FloatConv,
    FloatDense,
    FromPixels,
    MaxPool,
    Op,
    PackCompared,
    PackSigns,
    Pad,
    Unpack,
    XnorConv,
    XnorDense,
)

LOWEST = float(np.finfo(np.float32).min)


def nodes_of(layers: Sequence[Layer], shapes: Sequence[Shape], divisor: float) -> tuple[Node, ...]:
    """The nodes of a network.

    Args:
        layers: As `read_layers` gives them.
        shapes: Of their results.
        divisor: Of pixels.

    Raises:
        ModelFileError: If two of them would have one name, or an operation cannot be as its layer is.
    """
    builder = _Builder(layers, shapes, divisor)
    planned = plan(layers, shapes)
    for place, layer in enumerate(layers):
        try:
            if place in planned.folds:
                builder.put_folded(place, planned.folds[place])
            elif place in planned.numbers:
                builder.put_numbers(place, layer)
            if place in planned.signs and place not in planned.folds:
                builder.put_signs(place, layer)
        except ModelFileError:
            raise
        except ValueError as error:  # from an operation that refuses a field
            layer.node.fail(str(error))
    return tuple(builder.nodes)


@dataclass
class _Builder:
    """Adds nodes, and knows which of them give each layer's numbers and signs.

    Attributes:
        layers: Of the network.
        shapes: Of their results.
        divisor: Of pixels.
        nodes: Those added so far.
        names: Theirs, and that of the input.
        numbers: Which node gives a layer's numbers, by the layer's position.
        signs: Which gives its signs, and the shape in which they are packed: flattened images stay images.
    """

    layers: Sequence[Layer]
    shapes: Sequence[Shape]
    divisor: float
    nodes: list[Node] = field(default_factory=list)
    names: set[str] = field(default_factory=lambda: {INPUT})
    numbers: dict[int, str] = field(default_factory=dict)
    signs: dict[int, tuple[str, Shape]] = field(default_factory=dict)

    def put_folded(self, place: int, folded: Fold) -> None:
        source = self.layers[folded.source]
        steps = [step for step in folded.after if isinstance(step, Activate | Normalise)]
        norms = [step for step in steps if isinstance(step, Normalise)]
        if folded.source in self.numbers:
            compared = fold_numbers(lambda numbers: _signs(numbers, steps), len(norms[0].gamma))
            pack = PackCompared(compared.values, compared.rising)
            name = self._put(f"{norms[-1].node.name}.bits", pack, self.numbers[folded.source])
        else:
            assert isinstance(source, SignLayer)
            thresholds = _thresholds(source, source.depth(self._input_shape(source)), steps)
            name = self._put_product(source.node.name, source, thresholds)
        for step, falling in _poolings(folded.after):
            name = self._put_bit_pool(step, name, falling)
        self.signs[place] = (name, self.shapes[place])

    def put_numbers(self, place: int, layer: Layer) -> None:
        name = layer.node.name
        if isinstance(layer, Input):
            node = self._put(name, FromPixels(self.divisor, 0.0), INPUT)
        elif isinstance(layer, SignLayer):
            dots = self._put_product(f"{name}.dots", layer)
            counts = CountsFromDots(layer.depth(self._input_shape(layer)), layer.bias)
            node = self._put(name, counts, dots)
        elif isinstance(layer, Sign):
            node = self._put_unpacked(name, self.shapes[place], *self.signs[layer.inputs[0]])
        elif isinstance(layer, Same):
            node = self.numbers[layer.inputs[0]]
        else:
            node = self._put_float(layer, [self.numbers[source] for source in layer.inputs])
        self.numbers[place] = node

    def put_signs(self, place: int, layer: Layer) -> None:
        if place in self.numbers and not isinstance(layer, Sign):
            bits = self._put(f"{layer.node.name}.bits", PackSigns(), self.numbers[place])
            self.signs[place] = (bits, self.shapes[place])
        elif isinstance(layer, Pool):
            pooled = self._put_bit_pool(layer, self.signs[layer.inputs[0]][0])
            self.signs[place] = (pooled, self.shapes[place])
        else:
            self.signs[place] = self.signs[layer.inputs[0]]

    def _put_product(self, name: str, layer: SignLayer, thresholds: Thresholds | None = None) -> str:
        source, shape = self.signs[layer.inputs[0]]
        depth = layer.depth(shape)
        rows = layer.weights.rows(depth)
        values, rising = (None, None) if thresholds is None else (thresholds.values, thresholds.rising)
        op: Op
        if isinstance(layer, SignConvolve):
            window = layer.window
            op = XnorConv(
                rows, (len(rows), shape[0], *window.taps), window.stride, window.padding, window.dilation,
                pad_value=1, values=values, rising=rising,
            )  # fmt: skip
        elif len(shape) == 3:  # an image laid out in a row: filters as large as it is
            channels, height, width = shape
            op = XnorConv(rows, (len(rows), channels, height, width), values=values, rising=rising, flat=True)
        else:
            op = XnorDense(np.ascontiguousarray(rows.T), depth, values, rising)
        return self._put(name, op, source)

    def _put_bit_pool(self, layer: Pool, source: str, falling: NDArray[np.bool_] | None = None) -> str:
        window = layer.window(self._input_shape(layer))
        return self._put(layer.node.name, BitPool(window, layer.stride, layer.padding, falling), source)

    def _put_unpacked(self, name: str, shape: Shape, source: str, packed: Shape) -> str:
        if packed == shape:
            return self._put(name, Unpack(), source)
        return self._put(name, Flatten(), self._put(f"{name}.image", Unpack(), source))

    def _put_float(self, layer: Layer, sources: list[str]) -> str:
        name = layer.node.name
        if isinstance(layer, Dense) and len(self._input_shape(layer)) == 3:
            sources = [self._put(f"{name}.row", Flatten(), *sources)]
        if isinstance(layer, Pool) and layer.kind == "max":
            return self._put_max_pool(layer, *sources)
        return self._put(name, _float_op(layer), *sources)

    def _put_max_pool(self, layer: Pool, source: str) -> str:
        """Maxima of numbers; edges that `MaxPool` cannot have are added before."""
        name, shape, padding = layer.node.name, self._input_shape(layer), layer.padding
        if layer.needs_edges(shape):
            below, right = layer.beyond(shape)
            edges = (*padding, padding[0] + below, padding[1] + right)
            source, padding = self._put(f"{name}.edges", Pad(edges, LOWEST), source), (0, 0)
        return self._put(name, MaxPool(layer.window(shape), layer.stride, padding), source)

    def _input_shape(self, layer: Layer) -> Shape:
        return self.shapes[layer.inputs[0]]

    def _put(self, name: str, op: Op, *sources: str) -> str:
        if name in self.names:
            raise ModelFileError(f"{self.layers[-1].node.file}: name: {name!r} stands for two nodes")
        self.names.add(name)
        self.nodes.append(Node(name, op, sources))
        return name


def _thresholds(layer: SignLayer, depth: int, steps: Sequence[Activate | Normalise]) -> Thresholds:
    """What dot products are compared with, so that the signs are those of the normalised counts."""

    def signs(dots: NDArray[Any]) -> NDArray[np.bool_]:
        counts = equal_signs(dots, depth).astype(np.float32)
        return _signs(counts if layer.bias is None else counts + layer.bias, steps)

    most = np.full(layer.weights.outputs, depth, np.int64)
    return fold(signs, -most, most)


def _signs(numbers: NDArray[np.float32], steps: Sequence[Activate | Normalise]) -> NDArray[np.bool_]:
    """Whether the signs of numbers `(rows, channels)` are +1 after activations and normalisations."""
    y = numbers
    with np.errstate(over="ignore", invalid="ignore"):
        for step in steps:
            if isinstance(step, Activate):
                y = float_kernels.ACTIVATIONS[step.kind](y)  # thresholds must not depend on torch being there
                continue
            normalised = float_kernels.centred_batch_norm(
                y, step.gamma, step.beta, step.mean, step.variance, step.eps
            )
            # The largest numbers become infinite on the way; 0 times them is 0 nevertheless.
            y = np.where(step.gamma == 0, step.beta, normalised)
    return y >= 0


def _poolings(after: Sequence[Layer]) -> list[tuple[Pool, NDArray[np.bool_] | None]]:
    """The poolings among what is folded, and in which channels a later normalisation makes a minimum of each."""
    found: list[tuple[Pool, NDArray[np.bool_] | None]] = []
    falling: NDArray[np.bool_] | None = None
    for step in reversed(after):
        if isinstance(step, Normalise):
            negative = step.gamma < 0
            falling = negative if falling is None else falling ^ negative
        elif isinstance(step, Pool):
            found.append((step, None if falling is None or not falling.any() else falling))
    return found[::-1]


def _float_op(layer: Layer) -> Op:
    if isinstance(layer, Convolve):
        window = layer.window
        return FloatConv(
            layer.weight, layer.bias, window.stride, window.padding, window.dilation, groups=layer.groups
        )
    if isinstance(layer, Dense):
        return FloatDense(layer.weight, layer.bias)
    if isinstance(layer, Normalise):
        return CentredBatchNorm(layer.gamma, layer.beta, layer.mean, layer.variance, layer.eps)
    if isinstance(layer, Activate):
        return Activation(layer.kind)
    if isinstance(layer, Pool):
        return AveragePool(layer.size, layer.stride, layer.padding, layer.full)
    if isinstance(layer, Sum):
        return Add()
    assert isinstance(layer, Flat)
    return Flatten()
