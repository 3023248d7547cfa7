"""The packed network: operations in the order in which they run, each fed by earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.deploy.ops import Op, Value

if TYPE_CHECKING:
    from torch import nn

INPUT = "(input)"
"""Name of what the network is given; no layer can be called so."""

CHUNK = 256
"""Examples that run together; more would only fill the caches."""


@dataclass(frozen=True, eq=False)
class Node:
    """One operation in a network.

    Attributes:
        name: Of its result; the layer it comes from.
        op: What it computes.
        inputs: Names of what it is given: earlier nodes, or `INPUT`.
    """

    name: str
    op: Op
    inputs: tuple[str, ...] = (INPUT,)


@dataclass(frozen=True, eq=False)
class PackedModel:
    """A network whose binary layers run on packed words.

    Attributes:
        nodes: In the order of computation; the last one gives a number for each class.
        input_shape: Shape of one example, `(features,)` or `(channels, height, width)`.
        class_names: Name of each class.
    """

    nodes: tuple[Node, ...]
    input_shape: tuple[int, ...]
    class_names: tuple[str, ...]

    def __post_init__(self) -> None:
        known = {INPUT}
        for node in self.nodes:
            for name in node.inputs:
                if name not in known:
                    raise ValueError(f"node {node.name!r} needs {name!r}, which no earlier node gives")
            if node.name in known:
                raise ValueError(f"two nodes are called {node.name!r}")
            known.add(node.name)
        if not self.nodes:
            raise ValueError("a network must have at least one node")

    @classmethod
    def from_module(
        cls,
        model: nn.Module,
        input_shape: tuple[int, ...],
        *,
        divisor: float | None = 128.0,
        offset: float = -1.0,
        class_names: tuple[str, ...] | None = None,
    ) -> PackedModel:
        """Pack a trained network.

        Args:
            model: A sequence of `bnnlab.nn` layers, `Linear`, `Conv2d`, `BatchNorm`, `MaxPool2d`, `Flatten`.
            input_shape: Shape of one example, as the model sees it.
            divisor: The model sees x = p / divisor + offset where the packed model is given uint8 pixels p:
                128 and -1 for MNIST here, 8 and -1 for digits. None where examples are no pixels.
            offset: See `divisor`.
            class_names: Name of each class; numbers if None.

        Returns:
            A network that gives, bit for bit, the hidden signs of `model` in evaluation mode.

        Raises:
            ValueError: If the model holds a layer or an order of layers that is unknown; it is named.
        """
        from bnnlab.deploy.from_module import build

        return build(model, tuple(input_shape), divisor, offset, class_names)

    def predict(self, x: ArrayLike) -> NDArray[np.int64]:
        """The class of each example.

        Args:
            x: `(n, *input_shape)`, or one example of `input_shape`: uint8 pixels, or numbers as the model
                that was packed saw them.

        Returns:
            `(n,)` int64; `()` for one example.

        Raises:
            ValueError: If `x` has another shape.
        """
        classes: NDArray[np.int64] = self.logits(x).argmax(axis=-1)
        return classes

    def predict_proba(self, x: ArrayLike) -> NDArray[np.float64]:
        """The softmax of the logits, `(n, classes)`; arguments as in `predict`."""
        logits = self.logits(x).astype(np.float64)
        powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
        shares: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
        return shares

    def logits(self, x: ArrayLike) -> NDArray[np.float32]:
        """A number for each class, `(n, classes)` float32; arguments as in `predict`."""
        examples, single = self._examples(x)
        if len(examples) <= CHUNK:
            few = self._last(self._run(examples))
            return few[0] if single else few
        parts = [
            self._last(self._run(examples[start : start + CHUNK])) for start in range(0, len(examples), CHUNK)
        ]
        return np.concatenate(parts)

    def values(self, x: ArrayLike) -> dict[str, Value]:
        """What every node gives for these examples, by name; arguments as in `predict`."""
        return self._run(self._examples(x)[0])

    def _examples(self, x: ArrayLike) -> tuple[NDArray[Any], bool]:
        examples = np.asarray(x)
        single = examples.shape == self.input_shape
        if single:
            examples = examples[None]
        if examples.shape[1:] != self.input_shape or examples.dtype.kind not in "fu":
            raise ValueError(
                f"x must be numbers or uint8 pixels of shape (n, {', '.join(map(str, self.input_shape))}), got "
                f"{examples.dtype} of shape {examples.shape}"
            )
        if examples.dtype != np.uint8:
            examples = examples.astype(np.float32, copy=False)
        return examples, single

    def _run(self, examples: NDArray[Any]) -> dict[str, Value]:
        values: dict[str, Value] = {INPUT: examples}
        for node in self.nodes:
            values[node.name] = node.op.run(*[values[name] for name in node.inputs])
        return values

    def _last(self, values: dict[str, Value]) -> NDArray[np.float32]:
        logits = values[self.nodes[-1].name]
        if not isinstance(logits, np.ndarray) or logits.ndim != 2:
            raise ValueError(f"the last node, {self.nodes[-1].name!r}, must give numbers of (n, classes)")
        return logits.astype(np.float32, copy=False)
