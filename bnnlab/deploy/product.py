"""What one binary layer of a packed network multiplied for one example: the operands of its kernel, unpacked again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy.graph import PackedModel
from bnnlab.deploy.ops import Value, XnorConv, XnorDense
from bnnlab.deploy.ops.bits import unpack_filters
from bnnlab.records import LayerProduct


def sign_layers(model: PackedModel) -> dict[str, XnorConv | XnorDense]:
    """The operations that multiply signs with signs, by the names of their nodes, in order."""
    return {node.name: node.op for node in model.nodes if isinstance(node.op, XnorConv | XnorDense)}


def sign_layer_product(
    model: PackedModel, layer: str, values: dict[str, Value], position: tuple[int, int] | None = None
) -> LayerProduct:
    """Take apart what a layer was given, and ask its kernel for the dot products.

    Args:
        model: A packed network.
        layer: One of its `sign_layers`.
        values: What the network's nodes give for one example, from `PackedModel.values`.
        position: Output pixel `(row, column)` of a convolution; its middle if None.

    Raises:
        ValueError: If there is no such layer, it has groups, `values` are of several examples, or `position` lies
            outside its output.
    """
    layers = sign_layers(model)
    if layer not in layers:
        raise ValueError(f"layer must be one of {tuple(layers)}, got {layer!r}")
    op = layers[layer]
    node = next(node for node in model.nodes if node.name == layer)
    x: Any = values[node.inputs[0]]
    if x.shape[0] != 1:
        raise ValueError(f"values must be of exactly one example, got {x.shape[0]}")
    # Thresholds give only the bit that follows; without them the same kernel gives the sum.
    sums: Any = replace(op, values=None, rising=None, alpha=None).run(x)
    if isinstance(op, XnorDense):
        return _dense(layer, op, x, sums)
    return _convolution(layer, op, x, sums, position)


def _dense(layer: str, op: XnorDense, x: PackedMatrix, sums: NDArray[np.float32]) -> LayerProduct:
    weights = PackedMatrix(op.words, op.depth, "columns").unpack()
    return LayerProduct(
        layer,
        x.unpack(),
        weights,
        *_outputs(sums[0], op.alpha),
        position=None,
        taps=np.arange(op.depth),
        omitted=0,
    )


def _convolution(
    layer: str, op: XnorConv, x: PackedImages, sums: NDArray[np.float32], position: tuple[int, int] | None
) -> LayerProduct:
    if op.groups != 1:
        raise ValueError(f"layer with groups={op.groups} has no single product to show")
    if op.flat:
        row, column = 0, 0
        outputs = sums[0]
    else:
        height, width = sums.shape[2:]
        row, column = (height // 2, width // 2) if position is None else position
        if not (0 <= row < height and 0 <= column < width):
            raise ValueError(f"position must lie inside the output of {height}x{width}, got {position}")
        outputs = sums[0, :, row, column]
    taps = _under_the_filters(op, x, row, column)
    counted = taps != 0
    weights = unpack_filters(op.words, op.shape).reshape(op.shape[0], -1).T
    return LayerProduct(
        layer,
        taps[None, counted],
        np.ascontiguousarray(weights[counted]),
        *_outputs(outputs, op.alpha),
        position=None if op.flat else (row, column),
        taps=np.flatnonzero(counted),
        omitted=int((~counted).sum()),
    )


def _under_the_filters(op: XnorConv, x: PackedImages, row: int, column: int) -> NDArray[np.int8]:
    """The signs that the filters meet at one output pixel, as a filter is laid out; 0 is padding of value 0."""
    (rows, columns), (down, right) = op.padding, op.dilation
    image = np.pad(x.unpack()[0], ((0, 0), (rows, rows), (columns, columns)), constant_values=op.pad_value)
    top, left = row * op.stride[0], column * op.stride[1]
    height, width = op.shape[2:]
    patch = image[:, top : top + down * height : down, left : left + right * width : right]
    return patch[:, :height, :width].reshape(-1)


def _outputs(
    dots: NDArray[np.float32], alpha: NDArray[np.float32] | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The layer's results, and the factor in each."""
    factors = np.ones(len(dots), np.float32) if alpha is None else alpha
    return dots * factors, factors
