"""The network of `bnnlab bench inference`: a perceptron for 28 x 28 pixels, binary and in float32, and its pixels."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.contest import Opponent
from bnnlab.bits import PackedMatrix
from bnnlab.deploy.graph import PackedModel

if TYPE_CHECKING:
    from torch import nn

WIDTHS = (784, 1024, 1024, 1024, 10)

Part = Literal["binary", "float", "hidden"]
"""Which first layer the network has, or only the hidden layers: from packed words to packed words."""

TITLES: dict[Part, str] = {
    "binary": "pixels in, binary first layer",
    "float": "pixels in, float first layer",
    "hidden": "hidden layers alone",
}


@dataclass(frozen=True, slots=True, eq=False)
class InferenceWorkload:
    """A network and what it is shown.

    Attributes:
        part: Which network.
        binary: The binary network as a torch module, in evaluation mode.
        floats: Weights `(outputs, inputs)` of the float network of this shape.
        pixels: `(batch, 1, 28, 28)` uint8.
        answers: The classes that the binary network gives, `(batch,)`; of the hidden layers the signs.
    """

    part: Part
    binary: nn.Sequential
    floats: tuple[NDArray[np.float32], ...]
    pixels: NDArray[np.uint8]

    @classmethod
    def random(cls, part: Part, batch: int) -> InferenceWorkload:
        """Weights and pixels from a generator with a fixed seed."""
        import torch

        from bnnlab.nn import MODELS
        from bnnlab.nn.models import ModelSpec
        from bnnlab.nn.models.spec import Precision

        generator = torch.Generator().manual_seed(0)
        first: Precision = "float" if part == "float" else "binary"
        spec = ModelSpec((1, 28, 28), WIDTHS[-1], WIDTHS[1:-1], first_layer=first)
        rng = np.random.default_rng(0)
        floats = tuple(
            (rng.standard_normal((outputs, inputs)) / np.sqrt(inputs)).astype(np.float32)
            for inputs, outputs in pairwise(WIDTHS)
        )
        pixels = rng.integers(0, 256, (batch, 1, 28, 28), dtype=np.uint8)
        return cls(part, MODELS["mlp"](spec, generator).eval(), floats, pixels)

    @property
    def name(self) -> str:
        """The network's sizes, its part, and the batch."""
        return f"{'-'.join(map(str, WIDTHS))}, {TITLES[self.part]}, batch {len(self.pixels)}"

    @property
    def amount(self) -> int:
        """Multiplications and additions."""
        sizes = WIDTHS[1:-1] if self.part == "hidden" else WIDTHS
        return 2 * len(self.pixels) * sum(inputs * outputs for inputs, outputs in pairwise(sizes))

    @property
    def unit(self) -> str:
        """10^9 of them a second."""
        return "Gop/s"

    def accepts(self, answer: Any) -> bool:
        """Whether an opponent agreed with the reference that it was given; see `_answer`."""
        return bool(answer)

    def bound(self, opponent: Opponent[Any], /) -> float | None:
        """What float32 instructions allow; a packed network has several kinds of instruction."""
        return opponent.roofline()

    @property
    def numbers(self) -> NDArray[np.float32]:
        """What the float network is shown, `(batch, 784)`."""
        return self.pixels.reshape(len(self.pixels), -1).astype(np.float32) / np.float32(128) - np.float32(1)

    def packed(self) -> PackedModel:
        """The binary network, packed."""
        return PackedModel.from_module(self.binary, (1, 28, 28))

    def binary_logits(self) -> NDArray[np.float32]:
        """What the binary network answers, as torch computes it."""
        import torch

        with torch.inference_mode():
            logits: NDArray[np.float32] = self.binary(
                torch.from_numpy(self.numbers.reshape(-1, 1, 28, 28))
            ).numpy()
        return logits

    def float_logits(self) -> NDArray[np.float32]:
        """What the float network answers, as NumPy computes it."""
        x = self.numbers
        for weight in self.floats[:-1]:
            x = np.maximum(x @ weight.T, 0)
        return x @ self.floats[-1].T

    def hidden(self) -> tuple[Any, Any, PackedMatrix]:
        """The two hidden layers of the packed network, and the signs that enter them."""
        packed = self.packed()
        by_name = {node.name: node.op for node in packed.nodes}
        signs = by_name["input"].run(self.pixels)
        assert isinstance(signs, PackedMatrix)
        return by_name["hidden1"], by_name["hidden2"], signs
