"""Each operation of a packed network in operations of ONNX. A new one is one function and one line below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.export.lowering import Comparison, Product, comparison
from bnnlab.deploy.export.onnx_graph import INPUT_NAME, OnnxGraph
from bnnlab.deploy.node import Node
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

MOST = 2**23
"""Below it float32 holds every whole number and every midpoint between two."""

Writer = Callable[..., str]
"""`(graph, name, op, *inputs) -> result`, all but graph and op being names."""


def write(graph: OnnxGraph, node: Node, inputs: list[str]) -> str:
    """Write a node of a packed network; returns the name of its value.

    Raises:
        ValueError: If the operation has no counterpart, or its sums are too large for float32.
    """
    if type(node.op) not in WRITERS:
        raise ValueError(
            f"node {node.name!r} is of the kind {type(node.op).__name__}, which has no ONNX form here"
        )
    return WRITERS[type(node.op)](graph, node.name, node.op, *inputs)


def _xnor_dense(graph: OnnxGraph, name: str, op: XnorDense, x: str) -> str:
    product = _exact(name, op)
    return _finish(graph, name, op, _dense(graph, f"{name}.sums", x, product.signs), product)


def _xnor_conv(graph: OnnxGraph, name: str, op: XnorConv, x: str) -> str:
    product = _exact(name, op)
    sums = _conv(graph, f"{name}.sums", op, x, product.signs)
    if op.flat:
        sums = graph.add("Flatten", f"{name}.row", sums)
    return _finish(graph, name, op, sums, product)


def _pixel_dense(graph: OnnxGraph, name: str, op: PixelDense, x: str) -> str:
    product = _exact(name, op)
    if _is_bytes(graph, x):
        pixels = graph.cast_to_float(f"{name}.pixels", x)
    else:
        from_zero = graph.add("Sub", f"{name}.from_zero", x, graph.number(op.offset))
        whole = graph.add("Mul", f"{name}.whole", from_zero, graph.number(op.divisor))
        pixels = graph.add("Round", f"{name}.pixels", whole)
    sums = _dense(graph, f"{name}.sums", graph.add("Flatten", f"{name}.row", pixels), product.signs)
    if product.limits is None:
        divided = graph.add("Div", f"{name}.divided", sums, graph.number(op.divisor))
        shift = (op.offset * op.totals).astype(np.float32)
        sums = graph.add("Add", f"{name}.numbers", divided, graph.constant(f"{name}.shift", shift))
    return _finish(graph, name, op, sums, product)


def _sign_dense(graph: OnnxGraph, name: str, op: SignDense, x: str) -> str:
    return _scaled(graph, name, op.alpha, _dense(graph, f"{name}.sums", x, op.weight), False)


def _sign_conv(graph: OnnxGraph, name: str, op: SignConv, x: str) -> str:
    return _scaled(graph, name, op.alpha, _conv(graph, f"{name}.sums", op, x, op.weight), True)


def _float_dense(graph: OnnxGraph, name: str, op: FloatDense | DenseOnSigns, x: str) -> str:
    return _dense(graph, name, x, op.weight, op.bias)


def _float_conv(graph: OnnxGraph, name: str, op: FloatConv, x: str) -> str:
    return _conv(graph, name, op, x, op.weight, op.bias)


def _pack_compared(graph: OnnxGraph, name: str, op: PackCompared, x: str) -> str:
    images = len(graph.shapes[name]) == 3
    turns, limits = op.thresholds.comparison
    if not op.rising.all():
        x = graph.add("Mul", f"{name}.turned", x, _per_channel(graph, f"{name}.turns", turns, images))
    return _signs(graph, name, x, _per_channel(graph, f"{name}.limits", limits, images))


def _pack_signs(graph: OnnxGraph, name: str, _: PackSigns, x: str) -> str:
    return _signs(graph, name, x, graph.number(0))


def _unpack(_graph: OnnxGraph, _name: str, _: Unpack, x: str) -> str:
    return x


def _from_pixels(graph: OnnxGraph, name: str, op: FromPixels, x: str) -> str:
    if not _is_bytes(graph, x):
        return x
    numbers = graph.cast_to_float(f"{name}.pixels", x)
    divided = graph.add("Div", f"{name}.divided", numbers, graph.number(op.divisor))
    return graph.add("Add", name, divided, graph.number(op.offset))


def _is_bytes(graph: OnnxGraph, x: str) -> bool:
    return graph.pixels and x == INPUT_NAME


def _flatten(graph: OnnxGraph, name: str, _: Flatten, x: str) -> str:
    return graph.add("Flatten", name, x)


def _batch_norm(graph: OnnxGraph, name: str, op: BatchNorm, x: str) -> str:
    parameters = {"gamma": op.gamma, "beta": op.beta, "mean": op.mean, "variance": op.variance}
    names = [graph.constant(f"{name}.{field}", array) for field, array in parameters.items()]
    return graph.add("BatchNormalization", name, x, *names, epsilon=op.eps)


def _max_pool(graph: OnnxGraph, name: str, op: MaxPool | BitPool, x: str) -> str:
    (rows, columns), size, stride = op.padding, list(op.size), list(op.stride)
    return graph.add("MaxPool", name, x, kernel_shape=size, strides=stride, pads=[rows, columns] * 2)


def _bit_pool(graph: OnnxGraph, name: str, op: BitPool, x: str) -> str:
    """Where the minimum is wanted, signs are turned before and after the maximum is taken."""
    if op.falling is None:
        return _max_pool(graph, name, op, x)
    turns = _per_channel(graph, f"{name}.turns", np.where(op.falling, -1, 1), True)
    turned = graph.add("Mul", f"{name}.turned", x, turns)
    return graph.add("Mul", name, _max_pool(graph, f"{name}.largest", op, turned), turns)


def _average_pool(graph: OnnxGraph, name: str, op: AveragePool, x: str) -> str:
    if op.size is None:
        return graph.add("GlobalAveragePool", name, x)
    if op.full:
        raise ValueError(
            f"node {name!r} averages windows that reach beyond the padding, which has no ONNX form here"
        )
    size, stride, pads = list(op.size), list(op.stride), [*op.padding, *op.padding]
    return graph.add(
        "AveragePool", name, x, kernel_shape=size, strides=stride, pads=pads, count_include_pad=1
    )


def _pad(graph: OnnxGraph, name: str, op: Pad, x: str) -> str:
    above, left, below, right = op.edges
    edges = graph.constant(f"{name}.edges", np.array([0, 0, above, left, 0, 0, below, right], np.int64))
    return graph.add("Pad", name, x, edges, graph.number(op.value))


def _activation(graph: OnnxGraph, name: str, op: Activation, x: str) -> str:
    return graph.add(op.kind.capitalize(), name, x)


def _add(graph: OnnxGraph, name: str, _: Add, *branches: str) -> str:
    return graph.add("Sum", name, *branches)


def _counts(graph: OnnxGraph, name: str, op: CountsFromDots, x: str) -> str:
    twice = graph.add("Add", f"{name}.twice", x, graph.number(op.depth))
    if op.bias is None:
        return graph.add("Mul", name, twice, graph.number(0.5))
    counts = graph.add("Mul", f"{name}.counts", twice, graph.number(0.5))
    return graph.add(
        "Add", name, counts, _per_channel(graph, f"{name}.bias", op.bias, len(graph.shapes[name]) == 3)
    )


WRITERS: dict[type[Op], Writer] = {
    Activation: _activation,
    Add: _add,
    AveragePool: _average_pool,
    BatchNorm: _batch_norm,
    BitPool: _bit_pool,
    CentredBatchNorm: _batch_norm,
    CountsFromDots: _counts,
    DenseOnSigns: _float_dense,
    Flatten: _flatten,
    FloatConv: _float_conv,
    FloatDense: _float_dense,
    FromPixels: _from_pixels,
    MaxPool: _max_pool,
    PackCompared: _pack_compared,
    PackSigns: _pack_signs,
    Pad: _pad,
    PixelDense: _pixel_dense,
    SignConv: _sign_conv,
    SignDense: _sign_dense,
    Unpack: _unpack,
    XnorConv: _xnor_conv,
    XnorDense: _xnor_dense,
}


def _exact(name: str, op: Product) -> Comparison:
    """The product, if float32 is exact for its sums."""
    product = comparison(op)
    if product.largest >= MOST:
        raise ValueError(
            f"node {name!r} has sums of up to {product.largest}, and float32 compares sums exactly below {MOST} only"
        )
    return product


def _finish(graph: OnnxGraph, name: str, op: Any, sums: str, product: Comparison) -> str:
    """Signs where the product has limits; numbers, times the factors if there are any, where it has none."""
    images = len(graph.shapes[name]) == 3
    if product.limits is None:
        return _scaled(graph, name, op.alpha, sums, images)
    midpoints = product.limits.astype(np.float32) - np.float32(0.5)
    return _signs(graph, name, sums, _per_channel(graph, f"{name}.limits", midpoints, images))


def _scaled(graph: OnnxGraph, name: str, alpha: NDArray[np.float32] | None, sums: str, images: bool) -> str:
    if alpha is None:
        return graph.add("Identity", name, sums)
    return graph.add("Mul", name, sums, _per_channel(graph, f"{name}.alpha", alpha, images))


def _signs(graph: OnnxGraph, name: str, numbers: str, limits: str) -> str:
    """+1 where a number reaches its limit, -1 elsewhere."""
    met = graph.add("GreaterOrEqual", f"{name}.met", numbers, limits)
    return graph.add("Where", name, met, graph.number(1), graph.number(-1))


def _per_channel(graph: OnnxGraph, name: str, array: NDArray[Any], images: bool) -> str:
    """A constant for each channel, shaped to stand beside rows, or images."""
    numbers = array.astype(np.float32)
    return graph.constant(name, numbers[:, None, None] if images else numbers)


def _dense(graph: OnnxGraph, name: str, x: str, weight: NDArray[Any], bias: Any = None) -> str:
    """`(n, inputs)` by `(outputs, inputs)`."""
    return graph.add("Gemm", name, x, *_parameters(graph, name, weight, bias), transB=1)


def _conv(graph: OnnxGraph, name: str, op: Any, x: str, weight: NDArray[Any], bias: Any = None) -> str:
    """A convolution; padding with anything but 0 becomes an operation of its own."""
    rows, columns = op.padding
    if op.pad_value != 0 and (rows or columns):
        edges = graph.constant(f"{name}.edges", np.array([0, 0, rows, columns] * 2, np.int64))
        x = graph.add("Pad", f"{name}.padded", x, edges, graph.number(op.pad_value))
        rows = columns = 0
    return graph.add(
        "Conv", name, x, *_parameters(graph, name, weight, bias),
        kernel_shape=list(weight.shape[2:]), strides=list(op.stride), pads=[rows, columns] * 2,
        dilations=list(op.dilation), group=op.groups,
    )  # fmt: skip


def _parameters(graph: OnnxGraph, name: str, weight: NDArray[Any], bias: Any) -> list[str]:
    named = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
    return [graph.constant(f"{name}.{field}", array.astype(np.float32)) for field, array in named.items()]
