"""A network as a program of `inference.h` while it is put together, whoever is to run it.

`bnnlab.deploy.export.c_ops` says for each operation which functions are called with what. Where that goes, into the
text of a C header or into the memory of a machine that has the functions already, is the program's own business.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import words_for

Place = str | int
"""How a value is reached: an expression in C, or an address."""

NULL: Place = 0


@dataclass(frozen=True)
class Step:
    """One node to be written.

    Attributes:
        name: A C identifier, its own.
        op: What it computes.
        inputs: How its inputs are reached.
        input_shapes: Shape of one example of each input.
        shape: Shape of one example of its result.
    """

    name: str
    op: Any
    inputs: tuple[Place, ...]
    input_shapes: tuple[tuple[int, ...], ...]
    shape: tuple[int, ...]

    @property
    def x(self) -> Place:
        """The first input."""
        return self.inputs[0]

    @property
    def channels(self) -> int:
        """Of the result."""
        return self.shape[0]

    @property
    def pixels(self) -> int:
        """Of the result; 1 for a row."""
        return math.prod(self.shape[1:])


class Program(ABC):
    """Collects what one network needs.

    Attributes:
        given: How the network's input is reached.
        pixels: The same where it is bytes; None where it is numbers.
    """

    given: Place
    pixels: Place | None

    @abstractmethod
    def array(self, name: str, array: NDArray[Any] | None) -> Place:
        """Define a constant array. None gives a null pointer.

        Raises:
            ValueError: If a number in it is not finite.
        """

    @abstractmethod
    def define(self, name: str, kind: str, values: Iterable[object]) -> Place:
        """Define a constant structure of a type of the runtime; returns a pointer to it."""

    @abstractmethod
    def field(self, name: str, kind: str, size: int) -> Place:
        """Room for `size` values of a type of C that is the step's own."""

    @abstractmethod
    def shared(self, name: str, kind: str, size: int) -> Place:
        """Room that calls use one after the other."""

    @abstractmethod
    def clear(self, place: Place) -> None:
        """Make all of a field 0."""

    @abstractmethod
    def call(self, function: str, *arguments: object) -> None:
        """Call a function of the runtime with places, ints, and floats: np.float32 for float, float for double."""

    def numbers(self, step: Step) -> Place:
        """Room for a step's result in floats."""
        return self.field(f"{step.name}_numbers", "float", step.channels * step.pixels)

    def bits(self, step: Step) -> Place:
        """Room for a step's result in words, each pixel's channels in words of its own."""
        return self.field(f"{step.name}_bits", "uint64_t", step.pixels * words_for(step.channels))


def check_finite(name: str, array: NDArray[Any]) -> None:
    """Refuse numbers that no sum survives.

    Raises:
        ValueError: If one of them is not finite.
    """
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(f"{name} must hold finite numbers to be written in C")
