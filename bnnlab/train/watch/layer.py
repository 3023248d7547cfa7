"""What one binary layer did during a step: flips, clipping, gradients, starvation."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bnnlab.bits.packing import PackedMatrix, pack_rows
from bnnlab.nn import BinaryLayer
from bnnlab.records import STARVED_AFTER, FlipEffect, LayerDynamics, LayerSnapshot, Selection, WeightLook
from bnnlab.records.latent_log import LatentLog
from bnnlab.records.sign_log import MAX_SIGN_BYTES, SignLog
from bnnlab.train.watch.readings import (
    StreakCounters,
    Words,
    differences,
    histogram,
    read_gradient,
    read_weights,
    zeros,
)

MIN_HISTOGRAM_LIMIT = 1.5  # the histogram of latent weights spans at least +- this
CLIP_ROOM = 1.25  # and this times t_clip, so that t_clip can be moved inside a picture that stands still
MAX_WEIGHTS_WITH_LIVES = 64 * 64  # in larger layers only one weight's life is kept


class InputProbe:
    """Counts the entries of a gradient that the estimator blocks, over the backward passes of one step."""

    def __init__(self) -> None:
        self.entries = self.blocked = 0

    def __call__(self, before: Tensor, surrogate: Tensor, after: Tensor) -> None:  # noqa: ARG002
        """Called by `Binarizer` in every backward pass."""
        self.entries += surrogate.numel()
        self.blocked += zeros(_array(surrogate))

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


@dataclass(frozen=True, slots=True, eq=False)
class WeightLife:
    """The past of one weight; see `bnnlab.records.WeightLook` for its parts."""

    latent: float
    steps: NDArray[np.int64]
    values: NDArray[np.float32]
    since: int
    crossings: NDArray[np.int64]
    crossings_since: int

    def look(
        self,
        gradient_before: float | None = None,
        gradient_after: float | None = None,
        effect: FlipEffect | None = None,
    ) -> WeightLook:
        """The weight as it is now, with its past; see `WeightLook` for the rest."""
        return WeightLook(
            latent=self.latent,
            gradient_before=gradient_before,
            gradient_after=gradient_after,
            life_steps=self.steps,
            life_values=self.values,
            life_since=self.since,
            crossings=self.crossings,
            crossings_since=self.crossings_since,
            effect=effect,
        )

    def put_into(self, look: WeightLook, step: int) -> WeightLook:
        """The look at a weight as it was after a past step, with what was known of its life then.

        Args:
            look: The weight then.
            step: Which step that was.
        """
        before = self.steps < step
        return dataclasses.replace(
            look,
            life_steps=np.append(self.steps[before], np.int64(step)),
            life_values=np.append(self.values[before], np.float32(look.latent)),
            life_since=min(self.since, step),
            crossings=self.crossings[self.crossings <= step],
            crossings_since=self.crossings_since,
        )


@dataclass(frozen=True, slots=True, eq=False)
class WatchState:
    """What is counted over the steps of one layer: see `LayerWatch.state`."""

    step: int
    first_signs: Words
    starving: tuple[Words, Words]

    @property
    def nbytes(self) -> int:
        """Bytes that only this state takes; the first signs are shared by all of a run."""
        return sum(words.nbytes for words in self.starving)


class LayerWatch:
    """Follows one binary layer from step to step.

    Args:
        name: Name of the layer inside its model.
        layer: The layer; its gradients are watched until `close`.
        max_sign_bytes: Memory for its past signs.

    Attributes:
        signs: Its signs after every step.

    Raises:
        ValueError: If the layer is already watched.
    """

    def __init__(self, name: str, layer: BinaryLayer, max_sign_bytes: int = MAX_SIGN_BYTES) -> None:
        if layer.weight_binarizer.probe is not None:
            raise ValueError(f"layer {name!r} is already watched by another monitor; close it first")
        self.name, self._layer, self._max_sign_bytes = name, layer, max_sign_bytes
        latent = _matrix(layer.weight)
        self._depth = int(latent.shape[1])
        self._step = 0
        self._signs, self._within = read_weights(latent, self._clip_value)
        self._first_signs = self._signs
        self._flipped = np.zeros_like(self._signs)
        self.signs = SignLog(PackedMatrix(self._signs, self._depth, "rows"), max_sign_bytes)
        self._lives = LatentLog(latent.size) if latent.size <= MAX_WEIGHTS_WITH_LIVES else None
        self._followed: tuple[int, LatentLog] | None = None
        self._note_lives(latent)
        self._starving = StreakCounters(self._signs.shape, STARVED_AFTER.bit_length() - 1)
        self._watch_gradients()

    def step(self) -> LayerDynamics:
        """Measure the optimiser step just done."""
        self._step += 1
        latent = _matrix(self._layer.weight)
        flips = self._read(latent)
        self._note_lives(latent)
        weights, inputs = self._weights, self._inputs
        self._watch_gradients()
        starved = self._starving.update(self._every_weight() if weights.zero is None else weights.zero)
        return LayerDynamics(
            name=self.name,
            weights=latent.size,
            flips=flips,
            net_flips=differences(self._signs, self._first_signs),
            outside_clip=1 - self._within / latent.size,
            clipped_weight_gradients=weights.blocked_share,
            clipped_input_gradients=inputs.blocked_share,
            gradient_norm_before=math.sqrt(weights.squares_before),
            gradient_norm_after=math.sqrt(weights.squares_after),
            starved=starved,
        )

    def read_again(self) -> None:
        """See what somebody did to the weights by hand between two steps; no flip of training."""
        self._read(_matrix(self._layer.weight), by_hand=True)

    def state(self) -> WatchState:
        """What later steps are counted on, to come back to."""
        return WatchState(self._step, self._first_signs, self._starving.state())

    def restore(self, state: WatchState) -> None:
        """Count on from a state; the layer's weights must be those of then already. Past signs begin there."""
        self._step, self._first_signs = state.step, state.first_signs
        self._starving.restore(state.starving)
        self._signs, self._within = read_weights(_matrix(self._layer.weight), self._clip_value)
        self._flipped = np.zeros_like(self._signs)
        self.signs = SignLog(PackedMatrix(self._signs, self._depth, "rows"), self._max_sign_bytes, state.step)

    def snapshot(self) -> LayerSnapshot:
        """The layer as it is now; weights flipped since the previous snapshot are marked."""
        flipped, self._flipped = self._flipped, np.zeros_like(self._flipped)
        flip_counts = self.signs.flip_counts
        latent = _matrix(self._layer.weight)
        limit = max(MIN_HISTOGRAM_LIMIT, CLIP_ROOM * self._clip_value)
        bins = histogram(latent, limit)
        _, within = read_weights(latent, self._clip_value)  # t_clip may have moved since the step
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
            outside=latent.size - within,
        )

    def follow(self, selection: Selection | None) -> None:
        """Keep the life of this one weight of a large layer from now on; None keeps none."""
        at = None if selection is None else self._position(selection)
        if self._lives is None and (self._followed[0] if self._followed else None) != at:
            self._followed = None if at is None else (at, LatentLog(1, since=self._step))
            self._note_lives(_matrix(self._layer.weight))

    def life(self, selection: Selection) -> WeightLife:
        """What is known of the past of one weight."""
        at = self._position(selection)
        latent = float(_matrix(self._layer.weight).reshape(-1)[at])
        if self._lives is not None:
            log, place = self._lives, at
        elif self._followed is not None and self._followed[0] == at:
            log, place = self._followed[1], 0
        else:
            log, place = LatentLog(1, since=self._step), 0
        steps, values = log.life(place, self._step, latent)
        crossings = self.signs.crossings(at)
        crossings.flags.writeable = False
        return WeightLife(latent, steps, values, log.since, crossings, self.signs.since)

    def close(self) -> None:
        """Stop watching."""
        self._layer.weight_binarizer.probe = None
        if self._layer.input_binarizer is not None:
            self._layer.input_binarizer.probe = None

    @property
    def layer(self) -> BinaryLayer:
        """The layer that is watched."""
        return self._layer

    @property
    def _clip_value(self) -> float:
        return self._layer.weight_binarizer.clip_value

    def _watch_gradients(self) -> None:
        """Begin to gather the gradients of the next step."""
        self._weights, self._inputs = WeightProbe(), InputProbe()
        self._layer.weight_binarizer.probe = self._weights
        if self._layer.input_binarizer is not None:
            self._layer.input_binarizer.probe = self._inputs

    def _position(self, selection: Selection) -> int:
        """The selected weight, counted row by row through the layer."""
        assert selection.weight is not None
        return selection.neuron * self._depth + selection.weight

    def _read(self, latent: NDArray[np.float32], by_hand: bool = False) -> int:
        """Compare the signs with those read before; returns how many flipped."""
        self._signs, self._within = read_weights(latent, self._clip_value)
        flips = self.signs.append(self._step, self._signs, by_hand)
        self._flipped |= flips.words
        return flips.count

    def _note_lives(self, latent: NDArray[np.float32]) -> None:
        if self._lives is not None:
            self._lives.append(self._step, latent)
        elif self._followed is not None:
            weight, log = self._followed
            log.append(self._step, latent.reshape(-1)[weight : weight + 1])

    def _every_weight(self) -> Words:
        """A mask of all weights: none receives a gradient in a step without a backward pass."""
        return pack_rows(np.ones((len(self._signs), self._depth), np.bool_)).words


def _array(tensor: Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = tensor.detach().to("cpu", torch.float32).numpy()
    return array


def _matrix(tensor: Tensor) -> NDArray[np.float32]:
    """The weights of a layer, or their gradients, as `(outputs, inputs)`."""
    return np.ascontiguousarray(_array(tensor).reshape(len(tensor), -1))
