"""Several frames as one file, for a picture that plays them.

The file is, compressed by gzip,

    u32 little-endian: number of frames, u32: 0 | for each frame: u32 its length, u32: 0, the frame

so that every frame starts at a multiple of 8 bytes; `frames.js` reads it.
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterable, Iterator
from typing import Final

_PAIR: Final = struct.Struct("<II")


def pack_frames(frames: Iterable[bytes]) -> bytes:
    """Frames as the file holds them."""
    chosen = list(frames)
    parts = [_PAIR.pack(len(chosen), 0)]
    for frame in chosen:
        parts += [_PAIR.pack(len(frame), 0), frame]
    return gzip.compress(b"".join(parts), 9, mtime=0)


def unpack_frames(packed: bytes) -> Iterator[bytes]:
    """The inverse of `pack_frames`."""
    plain = gzip.decompress(packed)
    count, _ = _PAIR.unpack_from(plain)
    at = _PAIR.size
    for _ in range(count):
        length, _ = _PAIR.unpack_from(plain, at)
        at += _PAIR.size
        yield plain[at : at + length]
        at += length
