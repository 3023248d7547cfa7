"""What one binary layer did during a step: flips, clipping, gradients, starvation.

Signs and masks are compared as packed words, 64 weights at a time, which is exact and costs next to nothing.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bnnlab.bits.packing import WORD_BITS, PackedMatrix, pack_rows
from bnnlab.nn import BinaryLayer
from bnnlab.records import HISTOGRAM_BINS, LayerDynamics, LayerSnapshot
from bnnlab.train.streaks import StreakCounters, Words

STARVED_AFTER = 64
"""Steps in a row without any gradient after which a weight counts as starved; a power of two."""

HISTOGRAM_REACH = 1.5
"""The histogram of latent weights spans +- this times t_clip."""

_MOST_FLIPS = np.iinfo(np.uint16).max


class GradientProbe:
    """Adds up what the estimator did to a gradient, over the backward passes of one step."""

    def __init__(self) -> None:
        self.entries = self.blocked = self.calls = 0
        self.squares_before = self.squares_after = 0.0

    def __call__(self, before: Tensor, surrogate: Tensor, after: Tensor) -> None:
        """Called by `Binarizer` in every backward pass."""
        self.calls += 1
        self.entries += surrogate.numel()
        self.blocked += int(np.count_nonzero(_array(surrogate) == 0))
        self.squares_before += float(torch.linalg.vector_norm(before)) ** 2
        self.squares_after += float(torch.linalg.vector_norm(after)) ** 2

    @property
    def blocked_share(self) -> float:
        """Share of the gradient's entries that the estimator set to zero; 0.0 without a backward pass."""
        return self.blocked / self.entries if self.entries else 0.0

    def reset(self) -> None:
        """Start the next step."""
        self.__init__()  # type: ignore[misc]


class LayerWatch:
    """Follows one binary layer from step to step.

    Args:
        name: Name of the layer inside its model.
        layer: The layer; its gradients are watched until `close`.

    Raises:
        ValueError: If the layer is already watched.
    """

    def __init__(self, name: str, layer: BinaryLayer) -> None:
        if layer.weight_binarizer.probe is not None:
            raise ValueError(f"layer {name!r} is already watched by another monitor; close it first")
        self.name, self._layer = name, layer
        self._weight_probe, self._input_probe = GradientProbe(), GradientProbe()
        layer.weight_binarizer.probe = self._weight_probe
        if layer.input_binarizer is not None:
            layer.input_binarizer.probe = self._input_probe
        self._signs = self._first_signs = pack_rows(self._latent())
        self._flipped: Words = np.zeros_like(self._signs.words)
        self._flip_counts = np.zeros(self._signs.shape, np.uint16)
        self._zero_gradient = StreakCounters(self._signs.words.shape, digits=STARVED_AFTER.bit_length() - 1)

    def step(self) -> LayerDynamics:
        """Measure the step just done; to be called between `optimizer.step()` and `zero_grad()`."""
        latent = self._latent()
        signs = pack_rows(latent)
        flips = signs.words ^ self._signs.words
        self._signs = signs
        self._flipped |= flips
        count_flips(self._flip_counts, flips)
        self._zero_gradient.update(self._without_gradient())
        weights, inputs = self._weight_probe, self._input_probe
        dynamics = LayerDynamics(
            name=self.name,
            weights=latent.size,
            flips=_popcount(flips),
            net_flips=_popcount(signs.words ^ self._first_signs.words),
            outside_clip=1 - share_within(latent, self._clip_value),
            clipped_weight_gradients=weights.blocked_share,
            clipped_input_gradients=inputs.blocked_share,
            gradient_norm_before=math.sqrt(weights.squares_before),
            gradient_norm_after=math.sqrt(weights.squares_after),
            starved=self._zero_gradient.count(),
        )
        weights.reset()
        inputs.reset()
        return dynamics

    def snapshot(self) -> LayerSnapshot:
        """The layer as it is now; weights flipped since the previous snapshot are marked."""
        flipped = PackedMatrix(self._flipped, self._signs.depth, "rows")
        self._flipped = np.zeros_like(self._flipped)
        flip_counts = self._flip_counts.copy()
        limit = HISTOGRAM_REACH * self._clip_value
        counts = histogram(self._latent(), limit)
        for array in (self._signs.words, flipped.words, flip_counts, counts):
            array.flags.writeable = False
        return LayerSnapshot(self.name, self._signs, flipped, flip_counts, counts, limit)

    def close(self) -> None:
        """Stop watching."""
        self._layer.weight_binarizer.probe = None
        if self._layer.input_binarizer is not None:
            self._layer.input_binarizer.probe = None

    @property
    def _clip_value(self) -> float:
        return self._layer.weight_binarizer.clip_value

    def _latent(self) -> NDArray[np.float32]:
        return _array(self._layer.weight).reshape(self._layer.weight.shape[0], -1)

    def _without_gradient(self) -> Words:
        """Bit 1 where the latent weight received no gradient in this step."""
        gradient = self._layer.weight.grad
        if gradient is None:
            if self._weight_probe.calls:
                raise RuntimeError("the gradients are gone: call Monitor.step() before optimizer.zero_grad()")
            return pack_rows(np.ones(self._signs.shape, np.bool_)).words
        return pack_rows(_array(gradient).reshape(self._signs.shape) == 0).words


def count_flips(counts: NDArray[np.uint16], flips: Words) -> None:
    """Add 1 to `counts` where `flips` has its bit set, stopping at 65535.

    Args:
        counts: `(outputs, inputs)`, changed in place.
        flips: The same matrix packed along rows.
    """
    rows, words = np.nonzero(flips)  # few weights flip in one step: only their words are opened
    as_bytes = flips[rows, words].astype("<u8", copy=False).view(np.uint8)
    flip, bit = np.nonzero(np.unpackbits(as_bytes, bitorder="little").reshape(-1, WORD_BITS))
    weights = rows[flip], words[flip] * WORD_BITS + bit
    counts[weights] += counts[weights] < _MOST_FLIPS


def share_within(values: NDArray[np.float32], limit: float) -> float:
    """Share of `values` with `|value| <= limit`; NaN is not within."""
    return int(np.count_nonzero(np.abs(values) <= limit)) / values.size


def histogram(values: NDArray[np.float32], limit: float) -> NDArray[np.int64]:
    """Count values in `HISTOGRAM_BINS` even bins over `[-limit, limit]`.

    The outer bins also hold what lies beyond them; a value on the border of two bins belongs to the upper
    one, and NaN to none.
    """
    known = values[~np.isnan(values)]
    position = (known + limit) * (HISTOGRAM_BINS / (2 * limit))
    bins = np.clip(position, 0, HISTOGRAM_BINS - 1).astype(np.uint8)
    return np.bincount(bins, minlength=HISTOGRAM_BINS).astype(np.int64)


def _popcount(words: Words) -> int:
    return int(np.bitwise_count(words).sum())


def _array(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.detach().cpu().numpy()
    return array
