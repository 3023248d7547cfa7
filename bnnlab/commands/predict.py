"""The command `bnnlab predict`."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from bnnlab.commands.errors import one_line_errors
from bnnlab.deploy.graph import PackedModel

if TYPE_CHECKING:
    from PIL import Image

MOST_PIXELS = 64_000_000
"""A larger image is refused before it is decoded: some bytes of a file can stand for very many pixels."""

BACKGROUNDS = ("black", "white")


@one_line_errors
def predict(
    file: Annotated[Path, typer.Argument(help="A packed network, as PackedModel.save wrote it.")],
    images: Annotated[list[Path], typer.Argument(help="Images: PNG, JPEG and what else Pillow reads.")],
    resize: Annotated[bool, typer.Option(help="Bring images of another size to the network's.")] = False,
    invert: Annotated[
        bool, typer.Option(help="Black becomes white: for dark writing on light paper.")
    ] = False,
    background: Annotated[
        str | None, typer.Option(help="What is seen through transparent pixels: black or white.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print as one JSON document.")] = False,
) -> None:
    """Say what a packed network sees in images."""
    if background not in (None, *BACKGROUNDS):
        raise ValueError(f"--background must be black or white, got {background!r}")
    model = PackedModel.load(file)
    shape, white = image_shape(model), white_of(model)
    pixels = np.stack([read_image(path, shape, resize, background) for path in images])
    if invert:
        pixels = 255 - pixels
    if white < 255:
        pixels = np.rint(pixels * (white / 255)).astype(np.uint8)
    shares = model.predict_proba(pixels.reshape(-1, *model.input_shape))
    classes = shares.argmax(axis=1)
    answers = [
        {
            "image": str(path),
            "class": model.class_names[best],
            "probability": float(share[best]),
            "white": white,
        }
        for path, best, share in zip(images, classes, shares, strict=True)
    ]
    if as_json:
        typer.echo(json.dumps(answers, indent=2))
        return
    for answer in answers:
        typer.echo(f"{answer['image']}: {answer['class']} ({answer['probability']:.1%})")
    if white < 255:
        typer.echo(f"pixels of 0..255 were scaled to 0..{white}, which this network learned")


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


def white_of(model: PackedModel) -> int:
    """The pixel that is white to a network: 255, or less where it learned pixels of fewer values.

    With x = p / divisor - 1, as data sets here are learned, pixels go from 0 to 2 divisor: x from -1 to 1.

    Raises:
        ValueError: If it sees numbers that were never pixels.
    """
    if model.pixels is None:
        raise ValueError(
            "the network must see pixels, this one sees numbers of unknown range: it was packed with divisor=None"
        )
    divisor, offset = model.pixels
    far_less_than_a_byte = offset == -1 and 1 <= 2 * divisor < 128
    return round(2 * divisor) if far_less_than_a_byte else 255


def read_image(
    path: Path, shape: tuple[int, int, int], resize: bool, background: str | None = None
) -> NDArray[np.uint8]:
    """The pixels of an image file, `(channels, height, width)` uint8, in grey or RGB.

    Raises:
        ValueError: If it cannot be read, has another size and `resize` is False, has transparent pixels and no
            `background` is given, or has more than eight bits a pixel and channel; the message names it.
    """
    from PIL import Image, ImageOps

    channels, height, width = shape
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise ValueError(f"{path}: more than {MOST_PIXELS:,} pixels")
            image = ImageOps.exif_transpose(opened)  # cameras store how they were held
            if image.size != (width, height) and not resize:
                raise ValueError(
                    f"{path}: must be {width} x {height} pixels, it is {image.width} x {image.height}; "
                    "--resize changes it"
                )
            if image.mode[0] in "IF":  # Pillow would make all beyond 255 white
                raise ValueError(f"{path}: must have 8 bits for each pixel and channel, it has more")
            drawn = _opaque(image, path, background).convert("L" if channels == 1 else "RGB")
            drawn = drawn.resize((width, height))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or "it is no image that Pillow reads"
        raise ValueError(f"{path}: {reason}") from None
    pixels = np.asarray(drawn, np.uint8)
    return pixels[None] if channels == 1 else np.ascontiguousarray(pixels.transpose(2, 0, 1))


def _opaque(image: Image.Image, path: Path, background: str | None) -> Image.Image:
    """The image, with what is behind its transparent pixels."""
    from PIL import Image

    if not image.has_transparency_data:
        return image
    seen = image.convert("RGBA")
    if seen.getchannel("A").getextrema() == (255, 255):
        return image
    if background is None:
        raise ValueError(
            f"{path}: has transparent pixels; --background black or white says what is behind them"
        )
    behind = Image.new("RGBA", seen.size, background)
    return Image.alpha_composite(behind, seen)
