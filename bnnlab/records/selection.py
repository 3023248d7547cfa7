"""What is looked at in a network: a layer, one of its neurons, one of that neuron's weights."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """A neuron of a binary layer, and one of its weights if one is chosen.

    Attributes:
        layer: Name of the layer, such as ``"hidden1"``.
        neuron: Index of the output; of a convolution the filter.
        weight: Index of the weight among those of the neuron, or None. A filter's taps are counted in the order
            channel, row, column.
        position: Row and column of the output pixel of a convolution, or None for its middle.
    """

    layer: str
    neuron: int
    weight: int | None = None
    position: tuple[int, int] | None = None
