"""Products in C: layers and convolutions of signs and of numbers, as calls of `inference.h`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import pack_rows
from bnnlab.bits.packing import words_for
from bnnlab.deploy.export.lowering import Comparison, comparison
from bnnlab.deploy.export.program import NULL, Place, Program, Step
from bnnlab.deploy.ops import AveragePool, BitPool, FloatConv, MaxPool
from bnnlab.deploy.ops.bits import unpack_filters


def xnor_dense(program: Program, step: Step) -> Place:
    """Signs by signs, then bits or numbers."""
    product, op = comparison(step.op), step.op
    sums = program.shared("sums", "int32_t", step.channels)
    weights = _packed(program, f"{step.name}_weights", product.signs)
    program.call("xnor_dense", step.x, weights, NULL, op.depth, step.channels, sums)
    if product.limits is not None:
        return _threshold(program, step, product, sums)
    numbers = program.numbers(step)
    alpha = program.array(f"{step.name}_alpha", op.alpha)
    program.call("scale", sums, alpha, step.channels, numbers, 1)
    return numbers


def xnor_conv(program: Program, step: Step) -> Place:
    """A convolution of signs, then bits or numbers."""
    product, op = comparison(step.op), step.op
    depth = math.prod(op.shape[1:])
    weights = _packed(program, f"{step.name}_weights", product.signs.transpose(0, 2, 3, 1))  # tap after tap
    padded_with_zeros = op.pad_value == 0 and tuple(op.padding) != (0, 0)
    packed = product.limits is not None
    limits = _limits(program, step, product)
    result = program.bits(step) if packed else program.numbers(step)
    program.call(
        "xnor_conv", window(program, step), step.x, weights, limits,
        program.array(f"{step.name}_alpha", op.alpha),
        program.shared("patch", "uint64_t", words_for(depth)),
        program.shared("mask", "uint64_t", words_for(depth)) if padded_with_zeros else NULL,
        program.shared("sums", "int32_t", len(product.signs) // op.groups),
        *((result, NULL) if packed else (NULL, result)),
    )  # fmt: skip
    return result


def pixel_dense(program: Program, step: Step) -> Place:
    """Bytes by signs, then bits or numbers."""
    if step.x != program.pixels:
        raise ValueError(f"node {step.name!r} makes pixels of numbers, which has no C form here")
    product, op = comparison(step.op), step.op
    sums = program.shared("sums", "int32_t", step.channels)
    planes = program.shared("planes", "uint64_t", 8 * words_for(op.depth))
    weights = _packed(program, f"{step.name}_weights", product.signs)
    program.call("pixel_dense", step.x, weights, op.depth, step.channels, planes, sums)
    if product.limits is not None:
        return _threshold(program, step, product, sums)
    numbers = program.numbers(step)
    shifts = program.array(f"{step.name}_shifts", op.offset * op.totals)
    alpha = program.array(f"{step.name}_alpha", op.alpha)
    program.call("scale_pixels", sums, float(op.divisor), shifts, alpha, step.channels, numbers)
    return numbers


def float_dense(program: Program, step: Step) -> Place:
    """Numbers by numbers."""
    numbers, op = program.numbers(step), step.op
    weights = program.array(f"{step.name}_weights", op.weight)
    bias = program.array(f"{step.name}_bias", op.bias)
    program.call("float_dense", step.x, weights, bias, op.weight.shape[1], step.channels, numbers, 1)
    return numbers


def dense_on_signs(program: Program, step: Step) -> Place:
    """Signs by numbers."""
    numbers, (outputs, inputs) = program.numbers(step), step.op.weight.shape
    weights = program.array(f"{step.name}_weights", step.op.weight)
    bias = program.array(f"{step.name}_bias", step.op.bias)
    program.call("dense_on_signs", step.x, weights, bias, inputs, outputs, numbers)
    return numbers


def sign_dense(program: Program, step: Step) -> Place:
    """Numbers by signs."""
    numbers, op = program.numbers(step), step.op
    weights = _packed(program, f"{step.name}_weights", op.weight)
    alpha = program.array(f"{step.name}_alpha", op.alpha)
    program.call("sign_dense", step.x, weights, alpha, op.depth, step.channels, numbers, 1)
    return numbers


def float_conv(program: Program, step: Step) -> Place:
    """A convolution of numbers."""
    weights = program.array(f"{step.name}_weights", step.op.weight)
    bias = program.array(f"{step.name}_bias", step.op.bias)
    return _convolution_of_numbers(program, step, weights, NULL, bias, step.op.weight.shape)


def sign_conv(program: Program, step: Step) -> Place:
    """A convolution of numbers with signs."""
    signs = _packed(program, f"{step.name}_weights", unpack_filters(step.op.words, step.op.shape))
    alpha = program.array(f"{step.name}_alpha", step.op.alpha)
    return _convolution_of_numbers(program, step, NULL, signs, alpha, step.op.shape)


def _convolution_of_numbers(
    program: Program, step: Step, weights: Place, signs: Place, last: Place, shape: tuple[int, ...]
) -> Place:
    numbers = program.numbers(step)
    patch = program.shared("numbers", "float", math.prod(shape[1:]))
    program.call("float_conv", window(program, step), step.x, weights, signs, last, patch, numbers)
    return numbers


def _packed(program: Program, name: str, signs: NDArray[Any]) -> Place:
    """Signs, outputs first, as a constant array in which each output begins with a new word."""
    return program.array(name, pack_rows(signs.reshape(len(signs), -1)).words)


def _limits(program: Program, step: Step, product: Comparison) -> Place:
    limits = product.limits
    return program.array(f"{step.name}_limits", None if limits is None else limits.astype(np.int32))


def _threshold(program: Program, step: Step, product: Comparison, sums: Place) -> Place:
    bits, limits = program.bits(step), _limits(program, step, product)
    program.clear(bits)
    program.call("threshold", sums, limits, step.channels, bits, 0)
    return bits


def window(program: Program, step: Step) -> Place:
    """The numbers of `window` in `inference.h`, for convolutions and for pooling."""
    op, (channels, height, width) = step.op, step.input_shapes[0]
    out_height, out_width = step.shape[1:] if len(step.shape) == 3 else (1, 1)
    pooling = isinstance(op, AveragePool | BitPool | MaxPool)
    size = (
        (op.size or (height, width))
        if pooling
        else (op.weight if isinstance(op, FloatConv) else op).shape[2:]
    )
    return program.define(
        f"{step.name}_window",
        "window",
        [
            *(channels, height, width, step.channels, out_height, out_width),
            *(*size, *op.stride, *op.padding),
            *((1, 1, 1, np.float32(0)) if pooling else (*op.dilation, op.groups, np.float32(op.pad_value))),
        ],
    )
