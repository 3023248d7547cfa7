"""Each operation of a packed network as calls of `inference.h`. A new one is one function and one line below."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bnnlab.deploy.export.c_products import (
    dense_on_signs,
    float_conv,
    float_dense,
    pixel_dense,
    sign_conv,
    sign_dense,
    window,
    xnor_conv,
    xnor_dense,
)
from bnnlab.deploy.export.identifiers import identifiers
from bnnlab.deploy.export.lowering import normalisation
from bnnlab.deploy.export.program import NULL, Place, Program, Step
from bnnlab.deploy.folding import LARGEST
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.node import INPUT, Node
from bnnlab.deploy.ops import (
    Activation,
    Add,
    AveragePool,
    BatchNorm,
    BitPool,
    CentredBatchNorm,
    CountsFromDots,
    DenseOnSigns,
    Flatten,
    FloatConv,
    FloatDense,
    FromPixels,
    MaxPool,
    Op,
    PackCompared,
    PackSigns,
    Pad,
    PixelDense,
    SignConv,
    SignDense,
    Unpack,
    XnorConv,
    XnorDense,
)

Writer = Callable[[Program, Step], Place]
"""Adds what a step needs; returns how its result is reached."""


def write_network(program: Program, model: PackedModel) -> Place:
    """Write a whole network, made ready by `lowered`; returns how its logits are reached.

    Raises:
        ValueError: As `write` does.
    """
    names = identifiers(node.name for node in model.nodes)
    reached = {INPUT: program.given}
    for node in model.nodes:
        step = Step(
            names[node.name],
            node.op,
            tuple(reached[name] for name in node.inputs),
            tuple(model.signals[name].shape for name in node.inputs),
            model.signals[node.name].shape,
        )
        reached[node.name] = write(program, node, step)
    return reached[model.nodes[-1].name]


def write(program: Program, node: Node, step: Step) -> Place:
    """Write a node of a packed network; returns how its value is reached.

    Raises:
        ValueError: If the operation has no counterpart, or holds a number that is not finite.
    """
    if type(node.op) not in WRITERS:
        raise ValueError(
            f"node {node.name!r} is of the kind {type(node.op).__name__}, which has no C form here"
        )
    return WRITERS[type(node.op)](program, step)


def _pack_compared(program: Program, step: Step) -> Place:
    turns, limits = step.op.thresholds.comparison
    finite = np.clip(limits, -LARGEST, LARGEST)  # "never" is infinite, which C has no constant for
    return _compare(
        program,
        step,
        program.array(f"{step.name}_limits", finite),
        program.array(f"{step.name}_turns", turns),
    )


def _pack_signs(program: Program, step: Step) -> Place:
    return _compare(program, step, NULL, NULL)


def _compare(program: Program, step: Step, limits: Place, turns: Place) -> Place:
    bits = program.bits(step)
    program.call("compare", step.x, limits, turns, step.channels, step.pixels, bits)
    return bits


def _unpack(program: Program, step: Step) -> Place:
    numbers = program.numbers(step)
    program.call("unpack", step.x, step.channels, step.pixels, numbers)
    return numbers


def _from_pixels(program: Program, step: Step) -> Place:
    if step.x != program.pixels:  # numbers stay as they are
        return step.x
    numbers, size = program.numbers(step), step.channels * step.pixels
    divisor, offset = np.float32(step.op.divisor), np.float32(step.op.offset)
    program.call("from_pixels", step.x, size, divisor, offset, numbers)
    return numbers


def _flatten(_: Program, step: Step) -> Place:
    return step.x


def _batch_norm(program: Program, step: Step) -> Place:
    numbers = program.numbers(step)
    factors, shifts = normalisation(step.op)
    program.call(
        "batch_norm", step.x, program.array(f"{step.name}_factors", factors),
        program.array(f"{step.name}_shifts", shifts), step.channels, step.pixels, numbers,
    )  # fmt: skip
    return numbers


def _max_pool(program: Program, step: Step) -> Place:
    numbers = program.numbers(step)
    program.call("max_pool", window(program, step), step.x, numbers)
    return numbers


def _average_pool(program: Program, step: Step) -> Place:
    numbers = program.numbers(step)
    program.call("average_pool", window(program, step), step.x, numbers)
    return numbers


def _bit_pool(program: Program, step: Step) -> Place:
    bits = program.bits(step)
    turns = program.array(f"{step.name}_turns", step.op.flips)
    program.call("bit_pool", window(program, step), step.x, turns, bits)
    return bits


def _activation(program: Program, step: Step) -> Place:
    numbers = program.numbers(step)
    program.call(step.op.kind, step.x, step.channels * step.pixels, numbers)
    return numbers


def _add(program: Program, step: Step) -> Place:
    """Branches are added one by one; where a branch has one channel or one pixel, it is added to all."""
    numbers = program.numbers(step)
    program.clear(numbers)
    for branch, shape in zip(step.inputs, step.input_shapes, strict=True):
        pixels = math.prod(shape[1:])
        if shape[0] not in (1, step.channels) or pixels not in (1, step.pixels):
            raise ValueError(
                f"node {step.name!r} adds images of shape {shape} to {step.shape}, which has no C form here"
            )
        steps = 0 if shape[0] == 1 < step.channels else pixels, 0 if pixels == 1 else 1
        program.call("add", branch, *steps, step.channels, step.pixels, numbers)
    return numbers


def _counts_from_dots(program: Program, step: Step) -> Place:
    numbers, bias = program.numbers(step), program.array(f"{step.name}_bias", step.op.bias)
    program.call("counts", step.x, step.op.depth, bias, step.channels, step.pixels, numbers)
    return numbers


def _pad(program: Program, step: Step) -> Place:
    numbers, (above, left, _, _) = program.numbers(step), step.op.edges
    program.call(
        "pad",
        step.x,
        *step.input_shapes[0],
        above,
        left,
        *step.shape[1:],
        np.float32(step.op.value),
        numbers,
    )
    return numbers


WRITERS: dict[type[Op], Writer] = {
    Activation: _activation,
    Add: _add,
    AveragePool: _average_pool,
    BatchNorm: _batch_norm,
    BitPool: _bit_pool,
    CentredBatchNorm: _batch_norm,
    CountsFromDots: _counts_from_dots,
    DenseOnSigns: dense_on_signs,
    Flatten: _flatten,
    FloatConv: float_conv,
    FloatDense: float_dense,
    FromPixels: _from_pixels,
    MaxPool: _max_pool,
    PackCompared: _pack_compared,
    PackSigns: _pack_signs,
    Pad: _pad,
    PixelDense: pixel_dense,
    SignConv: sign_conv,
    SignDense: sign_dense,
    Unpack: _unpack,
    XnorConv: xnor_conv,
    XnorDense: xnor_dense,
}
