"""What a binary layer multiplied for the example of a snapshot, read from the snapshot alone.

The network itself may have learned on since, or be gone: its signs, what they met and what came of it were recorded.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import PackedMatrix
from bnnlab.records.example import LayerPass
from bnnlab.records.product import LayerProduct

_Position = tuple[int, int]


def recorded_product(
    signs: PackedMatrix,
    passed: LayerPass,
    position: _Position | None = None,
    *,
    pad_value: float = -1.0,
    scale: bool = False,
) -> LayerProduct:
    """The product of a layer's recorded inputs and signs, with the sums that the network made of it.

    Args:
        signs: The signs of a layer's weights, `(outputs, inputs)` packed along rows.
        passed: What the layer did to the example at that moment.
        position: Output pixel `(row, column)` of a convolution; its middle if None.
        pad_value: What the convolution inserts around an image: -1, 0 or +1.
        scale: Whether the layer multiplies each sum by a factor of its own. The factor was not recorded, it is the
            sum divided by the counted product, and 1 where that is 0.

    Raises:
        ValueError: If the layer's inputs are numbers, so that no bits are counted; if `signs` are not those of the
            layer; or if `position` lies outside its output.
    """
    if not passed.counts_bits:
        raise ValueError(f"inputs of layer {passed.name} must be signs to be counted, these are numbers")
    if passed.inputs.ndim == 3:
        position = _checked_position(position, passed.sums.shape[1:])
        taps = _under_the_filters(passed, signs.depth, position, pad_value)
        outputs = passed.sums[:, position[0], position[1]]
    else:
        position, taps, outputs = None, passed.inputs, passed.sums
    if (len(outputs), len(taps)) != signs.shape:
        raise ValueError(
            f"signs of layer {passed.name} must be {(len(outputs), len(taps))}, as many as it has sums and "
            f"inputs, got {signs.shape}"
        )
    counted = np.flatnonzero(taps)
    inputs = taps[None, counted].astype(np.int8)
    weights = np.ascontiguousarray(signs.unpack().T[counted].astype(np.int8))
    return LayerProduct(
        layer=passed.name,
        inputs=inputs,
        weights=weights,
        outputs=outputs.copy(),
        alpha=_factors(outputs, inputs, weights) if scale else np.ones(len(outputs), np.float32),
        position=position,
        taps=counted,
        omitted=len(taps) - len(counted),
    )


def _checked_position(position: _Position | None, size: tuple[int, ...]) -> _Position:
    height, width = size
    row, column = (height // 2, width // 2) if position is None else position
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(f"position must lie inside the output of {height}x{width}, got {position}")
    return row, column


def _under_the_filters(
    passed: LayerPass, taps: int, position: _Position, pad_value: float
) -> NDArray[np.float32]:
    """What the filters meet at one output pixel, in the order channel, row, column.

    Filters are square and move pixel by pixel, so their size and the padding follow from the shapes.
    """
    channels, height, _ = passed.inputs.shape
    size = math.isqrt(taps // channels)
    padding = (passed.sums.shape[1] - height + size - 1) // 2
    if channels * size * size != taps or height + 2 * padding - size + 1 != passed.sums.shape[1]:
        raise ValueError(
            f"filters of layer {passed.name} must be square and move by single pixels, got {taps} taps for "
            f"{channels} channels, from {height} to {passed.sums.shape[1]} rows"
        )
    around = ((0, 0), (padding, padding), (padding, padding))
    image = np.pad(passed.inputs, around, constant_values=pad_value)
    row, column = position
    return image[:, row : row + size, column : column + size].reshape(-1)


def _factors(
    outputs: NDArray[np.float32], inputs: NDArray[np.int8], weights: NDArray[np.int8]
) -> NDArray[np.float32]:
    dots = (inputs.astype(np.float32) @ weights.astype(np.float32))[0]
    factors: NDArray[np.float32] = np.divide(outputs, dots, out=np.ones_like(outputs), where=dots != 0)
    return factors
