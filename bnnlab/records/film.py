"""The signs of a layer as a moving picture."""

from __future__ import annotations

import io
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits.packing import described
from bnnlab.records.sign_history import SignHistory
from bnnlab.records.writing import replace_file

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_FRAMES: Final = 300
MAX_FILM_PIXELS: Final = 2**22
"""Pixels of one picture, before it is scaled up."""
MIN_FPS: Final = 1.0
MAX_FPS: Final = 50.0
SCALED_SIDE: Final = 512
"""Pictures are scaled up by whole numbers as long as their longer side does not exceed this."""
FORMATS: Final = {".gif": "GIF", ".webp": "WEBP"}
COLORS: Final = ((27, 79, 156), (218, 122, 0), (120, 0, 72), (230, 60, 150))
"""-1, +1, just flipped to -1, just flipped to +1: as in the lab, flips darker and lighter by their new sign."""


def write_film(
    path: str | os.PathLike[str],
    signs: SignHistory,
    layer: str,
    first: int | None = None,
    last: int | None = None,
    fps: float = 12.0,
) -> int:
    """Write the signs of a layer, step by step, as a GIF or an animated WebP, whole or not at all.

    Each picture is the map of signs after a step, a neuron or filter to a row; weights that training flipped in this
    very step are marked. Of more than `MAX_FRAMES` steps as many are shown, evenly spread, the first and last included.
    The picture is repeated for ever.

    Args:
        path: A file ending in ``.gif`` or ``.webp``; what is there is replaced.
        signs: The signs after every step.
        layer: Name of a binary layer, of at most `MAX_FILM_PIXELS` weights.
        first: The first step; None takes the oldest whose flips are known.
        last: The last step; None takes the newest.
        fps: Pictures a second, `MIN_FPS` to `MAX_FPS`; a GIF rounds the time of each to 1/100 s.

    Returns:
        How many pictures it has.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If an argument is out of its range.
        ImportError: If Pillow is not installed.
        OSError: If the file cannot be written.
    """
    suffix = _checked_suffix(path)
    log = signs.log(layer)
    steps = _steps(signs, first, last)
    if isinstance(fps, bool) or not isinstance(fps, int | float):
        raise TypeError(f"fps must be a number, got {described(fps)}")
    if not MIN_FPS <= fps <= MAX_FPS:
        raise ValueError(f"fps must be {MIN_FPS:g} to {MAX_FPS:g}, got {fps}")
    if log.form.weights > MAX_FILM_PIXELS:
        raise ValueError(
            f"a film shows at most {MAX_FILM_PIXELS} weights, and {layer!r} has {log.form.weights}"
        )
    pictures = []
    for step in steps:
        flipped = log.flips_at(step).unpack() > 0
        pictures.append(_picture((log.at(step).unpack() > 0) + 2 * flipped.astype(np.uint8)))
    stream = io.BytesIO()
    pictures[0].save(
        stream,
        FORMATS[suffix],
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 / fps),
        loop=0,
        **({"lossless": True} if suffix == ".webp" else {"optimize": False}),
    )
    replace_file(path, stream.getvalue())
    return len(pictures)


def _checked_suffix(path: str | os.PathLike[str]) -> str:
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path must be a str or PathLike, got {described(path)}")
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"a film ends in .gif or .webp, got {str(path)!r}")
    return suffix


def _steps(signs: SignHistory, first: int | None, last: int | None) -> list[int]:
    oldest = signs.since + (signs.since > 0)  # of the oldest step itself the flips are forgotten
    begin, end = (oldest if first is None else first), (signs.newest if last is None else last)
    for name, step in (("first", begin), ("last", end)):
        if isinstance(step, bool) or not isinstance(step, int | np.integer):
            raise TypeError(f"{name} must be a whole number, got {described(step)}")
    if not oldest <= begin <= end <= signs.newest:
        raise ValueError(
            f"a film shows steps {oldest} to {signs.newest}, the first not after the last; got {begin} to {end}"
        )
    count = min(int(end) - int(begin) + 1, MAX_FRAMES)
    return [int(begin) + (int(end) - int(begin)) * index // max(count - 1, 1) for index in range(count)]


def _picture(colors: NDArray[np.uint8]) -> Image:
    """A picture of which each entry is a square of one of `COLORS`."""
    try:
        from PIL import Image as images
    except ImportError as error:
        raise ImportError("a film needs Pillow, which is not installed: pip install pillow") from error
    scale = max(1, math.floor(SCALED_SIDE / max(colors.shape)))
    picture = images.fromarray(np.repeat(np.repeat(colors.astype(np.uint8), scale, 0), scale, 1), "P")
    picture.putpalette([value for color in COLORS for value in color])
    return picture
