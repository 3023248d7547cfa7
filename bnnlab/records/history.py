"""The curves of a run in constant memory.

A history keeps at most `capacity` points however long the run is. Each point is the mean over `stride`
consecutive steps; when the points run out, neighbours are merged and the stride doubles. So the curve
always covers the whole run, and nothing that happened between two points is lost from their mean.
The newest evaluation is kept beside the points as it was: no mean may pass for what the test set says now.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.records.events import TrainingEvent

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


class History:
    """Append-only record of training events, thinned by averaging.

    Args:
        capacity: Most points kept; even and at least 2.

    Attributes:
        stride: Steps that each point is the mean of.
        evaluated: The newest event that was evaluated on the test set, or None.

    Raises:
        ValueError: If `capacity` is odd or smaller than 2.
    """

    def __init__(self, capacity: int = 400) -> None:
        if capacity < 2 or capacity % 2:
            raise ValueError(f"capacity must be even and at least 2, got {capacity}")
        self.capacity = capacity
        self.stride = 1
        self.layer_names: tuple[str, ...] = ()
        self.evaluated: TrainingEvent | None = None
        self._points: Array = np.empty((0, 0))
        self._filled = 0
        self._pending = _Mean(0)

    def __len__(self) -> int:
        """Number of complete points."""
        return self._filled

    def append(self, event: TrainingEvent) -> None:
        """Add one event; every event must have the same layers."""
        names = tuple(layer.name for layer in event.layers)
        if not self._points.size:
            self.layer_names = names
            width = len(RUN_COLUMNS) + len(names) * len(LAYER_COLUMNS)
            self._points = np.empty((self.capacity, width))
            self._pending = _Mean(width)
        elif names != self.layer_names:
            raise ValueError(f"event has layers {names}, this history has {self.layer_names}")
        if event.test_loss is not None or event.test_accuracy is not None:
            self.evaluated = event
        self._pending.add(_row(event))
        if self._pending.rows == self.stride and self._filled == self.capacity:
            self._halve()  # doubles the stride, so the pending point waits for more steps
        if self._pending.rows == self.stride:
            self._points[self._filled] = self._pending.take()
            self._filled += 1

    def column(self, name: str, layer: str | None = None) -> Array:
        """One curve, `(points,)` float64; NaN where nothing was measured.

        Args:
            name: One of `RUN_COLUMNS`, or of `LAYER_COLUMNS` when `layer` is given.
            layer: Name of a binary layer.

        Raises:
            ValueError: If the column or the layer is unknown.
        """
        return self._points[: self._filled, self._index(name, layer)].copy()

    def copy(self) -> History:
        """An independent copy; the original may go on growing."""
        other = History(self.capacity)
        other.stride, other.layer_names = self.stride, self.layer_names
        other.evaluated = self.evaluated
        other._points, other._filled = self._points.copy(), self._filled
        other._pending = self._pending.copy()
        return other

    def _index(self, name: str, layer: str | None) -> int:
        if layer is None:
            if name not in RUN_COLUMNS:
                raise ValueError(f"column must be one of {RUN_COLUMNS}, got {name!r}")
            return RUN_COLUMNS.index(name)
        if name not in LAYER_COLUMNS:
            raise ValueError(f"layer column must be one of {LAYER_COLUMNS}, got {name!r}")
        if layer not in self.layer_names:
            raise ValueError(f"layer must be one of {self.layer_names}, got {layer!r}")
        offset = self.layer_names.index(layer) * len(LAYER_COLUMNS)
        return len(RUN_COLUMNS) + offset + LAYER_COLUMNS.index(name)

    def _halve(self) -> None:
        pairs = self._points.reshape(self.capacity // 2, 2, -1)
        self._points[: self.capacity // 2] = np.stack([_Mean.of(pair) for pair in pairs])
        self._filled = self.capacity // 2
        self.stride *= 2


def _row(event: TrainingEvent) -> Array:
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


class _Mean:
    """Running mean of rows that skips NaN, and is NaN only where every row is."""

    def __init__(self, width: int) -> None:
        self.rows = 0
        self._total: Array = np.zeros(width)
        self._known: Array = np.zeros(width)

    @classmethod
    def of(cls, rows: Array) -> Array:
        mean = cls(rows.shape[1])
        for row in rows:
            mean.add(row)
        return mean.take()

    def add(self, row: Array) -> None:
        known = ~np.isnan(row)
        self._total[known] += row[known]
        self._known += known
        self.rows += 1

    def take(self) -> Array:
        """The mean so far; starts again from nothing."""
        mean = np.full_like(self._total, np.nan)
        np.divide(self._total, self._known, out=mean, where=self._known > 0)
        self._total[:], self._known[:], self.rows = 0.0, 0.0, 0
        return mean

    def copy(self) -> _Mean:
        other = _Mean(len(self._total))
        other.rows = self.rows
        other._total, other._known = self._total.copy(), self._known.copy()
        return other
