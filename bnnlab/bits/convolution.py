"""Binary convolution of packed images.

A convolution is a matrix product whose rows are the patches under the filter. Packing comes first, pixel by pixel
along the channels; the patches are then gathered from words (`ext/conv.c`), which are 32 times smaller than floats.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bnnlab import _pack, _xnor
from bnnlab.bits.gemm import checked_out
from bnnlab.bits.images import PackedImages, PreparedFilters
from bnnlab.bits.memory import aligned_empty
from bnnlab.bits.packing import described, readable, words_for
from bnnlab.bits.threads import share, usable_threads
from bnnlab.bits.thresholds import threshold

Pair = int | tuple[int, int]
"""One number for both directions, or vertical and horizontal."""


def xnor_conv2d(
    images: PackedImages,
    filters: PreparedFilters,
    out: NDArray[np.int32] | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    pad_value: int = -1,
    dilation: Pair = 1,
    threads: int = 1,
) -> NDArray[np.int32]:
    """Convolve packed images with packed filters; equals the convolution of their signs exactly.

    Args:
        images: As `pack_images` made them, with the filters' groups.
        filters: As `prepare_filters` made them.
        out: `(images, out_height, out_width, filters)` int32, C-contiguous and writeable; new if None.
        stride: Distance between filter positions.
        padding: Pixels added at each edge of an image.
        pad_value: What these are: -1 or +1, or 0, which counts nothing although it is no sign.
        dilation: Distance between the taps of the filter.
        threads: Threads to share the output pixels between; at least 1.

    Returns:
        `(images, out_height, out_width, filters)` int32: channels last, the order in which they are packed next.

    Raises:
        TypeError: If the operands are not packed images and prepared filters, or `out` not an int32 array.
        ValueError: If channels, groups, shapes, `stride`, `padding`, `pad_value`, `dilation` or `threads` do
            not fit.
    """
    geometry = _Geometry.of(images, filters, stride, padding, pad_value, dilation)
    filter_count = filters.shape[0]
    shape = (images.words.shape[0], *geometry.out_size, filter_count)
    result = checked_out(out, shape)
    used = usable_threads(threads, geometry.products)
    flat = result.reshape(-1, filter_count)
    for group in range(filters.groups):
        share(geometry.job(images, filters, group, flat, None, used), used)
    return result


def xnor_conv2d_threshold(
    images: PackedImages,
    filters: PreparedFilters,
    stride: Pair = 1,
    padding: Pair = 0,
    pad_value: int = -1,
    dilation: Pair = 1,
    threads: int = 1,
) -> PackedImages:
    """Convolve, compare with the filters' thresholds, and pack: the next layer's images.

    Args:
        images: As `pack_images` made them, with the filters' groups.
        filters: As `prepare_filters` made them, with thresholds.
        stride: As in `xnor_conv2d`.
        padding: As in `xnor_conv2d`.
        pad_value: As in `xnor_conv2d`.
        dilation: As in `xnor_conv2d`.
        threads: As in `xnor_conv2d`.

    Returns:
        `(images, filters, out_height, out_width)` signs, packed.

    Raises:
        TypeError: As in `xnor_conv2d`.
        ValueError: As in `xnor_conv2d`, and if the filters have no thresholds.
    """
    geometry = _Geometry.of(images, filters, stride, padding, pad_value, dilation)
    if filters.thresholds is None:
        raise ValueError("filters must have thresholds: prepare_filters(weight, thresholds=...)")
    count, (height, width), filter_count = images.words.shape[0], geometry.out_size, filters.shape[0]
    if filters.groups == 1 and not geometry.corrected:
        words = aligned_empty((count * height * width, words_for(filter_count)), np.uint64)
        used = usable_threads(threads, geometry.products)
        share(geometry.job(images, filters, 0, None, words, used), used)
    else:  # sums that are corrected, or whose bits begin within a word, are compared after they are written
        sums = xnor_conv2d(images, filters, None, stride, padding, pad_value, dilation, threads)
        words = threshold(sums.reshape(-1, filter_count), filters.thresholds).words
    return PackedImages.made(words.reshape(count, height, width, words_for(filter_count)), filter_count)


@dataclass(frozen=True, slots=True)
class _Geometry:
    """Checked numbers of one convolution; pairs are vertical, horizontal."""

    size: tuple[int, int]
    out_size: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    padding: tuple[int, int]
    pad_value: int
    products: int

    @classmethod
    def of(
        cls,
        images: PackedImages,
        filters: PreparedFilters,
        stride: Pair,
        padding: Pair,
        pad_value: int,
        dilation: Pair,
    ) -> _Geometry:
        if not isinstance(images, PackedImages):
            raise TypeError(f"images must be PackedImages, got {described(images)}")
        if not isinstance(filters, PreparedFilters):
            raise TypeError(f"filters must be PreparedFilters, got {described(filters)}")
        if images.groups != filters.groups:
            raise ValueError(
                f"groups must be equal, got {images.groups} in images and {filters.groups} in filters"
            )
        if images.channels != filters.shape[1] * filters.groups:
            raise ValueError(
                f"channels must be equal, got {images.channels} in images and "
                f"{filters.shape[1] * filters.groups} in filters"
            )
        numbers = images.words.shape[:3], filters.shape, stride, padding, pad_value, dilation
        try:
            return _geometry(*numbers)
        except TypeError:  # what cannot be looked up, a list, is told what it should be
            return _geometry.__wrapped__(*numbers)

    @property
    def corrected(self) -> bool:
        return self.pad_value == 0 and self.padding != (0, 0)

    def job(
        self,
        images: PackedImages,
        filters: PreparedFilters,
        group: int,
        sums: NDArray[np.int32] | None,
        words: NDArray[np.uint64] | None,
        threads: int,
    ) -> _xnor.Job:
        """One group's share of the convolution, into its columns of `sums` or into `words`."""
        weights = filters.weights[group]
        channels = filters.shape[1]
        return _xnor.conv_job(
            images.words,
            weights,
            sums,
            words,
            _outside(channels, self.pad_value),
            filters.tap_sums[group] if self.corrected else None,
            group * words_for(channels),
            group * weights.columns if sums is not None else 0,
            self.size,
            self.out_size,
            self.stride,
            self.dilation,
            self.padding,
            threads,
        )


@lru_cache
def _geometry(
    images: tuple[int, int, int],
    filters: tuple[int, int, int, int],
    stride: Pair,
    padding: Pair,
    pad_value: int,
    dilation: Pair,
) -> _Geometry:
    """The numbers of a convolution of `(images, height, width)` with filters of some shape."""
    if pad_value not in (-1, 0, 1):
        raise ValueError(f"pad_value must be -1, 0 or 1, got {pad_value!r}")
    strides, paddings, dilations = (
        _pair("stride", stride, 1), _pair("padding", padding, 0), _pair("dilation", dilation, 1)
    )  # fmt: skip
    count, height, width = images
    filter_count, channels, rows, columns = filters
    out_height, out_width = (
        (extent + 2 * pad - spread * (taps - 1) - 1) // step + 1
        for extent, taps, step, pad, spread in zip(
            (height, width), (rows, columns), strides, paddings, dilations, strict=True
        )
    )
    if min(out_height, out_width) < 1:
        raise ValueError(
            f"the filter of {rows} x {columns} does not fit into images of {height} x {width} with padding "
            f"{paddings} and dilation {dilations}"
        )
    products = count * out_height * out_width * filter_count * channels * rows * columns
    return _Geometry(
        (rows, columns), (out_height, out_width), strides, dilations, paddings, int(pad_value), products
    )


@lru_cache
def _outside(channels: int, pad_value: int) -> NDArray[np.uint64]:
    """The words of a pixel beyond the edge. A padding of 0 is first counted as -1."""
    signs = np.full((1, channels), pad_value == 1)
    words = np.empty((1, words_for(channels)), np.uint64)
    _pack.pack(readable(signs), False, words)
    pixel: NDArray[np.uint64] = words[0]
    return pixel


def _pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    pair = (value, value) if isinstance(value, int) else value
    if not (
        isinstance(pair, tuple)
        and len(pair) == 2
        and all(isinstance(n, int) and least <= n < 2**31 for n in pair)
    ):
        raise ValueError(f"{name} must be a whole number from {least} on, or two of them, got {value!r}")
    return pair
