"""What the curves of a history are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.records.events import TrainingEvent
from bnnlab.records.mean import Mean

Array = NDArray[np.float64]

RUN_COLUMNS: Final = ("step", "loss", "train_accuracy", "test_loss", "test_accuracy")
LAYER_COLUMNS: Final = (
    "flip_ratio",
    "net_flip_ratio",
    "outside_clip",
    "clipped_weight_gradients",
    "clipped_input_gradients",
    "gradient_norm_before",
    "gradient_norm_after",
    "starved_ratio",
)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """The curves of a `History`, as it keeps them.

    Attributes:
        capacity: Most points kept.
        stride: Steps that each point is the mean of.
        layer_names: The layers.
        points: `(n, columns)` float64, complete points.
        pending: The mean that the next point will be.
        evaluated: The newest event that was evaluated on the test set, or None.
    """

    capacity: int
    stride: int
    layer_names: tuple[str, ...]
    points: Array
    pending: Mean
    evaluated: TrainingEvent | None


def row(event: TrainingEvent) -> Array:
    """One event as a row: `RUN_COLUMNS`, then `LAYER_COLUMNS` of each layer; NaN where nothing was measured."""
    run = [event.step, event.loss, event.train_accuracy, event.test_loss, event.test_accuracy]
    values = [np.nan if value is None else float(value) for value in run]
    for layer in event.layers:
        values += [
            layer.flip_ratio,
            layer.net_flips / layer.weights,
            layer.outside_clip,
            layer.clipped_weight_gradients,
            layer.clipped_input_gradients,
            layer.gradient_norm_before,
            layer.gradient_norm_after,
            layer.starved / layer.weights,
        ]
    return np.array(values)
