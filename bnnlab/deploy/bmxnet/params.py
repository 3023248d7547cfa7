"""Reader and writer of `.params` files, in which MXNet of 2016 and 2017 keeps named arrays.

All numbers are little-endian::

    u64 magic 0x112, u64 reserved, u64 count
    count arrays:  u32 dimensions, as many u32 extents, i32 device type, i32 device number, i32 dtype, the data
    u64 count
    count names:   u64 length, the bytes

Names begin with ``arg:`` for parameters and ``aux:`` for running statistics. A later MXNet puts a magic number
before each array, which cannot be mistaken for a number of dimensions. Every count is held against the bytes that
are left before anything is made of it; arrays are views of the file's bytes.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.deploy.errors import ModelFileError

MAGIC = 0x112
BEGINNING = struct.pack("<Q", MAGIC)
LATER_MAGICS = range(0xF993FAC8, 0xF993FAD0)
DTYPES = {code: np.dtype(name) for code, name in enumerate(("<f4", "<f8", "<f2", "u1", "<i4"))}
CPU = 1
DEVICES = {CPU: "cpu", 2: "gpu", 3: "cpu_pinned"}
MOST_DIMENSIONS, MOST_ARRAYS, LONGEST_NAME = 8, 4096, 200
LEAST_ARRAY_BYTES, LEAST_NAME_BYTES = 4 + 4 + 12 + 1, 8 + 1


def read_params(content: bytes, file: str) -> dict[str, NDArray[Any]]:
    """The arrays of a file, by name without ``arg:`` and ``aux:``; in the file's own order.

    Args:
        content: The file.
        file: Its name, for messages.

    Returns:
        Read-only views of `content`, little-endian and perhaps unaligned.

    Raises:
        ModelFileError: If it is no such file, or from a later MXNet, truncated, or too long.
    """
    reader = _Reader(content, file)
    if not content:
        raise ModelFileError(f"{file}: the file is empty")
    if content[:64].lstrip().startswith(b"{"):
        raise ModelFileError(f"{file}: is not a .params file but JSON: were the two files swapped?")
    magic = reader.number("<Q", "magic")
    if magic != MAGIC:
        raise reader.error("magic", f"is {magic:#x}, not {MAGIC:#x}: this is no .params file of MXNet")
    reader.number("<Q", "reserved")
    count = reader.count("number of arrays", LEAST_ARRAY_BYTES, MOST_ARRAYS)
    arrays = [_array(reader, f"array {index}") for index in range(count)]
    names = reader.count("number of names", LEAST_NAME_BYTES, MOST_ARRAYS)
    if names != count:
        raise reader.error("number of names", f"is {names}, but there are {count} arrays")
    named: dict[str, NDArray[Any]] = {}
    for index, array in enumerate(arrays):
        name = _name(reader, f"name {index}")
        if name in named:
            raise reader.error(f"name {index}", f"{name!r} stands for an earlier array too")
        named[name] = array
    if reader.left:
        raise reader.error("end", f"{reader.left} bytes follow the last name")
    return named


def write_params(arrays: dict[str, NDArray[Any]]) -> bytes:
    """A file of arrays.

    Args:
        arrays: Numbers of a type in `DTYPES`, by name with ``arg:`` or ``aux:``; in the order of the file.
    """
    codes = {dtype: code for code, dtype in DTYPES.items()}
    parts = [struct.pack("<QQQ", MAGIC, 0, len(arrays))]
    for array in arrays.values():
        little = array.astype(array.dtype.newbyteorder("<"))
        parts.append(struct.pack(f"<I{array.ndim}I", array.ndim, *array.shape))
        parts.append(struct.pack("<iii", CPU, 0, codes[little.dtype]) + little.tobytes())
    parts.append(struct.pack("<Q", len(arrays)))
    for name in map(str.encode, arrays):
        parts.append(struct.pack("<Q", len(name)) + name)
    return b"".join(parts)


def _array(reader: _Reader, field: str) -> NDArray[Any]:
    dimensions = reader.number("<I", f"{field}, dimensions")
    if dimensions in LATER_MAGICS:
        raise reader.error(
            field,
            f"begins with {dimensions:#X}, so a later MXNet wrote it; only the format of 2017, without that "
            "number, can be read",
        )
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        raise reader.error(f"{field}, dimensions", f"must be 1..{MOST_DIMENSIONS}, got {dimensions}")
    shape = [reader.number("<I", f"{field}, extent {axis}") for axis in range(dimensions)]
    device, _, code = (
        reader.number("<i", f"{field}, {what}") for what in ("device", "device number", "dtype")
    )
    if device not in DEVICES:
        raise reader.error(f"{field}, device", f"must be one of {sorted(DEVICES)}, got {device}")
    if code not in DTYPES:
        raise reader.error(f"{field}, dtype", f"must be one of {sorted(DTYPES)}, got {code}")
    if 0 in shape:
        raise reader.error(field, f"is empty: its shape is {tuple(shape)}")
    elements = math.prod(shape)
    data = reader.take(elements * DTYPES[code].itemsize, f"{field} of shape {tuple(shape)}")
    return np.frombuffer(data, DTYPES[code]).reshape(shape)


def _name(reader: _Reader, field: str) -> str:
    length = reader.number("<Q", f"{field}, length")
    if not 1 <= length <= LONGEST_NAME:
        raise reader.error(f"{field}, length", f"must be 1..{LONGEST_NAME}, got {length}")
    raw = bytes(reader.take(length, field))
    try:
        name = raw.decode()
    except UnicodeDecodeError:
        name = ""
    if not name.isprintable() or not name:
        raise reader.error(field, f"{raw!r} is no printable text")
    return name.removeprefix("arg:").removeprefix("aux:")


@dataclass
class _Reader:
    """The bytes of a file, and how far they have been read."""

    content: bytes
    file: str
    position: int = 0

    @property
    def left(self) -> int:
        return len(self.content) - self.position

    def take(self, size: int, field: str) -> memoryview:
        if size > self.left:
            needed = f"needs {size:,} bytes at byte {self.position:,}"
            raise self.error(field, f"{needed}, but the file has {self.left:,} more: damaged, or cut short")
        self.position += size
        return memoryview(self.content)[self.position - size : self.position]

    def number(self, layout: str, field: str) -> int:
        value: int
        (value,) = struct.unpack(layout, self.take(struct.calcsize(layout), field))
        return value

    def count(self, field: str, least_bytes: int, most: int) -> int:
        value = self.number("<Q", field)
        if value > min(most, self.left // least_bytes):
            raise self.error(
                field, f"is {value}; at most {most} are allowed, and {self.left} bytes are left for them"
            )
        return value

    def error(self, field: str, problem: str) -> ModelFileError:
        return ModelFileError(f"{self.file}: {field}: {problem}")
