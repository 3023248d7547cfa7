"""One moment of a run, complete enough to draw: signs, flips, histograms and what the network answers.

Arrays are read-only copies, so that a snapshot can be handed between threads by reference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import PackedMatrix
from bnnlab.records.events import TrainingEvent
from bnnlab.records.example import Example
from bnnlab.records.selection import Selection
from bnnlab.records.weight import WeightLook


@dataclass(frozen=True, slots=True)
class LayerSnapshot:
    """One binary layer at one moment. A convolution's weights are viewed as `(filters, taps)`.

    Attributes:
        name: Name of the layer, equal to `LayerDynamics.name`.
        signs: Signs of the latent weights, `(outputs, inputs)` packed along rows.
        flipped: Bit 1 where the weight flipped at least once since the previous snapshot; same shape.
        flip_counts: `(outputs, inputs)` uint16, flips of each weight in training since the start (stops at 65535).
        histogram: `(HISTOGRAM_BINS,)` int64, latent weights per bin; the first and last bin also hold
            everything beyond them.
        histogram_limit: The bins span `[-histogram_limit, +histogram_limit]` evenly.
        outside: Latent weights beyond the clip value that holds now.
    """

    name: str
    signs: PackedMatrix
    flipped: PackedMatrix
    flip_counts: NDArray[np.uint16]
    histogram: NDArray[np.int64]
    histogram_limit: float
    outside: int = 0


@dataclass(frozen=True, slots=True)
class GateSnapshot:
    """One sign function between two layers, as a sample of the test examples passes it.

    Attributes:
        name: Name of the layer whose normalised sums x it takes the signs of.
        histogram: `(HISTOGRAM_BINS,)` int64, x of all its neurons and all examples of the sample; the first and last
            bin also hold what lies beyond them.
        histogram_limit: The bins span `[-histogram_limit, +histogram_limit]` evenly.
        entries: How many numbers these are.
        outside: How many of them lie beyond the clip value, where the estimator blocks their gradient.
    """

    name: str
    histogram: NDArray[np.int64]
    histogram_limit: float
    entries: int
    outside: int


@dataclass(frozen=True, slots=True)
class FloatLayer:
    """A layer whose weights are ordinary numbers.

    Attributes:
        name: Name of the layer.
        weights: `(outputs, inputs)` float32; a convolution's as `(filters, taps)`.
    """

    name: str
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PointsView:
    """What a network says about the plane, for two-dimensional data.

    Attributes:
        extent: Half the side of the square; its corners lie at `+-extent` in both directions.
        grid: `(G, G)` uint8, probability of class 1 times 255 at evenly spaced points, of which the outermost
            lie on the sides of the square, exactly at `+-extent`; row 0 is the top (largest second
            coordinate), column 0 the left.
        points: `(n, 2)` float32, some of the test points.
        labels: `(n,)` uint8, their true classes (0 or 1).
        predictions: `(n,)` uint8, the network's own answers at the points, not read off the grid.
        neuron_grids: For each sign function, in forward order, `(neurons, S, S)` bool: where in the plane each neuron
            says +1; rows and columns as in `grid`.
    """

    extent: float
    grid: NDArray[np.uint8]
    points: NDArray[np.float32]
    labels: NDArray[np.uint8]
    predictions: NDArray[np.uint8]
    neuron_grids: tuple[NDArray[np.bool_], ...] = ()


@dataclass(frozen=True, slots=True)
class ImagesView:
    """What a network says about test images, or rows of features: how many are right, and the first wrong ones.

    Attributes:
        indices: `(n,)` int64, positions in the test set of the first wrong ones, at most `MAX_WRONG_SHOWN`.
        images: `(n, height, width)` uint8, 0 black .. 255 white (grey value of colour images; features as one row).
        labels: `(n,)` uint8, true classes.
        predictions: `(n,)` uint8, predicted classes.
        confidence: `(n,)` float32, the softmax probability of the predicted class.
        class_names: Name of each class.
        examined: How many test images were asked, from the first on.
        available: How many there are.
        right: How many of the examined ones are answered rightly.
        step: After which step they were asked; on large data sets that is not every step.
        noun: What one is called: ``"image"`` or ``"example"``.
    """

    indices: NDArray[np.int64]
    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    predictions: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    class_names: tuple[str, ...]
    examined: int = 0
    available: int = 0
    right: int = 0
    step: int = 0
    noun: str = "image"


HISTOGRAM_BINS = 64
MAX_WRONG_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment.

    Attributes:
        event: The last step done, or None before the first step.
        clip_value: The estimator's t_clip for activations.
        weight_clip_value: The estimator's t_clip for weights.
        layers: One entry per binary layer, in forward order.
        view: What the network answers at this moment; None where nobody has data to ask it about.
        created: `time.time()` in seconds at which the snapshot was taken.
        latent: Whether real numbers stand behind the signs; an optimiser without them keeps the signs alone.
        binarize: What is binarised now: ``"both"``, ``"weights"`` or ``"nothing"``.
        gates: One entry per sign function between layers, in forward order.
        float_layers: The layers whose weights are numbers, in forward order; binary ones too while they take no signs.
        example: What the network makes of the shown example, or None where nobody asked.
        selection: The neuron and weight looked at, or None.
        weight: The selected weight, or None.
    """

    event: TrainingEvent | None
    clip_value: float
    layers: tuple[LayerSnapshot, ...]
    view: PointsView | ImagesView | None
    created: float
    latent: bool = True
    weight_clip_value: float = 1.0
    binarize: str = "both"
    gates: tuple[GateSnapshot, ...] = ()
    float_layers: tuple[FloatLayer, ...] = ()
    example: Example | None = None
    selection: Selection | None = None
    weight: WeightLook | None = None

    @property
    def step(self) -> int:
        """Steps done so far."""
        return 0 if self.event is None else self.event.step
