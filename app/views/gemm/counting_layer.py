"""What can be chosen in a layer that counts bits: neurons or filters, their weights, places of a filter."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bnnlab.bits import PackedMatrix
from bnnlab.records import LayerPass


@dataclass(frozen=True)
class CountingLayer:
    """A layer that multiplies signs with signs.

    Attributes:
        outputs: Number of neurons, or of filters.
        weights: Number of weights of each.
        channels: Channels that a filter reads; None for a fully connected layer.
        size: Height and width of a convolution's output, or None.
    """

    outputs: int
    weights: int
    channels: int | None = None
    size: tuple[int, int] | None = None

    @classmethod
    def recorded(cls, signs: PackedMatrix, passed: LayerPass) -> CountingLayer:
        """A layer as its signs and its pass over an example show it."""
        outputs, weights = signs.shape
        if passed.sums.ndim == 1:
            return cls(outputs, weights)
        _, height, width = passed.sums.shape
        return cls(outputs, weights, len(passed.inputs), (height, width))

    @property
    def noun(self) -> str:
        """What one of its outputs is called."""
        return "neuron" if self.size is None else "filter"

    @property
    def limits(self) -> dict[str, tuple[str, int]]:
        """What each number in the page's address counts, and how many there are, by its name there."""
        limits = {"neuron": (self.noun, self.outputs), "weight": ("weight", self.weights)}
        if self.size is None:
            return limits
        height, width = self.size
        return limits | {"row": ("row", height), "column": ("column", width)}

    @property
    def starts(self) -> dict[str, int]:
        """What is shown of it where nobody chose, by the names in the page's address."""
        if self.size is None:
            return {"neuron": 0}
        height, width = self.size
        return {"neuron": 0, "row": height // 2, "column": width // 2}

    def weight_name(self, weight: int) -> str:
        """What a weight is multiplied with, for people."""
        if self.channels is None:
            return f"input {weight}"
        taps = self.weights // self.channels
        channel, tap = divmod(weight, taps)
        row, column = divmod(tap, math.isqrt(taps))
        return f"tap {weight} (channel {channel}, row {row}, column {column})"
