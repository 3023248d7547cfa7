"""One picture's data as one block of bytes, which JavaScript reads without parsing numbers.

A frame is

    u32 little-endian: length of the header | header: JSON, padded with spaces | arrays

in which the header lists every array with its dtype, shape and offset. All of it is little-endian, and
every array starts at a multiple of 8 bytes from the start of the frame, so that frame.js can lay a typed
array over it instead of copying. JSON has no NaN and no infinity: both become null.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

DTYPES: Final = ("uint8", "uint16", "uint32", "uint64", "int32", "float32", "float64")
_ALIGNMENT: Final = 8
_LENGTH: Final = struct.Struct("<I")


def pack_frame(meta: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Pack plain values and arrays into one frame.

    Args:
        meta: Values that JSON can hold; NaN and infinities become null.
        arrays: Arrays by name, each of one of the `DTYPES`.

    Raises:
        TypeError: If an array has another dtype.
    """
    entries, chunks, offset = [], [], 0
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise TypeError(f"array {name!r} must have one of the dtypes {DTYPES}, got {array.dtype}")
        data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        entries.append({"name": name, "dtype": array.dtype.name, "shape": array.shape, "offset": offset})
        chunks += [data, b"\0" * _gap(len(data))]
        offset += len(data) + _gap(len(data))
    header = json.dumps(
        {"meta": _finite(meta), "arrays": entries}, allow_nan=False, separators=(",", ":")
    ).encode()
    header += b" " * _gap(_LENGTH.size + len(header))
    return b"".join([_LENGTH.pack(len(header)), header, *chunks])


def unpack_frame(frame: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What `pack_frame` packed: the values, and read-only arrays by name.

    Raises:
        ValueError: If `frame` is truncated or no frame at all.
    """
    try:
        (length,) = _LENGTH.unpack_from(frame)
        start = _LENGTH.size + length
        header = json.loads(frame[_LENGTH.size : start])
        arrays = {
            entry["name"]: np.frombuffer(
                frame,
                np.dtype(entry["dtype"]).newbyteorder("<"),
                math.prod(entry["shape"]),
                start + entry["offset"],
            ).reshape(entry["shape"])
            for entry in header["arrays"]
        }
        return header["meta"], arrays
    except (struct.error, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a frame, or a truncated one ({len(frame)} bytes): {error}") from error


def hex_words(words: NDArray[np.uint64]) -> list[str]:
    """Words as hexadecimal text, because JSON numbers lose bits above 2**53."""
    return [f"{word:016x}" for word in words.ravel().tolist()]


def identity(data: dict[str, Any]) -> str:
    """A short name for a picture's data: equal data, equal name."""
    text = json.dumps(data, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _gap(length: int) -> int:
    return -length % _ALIGNMENT


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
