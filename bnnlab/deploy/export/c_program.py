"""A C program while it is written: arrays, fields of a workspace, calls; and how values are spelled in C."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.export.program import NULL, Place, Program, check_finite


class CProgram(Program):
    """A network as text.

    Attributes:
        prefix: What every name begins with.
        given, pixels: Name of the argument that holds the input.
        arrays: Definitions of constants.
        fields: Declarations of the workspace's members.
        calls: Statements in the order of computation.
        scratch: Size of members that several calls share, by type and name.
    """

    def __init__(self, prefix: str, *, takes_pixels: bool = True) -> None:
        self.prefix = prefix
        self.given = "pixels" if takes_pixels else "numbers"
        self.pixels = self.given if takes_pixels else None
        self.arrays: list[str] = []
        self.fields: list[str] = []
        self.calls: list[str] = []
        self.scratch: dict[tuple[str, str], int] = {}

    def array(self, name: str, array: NDArray[Any] | None) -> Place:
        """Define a constant array."""
        if array is None:
            return NULL
        full = f"{self.prefix}_{name}"
        kind, text = C_TYPES[array.dtype.type], SPELLINGS[array.dtype.kind]
        check_finite(name, array)
        values = [text(value) for value in array.ravel().tolist()]
        lines = [", ".join(values[start : start + 8]) for start in range(0, len(values), 8)]
        body = ",\n    ".join(lines)
        self.arrays.append(f"static const {kind} {full}[{array.size}] = {{\n    {body},\n}};")
        return full

    def define(self, name: str, kind: str, values: Iterable[object]) -> Place:
        """Define a constant structure."""
        full = f"{self.prefix}_{name}"
        members = ", ".join(map(spelled, values))
        self.arrays.append(f"static const {self.prefix}_{kind} {full} = {{ {members} }};")
        return f"&{full}"

    def field(self, name: str, kind: str, size: int) -> Place:
        """Declare a member of the workspace."""
        self.fields.append(f"    {kind} {name}[{size}];")
        return f"w->{name}"

    def shared(self, name: str, kind: str, size: int) -> Place:
        """A member that is as large as the largest of its users needs."""
        self.scratch[kind, name] = max(size, self.scratch.get((kind, name), 0))
        return f"w->{name}"

    def shared_fields(self) -> list[str]:
        """Their declarations."""
        return [f"    {kind} {name}[{size}];" for (kind, name), size in self.scratch.items()]

    def clear(self, place: Place) -> None:
        """Make a member of the workspace 0."""
        self.calls.append(f"    memset({place}, 0, sizeof {place});")

    def call(self, function: str, *arguments: object) -> None:
        """Add a call of a function of the runtime."""
        self.calls.append(f"    {self.prefix}_{function}({', '.join(map(spelled, arguments))});")


def spelled(value: object) -> str:
    """An argument of a call, or a member of a structure, in C.

    >>> spelled("w->x"), spelled(3), spelled(np.float32(3)), spelled(3.0)
    ('w->x', '3', '3.0f', '3.0')
    """
    return float_literal(float(value)) if isinstance(value, np.float32) else str(value)


def float_literal(value: float) -> str:
    """A float32 that C reads back bit for bit.

    >>> float_literal(-1.0), float_literal(1e-30)
    ('-1.0f', '1e-30f')
    """
    return f"{np.float32(value)!s}f"


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
