"""The lives of hidden weights: what each was after some of the steps, thinned so that they never take more room."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MAX_LIFE_POINTS = 256


class LatentLog:
    """Values of some weights after every `stride`-th step.

    When there is no room for another point, every other one is forgotten and the stride doubles: a long life is known
    as evenly as a short one.

    Attributes:
        since: The first step that is known.
        stride: Steps between two points.

    Args:
        weights: How many weights.
        since: The step at which the log begins.
        max_points: Points kept of each weight; even.
    """

    def __init__(self, weights: int, since: int = 0, max_points: int = MAX_LIFE_POINTS) -> None:
        self.since, self.stride = since, 1
        self._steps = np.empty(max_points, np.int64)
        self._values = np.empty((max_points, weights), np.float32)
        self._count = 0

    @property
    def nbytes(self) -> int:
        """Bytes that are taken."""
        return self._steps.nbytes + self._values.nbytes

    def append(self, step: int, values: NDArray[np.float32]) -> None:
        """Note the weights after a step, if it is one of those that are kept.

        Args:
            step: Steps done so far, more than at the call before.
            values: As many as there are weights, of any shape.
        """
        if (step - self.since) % self.stride:
            return
        if self._count == len(self._steps):
            self._thin()
            if (step - self.since) % self.stride:
                return
        self._steps[self._count] = step
        self._values[self._count] = values.reshape(-1)
        self._count += 1

    def life(self, weight: int, step: int, value: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Steps and values of one weight, ending with what it is now.

        Args:
            weight: Which one.
            step: Steps done so far, not before the newest point.
            value: What it is now.
        """
        kept = self._count - (self._count > 0 and self._steps[self._count - 1] == step)
        steps = np.append(self._steps[:kept], np.int64(step))
        values = np.append(self._values[:kept, weight], np.float32(value))
        steps.flags.writeable = values.flags.writeable = False
        return steps, values

    def _thin(self) -> None:
        self._count = (self._count + 1) // 2
        self._steps[: self._count] = self._steps[::2].copy()
        self._values[: self._count] = self._values[::2].copy()
        self.stride *= 2
