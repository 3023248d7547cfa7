"""What somebody wants to see of a run, and what there is to be seen."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

from torch import nn

from bnnlab.nn import BinaryLayer
from bnnlab.records import Example, Selection
from bnnlab.train.datasets import Dataset
from bnnlab.train.example import look_at_example

FIRST_NEURON: Final = 3  # looked at before anybody chose another
FIRST_WEIGHT: Final = 10


@dataclass(frozen=True, slots=True)
class Look:
    """What a snapshot shows beside the network itself.

    Attributes:
        example: The test example that goes through the network, or None.
        backward: Whether its gradients come back.
        selection: The neuron and weight looked at, or None.
        step: After which step the run is looked at; None follows it.
        statistics: Whether to tell what became of the flips.
    """

    example: int | None = None
    backward: bool = False
    selection: Selection | None = None
    step: int | None = None
    statistics: bool = False


@dataclass(frozen=True, slots=True)
class LayerExtent:
    """How far one can look in a binary layer.

    Attributes:
        neurons: Its outputs, or filters.
        weights: Weights of each.
        pixels: Rows and columns of a convolution's output, or None.
        counts_bits: Whether its inputs are signs too.
    """

    neurons: int
    weights: int
    pixels: tuple[int, int] | None
    counts_bits: bool


@dataclass(frozen=True, slots=True)
class Extent:
    """How far one can look in a run.

    Attributes:
        examples: Test examples there are.
        layers: The binary layers, by name.
    """

    examples: int
    layers: dict[str, LayerExtent]

    def check_example(self, index: int) -> None:
        """Refuse an example that is not there.

        Raises:
            ValueError: If there is no such example.
        """
        _check("example", index, self.examples)

    def check_selection(self, selection: Selection) -> None:
        """Refuse what this network does not have.

        Raises:
            ValueError: If the layer, the neuron, the weight or the position is not there.
        """
        layer = self.layers.get(selection.layer)
        if layer is None:
            names = ", ".join(self.layers) or "none, since this network has no binary layer"
            raise ValueError(f"layer must be one of {names}; got {selection.layer!r}")
        _check("neuron", selection.neuron, layer.neurons)
        if selection.weight is not None:
            _check("weight", selection.weight, layer.weights)
        if selection.position is not None:
            if layer.pixels is None:
                raise ValueError(f"position must be None: layer {selection.layer!r} is no convolution")
            if len(selection.position) != 2:
                raise ValueError(f"position must be a row and a column, got {selection.position!r}")
            for name, value, count in zip(("row", "column"), selection.position, layer.pixels, strict=True):
                _check(name, value, count)

    def fits(self, look: Look) -> Look:
        """What can be seen here of `look`: the first example in place of one that is not there."""
        example, selection = look.example, look.selection
        if example is not None and example >= self.examples:
            example = 0
        try:
            if selection is not None:
                self.check_selection(selection)
        except ValueError:
            selection = None
        return dataclasses.replace(look, example=example, selection=selection)

    def opening(self, look: Look) -> Look:
        """What there is to see of another run: as much of `look` as fits, now, and some weight where none is chosen."""
        fitting = dataclasses.replace(self.fits(look), step=None)
        if fitting.selection is not None or not self.layers:
            return fitting
        name = next(
            (name for name, layer in self.layers.items() if layer.counts_bits), next(iter(self.layers))
        )
        layer = self.layers[name]
        weight = Selection(name, min(FIRST_NEURON, layer.neurons - 1), min(FIRST_WEIGHT, layer.weights - 1))
        return dataclasses.replace(fitting, selection=weight)


def extent_of(model: nn.Module, dataset: Dataset, device: str) -> Extent:
    """What there is to be seen in a network and its data."""
    return Extent(len(dataset.x_test), _layers(model, look_at_example(model, dataset, 0, device)))


def _layers(model: nn.Module, example: Example) -> dict[str, LayerExtent]:
    layers = {}
    for layer in example.layers:
        module = model.get_submodule(layer.name)
        if isinstance(module, BinaryLayer):
            neurons = len(module.weight)
            pixels = (layer.sums.shape[1], layer.sums.shape[2]) if layer.sums.ndim == 3 else None
            layers[layer.name] = LayerExtent(
                neurons, module.weight.numel() // neurons, pixels, layer.counts_bits
            )
    return layers


def _check(name: str, value: object, count: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise ValueError(f"{name} must be a whole number in 0..{count - 1}, got {value!r}")
