"""Float products on torch where it is installed, on NumPy where it is not."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pair = tuple[int, int]


@cache
def _torch() -> ModuleType | None:
    try:
        import torch
    except ImportError:
        return None
    return torch


def linear(x: Floats, weight: Floats, bias: Floats | None) -> Floats:
    """`(n, inputs)` by `(outputs, inputs)`, `(n, outputs)` float32.

    One example alone goes to NumPy, which reads the weights faster. Its sums may differ in the last bit from those of
    the example in a batch; so do torch's own, which multiplies one row in another order than several.
    """
    torch = _torch()
    if torch is not None and len(x) > 1:
        return _run(torch.nn.functional.linear, x, weight, bias)
    y = x @ weight.T
    return y if bias is None else y + bias


def conv2d(
    x: Floats,
    weight: Floats,
    bias: Floats | None,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    pad_value: float,
    groups: int,
) -> Floats:
    """`(n, channels, height, width)` by `(filters, channels / groups, height, width)`.

    One image alone of one channel goes to NumPy, as in `linear`: torch takes twice as long for it.
    """
    rows, columns = padding
    if pad_value != 0 and (rows or columns):
        x = _padded(x, padding, pad_value)
        rows = columns = 0
    torch = _torch()
    if torch is not None and x.shape[:2] != (1, 1):
        return _run(
            torch.nn.functional.conv2d,
            x, weight, bias,
            stride=tuple(stride), padding=(rows, columns), dilation=tuple(dilation), groups=groups,
        )  # fmt: skip
    if rows or columns:
        x = _padded(x, padding, 0)
    windows = _windows(x, weight.shape[2:], stride, dilation, groups)
    filters = weight.reshape(groups, len(weight) // groups, -1)
    y: Floats = (filters @ windows.reshape(*windows.shape[:2], filters.shape[2], -1)).reshape(
        len(x), len(weight), *windows.shape[-2:]
    )
    if bias is not None:
        y += bias[:, None, None]
    return y


def _padded(x: Floats, padding: Pair, value: float) -> Floats:
    """Images with `value` around them, in a tenth of the time of `numpy.pad`."""
    *count, height, width = x.shape
    rows, columns = padding
    y = np.full((*count, height + 2 * rows, width + 2 * columns), value, np.float32)
    y[..., rows : rows + height, columns : columns + width] = x
    return y


def _windows(x: Floats, taps: Pair, stride: Pair, dilation: Pair, groups: int) -> Floats:
    """What lies under each tap of a filter at each place: `(n, groups, channels / groups, *taps, height, width)`."""
    images, channels, *image = x.shape
    height, width = (
        (extent - spread * (tap - 1) - 1) // step + 1
        for extent, spread, tap, step in zip(image, dilation, taps, stride, strict=True)
    )
    of_image, of_channel, of_row, of_pixel = x.strides
    own = channels // groups
    return as_strided(
        x,
        (images, groups, own, *taps, height, width),
        (
            of_image, own * of_channel, of_channel, dilation[0] * of_row, dilation[1] * of_pixel,
            stride[0] * of_row, stride[1] * of_pixel,
        ),
        writeable=False,
    )  # fmt: skip


def batch_norm(x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float) -> Floats:
    """Each channel, the second axis, shifted and scaled."""
    torch = _torch()
    if torch is not None:
        return _run(torch.nn.functional.batch_norm, x, mean, variance, gamma, beta, eps=eps)
    scale = gamma / np.sqrt(variance + np.float32(eps))
    shape = (-1,) + (1,) * (x.ndim - 2)
    y: Floats = x * scale.reshape(shape) + (beta - mean * scale).reshape(shape)
    return y


def centred_batch_norm(
    x: Floats, gamma: Floats, beta: Floats, mean: Floats, variance: Floats, eps: float
) -> Floats:
    """As `batch_norm`, in the order of the formula: (x - mean) / sqrt(variance + eps) * gamma + beta."""
    shape = (-1,) + (1,) * (x.ndim - 2)
    y: Floats = x - mean.reshape(shape)
    y /= np.sqrt(variance + np.float32(eps)).reshape(shape)
    y *= gamma.reshape(shape)
    y += beta.reshape(shape)
    return y


def max_pool2d(x: Floats, size: Pair, stride: Pair, padding: Pair) -> Floats:
    """Maxima of windows."""
    torch = _torch()
    if torch is not None:
        return _run(
            torch.nn.functional.max_pool2d,
            x,
            kernel_size=tuple(size),
            stride=tuple(stride),
            padding=tuple(padding),
        )
    (rows, columns), (down, right) = padding, stride
    if rows or columns:
        x = _padded(x, padding, -np.inf)
    maxima: Floats = sliding_window_view(x, size, axis=(2, 3))[:, :, ::down, ::right].max(axis=(4, 5))
    return maxima


def sum_pool2d(x: Floats, size: Pair, stride: Pair) -> Floats:
    """Sums of windows."""
    torch = _torch()
    if torch is not None:
        return _run(
            torch.nn.functional.avg_pool2d, x, kernel_size=size, stride=tuple(stride), divisor_override=1
        )
    sums: Floats = sliding_window_view(x, size, axis=(2, 3))[:, :, :: stride[0], :: stride[1]].sum(
        axis=(4, 5)
    )
    return sums


ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, np.float32(0)),
    "sigmoid": lambda x: np.float32(0.5) * (np.float32(1) + np.tanh(np.float32(0.5) * x)),
    "softplus": lambda x: np.logaddexp(x, np.float32(0)),
}
"""Functions of each number, by the names they have in torch."""


def activation(x: Floats, kind: str) -> Floats:
    """One of `ACTIVATIONS`, of each number; of one example alone in NumPy, as in `linear`."""
    torch = _torch()
    if torch is None or len(x) == 1:
        return ACTIVATIONS[kind](x)
    functions = torch if hasattr(torch, kind) else torch.nn.functional
    return _run(getattr(functions, kind), x)


def _run(function: Any, *arrays: Floats | None, **options: Any) -> Floats:
    torch = _torch()
    assert torch is not None
    with torch.inference_mode():
        tensors = [None if array is None else torch.from_numpy(_writeable(array)) for array in arrays]
        result: Floats = function(*tensors, **options).numpy()
    return result


def _writeable(array: Floats) -> Floats:
    """Torch warns of arrays that are read-only, although it only reads them here."""
    array = np.ascontiguousarray(array)
    return array if array.flags.writeable else array.copy()
