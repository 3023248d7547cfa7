"""A C program while it is written: arrays, fields of a workspace, calls; and how values are spelled in C."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import words_for

NULL = "0"

PIXELS = "pixels"
"""How a network's input is reached where it is bytes."""


@dataclass(frozen=True)
class Step:
    """One node to be written.

    Attributes:
        name: A C identifier, its own.
        op: What it computes.
        inputs: How its inputs are reached in C.
        input_shapes: Shape of one example of each input.
        shape: Shape of one example of its result.
    """

    name: str
    op: Any
    inputs: tuple[str, ...]
    input_shapes: tuple[tuple[int, ...], ...]
    shape: tuple[int, ...]

    @property
    def x(self) -> str:
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


class CProgram:
    """Collects what one network needs.

    Attributes:
        prefix: What every name begins with.
        arrays: Definitions of constants.
        fields: Declarations of the workspace's members.
        calls: Statements in the order of computation.
        scratch: Size of members that several calls share, by type and name.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.arrays: list[str] = []
        self.fields: list[str] = []
        self.calls: list[str] = []
        self.scratch: dict[tuple[str, str], int] = {}

    def array(self, name: str, array: NDArray[Any] | None) -> str:
        """Define a constant array; returns how it is called. None gives a null pointer.

        Raises:
            ValueError: If a number in it is not finite.
        """
        if array is None:
            return NULL
        full = f"{self.prefix}_{name}"
        kind, text = C_TYPES[array.dtype.type], SPELLINGS[array.dtype.kind]
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise ValueError(f"{name} must hold finite numbers to be written in C")
        values = [text(value) for value in array.ravel().tolist()]
        lines = [", ".join(values[start : start + 8]) for start in range(0, len(values), 8)]
        body = ",\n    ".join(lines)
        self.arrays.append(f"static const {kind} {full}[{array.size}] = {{\n    {body},\n}};")
        return full

    def define(self, name: str, kind: str, values: Iterable[object]) -> str:
        """Define a constant structure of a type of the runtime; returns a pointer to it."""
        full = f"{self.prefix}_{name}"
        members = ", ".join(map(str, values))
        self.arrays.append(f"static const {self.prefix}_{kind} {full} = {{ {members} }};")
        return f"&{full}"

    def field(self, name: str, kind: str, size: int) -> str:
        """Declare a member of the workspace; returns how it is reached."""
        self.fields.append(f"    {kind} {name}[{size}];")
        return f"w->{name}"

    def numbers(self, step: Step) -> str:
        """Declare room for a step's result in floats."""
        return self.field(f"{step.name}_numbers", "float", step.channels * step.pixels)

    def bits(self, step: Step) -> str:
        """Declare room for a step's result in words, each pixel's channels in words of its own."""
        return self.field(f"{step.name}_bits", "uint64_t", step.pixels * words_for(step.channels))

    def shared(self, name: str, kind: str, size: int) -> str:
        """A member that calls use one after the other, as large as the largest of them needs."""
        self.scratch[kind, name] = max(size, self.scratch.get((kind, name), 0))
        return f"w->{name}"

    def shared_fields(self) -> list[str]:
        """Their declarations."""
        return [f"    {kind} {name}[{size}];" for (kind, name), size in self.scratch.items()]

    def clear(self, member: str) -> None:
        """Make a member of the workspace 0."""
        self.calls.append(f"    memset({member}, 0, sizeof {member});")

    def call(self, function: str, *arguments: object) -> None:
        """Add a call of a function of the runtime."""
        self.calls.append(f"    {self.prefix}_{function}({', '.join(map(str, arguments))});")


def float_literal(value: float) -> str:
    """A float32 that C reads back bit for bit.

    >>> float_literal(-1.0), float_literal(1e-30)
    ('-1.0f', '1e-30f')
    """
    return f"{np.float32(value)!s}f"


def double_literal(value: float) -> str:
    """A float64 that C reads back bit for bit."""
    return repr(float(value))


def string_literal(text: str) -> str:
    r"""Any text as a C string: all but letters, digits and spaces as octal bytes.

    >>> string_literal('a "b"')
    '"a \\042b\\042"'
    """
    plain = "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or byte == 32) else f"\\{byte:03o}"
        for byte in text.encode()
    )
    return f'"{plain}"'


C_TYPES = {
    np.float32: "float",
    np.float64: "double",
    np.int32: "int32_t",
    np.uint8: "uint8_t",
    np.uint64: "uint64_t",
}
SPELLINGS: dict[str, Callable[[Any], str]] = {"f": float_literal, "i": str, "u": lambda value: f"{value:#x}"}
