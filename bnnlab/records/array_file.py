"""Arrays and a manifest in one file, in which every damaged bit is noticed.

The file is a NumPy archive (`numpy.load` reads it, without pickles) that nothing is compressed in. Its comment, the
last bytes of the file, is the SHA-256 of all bytes before the digits. It is checked before anything else is looked at.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import described
from bnnlab.records.writing import replace_file

Arrays = dict[str, NDArray[Any]]

MAX_FILE_BYTES: Final = 2**30
MAX_MEMBERS: Final = 4096
MANIFEST: Final = "manifest"
SEAL: Final = b"sha256:"
DIGITS: Final = 64


def write_arrays(
    path: str | os.PathLike[str], manifest: Mapping[str, Any], arrays: Mapping[str, Any]
) -> None:
    """Write a file, whole or not at all.

    Args:
        path: Where; what is there is replaced.
        manifest: Plain values for JSON.
        arrays: Arrays without objects, by name.

    Raises:
        TypeError: If `path` is no path.
        ValueError: If the file would be larger than `MAX_FILE_BYTES`.
        OSError: If it cannot be written.
    """
    size = sum(array.nbytes for array in arrays.values())
    if size > MAX_FILE_BYTES // 2:
        raise ValueError(
            f"{str(path)!r} would take {size} bytes, and at most {MAX_FILE_BYTES // 2} are allowed"
        )
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, manifest=np.array(json.dumps(manifest)), **arrays)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = SEAL + b"0" * DIGITS
    content = stream.getvalue()[:-DIGITS]
    replace_file(path, content + hashlib.sha256(content).hexdigest().encode())


def read_arrays(path: str | os.PathLike[str]) -> tuple[dict[str, Any], Arrays]:
    """The manifest and the arrays of a file; arrays are read-only.

    Raises:
        TypeError: If `path` is no path.
        ValueError: If the file was not written by `write_arrays`, or is no longer as it was written.
        OSError: If it cannot be read.
    """
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be a str or PathLike, got {described(path)}")
    with Path(path).open("rb") as stream:
        content = stream.read(MAX_FILE_BYTES + 1)
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it is larger than {MAX_FILE_BYTES} bytes")
    if len(content) < len(SEAL) + DIGITS or content[-DIGITS - len(SEAL) : -DIGITS] != SEAL:
        raise ValueError("it does not end with a SHA-256, so it was cut short or is no such file")
    if hashlib.sha256(content[:-DIGITS]).hexdigest().encode() != content[-DIGITS:]:
        raise ValueError("its SHA-256 does not fit its content, so it was changed")
    try:
        arrays = _members(content)
        manifest = json.loads(str(arrays.pop(MANIFEST)[()]))
    except ValueError:
        raise
    except Exception as error:  # what somebody else made can raise almost anything
        raise ValueError("it is no archive of arrays with a manifest") from error
    if not isinstance(manifest, dict):
        raise ValueError("its manifest is no table")
    return manifest, arrays


def _members(content: bytes) -> Arrays:
    """The arrays of an archive, each no larger than what the file holds of it."""
    arrays = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > len(content):
            raise ValueError("it holds more than its size allows")
        for member in members:
            if member.compress_type != zipfile.ZIP_STORED or not member.filename.endswith(".npy"):
                raise ValueError(f"its part {member.filename!r} is no plain array")
            arrays[member.filename.removesuffix(".npy")] = _array(member.filename, archive.read(member))
    return arrays


def _array(name: str, raw: bytes) -> NDArray[Any]:
    stream = io.BytesIO(raw)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError(f"its part {name!r} has an unknown version")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    count = 1
    for size in shape:
        count *= size
    offset = stream.tell()
    if fortran or dtype.hasobject or dtype.itemsize == 0 or count * dtype.itemsize != len(raw) - offset:
        raise ValueError(f"its part {name!r} is no plain array")
    array = np.frombuffer(raw[offset:], dtype).reshape(shape)
    array.flags.writeable = False
    return array
