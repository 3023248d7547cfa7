"""A packed network as an image of memory and the calls that run it, for a machine that has `inference.h` compiled.

Such a machine is WebAssembly in a browser: what runs there is the compiled C, and the network is data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.export.c_ops import write_network
from bnnlab.deploy.export.lowering import lowered, takes_pixels
from bnnlab.deploy.export.program import NULL, Place, Program, check_finite
from bnnlab.deploy.graph import PackedModel

START: Final = 65_536
"""Where the image lies: behind the first page of WebAssembly's memory, which holds the stack and the module's own."""

MAX_ADDRESS: Final = 2**31
_ALIGNMENT: Final = 16
_SIZES: Final = {"float": 4, "int32_t": 4, "uint64_t": 8}

Call = tuple[str | int | float, ...]
"""A function's name and its arguments."""


@dataclass(frozen=True, slots=True)
class MemoryNetwork:
    """A network whose memory is addressed with 32 bits, little-endian.

    Attributes:
        image: What memory holds from `START` on; behind it, zeros up to `end`.
        end: The first address that is not used.
        calls: What is called for one example, in order.
        given: Address of the example: `inputs` bytes if `pixels`, else floats.
        inputs: Numbers of one example.
        pixels: Whether it is bytes.
        result: Address of the logits, one float for each class.
        class_names: Their names.
    """

    image: bytes
    end: int
    calls: tuple[Call, ...]
    given: int
    inputs: int
    pixels: bool
    result: int
    class_names: tuple[str, ...]


def export_memory(model: PackedModel) -> MemoryNetwork:
    """Lay a network out in memory.

    Raises:
        ValueError: If a node has no C form, holds numbers that are not finite, or the network is too large.
    """
    low = lowered(model)
    pixels, inputs = takes_pixels(low), math.prod(low.input_shape)
    program = MemoryProgram(inputs, takes_pixels=pixels)
    result = write_network(program, low)
    if program.end > MAX_ADDRESS:
        raise ValueError(f"the network needs {program.end:,} bytes of memory, more than {MAX_ADDRESS:,}")
    return MemoryNetwork(
        program.image(),
        program.end,
        tuple(program.calls),
        program.given,
        inputs,
        pixels,
        int(result),
        low.class_names,
    )


class MemoryProgram(Program):
    """Places are addresses; constants and what is computed lie one behind the other.

    Attributes:
        calls: Of functions under the names that they have in the source, ``NAME_relu``.
        end: The first address that is not used yet.
    """

    given: int

    def __init__(self, inputs: int, *, takes_pixels: bool) -> None:
        self.calls: list[Call] = []
        self.end = START
        self._constants: dict[int, bytes] = {}
        self._sizes: dict[Place, int] = {}
        self.given = self._room(inputs * (1 if takes_pixels else 4))
        self.pixels = self.given if takes_pixels else None

    def image(self) -> bytes:
        """All constants where they lie, and zeros between them."""
        whole = bytearray(
            max((at + len(data) for at, data in self._constants.items()), default=START) - START
        )
        for at, data in self._constants.items():
            whole[at - START : at - START + len(data)] = data
        return bytes(whole)

    def array(self, name: str, array: NDArray[Any] | None) -> Place:
        """Put an array among the constants."""
        if array is None:
            return NULL
        check_finite(name, array)
        return self._constant(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())

    def define(self, name: str, kind: str, values: Iterable[Any]) -> Place:  # noqa: ARG002, memory has no names
        """Put a structure among the constants: ints and floats of 32 bits each."""
        members = (np.float32(v) if isinstance(v, np.floating) else np.int32(v) for v in values)
        return self._constant(b"".join(member.tobytes() for member in members))

    def field(self, name: str, kind: str, size: int) -> Place:  # noqa: ARG002
        """Leave room."""
        return self._room(size * _SIZES[kind])

    def shared(self, name: str, kind: str, size: int) -> Place:
        """Leave room: there is enough of it."""
        return self.field(name, kind, size)

    def clear(self, place: Place) -> None:
        """Make all of a field 0."""
        self.calls.append(("memset", int(place), 0, self._sizes[place]))

    def call(self, function: str, *arguments: Any) -> None:
        """Add a call."""
        plain = (float(a) if isinstance(a, float | np.floating) else int(a) for a in arguments)
        self.calls.append((f"NAME_{function}", *plain))

    def _constant(self, data: bytes) -> int:
        place = self._room(len(data))
        self._constants[place] = data
        return place

    def _room(self, size: int) -> int:
        place = self.end
        self._sizes[place] = size
        self.end = place + size + -size % _ALIGNMENT
        return place
