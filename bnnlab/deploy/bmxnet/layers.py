"""What the operations of a BMXNet graph mean: one record for each kind of layer, with its parameters.

The records follow BMXNet of 2017 (hpi-xnor/BMXNet, version 1, Yang et al., arXiv 1705.09864), as its CPU code ran:

- A binary layer takes the signs of its input, and gives the *count* of those that equal their weights, 0..K; its dot
  product is 2 count - K. Pixels beyond the edge are 0, whose sign is +1.
- Weights of a converted network are words, 64 or 32 signs each, lowest bit first, that lie in float64 or float32
  arrays: convolutions filter by filter, each flattened as (channels, rows, columns); dense layers word by word, each
  for all outputs. Vectors that end within a word are filled up.
- Batch normalisation uses the moving statistics; gamma counts as 1 where `fix_gamma` says so, which is the default.
- An average counts the padding as zeros, but not what lies beyond the padding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.bmxnet.sign_weights import SignWeights
from bnnlab.deploy.bmxnet.symbol import SymbolNode
from bnnlab.deploy.errors import ModelFileError
from bnnlab.deploy.ops.elementwise import DEEPEST
from bnnlab.deploy.ops.pooling import windows

Shape = tuple[int, ...]
"""Of one example: `(features,)` or `(channels, height, width)`."""
Pair = tuple[int, int]


class SizeError(ModelFileError):
    """A layer that its input does not fit; an input of another size may."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One step of the network.

    Attributes:
        node: Where it stands in the symbol file.
        inputs: Positions of the layers that feed it.
    """

    node: SymbolNode
    inputs: tuple[int, ...]

    def output_shape(self, *shapes: Shape) -> Shape:
        """The shape of its result, for these inputs.

        Raises:
            ModelFileError: If it cannot take them.
        """
        return self._shape(*shapes)

    def _shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


@dataclass(frozen=True, eq=False)
class Input(Layer):
    """What the network is given."""


@dataclass(frozen=True, eq=False)
class Same(Layer):
    """Its input as it is: dropout after training, the softmax of the answer, a sign that only training takes."""


@dataclass(frozen=True, eq=False)
class Sign(Layer):
    """The signs of its input."""


@dataclass(frozen=True, eq=False)
class Flat(Layer):
    """Everything of one example in one row, of a given length if any is given."""

    features: int | None = None

    def _shape(self, *shapes: Shape) -> Shape:
        features = math.prod(shapes[0])
        if self.features not in (None, features):
            raise _does_not_fit(self.node, f"makes rows of {self.features}, but its input is {shapes[0]}")
        return (features,)


@dataclass(frozen=True, eq=False)
class Sum(Layer):
    """The sum of its inputs."""

    def _shape(self, *shapes: Shape) -> Shape:
        if len({len(shape) for shape in shapes}) > 1:
            self.node.fail(f"cannot add shapes {', '.join(map(str, shapes))}")
        try:
            return np.broadcast_shapes(*shapes) if self.node.op == "broadcast_add" else _equal(shapes)
        except ValueError:
            raise _does_not_fit(self.node, f"cannot add shapes {', '.join(map(str, shapes))}") from None


@dataclass(frozen=True, eq=False)
class Activate(Layer):
    """A function of each number, by its name in `bnnlab.deploy.ops.Activation`."""

    kind: str


@dataclass(frozen=True, eq=False)
class Normalise(Layer):
    """Batch normalisation."""

    gamma: NDArray[np.float32]
    beta: NDArray[np.float32]
    mean: NDArray[np.float32]
    variance: NDArray[np.float32]
    eps: float

    def _shape(self, *shapes: Shape) -> Shape:
        if shapes[0][0] != len(self.mean):
            problem = f"normalises {len(self.mean)} channels, but its input has {shapes[0][0]}"
            raise _does_not_fit(self.node, problem)
        return shapes[0]


@dataclass(frozen=True, eq=False)
class Pool(Layer):
    """The maximum or average of windows."""

    kind: str
    size: Pair | None  # None: as large as the image
    stride: Pair
    padding: Pair
    full: bool

    def _shape(self, *shapes: Shape) -> Shape:
        channels, *extents = _image(self.node, shapes[0])
        if self.size is None:
            return channels, 1, 1
        outputs = []
        for extent, taps, step, pad in zip(extents, self.size, self.stride, self.padding, strict=True):
            if extent + 2 * pad < taps:
                raise _does_not_fit(self.node, f"windows of {self.size} do not fit into {tuple(extents)}")
            outputs.append(windows(extent + 2 * pad, taps, step, self.full))
            if (outputs[-1] - 1) * step - pad >= extent:
                raise _does_not_fit(
                    self.node, f"a window lies wholly outside of the image of {tuple(extents)}"
                )
        return channels, *outputs

    def window(self, shape: Shape) -> Pair:
        """Height and width of a window, for an input of this shape."""
        return (shape[1], shape[2]) if self.size is None else self.size

    def beyond(self, shape: Shape) -> Pair:
        """Rows and columns that the last windows reach beyond the padding."""
        if self.size is None or not self.full:
            return 0, 0
        rows, columns = (
            max(0, (count - 1) * step + taps - extent - 2 * pad)
            for count, step, taps, extent, pad in zip(
                self._shape(shape)[1:], self.stride, self.size, shape[1:], self.padding, strict=True
            )
        )
        return rows, columns

    def needs_edges(self, shape: Shape) -> bool:
        """Whether windows reach further out than `MaxPool` and `BitPool` let them: half their size, all around."""
        wide = any(2 * pad > taps for pad, taps in zip(self.padding, self.window(shape), strict=True))
        return wide or self.beyond(shape) != (0, 0)


@dataclass(frozen=True, eq=False)
class Window:
    """Where the filters of a convolution stand; pairs are vertical, horizontal."""

    taps: Pair
    stride: Pair
    padding: Pair
    dilation: Pair

    def output_shape(self, node: SymbolNode, shape: Shape, filters: int) -> Shape:
        """Shape of the convolution's result.

        Raises:
            ModelFileError: If the filters do not fit.
        """
        outputs = []
        for extent, taps, step, pad, spread in zip(
            shape[1:], self.taps, self.stride, self.padding, self.dilation, strict=True
        ):
            reach = spread * (taps - 1) + 1
            if extent + 2 * pad < reach:
                raise _does_not_fit(
                    node, f"filters that reach over {reach} pixels do not fit into {shape[1:]}"
                )
            outputs.append(windows(extent + 2 * pad, reach, step))
        return filters, *outputs


@dataclass(frozen=True, eq=False)
class Convolve(Layer):
    """A convolution of numbers."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] | None
    window: Window
    groups: int

    def _shape(self, *shapes: Shape) -> Shape:
        channels = _image(self.node, shapes[0])[0]
        if channels != self.weight.shape[1] * self.groups:
            self.node.fail(
                f"weight is for {self.weight.shape[1] * self.groups} channels, but its input has {channels}"
            )
        return self.window.output_shape(self.node, shapes[0], len(self.weight))


@dataclass(frozen=True, eq=False)
class Dense(Layer):
    """A dense layer on numbers."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32] | None

    def _shape(self, *shapes: Shape) -> Shape:
        if math.prod(shapes[0]) != self.weight.shape[1]:
            problem = f"weight is for {self.weight.shape[1]} features, but its input is {shapes[0]}"
            raise _does_not_fit(self.node, problem)
        return (len(self.weight),)


@dataclass(frozen=True, eq=False)
class SignLayer(Layer):
    """A layer on signs: it counts how many of them equal their weights."""

    weights: SignWeights
    bias: NDArray[np.float32] | None

    def depth(self, shape: Shape) -> int:
        """K, for this input.

        Raises:
            ModelFileError: If there are more or fewer weights.
        """
        depth, fitting = self._depth(shape), self.weights.depths
        if depth > DEEPEST:
            self.node.fail(f"a depth of {depth} is more than {DEEPEST}, beyond which counts are not exact")
        if depth not in fitting:
            last = fitting[-1]
            many = f"{last}" if len(fitting) == 1 else f"{fitting[0]} to {last}"
            raise _does_not_fit(self.node, f"weight is for {many} inputs of each output, but {depth} arrive")
        return depth

    def _depth(self, shape: Shape) -> int:
        return math.prod(shape)


@dataclass(frozen=True, eq=False)
class SignConvolve(SignLayer):
    """A binary convolution."""

    window: Window

    def _depth(self, shape: Shape) -> int:
        return _image(self.node, shape)[0] * math.prod(self.window.taps)

    def _shape(self, *shapes: Shape) -> Shape:
        self.depth(shapes[0])
        return self.window.output_shape(self.node, shapes[0], self.weights.outputs)


@dataclass(frozen=True, eq=False)
class SignDense(SignLayer):
    """A binary dense layer."""

    def _shape(self, *shapes: Shape) -> Shape:
        self.depth(shapes[0])
        return (self.weights.outputs,)


def _equal(shapes: Sequence[Shape]) -> Shape:
    if len(set(shapes)) > 1:
        raise ValueError
    return shapes[0]


def _image(node: SymbolNode, shape: Shape) -> Shape:
    if len(shape) != 3:
        raise _does_not_fit(node, f"needs images of (channels, height, width), but its input is {shape}")
    return shape


def _does_not_fit(node: SymbolNode, problem: str) -> SizeError:
    return SizeError(f"{node.file}: node {node.name!r} ({node.op}): {problem}")
