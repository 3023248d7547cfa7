"""Timing a packed network node by node, to see what is worth making faster."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from bnnlab.bench.compare import check_seconds
from bnnlab.bench.conditions import measuring_conditions
from bnnlab.deploy.graph import INPUT, PackedModel
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
    MaxPool,
    Op,
    PackCompared,
    PackSigns,
    PixelDense,
    SignConv,
    SignDense,
    Unpack,
    Value,
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
        x: As for `PackedModel.predict`; all of it runs together.
        seconds: How long to measure.
        progress: Told the share that is done, 0..1.

    Raises:
        ValueError: If `seconds` is not above 0, or `x` has another shape.
    """
    check_seconds(seconds)
    inputs = packed.values(x)[INPUT]
    assert isinstance(inputs, np.ndarray)
    best, whole, runs = [float("inf")] * len(packed.nodes), float("inf"), 0
    with measuring_conditions():
        began = time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds or runs < LEAST_RUNS:
            marks = _run(packed, inputs)
            times = [after - before for before, after in pairwise(marks)]
            best = [min(pair) for pair in zip(best, times, strict=True)]
            whole = min(whole, marks[-1] - marks[0])
            runs += 1
            if progress:
                progress(min(spent / seconds, 1.0))
    nodes = tuple(
        NodeTime(node.name, type(node.op).__name__, WORK_OF.get(type(node.op), "rest"), nanoseconds / 1e9)
        for node, nanoseconds in zip(packed.nodes, best, strict=True)
    )
    return Profile(nodes, whole / 1e9, len(inputs), runs)


def _run(packed: PackedModel, inputs: Value) -> list[int]:
    """The network once; nanoseconds on the clock before the first node and after each."""
    values = {INPUT: inputs}
    marks = [time.perf_counter_ns()]
    for node in packed.nodes:
        values[node.name] = node.op.run(*[values[name] for name in node.inputs])
        marks.append(time.perf_counter_ns())
    return marks
