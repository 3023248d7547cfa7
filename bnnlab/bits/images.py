"""Images and filters of signs, packed pixel by pixel along the channels: what a binary convolution multiplies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bnnlab import _pack
from bnnlab._xnor import PreparedWeights
from bnnlab.bits.memory import aligned_empty
from bnnlab.bits.packing import WORD_BITS, as_signs, described, readable, words_for
from bnnlab.bits.thresholds import Thresholds, attach, check_thresholds
from bnnlab.bits.weights import chosen_kernel


@dataclass(frozen=True, slots=True, eq=False)
class PackedImages:
    """Images of signs, the channels of each pixel packed; the convention is that of `bnnlab.bits.packing`.

    Attributes:
        words: `(images, height, width, words)` uint64, C-contiguous. With groups, the words of each group's
            channels follow those of the group before, each group filled up to whole words.
        channels: Channels of a pixel, all groups together.
        groups: Groups of channels, equally many in each.
    """

    words: NDArray[np.uint64]
    channels: int
    groups: int = 1

    def __post_init__(self) -> None:
        if not isinstance(self.words, np.ndarray) or self.words.dtype != np.uint64:
            raise TypeError(f"words must be a uint64 array, got {described(self.words)}")
        _check_groups(self.channels, self.groups)
        expected = self.groups * words_for(self.channels // self.groups)
        if self.words.ndim != 4 or not self.words.flags.c_contiguous or self.words.shape[3] != expected:
            raise ValueError(
                f"words must be 4-D and C-contiguous with {expected} words for {self.channels} channels in "
                f"{self.groups} group(s), got shape {self.words.shape}"
            )

    @classmethod
    def made(cls, words: NDArray[np.uint64], channels: int, groups: int = 1) -> PackedImages:
        """As `PackedMatrix.made`."""
        images = object.__new__(cls)
        object.__setattr__(images, "words", words)
        object.__setattr__(images, "channels", channels)
        object.__setattr__(images, "groups", groups)
        return images

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """`(images, channels, height, width)` before packing."""
        images, height, width, _ = self.words.shape
        return images, self.channels, height, width

    @property
    def nbytes(self) -> int:
        """Bytes the words take."""
        return self.words.nbytes

    def unpack(self) -> NDArray[np.int8]:
        """The signs again, `(images, channels, height, width)` int8 of -1 and +1."""
        images, height, width, words = self.words.shape
        shape = images, height, width, self.groups, 8 * words // self.groups
        as_bytes = self.words.astype("<u8", copy=False).view(np.uint8).reshape(shape)
        bits = np.unpackbits(as_bytes, axis=4, count=self.channels // self.groups, bitorder="little")
        signs = bits.reshape(images, height, width, self.channels).astype(np.int8) * np.int8(2) - np.int8(1)
        return np.ascontiguousarray(signs.transpose(0, 3, 1, 2))


@dataclass(frozen=True, slots=True, eq=False)
class PreparedFilters:
    """The filters of a convolution, laid out for a kernel. Made by `prepare_filters`.

    Attributes:
        weights: One matrix `(taps * channels / groups, filters / groups)` for each group.
        shape: `(filters, channels / groups, height, width)`.
        groups: Groups of channels and filters.
        tap_sums: For each group `(taps, filters / groups)` int32, the sum of the signs under each tap.
        thresholds: `(filters,)`, for `xnor_conv2d_threshold`, or None.
    """

    weights: tuple[PreparedWeights, ...]
    shape: tuple[int, int, int, int]
    groups: int
    tap_sums: tuple[NDArray[np.int32], ...]
    thresholds: Thresholds | None = None


def pack_images(x: ArrayLike, groups: int = 1) -> PackedImages:
    """Pack the channels of every pixel.

    Args:
        x: `(images, channels, height, width)` float, integer or boolean array; its signs are packed.
        groups: Groups of channels of the convolution to come.

    Raises:
        TypeError: If `x` holds something else than real numbers or booleans.
        ValueError: If `x` is not 4-D, has no channels, or `groups` does not divide them.
    """
    signs = as_signs(x, "x")
    if signs.ndim != 4:
        raise ValueError(
            f"x must be 4-D with shape (images, channels, height, width), got shape {signs.shape}"
        )
    images, channels, height, width = signs.shape
    _check_groups(channels, groups)
    each, per_group = channels // groups, words_for(channels // groups)
    words = aligned_empty((images, height * width, groups * per_group), np.uint64)
    by_pixel = readable(signs).reshape(images, channels, height * width)
    for group in range(groups):
        part = np.ascontiguousarray(by_pixel[:, group * each : (group + 1) * each])
        _pack.pack_channels(part, words, group * per_group)
    return PackedImages.made(words.reshape(images, height, width, groups * per_group), channels, groups)


def prepare_filters(
    weight: ArrayLike, groups: int = 1, kernel: str = "auto", thresholds: Thresholds | None = None
) -> PreparedFilters:
    """Pack filters and lay them out for a kernel, once for many convolutions.

    Args:
        weight: `(filters, channels / groups, height, width)` float, integer or boolean array, as torch has
            it; its signs are packed.
        groups: Groups of channels and filters.
        kernel: One of `kernels()`, or ``"auto"`` as in `prepare_weights`.
        thresholds: `(filters,)`, for `xnor_conv2d_threshold`.

    Raises:
        TypeError: If `weight` holds something else than real numbers or booleans, or `thresholds` are none.
        ValueError: If `weight` is not 4-D or empty, `groups` does not divide the filters, thresholds are not
            as many as the filters, or this CPU can run no such kernel.
    """
    signs = as_signs(weight, "weight")
    if signs.ndim != 4 or 0 in signs.shape:
        raise ValueError(
            f"weight must have shape (filters, channels, height, width), each at least 1, got {signs.shape}"
        )
    filters, channels, height, width = signs.shape
    _check_groups(filters, groups, "filters")
    if thresholds is not None:
        check_thresholds(thresholds, filters)
    each = filters // groups
    weights, tap_sums = [], []
    for group in range(groups):
        own = signs[group * each : (group + 1) * each].reshape(each, channels, height * width)
        weights.append(_group_weights(own, chosen_kernel(kernel)))
        plus = own if own.dtype == np.bool_ else own >= 0
        tap_sums.append(np.ascontiguousarray((2 * plus.sum(axis=1).T - channels).astype(np.int32)))
    if thresholds is not None and groups == 1:
        attach(weights[0], thresholds)
    return PreparedFilters(
        tuple(weights), (filters, channels, height, width), groups, tuple(tap_sums), thresholds
    )


def _group_weights(signs: NDArray[np.float32] | NDArray[np.bool_], kernel: str) -> PreparedWeights:
    """Filters `(filters, channels, taps)` as a matrix, each tap's channels filled up to whole words."""
    filters, channels, taps = signs.shape
    by_tap = np.ascontiguousarray(readable(signs).transpose(2, 1, 0))
    words = np.empty((taps, words_for(channels), filters), np.uint64)
    for tap in range(taps):
        _pack.pack(by_tap[tap], True, words[tap])
    stacked: NDArray[np.uint64] = words.reshape(-1, filters)
    return PreparedWeights(kernel, stacked, channels * taps, len(stacked) * WORD_BITS)


def _check_groups(count: int, groups: int, what: str = "channels") -> None:
    if not isinstance(groups, int) or groups < 1 or count < 1 or count % groups:
        raise ValueError(f"groups must be a divisor of the {count} {what}, got {groups!r}")
