"""What can be chosen in a network: its layers that count bits, their neurons and weights, and the examples."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from bnnlab.app.views.gemm.look import Position, shown_example
from bnnlab.nn import BinaryConv2d
from bnnlab.nn.product import bit_layers, output_sizes
from bnnlab.records import LayerPass, LayerSnapshot
from bnnlab.train import TrainingRun
from bnnlab.train.live.frame import LiveFrame


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
    size: Position | None = None

    @property
    def noun(self) -> str:
        """What one of its outputs is called."""
        return "neuron" if self.size is None else "filter"

    def weight_name(self, weight: int) -> str:
        """What a weight is multiplied with, for people."""
        if self.channels is None:
            return f"input {weight}"
        taps = self.weights // self.channels
        across = round(taps**0.5)
        channel, tap = divmod(weight, taps)
        return f"tap {weight} (channel {channel}, row {tap // across}, column {tap % across})"


@dataclass(frozen=True)
class Network:
    """What the controls need to know.

    Attributes:
        layers: By name, in forward order.
        examples: How many test examples there are.
        noun: What one of them is called.
    """

    layers: dict[str, CountingLayer]
    examples: int
    noun: str

    @classmethod
    def of_run(cls, run: TrainingRun) -> Network:
        """As it is now; seen on the thread that owns the run."""
        layers = bit_layers(run.model)
        x = torch.from_numpy(run.dataset.x_test[:1].copy()).to(run.config.device)
        sizes = output_sizes(run.model, x)
        return cls(
            {
                name: CountingLayer(
                    len(layer.weight),
                    layer.weight[0].numel(),
                    layer.in_channels if isinstance(layer, BinaryConv2d) else None,
                    sizes.get(name),
                )
                for name, layer in layers.items()
            },
            len(run.dataset.x_test),
            "Test image" if run.dataset.kind == "images" else "Test point",
        )

    @classmethod
    def of_frame(cls, frame: LiveFrame, examples: int) -> Network:
        """As a frame recorded it; how many test examples there are is not in it."""
        example = shown_example(frame)
        passes = {passed.name: passed for passed in example.layers if passed.counts_bits}
        layers = () if frame.snapshot is None else frame.snapshot.layers
        return cls(
            {layer.name: _recorded(layer, passes[layer.name]) for layer in layers if layer.name in passes},
            max(examples, (example.index or 0) + 1),
            "Test point" if example.image is None else "Test image",
        )


def _recorded(layer: LayerSnapshot, passed: LayerPass) -> CountingLayer:
    outputs, weights = layer.signs.shape
    if passed.sums.ndim == 1:
        return CountingLayer(outputs, weights)
    _, height, width = passed.sums.shape
    return CountingLayer(outputs, weights, len(passed.inputs), (height, width))
