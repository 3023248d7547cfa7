"""The signs of all binary layers of a model after every past step, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import PackedMatrix, described
from bnnlab.records.flip_statistics import FlipStatistics, flip_statistics
from bnnlab.records.sign_log import SignLog, check_step

Signs = NDArray[np.int8]


class SignHistory:
    """The signs of a model's binary layers after every step, from the start or since memory is full.

    It grows while a `bnnlab.train.Monitor` watches the model, and may be asked from any thread meanwhile.

        with Monitor(model) as monitor:
            for x, y in batches:
                ...
                monitor.step()
            before, after = monitor.signs.at(10), monitor.signs.at(500)

    Args:
        logs: The signs of each layer, by its name, in forward order.
        shapes: Shape of each layer's weight: `(outputs, inputs)`, or of a convolution `(filters, channels, height,
            width)`.

    Raises:
        ValueError: If a log has not as many weights and neurons as its shape says.
    """

    def __init__(self, logs: Mapping[str, SignLog], shapes: Mapping[str, tuple[int, ...]]) -> None:
        for name, log in logs.items():
            shape = shapes[name]
            if (shape[0], math.prod(shape[1:])) != (log.form.rows, log.form.depth):
                raise ValueError(f"layer {name!r} has the shape {shape}, but its signs have not")
        self.logs = MappingProxyType(dict(logs))
        self.shapes = MappingProxyType({name: tuple(shapes[name]) for name in logs})

    @property
    def newest(self) -> int:
        """The newest step that every layer knows; 0 before the first."""
        return min((log.newest for log in self.logs.values()), default=0)

    @property
    def since(self) -> int:
        """The oldest step that every layer still knows; 0 while all are."""
        return max((log.since for log in self.logs.values()), default=0)

    @property
    def nbytes(self) -> int:
        """Bytes that flips and key frames take."""
        return sum(log.nbytes for log in self.logs.values())

    def at(self, step: int) -> dict[str, Signs]:
        """The signs after a step, with what was done by hand before the next one.

        Args:
            step: `since` to `newest`; 0 is before training.

        Returns:
            For each layer -1 and +1 as int8, in the shape of its weight.

        Raises:
            TypeError: If the step is no whole number.
            ValueError: If the step is forgotten or has not been done; it says which steps are there.
        """
        return {
            name: packed.unpack().reshape(self.shapes[name]) for name, packed in self.packed_at(step).items()
        }

    def packed_at(self, step: int) -> dict[str, PackedMatrix]:
        """The signs after a step as `at` gives them, `(outputs, inputs)` packed along rows; not to be written to.

        Raises:
            TypeError: If the step is no whole number.
            ValueError: If the step is forgotten or has not been done.
        """
        number = self._checked(step)
        return {name: log.at(number) for name, log in self.logs.items()}

    def flips_at(self, step: int) -> dict[str, PackedMatrix]:
        """Which weights training flipped in this very step: bit 1 where one did, packed along rows.

        What was done by hand is not among them.

        Raises:
            TypeError: If the step is no whole number.
            ValueError: If the step's flips are forgotten or it has not been done.
        """
        number = self._checked(step)
        return {name: log.flips_at(number) for name, log in self.logs.items()}

    def flip_statistics(self, layer: str) -> FlipStatistics:
        """What became of the flips of a layer, over the whole run, however much of it is forgotten.

        Raises:
            ValueError: If there is no such layer.
        """
        log = self.log(layer)
        step, counts = log.counts()
        return flip_statistics(layer, step, counts)

    def log(self, layer: str) -> SignLog:
        """The signs of one layer.

        Raises:
            ValueError: If there is no such layer.
        """
        if layer not in self.logs:
            raise ValueError(f"layer must be one of {tuple(self.logs)}, got {layer!r}")
        return self.logs[layer]

    def _checked(self, step: int) -> int:
        if isinstance(step, bool) or not isinstance(step, int | np.integer):
            raise TypeError(f"step must be a whole number, got {described(step)}")
        check_step(int(step), self.since, self.newest)
        return int(step)
