"""Each operation of a packed network as calls of `inference.h`. A new one is one function and one line below."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import pack_rows
from bnnlab.bits.packing import words_for
from bnnlab.deploy.export.c_program import NULL, PIXELS, CProgram, Step, double_literal, float_literal
from bnnlab.deploy.export.lowering import Comparison, comparison, normalisation
from bnnlab.deploy.folding import LARGEST
from bnnlab.deploy.graph import Node
from bnnlab.deploy.ops import (
    BatchNorm,
    BitPool,
    DenseOnSigns,
    Flatten,
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
from bnnlab.deploy.ops.bits import unpack_filters

Writer = Callable[[CProgram, Step], str]
"""Adds what a step needs; returns how its result is reached in C."""


def write(program: CProgram, node: Node, step: Step) -> str:
    """Write a node of a packed network; returns how its value is reached in C.

    Raises:
        ValueError: If the operation has no counterpart, or holds a number that is not finite.
    """
    if type(node.op) not in WRITERS:
        raise ValueError(
            f"node {node.name!r} is of the kind {type(node.op).__name__}, which has no C form here"
        )
    return WRITERS[type(node.op)](program, step)


def _xnor_dense(program: CProgram, step: Step) -> str:
    product, op = comparison(step.op), step.op
    sums = program.shared("sums", "int32_t", step.channels)
    weights = _bits(program, f"{step.name}_weights", product.signs)
    program.call("xnor_dense", step.x, weights, NULL, op.depth, step.channels, sums)
    if product.limits is not None:
        return _threshold(program, step, product, sums)
    numbers = _numbers(program, step)
    alpha = program.array(f"{step.name}_alpha", op.alpha)
    program.call("scale", sums, alpha, step.channels, numbers, 1)
    return numbers


def _xnor_conv(program: CProgram, step: Step) -> str:
    product, op = comparison(step.op), step.op
    depth = math.prod(op.shape[1:])
    weights = _bits(program, f"{step.name}_weights", product.signs.transpose(0, 2, 3, 1))  # tap after tap
    padded_with_zeros = op.pad_value == 0 and tuple(op.padding) != (0, 0)
    packed = product.limits is not None
    limits = _limits(program, step, product)
    result = _signs(program, step) if packed else _numbers(program, step)
    program.call(
        "xnor_conv", _window(program, step), step.x, weights, limits,
        program.array(f"{step.name}_alpha", op.alpha),
        program.shared("patch", "uint64_t", words_for(depth)),
        program.shared("mask", "uint64_t", words_for(depth)) if padded_with_zeros else NULL,
        program.shared("sums", "int32_t", len(product.signs) // op.groups),
        *((result, NULL) if packed else (NULL, result)),
    )  # fmt: skip
    return result


def _pixel_dense(program: CProgram, step: Step) -> str:
    if step.x != PIXELS:
        raise ValueError(f"node {step.name!r} makes pixels of numbers, which has no C form here")
    product, op = comparison(step.op), step.op
    sums = program.shared("sums", "int32_t", step.channels)
    planes = program.shared("planes", "uint64_t", 8 * words_for(op.depth))
    weights = _bits(program, f"{step.name}_weights", product.signs)
    program.call("pixel_dense", step.x, weights, op.depth, step.channels, planes, sums)
    if product.limits is not None:
        return _threshold(program, step, product, sums)
    numbers = _numbers(program, step)
    shifts = program.array(f"{step.name}_shifts", op.offset * op.totals)
    alpha = program.array(f"{step.name}_alpha", op.alpha)
    program.call("scale_pixels", sums, double_literal(op.divisor), shifts, alpha, step.channels, numbers)
    return numbers


def _float_dense(program: CProgram, step: Step) -> str:
    numbers, op = _numbers(program, step), step.op
    weights = program.array(f"{step.name}_weights", op.weight)
    bias = program.array(f"{step.name}_bias", op.bias)
    program.call("float_dense", step.x, weights, bias, op.weight.shape[1], step.channels, numbers, 1)
    return numbers


def _dense_on_signs(program: CProgram, step: Step) -> str:
    numbers, (outputs, inputs) = _numbers(program, step), step.op.weight.shape
    weights = program.array(f"{step.name}_weights", step.op.weight)
    bias = program.array(f"{step.name}_bias", step.op.bias)
    program.call("dense_on_signs", step.x, weights, bias, inputs, outputs, numbers)
    return numbers


def _sign_dense(program: CProgram, step: Step) -> str:
    numbers, op = _numbers(program, step), step.op
    weights = _bits(program, f"{step.name}_weights", op.weight)
    alpha = program.array(f"{step.name}_alpha", op.alpha)
    program.call("sign_dense", step.x, weights, alpha, op.depth, step.channels, numbers, 1)
    return numbers


def _float_conv(program: CProgram, step: Step) -> str:
    weights = program.array(f"{step.name}_weights", step.op.weight)
    bias = program.array(f"{step.name}_bias", step.op.bias)
    return _convolution_of_numbers(program, step, weights, NULL, bias, step.op.weight.shape)


def _sign_conv(program: CProgram, step: Step) -> str:
    signs = _bits(program, f"{step.name}_weights", unpack_filters(step.op.words, step.op.shape))
    alpha = program.array(f"{step.name}_alpha", step.op.alpha)
    return _convolution_of_numbers(program, step, NULL, signs, alpha, step.op.shape)


def _convolution_of_numbers(
    program: CProgram, step: Step, weights: str, signs: str, last: str, shape: tuple[int, ...]
) -> str:
    numbers = _numbers(program, step)
    patch = program.shared("numbers", "float", math.prod(shape[1:]))
    program.call("float_conv", _window(program, step), step.x, weights, signs, last, patch, numbers)
    return numbers


def _pack_compared(program: CProgram, step: Step) -> str:
    turns, limits = step.op.thresholds.comparison
    finite = np.clip(limits, -LARGEST, LARGEST)  # "never" is infinite, which C has no constant for
    return _compare(
        program,
        step,
        program.array(f"{step.name}_limits", finite),
        program.array(f"{step.name}_turns", turns),
    )


def _pack_signs(program: CProgram, step: Step) -> str:
    return _compare(program, step, NULL, NULL)


def _compare(program: CProgram, step: Step, limits: str, turns: str) -> str:
    bits = _signs(program, step)
    program.call("compare", step.x, limits, turns, step.channels, step.pixels, bits)
    return bits


def _unpack(program: CProgram, step: Step) -> str:
    numbers = _numbers(program, step)
    program.call("unpack", step.x, step.channels, step.pixels, numbers)
    return numbers


def _from_pixels(program: CProgram, step: Step) -> str:
    if step.x != PIXELS:  # numbers stay as they are
        return step.x
    numbers, size = _numbers(program, step), step.channels * step.pixels
    divisor, offset = float_literal(step.op.divisor), float_literal(step.op.offset)
    program.call("from_pixels", step.x, size, divisor, offset, numbers)
    return numbers


def _flatten(_: CProgram, step: Step) -> str:
    return step.x


def _batch_norm(program: CProgram, step: Step) -> str:
    numbers = _numbers(program, step)
    factors, shifts = normalisation(step.op)
    program.call(
        "batch_norm", step.x, program.array(f"{step.name}_factors", factors),
        program.array(f"{step.name}_shifts", shifts), step.channels, step.pixels, numbers,
    )  # fmt: skip
    return numbers


def _max_pool(program: CProgram, step: Step) -> str:
    numbers = _numbers(program, step)
    program.call("max_pool", _window(program, step), step.x, numbers)
    return numbers


def _bit_pool(program: CProgram, step: Step) -> str:
    bits = _signs(program, step)
    turns = program.array(f"{step.name}_turns", step.op.flips)
    program.call("bit_pool", _window(program, step), step.x, turns, bits)
    return bits


WRITERS: dict[type[Op], Writer] = {
    BatchNorm: _batch_norm,
    BitPool: _bit_pool,
    DenseOnSigns: _dense_on_signs,
    Flatten: _flatten,
    FloatConv: _float_conv,
    FloatDense: _float_dense,
    FromPixels: _from_pixels,
    MaxPool: _max_pool,
    PackCompared: _pack_compared,
    PackSigns: _pack_signs,
    PixelDense: _pixel_dense,
    SignConv: _sign_conv,
    SignDense: _sign_dense,
    Unpack: _unpack,
    XnorConv: _xnor_conv,
    XnorDense: _xnor_dense,
}


def _numbers(program: CProgram, step: Step) -> str:
    return program.field(f"{step.name}_numbers", "float", step.channels * step.pixels)


def _signs(program: CProgram, step: Step) -> str:
    return program.field(f"{step.name}_bits", "uint64_t", step.pixels * words_for(step.channels))


def _bits(program: CProgram, name: str, signs: NDArray[Any]) -> str:
    """Signs, outputs first, as a constant array in which each output begins with a new word."""
    return program.array(name, pack_rows(signs.reshape(len(signs), -1)).words)


def _limits(program: CProgram, step: Step, product: Comparison) -> str:
    limits = product.limits
    return program.array(f"{step.name}_limits", None if limits is None else limits.astype(np.int32))


def _threshold(program: CProgram, step: Step, product: Comparison, sums: str) -> str:
    bits, limits = _signs(program, step), _limits(program, step, product)
    program.calls.append(f"    memset({bits}, 0, sizeof {bits});")
    program.call("threshold", sums, limits, step.channels, bits, 0)
    return bits


def _window(program: CProgram, step: Step) -> str:
    """The numbers of `window` in `inference.h`, for convolutions and for pooling."""
    op, (channels, height, width) = step.op, step.input_shapes[0]
    out_height, out_width = step.shape[1:] if len(step.shape) == 3 else (1, 1)
    pooling = isinstance(op, BitPool | MaxPool)
    size = op.size if pooling else (op.weight if isinstance(op, FloatConv) else op).shape[2:]
    return program.define(
        f"{step.name}_window",
        "window",
        [
            *(channels, height, width, step.channels, out_height, out_width),
            *(*size, *op.stride, *op.padding),
            *((1, 1, 1, "0.0f") if pooling else (*op.dilation, op.groups, float_literal(op.pad_value))),
        ],
    )
