"""What one binary layer did during a step: flips, clipping, gradients, starvation."""

from __future__ import annotations

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bnnlab.bits.packing import PackedMatrix, pack_rows
from bnnlab.nn import BinaryLayer
from bnnlab.records import STARVED_AFTER, LayerDynamics, LayerSnapshot
from bnnlab.train.watch.readings import Words, count_flips, histogram, popcount, read_gradient, read_weights
from bnnlab.train.watch.streaks import StreakCounters

HISTOGRAM_REACH = 1.5
"""The histogram of latent weights spans +- this times t_clip."""


class InputProbe:
    """Counts the entries of a gradient that the estimator blocks, over the backward passes of one step."""

    def __init__(self) -> None:
        self.entries = self.blocked = 0

    def __call__(self, before: Tensor, surrogate: Tensor, after: Tensor) -> None:  # noqa: ARG002
        """Called by `Binarizer` in every backward pass."""
        self.entries += surrogate.numel()
        self.blocked += int(np.count_nonzero(_array(surrogate) == 0))

    @property
    def blocked_share(self) -> float:
        """Share of the entries that were blocked; 0.0 without a backward pass."""
        return self.blocked / self.entries if self.entries else 0.0


class WeightProbe(InputProbe):
    """Reads the gradient of a layer's weights as well, over the backward passes of one step."""

    def __init__(self) -> None:
        super().__init__()
        self.squares_before = self.squares_after = 0.0
        self.zero: Words | None = None

    def __call__(self, before: Tensor, surrogate: Tensor, after: Tensor) -> None:  # noqa: ARG002
        """Called by `Binarizer` in every backward pass."""
        reading = read_gradient(_matrix(before), _matrix(surrogate))
        self.entries += surrogate.numel()
        self.blocked += reading.blocked
        self.squares_before += reading.squares_before
        self.squares_after += reading.squares_after
        self.zero = reading.zero if self.zero is None else self.zero & reading.zero


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
        latent = _matrix(layer.weight)
        self._depth = latent.shape[1]
        self._signs, _ = read_weights(latent, self._clip_value)
        self._first_signs = self._signs
        self._flipped = np.zeros_like(self._signs)
        self._flip_counts: NDArray[np.uint16] = np.zeros(latent.shape, np.uint16)
        self._starving = StreakCounters(self._signs.shape, STARVED_AFTER.bit_length() - 1)
        self._watch_gradients()

    def step(self) -> LayerDynamics:
        """Measure the optimiser step just done."""
        signs, within = read_weights(_matrix(self._layer.weight), self._clip_value)
        flips = signs ^ self._signs
        self._signs = signs
        self._flipped |= flips
        count_flips(self._flip_counts, flips)
        weights, inputs = self._weights, self._inputs
        self._watch_gradients()
        self._starving.update(self._every_weight() if weights.zero is None else weights.zero)
        return LayerDynamics(
            name=self.name,
            weights=self._flip_counts.size,
            flips=popcount(flips),
            net_flips=popcount(signs ^ self._first_signs),
            outside_clip=1 - within / self._flip_counts.size,
            clipped_weight_gradients=weights.blocked_share,
            clipped_input_gradients=inputs.blocked_share,
            gradient_norm_before=math.sqrt(weights.squares_before),
            gradient_norm_after=math.sqrt(weights.squares_after),
            starved=self._starving.count(),
        )

    def snapshot(self) -> LayerSnapshot:
        """The layer as it is now; weights flipped since the previous snapshot are marked."""
        flipped, self._flipped = self._flipped, np.zeros_like(self._flipped)
        flip_counts = self._flip_counts.copy()
        limit = HISTOGRAM_REACH * self._clip_value
        bins = histogram(_matrix(self._layer.weight), limit)
        for array in (self._signs, flipped, flip_counts, bins):
            array.flags.writeable = False
        depth = self._depth
        return LayerSnapshot(
            name=self.name,
            signs=PackedMatrix(self._signs, depth, "rows"),
            flipped=PackedMatrix(flipped, depth, "rows"),
            flip_counts=flip_counts,
            histogram=bins,
            histogram_limit=limit,
        )

    def close(self) -> None:
        """Stop watching."""
        self._layer.weight_binarizer.probe = None
        if self._layer.input_binarizer is not None:
            self._layer.input_binarizer.probe = None

    @property
    def _clip_value(self) -> float:
        return self._layer.weight_binarizer.clip_value

    def _watch_gradients(self) -> None:
        """Begin to gather the gradients of the next step."""
        self._weights, self._inputs = WeightProbe(), InputProbe()
        self._layer.weight_binarizer.probe = self._weights
        if self._layer.input_binarizer is not None:
            self._layer.input_binarizer.probe = self._inputs

    def _every_weight(self) -> Words:
        """A mask of all weights: none receives a gradient in a step without a backward pass."""
        return pack_rows(np.ones(self._flip_counts.shape, np.bool_)).words


def _array(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.detach().to("cpu", torch.float32).numpy()
    return array


def _matrix(tensor: Tensor) -> NDArray[np.float32]:
    """Weights, or their gradients, as `(outputs, inputs)`."""
    return np.ascontiguousarray(_array(tensor).reshape(len(tensor), -1))
