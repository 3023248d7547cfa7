"""Timing a packed network node by node, to see what is worth making faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab.bench.compare import check_seconds
from bnnlab.bench.conditions import measuring_conditions
from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.examples import checked_examples
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.ops import (
    Activation,
    Add,
    AveragePool,
    BatchNorm,
    CentredBatchNorm,
    CountsFromDots,
    DenseOnSigns,
    FloatConv,
    FloatDense,
    FromPixels,
    MaxPool,
    Op,
    PackCompared,
    PackSigns,
    PixelDense,
    SignConv,
    SignDense,
    Unpack,
    XnorConv,
    XnorDense,
)
from bnnlab.records import NodeTime, Profile
from bnnlab.records.profile import Work

LEAST_RUNS = 5

WORK_OF: dict[type[Op], Work] = {
    XnorDense: "binary",
    XnorConv: "binary",
    PixelDense: "pixels",
    FromPixels: "float",
    FloatDense: "float",
    FloatConv: "float",
    SignDense: "float",
    SignConv: "float",
    DenseOnSigns: "float",
    Activation: "float",
    Add: "float",
    AveragePool: "float",
    BatchNorm: "float",
    CentredBatchNorm: "float",
    CountsFromDots: "float",
    MaxPool: "float",
    PackSigns: "pack",
    PackCompared: "pack",
    Unpack: "pack",
}
"""Which kind of work an operation is; those that are not here are "rest"."""


def profile(
    packed: PackedModel,
    x: ArrayLike,
    seconds: float = 1.0,
    progress: Callable[[float], None] | None = None,
) -> Profile:
    """Run a network again and again, on one core, with a look at the clock after every node.

    All nodes run in their order, so each finds the caches as the one before left them. Of each node and of the whole
    the fastest run counts, since other programs can only slow a run down; the fastest parts never sum to more than the
    fastest whole.

    Args:
        packed: The network.
        x: As for `PackedModel.predict`; it runs in the same parts.
        seconds: How long to measure.
        progress: Told the share that is done, 0..1.

    Raises:
        TypeError: If `packed` is no `PackedModel`.
        ValueError: If `seconds` is not above 0, or `x` is nothing that `predict` takes, or holds no example.
    """
    check_type("packed", packed, "a PackedModel", PackedModel)
    check_seconds(seconds)
    inputs, _ = checked_examples(x, packed.input_shape, packed.pixels is not None)
    if not len(inputs):
        raise ValueError("x must hold at least one example, got none")
    best, whole, runs = np.full(len(packed.nodes), np.inf), np.inf, 0
    with measuring_conditions():
        began = time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds or runs < LEAST_RUNS:
            times = np.sum([_node_times(packed, part) for part in packed.parts(inputs)], axis=0)
            best = np.minimum(best, times)
            whole = min(whole, float(times.sum()))
            runs += 1
            if progress:
                progress(min(spent / seconds, 1.0))
    nodes = tuple(
        NodeTime(node.name, type(node.op).__name__, WORK_OF.get(type(node.op), "rest"), nanoseconds / 1e9)
        for node, nanoseconds in zip(packed.nodes, best.tolist(), strict=True)
    )
    return Profile(nodes, whole / 1e9, len(inputs), runs)


def _node_times(packed: PackedModel, examples: NDArray[Any]) -> NDArray[np.int64]:
    """The network once, as it predicts; nanoseconds for each node."""
    marks = [time.perf_counter_ns()]
    packed.run(examples, after=lambda: marks.append(time.perf_counter_ns()))
    return np.diff(marks)
