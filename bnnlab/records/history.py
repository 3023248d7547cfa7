"""The past of a run in bounded memory: its curves, and the signs of all weights after every step.

Of the curves, a history keeps at most `capacity` points however long the run is. Each point is the mean over `stride`
consecutive steps; when the points run out, neighbours are merged and the stride doubles. So the curve
always covers the whole run, and nothing that happened between two points is lost from their mean.
The newest evaluation is kept beside the points as it was: no mean may pass for what the test set says now.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import PackedMatrix
from bnnlab.records.curves import LAYER_COLUMNS, RUN_COLUMNS, Curves, row
from bnnlab.records.events import TrainingEvent
from bnnlab.records.film import write_film
from bnnlab.records.flip_statistics import FlipStatistics
from bnnlab.records.history_file import read_history, write_history
from bnnlab.records.mean import Mean
from bnnlab.records.sign_history import SignHistory, Signs

Array = NDArray[np.float64]


class History:
    """Append-only record of training events, thinned by averaging.

    Args:
        capacity: Most points kept; even and at least 2.
        signs: The signs after every step, such as `bnnlab.train.Monitor.signs`, which grow by themselves; None keeps
            none.

    Attributes:
        signs: As given.
        stride: Steps that each point is the mean of.
        evaluated: The newest event that was evaluated on the test set, or None.

    Raises:
        ValueError: If `capacity` is odd or smaller than 2.
    """

    def __init__(self, capacity: int = 400, signs: SignHistory | None = None) -> None:
        if capacity < 2 or capacity % 2:
            raise ValueError(f"capacity must be even and at least 2, got {capacity}")
        self.capacity, self.signs = capacity, signs
        self.stride = 1
        self.layer_names: tuple[str, ...] = ()
        self.evaluated: TrainingEvent | None = None
        self._points: Array = np.empty((0, 0))
        self._filled = 0
        self._pending = Mean(0)

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
            self._pending = Mean(width)
        elif names != self.layer_names:
            raise ValueError(f"event has layers {names}, this history has {self.layer_names}")
        if event.test_loss is not None or event.test_accuracy is not None:
            self.evaluated = event
        self._pending.add(row(event))
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
        """A copy with curves of its own, while the original may go on growing; both share the signs."""
        other = History(self.capacity, self.signs)
        other.stride, other.layer_names = self.stride, self.layer_names
        other.evaluated = self.evaluated
        other._points, other._filled = self._points.copy(), self._filled
        other._pending = self._pending.copy()
        return other

    def at(self, step: int) -> dict[str, Signs]:
        """The signs after a step, as `SignHistory.at` gives them: by layer, int8 in the shape of its weight.

        Raises:
            TypeError: If the step is no whole number.
            ValueError: If the step is forgotten or has not been done, or this history holds no signs.
        """
        return self.known_signs.at(step)

    def flips_at(self, step: int) -> dict[str, PackedMatrix]:
        """Which weights training flipped in this very step, by layer, packed along rows.

        Raises:
            TypeError: If the step is no whole number.
            ValueError: If the step is forgotten or has not been done, or this history holds no signs.
        """
        return self.known_signs.flips_at(step)

    def flip_statistics(self, layer: str) -> FlipStatistics:
        """What became of the flips of a layer: see `FlipStatistics`.

        Raises:
            ValueError: If there is no such layer, or this history holds no signs.
        """
        return self.known_signs.flip_statistics(layer)

    @property
    def sign_bytes(self) -> int:
        """Bytes that the past signs take; 0 without signs."""
        return 0 if self.signs is None else self.signs.nbytes

    @property
    def known_signs(self) -> SignHistory:
        """The signs after every step.

        Raises:
            ValueError: If this history holds none.
        """
        if self.signs is None:
            raise ValueError("this history holds curves but no signs")
        return self.signs

    def to_npz(self, path: str | os.PathLike[str]) -> None:
        """Write everything into one file, whole or not at all; `load` reads it.

        It is a NumPy archive without pickles, with a SHA-256 of its content.

        Args:
            path: Where; a file that is there is replaced.

        Raises:
            TypeError: If `path` is no path.
            ValueError: If the file would be too large.
            OSError: If it cannot be written.
        """
        write_history(path, self.curves(), self.signs)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> History:
        """The history that `to_npz` wrote: it answers everything as the one that was written.

        Raises:
            TypeError: If `path` is no path.
            ValueError: If the file is damaged, cut short or none of these; it names the file and what is wrong.
            OSError: If it cannot be read.
        """
        curves, signs = read_history(path)
        history = cls(curves.capacity, signs)
        history.stride, history.layer_names = curves.stride, curves.layer_names
        history.evaluated = curves.evaluated
        history._filled, history._pending = len(curves.points), curves.pending
        if curves.points.shape[1]:
            history._points = np.empty((curves.capacity, curves.points.shape[1]))
            history._points[: history._filled] = curves.points
        return history

    def film(
        self,
        path: str | os.PathLike[str],
        layer: str,
        first: int | None = None,
        last: int | None = None,
        fps: float = 12.0,
    ) -> int:
        """Write the signs of a layer, step by step, as a moving picture: see `bnnlab.records.film.write_film`.

        Args:
            path: A file ending in ``.gif`` or ``.webp``.
            layer: Name of a binary layer.
            first: The first step; None takes the oldest there is.
            last: The last step; None takes the newest.
            fps: Pictures a second.

        Returns:
            How many pictures it has.

        Raises:
            TypeError: If an argument has the wrong type.
            ValueError: If an argument is out of its range, or this history holds no signs.
            OSError: If the file cannot be written.
        """
        return write_film(path, self.known_signs, layer, first, last, fps)

    def curves(self) -> Curves:
        """All of the curves, as they are kept."""
        return Curves(
            self.capacity,
            self.stride,
            self.layer_names,
            self._points[: self._filled].copy(),
            self._pending.copy(),
            self.evaluated,
        )

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
        self._points[: self.capacity // 2] = np.stack([Mean.of(pair) for pair in pairs])
        self._filled = self.capacity // 2
        self.stride *= 2
