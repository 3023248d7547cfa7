"""The packed network: operations in the order in which they run, each fed by earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from numbers import Real
from os import PathLike
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.deploy.arguments import check_type, checked_sizes
from bnnlab.deploy.examples import checked_examples
from bnnlab.deploy.names import check_text, numbered
from bnnlab.deploy.node import INPUT, Node
from bnnlab.deploy.ops import Op, Signal, Value
from bnnlab.deploy.ops.fields import shown

if TYPE_CHECKING:
    from torch import nn

CHUNK = 256
"""Examples that run together at most."""

LARGEST_RESULT = 3 << 18
"""Numbers that one node gives at once, 3 MiB: it stays in the caches, and in memory that the allocator hands out again.
From 4 MiB on, every run pays for fresh pages: a convolution's output of 9 M numbers took 4 times as long."""

MOST_CLASSES = 1 << 16
"""Numbers that the last node may give."""

MOST_NUMBERS = 1 << 28
"""Numbers that a network may hold at once for one example: 1 GiB."""

MOST_PRODUCTS = 1 << 36
"""Products that it may take: seconds. The largest networks for images take a few times less."""


MOST_SHOWN = 20
"""Nodes that a network's `repr` names."""


@dataclass(frozen=True, eq=False, repr=False)
class PackedModel:
    """A network whose binary layers run on packed words.

    Attributes:
        nodes: In the order of computation; the last one gives a number for each class.
        input_shape: Shape of one example, `(features,)` or `(channels, height, width)`.
        class_names: Name of each class; the numbers from 0 on if none are given.

    Raises:
        TypeError: If `nodes` or `class_names` are no tuple, or what is in `nodes` no nodes with operations.
        ValueError: If a node cannot run on what it is given, or the last one gives no number for each class.
    """

    nodes: tuple[Node, ...]
    input_shape: tuple[int, ...]
    class_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_type("nodes", self.nodes, "a tuple", tuple)
        check_type("class_names", self.class_names, "a tuple", tuple)
        for node in self.nodes:
            check_type("each of the nodes", node, "a Node", Node)
            check_type(f"op of node {node.name!r}", node.op, "an operation", Op)
        shape = self.input_shape
        if (
            not isinstance(shape, tuple)
            or len(shape) not in (1, 3)
            or not all(type(n) is int and 0 < n <= MOST_NUMBERS for n in shape)
        ):
            raise ValueError(
                f"input_shape must be (features,) or (channels, height, width), each from 1 to {MOST_NUMBERS}, "
                f"got {shown(shape)}"
            )
        if not self.nodes:
            raise ValueError("a network must have at least one node")
        last = self.signals[self.nodes[-1].name]
        if last.kind != "numbers" or len(last.shape) != 1 or last.count > MOST_CLASSES:
            raise ValueError(
                f"the last node, {self.nodes[-1].name!r}, must give a number for each class, at most "
                f"{MOST_CLASSES}, not {last}"
            )
        if not self.class_names:
            object.__setattr__(self, "class_names", numbered(last.count))
        if len(self.class_names) != last.count:
            raise ValueError(
                f"class_names must be as many as the outputs, {last.count}, got {len(self.class_names)}"
            )
        for name in self.class_names:
            check_text("class_names", name)

    def __getstate__(self) -> dict[str, Any]:
        """Its fields alone, as `Op`'s."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __repr__(self) -> str:
        """Short: what goes in, the operations, the classes."""
        ops = ", ".join(f"{node.name}: {type(node.op).__name__}" for node in self.nodes[:MOST_SHOWN])
        more = ", ..." if len(self.nodes) > MOST_SHOWN else ""
        return f"PackedModel(input_shape={self.input_shape}, nodes=({ops}{more}), classes={len(self.class_names)})"

    @cached_property
    def signals(self) -> dict[str, Signal]:
        """What flows from each node, for one example, by name; and what from `INPUT`.

        Raises:
            ValueError: If a node cannot run on what it is given, or the network would take too much; it is named.
        """
        signals = {INPUT: Signal("numbers" if self.pixels is None else "pixels", self.input_shape)}
        numbers, products = signals[INPUT].count, 0
        for node in self.nodes:
            check_text("the name of a node", node.name)
            if node.name in signals:
                raise ValueError(f"two nodes are called {node.name!r}")
            signals[node.name], effort = node.trace(signals)
            numbers, products = numbers + effort.numbers, products + effort.products
            if numbers > MOST_NUMBERS or products > MOST_PRODUCTS:
                raise ValueError(
                    f"the network up to node {node.name!r} takes too much for one example: {shown(numbers)} "
                    f"numbers of at most {MOST_NUMBERS}, {shown(products)} products of at most {MOST_PRODUCTS}"
                )
        return signals

    @classmethod
    def from_module(
        cls,
        model: nn.Module,
        input_shape: tuple[int, ...] | None = None,
        *,
        divisor: float | None = 128.0,
        offset: float = -1.0,
        class_names: tuple[str, ...] | None = None,
    ) -> PackedModel:
        """Pack a trained network.

        Args:
            model: A sequence of `bnnlab.nn` layers, `Linear`, `Conv2d`, `BatchNorm`, `MaxPool2d`, `Flatten`,
                `Identity` and `Dropout`, in float32.
            input_shape: Shape of one example, as the model sees it. The models of `bnnlab.nn.MODELS` know theirs;
                where the first layer is linear, it is `(features,)` if None.
            divisor: The model sees x = p / divisor + offset where the packed model is given uint8 pixels p:
                128 and -1 for MNIST here, 8 and -1 for digits. None where examples are no pixels.
            offset: See `divisor`.
            class_names: Name of each class; numbers if None.

        Returns:
            A network that gives, bit for bit, the hidden signs of `model` in evaluation mode. Where a layer sums
            floats, that is so as long as the sums are rounded alike: torch itself adds in another order for one
            example than for many, and rounds p / divisor where `divisor` is no power of two. Such a sum that falls
            on a threshold to the last bit may then have the other sign.

        Raises:
            TypeError: If `model` is no torch module, or another argument of a wrong type.
            ValueError: If the model holds a layer or an order of layers that is unknown, which is named; or if
                `input_shape` is None and the model does not tell.
        """
        from torch import nn

        from bnnlab.deploy.from_module import build
        from bnnlab.deploy.stages import known_input_shape

        check_type("model", model, "a torch module", nn.Module)
        check_type("divisor", divisor, "a number or None", Real, NoneType)
        check_type("offset", offset, "a number", Real)
        check_type("class_names", class_names, "a tuple of names or None", tuple, list, NoneType)
        if input_shape is None:
            shape = known_input_shape(model)
        else:
            form = "(features,) or (channels, height, width), each a whole number from 1 on"
            shape = checked_sizes("input_shape", input_shape, form, (1, 3))
        return build(model, shape, divisor, offset, class_names)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> PackedModel:
        """Read a network from a file that `save` wrote.

        Everything is checked before anything is used: a file is refused, or it is a network that runs.

        Args:
            path: The file, ``*.bnn``.

        Raises:
            OSError: If it cannot be read.
            TypeError: If `path` is no path.
            ModelFileError: If it is no such file, or a damaged one. A `ValueError`; it says what is wrong where.
        """
        from bnnlab.deploy.file import load

        return load(path)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the network to a file: safetensors, with a description in its metadata.

        A file of this name is replaced when all is written, or not at all.

        Args:
            path: The file, best called ``*.bnn``.

        Raises:
            OSError: If it cannot be written.
            TypeError: If `path` is no path.
            ValueError: If a node's operation is none of `OPS`.
        """
        from bnnlab.deploy.file import save

        save(self, path)

    def predict(self, x: ArrayLike) -> NDArray[np.int64]:
        """The class of each example.

        Args:
            x: `(n, *input_shape)`, or one example of `input_shape`: uint8 pixels, or numbers as the model
                that was packed saw them.

        Returns:
            `(n,)` int64; `()` for one example. One example alone is summed in another order than many, as in
            torch, where layers multiply floats: its logits may differ in the last bit.

        Raises:
            ValueError: If `x` has another shape or kind, or holds NaN or what is infinite in float32. The sign of NaN
                is -1 in `bnnlab.nn` too, so an answer could be given; but whoever has a NaN here has lost a number
                before.
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
        examples, single = checked_examples(x, self.input_shape, self.pixels is not None)
        last = self.nodes[-1].name
        parts: list[Any] = [self.run(part)[last] for part in self.parts(examples)]
        logits: NDArray[np.float32] = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return logits[0] if single else logits

    def values(self, x: ArrayLike) -> dict[str, Value]:
        """What every node gives for these examples, by name; arguments as in `predict`."""
        return self.run(checked_examples(x, self.input_shape, self.pixels is not None)[0], keep=True)

    def parts(self, examples: NDArray[Any]) -> list[NDArray[Any]]:
        """Examples `(n, *input_shape)`, split evenly into parts that run together."""
        parts = -(-len(examples) // self._chunk)
        return [examples] if parts < 2 else np.array_split(examples, parts)

    def run(
        self, examples: NDArray[Any], keep: bool = False, after: Callable[[], None] | None = None
    ) -> dict[str, Value]:
        """What the nodes give for examples that are checked already and run together.

        Args:
            examples: `(n, *input_shape)` uint8 or float32.
            keep: Whether to keep results that no later node needs.
            after: Called after each node.

        Returns:
            Results by name; without `keep`, little but the last one's.
        """
        values: dict[str, Value] = {INPUT: examples}
        with np.errstate(over="ignore", invalid="ignore"):  # as torch: what is too large is infinite
            for name, run, inputs, done in self._plan:
                values[name] = run(*[values[each] for each in inputs])
                if not keep:
                    for each in done:
                        del values[each]
                if after:
                    after()
        return values

    @cached_property
    def pixels(self) -> tuple[float, float] | None:
        """Divisor and offset: bytes p are pixels that stand for p / divisor + offset. None: they are numbers."""
        ops: Iterator[Any] = (node.op for node in self.nodes if node.op.takes_pixels)
        return next(((op.divisor, op.offset) for op in ops), None)

    @cached_property
    def _chunk(self) -> int:
        """Examples that run together: as many as keep every result small, and all results within `MOST_NUMBERS`."""
        counts = [signal.count for signal in self.signals.values()]
        numbers = [signal.count for signal in self.signals.values() if signal.kind != "bits"]
        return min(CHUNK, max(1, min(LARGEST_RESULT // max(numbers), MOST_NUMBERS // sum(counts))))

    @cached_property
    def _plan(self) -> list[tuple[str, Callable[..., Value], tuple[str, ...], list[str]]]:
        """For each node its name, what runs it, its inputs, and those of them that no later node needs."""
        last_user = {name: node.name for node in self.nodes for name in node.inputs}
        done: dict[str, list[str]] = {node.name: [] for node in self.nodes}
        for name, user in last_user.items():
            done[user].append(name)
        return [(node.name, node.op.run, node.inputs, done[node.name]) for node in self.nodes]
