"""A model of the energy that a network's arithmetic and memory need: constants, assumptions, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EnergyConstant:
    """Energy of one operation on a chip, or of one access to a memory.

    Attributes:
        name: What is done.
        picojoules: 10^-12 joules.
        bits: Width of one access to a memory; None for an operation.
        node: Technology of the chip, and its supply voltage.
        source: Who says so.
    """

    name: str
    picojoules: float
    bits: int | None
    node: str
    source: str

    @property
    def picojoules_per_bit(self) -> float:
        """The energy of an access to a memory."""
        return self.picojoules / self.bits if self.bits else 0.0


@dataclass(frozen=True, slots=True)
class EnergyPreset:
    """Where the weights of a float32 network and of a binary one are taken to lie.

    Attributes:
        name: Key in `bnnlab.deploy.energy.ENERGY_PRESETS`.
        title: What a reader chooses.
        float_memory: Where each float32 weight is read; None leaves memory out.
        binary_memory: Where each binary weight is read, or None.
        text: What is assumed, in a sentence.
    """

    name: str
    title: str
    float_memory: EnergyConstant | None
    binary_memory: EnergyConstant | None
    text: str


@dataclass(frozen=True, slots=True)
class EnergyEstimate:
    """What the model says, in picojoules; no measurement.

    Attributes:
        preset: Its assumptions.
        float_arithmetic: Of the network with all its multiplications in float32.
        float_memory: Reading its parameters once.
        binary_arithmetic: Of the network as it is, by the precision of each multiplication.
        binary_memory: Reading its parameters once, as they are packed.
    """

    preset: EnergyPreset
    float_arithmetic: float
    float_memory: float
    binary_arithmetic: float
    binary_memory: float

    @property
    def float_total(self) -> float:
        """Arithmetic and memory in float32."""
        return self.float_arithmetic + self.float_memory

    @property
    def binary_total(self) -> float:
        """Arithmetic and memory of the binary network."""
        return self.binary_arithmetic + self.binary_memory

    @property
    def ratio(self) -> float:
        """How many times less the binary network needs."""
        return self.float_total / self.binary_total

    def to_dict(self) -> Mapping[str, Any]:
        """Plain values for JSON."""
        totals = {"float_total": self.float_total, "binary_total": self.binary_total, "ratio": self.ratio}
        return asdict(self) | totals
