"""A network at one moment: the signs of its layers, and what it made of one example. Later training leaves it alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bnnlab.bits import PackedMatrix, pack_rows
from bnnlab.nn.operands import bit_layers
from bnnlab.records import Example, LayerPass, LayerProduct, Selection, recorded_product
from bnnlab.train import DATASETS, RunConfig, TrainingRun
from bnnlab.train.example import look_at_example
from bnnlab.train.live.frame import LiveFrame


@dataclass(frozen=True)
class Moment:
    """A network looking at one example.

    Attributes:
        config: Settings of the run.
        step: Training steps done.
        signs: Signs of each binary layer's weights, `(outputs, inputs)`, in forward order.
        example: What the network makes of the example.
        clicked: Whether somebody chose this very moment, to be kept however far the network learns.
    """

    config: RunConfig
    step: int
    signs: Mapping[str, PackedMatrix]
    example: Example
    clicked: bool = False

    @property
    def counting(self) -> dict[str, LayerPass]:
        """The layers that multiply signs with signs, in forward order."""
        return {
            passed.name: passed
            for passed in self.example.layers
            if passed.counts_bits and passed.name in self.signs
        }

    def product(self, selection: Selection) -> LayerProduct:
        """What the selected layer multiplied, at the selected position.

        Raises:
            ValueError: If there is no such layer or position, or the layer's inputs are numbers.
        """
        passes = {passed.name: passed for passed in self.example.layers}
        if selection.layer not in self.signs or selection.layer not in passes:
            raise ValueError(f"layer must be one of {', '.join(self.signs)}; got {selection.layer!r}")
        return recorded_product(
            self.signs[selection.layer],
            passes[selection.layer],
            selection.position,
            pad_value=self.config.pad_value,
            scale=self.config.scale,
        )

    def onward(self, selection: Selection, total: float) -> str:
        """What becomes of a neuron's sum: compared with its threshold, it is the bit that goes on.

        Normalisation makes `scale * sum + shift` of the sum, and the sign of that is sent on. For a scale above 0 that
        is +1 exactly from the sum `-shift / scale` on, for one below 0 up to there.

        Args:
            selection: The neuron.
            total: Its sum.
        """
        at = next(at for at, passed in enumerate(self.example.layers) if passed.name == selection.layer)
        passed, last = self.example.layers[at], at == len(self.example.layers) - 1
        scale, shift = float(passed.scale[selection.neuron]), float(passed.shift[selection.neuron])
        if last:
            return f"This is a number of the answer; {self.answer}."
        x = scale * total + shift
        if scale == 0 or self.config.binarize != "both":
            return f"Normalised, the sum is {x:.3g}, which goes on to the next layer."
        sign = "+1" if x >= 0 else "−1"
        relation, above = (
            ("at least", total >= -shift / scale) if scale > 0 else ("at most", total <= -shift / scale)
        )
        verdict = "it is" if above else "it is not"
        threshold = f"{self._limit(passed, total, 0.0 - shift / scale, rising=scale > 0):.4g}".replace(
            "-", "−"
        )
        where = self.example.layers[at + 1].name
        return (
            f"The neuron sends +1 if the sum is {relation} {threshold}, its threshold: "
            f"{verdict}. So {sign} goes on to layer {where}; in the end {self.answer}."
        )

    def _limit(self, passed: LayerPass, total: float, threshold: float, rising: bool) -> float:
        """The first sum that meets a threshold: sums of so many signs are whole, and all even or all odd."""
        if self.config.scale or not passed.counts_bits:
            return threshold
        steps = (threshold - total) / 2
        return total + 2 * (math.ceil(steps) if rising else math.floor(steps))

    @property
    def answer(self) -> str:
        """What the network takes the example for, and what it is, as far as anybody knows."""
        names = DATASETS[self.config.dataset].class_names
        answer = f"the network answers {names[int(self.example.probabilities.argmax())]}"
        return answer if self.example.label is None else f"{answer}, right is {names[self.example.label]}"


def moment_of_frame(frame: LiveFrame) -> Moment:
    """The moment that a frame shows; the network itself is not asked.

    Raises:
        ValueError: If it shows no example.
    """
    snapshot = frame.snapshot
    if snapshot is None or snapshot.example is None:
        raise ValueError("frame must show an example to be looked into, this one shows none")
    signs = {layer.name: layer.signs for layer in snapshot.layers}
    return Moment(frame.status.config, snapshot.step, signs, snapshot.example, clicked=True)


def moment_of_run(run: TrainingRun, example: int) -> Moment:
    """The network as it is now, looking at a test example; on the thread that owns the run."""
    signs = {
        name: pack_rows(layer.binary_weight.flatten(1).cpu().numpy())
        for name, layer in bit_layers(run.model).items()
    }
    shown = look_at_example(run.model, run.dataset, example, run.config.device)
    return Moment(run.config, run.step, signs, shown)
