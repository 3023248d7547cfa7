"""What a network takes: weights, memory and multiplications, by their precision."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

THRESHOLD_BITS = 33
"""A threshold is a number of 32 bits, and one bit that says in which direction it is crossed."""

PRECISIONS = {
    "bit_bit": "1-bit × 1-bit",
    "byte_bit": "8-bit × 1-bit",
    "float_bit": "float32 × 1-bit",
    "float_float": "any × float32",
}
"""The fields of `Macs`, and what a reader calls them."""


@dataclass(frozen=True, slots=True)
class Macs:
    """Multiply-accumulate operations for one example: a product and its addition to a sum are one.

    Attributes:
        bit_bit: 1-bit inputs times 1-bit weights: xor and popcount.
        byte_bit: 8-bit pixels times 1-bit weights: additions and subtractions of integers.
        float_bit: float32 times 1-bit weights: additions and subtractions of floats.
        float_float: Times float32 weights, whatever the inputs are.
    """

    bit_bit: int = 0
    byte_bit: int = 0
    float_bit: int = 0
    float_float: int = 0

    @classmethod
    def sum(cls, parts: Iterable[Macs]) -> Macs:
        """All of them together."""
        counts = [tuple(getattr(part, kind.name) for kind in fields(cls)) for part in parts]
        return cls(*map(sum, zip(*counts, strict=True))) if counts else cls()

    @property
    def total(self) -> int:
        """Multiplications of every precision."""
        return self.bit_bit + self.byte_bit + self.float_bit + self.float_float

    @property
    def binary_share(self) -> float:
        """Share of all that multiply signs with signs, 0..1; 0 where there are none at all."""
        return self.bit_bit / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """A layer that multiplies, with everything that follows it up to the next one.

    Attributes:
        name: Of the layer.
        kind: ``"dense"`` or ``"convolution"``.
        output_shape: Of one example, before pooling: `(features,)` or `(channels, height, width)`.
        depth: Products in each output.
        binary_weights: Weights of 1 bit.
        float_values: Numbers kept as float32: weights, biases, normalisations, factors.
        foldable: How many of these are more than two for each channel of a normalisation: gamma, beta, mean and
            variance say no more than a factor and an offset, once training is over.
        thresholds: Outputs whose scaling, normalisation and sign became a comparison: with a whole number where they
            are sums of signs or pixels, with a float32 where they are numbers.
        macs: For one example.
        stored_bytes: Of the arrays as they are kept: words padded to 64 bits, a direction in a byte; in a module
            all in float32, latent weights too.
        float32_bytes: Of the same layer with every weight in float32, and two numbers for each channel of a
            normalisation or threshold.
    """

    name: str
    kind: str
    output_shape: tuple[int, ...]
    depth: int
    binary_weights: int
    float_values: int
    foldable: int
    thresholds: int
    macs: Macs
    stored_bytes: int
    float32_bytes: int

    @property
    def precision(self) -> str:
        """Inputs times weights, as a reader calls them; `PRECISIONS`."""
        return next(name for kind, name in PRECISIONS.items() if getattr(self.macs, kind))

    @property
    def bits(self) -> int:
        """Information in all of it: 1 bit a binary weight, 32 a float, `THRESHOLD_BITS` a threshold."""
        return self.binary_weights + 32 * self.float_values + THRESHOLD_BITS * self.thresholds


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """A network, layer by layer.

    Attributes:
        layers: In the order of computation.
        input_shape: Of one example.
        packed: Whether the network was a packed one; else it was a torch module.
    """

    layers: tuple[LayerSummary, ...]
    input_shape: tuple[int, ...]
    packed: bool

    @property
    def binary_weights(self) -> int:
        """Weights of 1 bit."""
        return sum(layer.binary_weights for layer in self.layers)

    @property
    def float_values(self) -> int:
        """Numbers of 32 bits."""
        return sum(layer.float_values for layer in self.layers)

    @property
    def thresholds(self) -> int:
        """Outputs that are compared with a threshold."""
        return sum(layer.thresholds for layer in self.layers)

    @property
    def macs(self) -> Macs:
        """Multiplications for one example, by precision."""
        return Macs.sum(layer.macs for layer in self.layers)

    @property
    def nbytes(self) -> int:
        """Bytes that hold the information, every array packed without gaps."""
        return math.ceil(sum(layer.bits for layer in self.layers) / 8)

    @property
    def folded_nbytes(self) -> int:
        """The same where each channel of a normalisation keeps two numbers only, as Larq counts."""
        return math.ceil(sum(layer.bits - 32 * layer.foldable for layer in self.layers) / 8)

    @property
    def stored_bytes(self) -> int:
        """Bytes of the arrays as they are kept, without a file's header."""
        return sum(layer.stored_bytes for layer in self.layers)

    @property
    def float32_bytes(self) -> int:
        """Bytes of the same network in float32."""
        return sum(layer.float32_bytes for layer in self.layers)

    def to_dict(self) -> dict[str, Any]:
        """Layers and totals as plain values for JSON."""
        totals = {
            name: getattr(self, name)
            for name in (
                "binary_weights", "float_values", "thresholds", "nbytes", "folded_nbytes", "stored_bytes",
                "float32_bytes",
            )
        }  # fmt: skip
        macs = asdict(self.macs) | {"total": self.macs.total, "binary_share": self.macs.binary_share}
        return asdict(self) | {"totals": totals | {"macs": macs}}
