"""The command `bnnlab predict`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from bnnlab.commands.errors import one_line_errors
from bnnlab.deploy.graph import PackedModel

MOST_PIXELS = 64_000_000
"""A larger image is refused before it is decoded: some bytes of a file can stand for very many pixels."""


@one_line_errors
def predict(
    file: Annotated[Path, typer.Argument(help="A packed network, as PackedModel.save wrote it.")],
    images: Annotated[list[Path], typer.Argument(help="Images: PNG, JPEG and what else Pillow reads.")],
    resize: Annotated[bool, typer.Option(help="Bring images of another size to the network's.")] = False,
    invert: Annotated[
        bool, typer.Option(help="Black becomes white: for dark writing on light paper.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Say what a packed network sees in images."""
    model = PackedModel.load(file)
    pixels = np.stack([read_image(path, image_shape(model), resize) for path in images])
    shares = model.predict_proba((255 - pixels if invert else pixels).reshape(-1, *model.input_shape))
    classes = shares.argmax(axis=1)
    answers = [
        {"image": str(path), "class": model.class_names[best], "probability": float(share[best])}
        for path, best, share in zip(images, classes, shares, strict=True)
    ]
    if as_json:
        typer.echo(json.dumps(answers, indent=2))
        return
    for answer in answers:
        typer.echo(f"{answer['image']}: {answer['class']} ({answer['probability']:.1%})")


def image_shape(model: PackedModel) -> tuple[int, int, int]:
    """`(channels, height, width)` of the images that a network sees; one that sees rows sees square grey images.

    Raises:
        ValueError: If it sees no images.
    """
    shape = model.input_shape
    if len(shape) == 1 and math.isqrt(shape[0]) ** 2 == shape[0] and shape[0] > 1:
        shape = 1, math.isqrt(shape[0]), math.isqrt(shape[0])
    if len(shape) != 3 or shape[0] not in (1, 3):
        raise ValueError(f"the network must see grey or RGB images, this one sees {shape}")
    channels, height, width = shape
    return channels, height, width


def read_image(path: Path, shape: tuple[int, int, int], resize: bool) -> NDArray[np.uint8]:
    """The pixels of an image file, `(channels, height, width)` uint8, in grey or RGB.

    Raises:
        ValueError: If it cannot be read, or has another size and `resize` is False; the message names it.
    """
    from PIL import Image

    channels, height, width = shape
    try:
        with Image.open(path) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"{path}: more than {MOST_PIXELS:,} pixels")
            if image.size != (width, height) and not resize:
                raise ValueError(
                    f"{path}: must be {width} x {height} pixels, it is {image.width} x {image.height}; "
                    "--resize changes it"
                )
            drawn = image.convert("L" if channels == 1 else "RGB").resize((width, height))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or "it is no image that Pillow reads"
        raise ValueError(f"{path}: {reason}") from None
    pixels = np.asarray(drawn, np.uint8)
    return pixels[None] if channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))
