"""From two files to a packed network."""

from __future__ import annotations

import math
import os
from numbers import Real
from pathlib import Path
from types import NoneType
from typing import BinaryIO

from bnnlab.deploy.arguments import check_type
from bnnlab.deploy.bmxnet.nodes import nodes_of
from bnnlab.deploy.bmxnet.params import read_params
from bnnlab.deploy.bmxnet.readers import read_layers
from bnnlab.deploy.bmxnet.shapes import guess_input, propagate
from bnnlab.deploy.bmxnet.symbol import read_symbol
from bnnlab.deploy.errors import ModelFileError
from bnnlab.deploy.graph import PackedModel

File = str | os.PathLike[str] | bytes | BinaryIO
LARGEST_EXTENT = 100_000


def load_bmxnet(
    params: File,
    symbol: File,
    *,
    input_shape: tuple[int, ...] | None = None,
    divisor: float = 255.0,
    class_names: tuple[str, ...] | None = None,
) -> PackedModel:
    """Read a network that BMXNet (version 1) trained, with or without packed weights.

    Args:
        params: Its ``.params`` file: the path, the bytes, or an open binary file.
        symbol: Its ``-symbol.json`` file, as `params`.
        input_shape: Shape of one example, `(features,)` or `(channels, height, width)`. The files do not have it;
            if None, the one that fits of MNIST's (28 x 28, one channel), CIFAR's (32 x 32) and, for 1000 classes or
            more, ImageNet's (224 x 224), else the smallest square that fits.
        divisor: The network saw x = p / divisor where it is given uint8 pixels p.
        class_names: Name of each class; numbers if None.

    Returns:
        A network that answers as BMXNet's own code for CPUs. Its nodes are called as in the symbol file; one of a
        binary layer gives bits where what follows it is folded into thresholds, else counts of equal signs.

    Raises:
        ModelFileError: If a file is damaged, or the network has what is unknown here; it names file and field.
        OSError: If a path cannot be read.
        TypeError: If an argument is of another type.
        ValueError: If `input_shape`, `divisor` or `class_names` are impossible.
    """
    _check_arguments(input_shape, divisor, class_names)
    nodes = read_symbol(*_content(symbol, "symbol"))
    content, file = _content(params, "params")
    layers = read_layers(nodes, read_params(content, file), file)
    shapes = guess_input(layers) if input_shape is None else propagate(layers, tuple(input_shape))
    classes = shapes[-1][0]
    names = tuple(map(str, range(classes))) if class_names is None else tuple(class_names)
    if len(names) != classes:
        raise ValueError(f"class_names must be as many as the outputs, {classes}, got {len(names)}")
    packed = nodes_of(layers, shapes, float(divisor))
    try:
        return PackedModel(packed, shapes[0], names)
    except ValueError as error:
        raise ModelFileError(f"{nodes[-1].file}: {error}") from error


def _check_arguments(
    input_shape: tuple[int, ...] | None, divisor: float, class_names: tuple[str, ...] | None
) -> None:
    check_type("divisor", divisor, "a number", Real)
    check_type("class_names", class_names, "a tuple of names or None", tuple, list, NoneType)
    if input_shape is not None and not (
        isinstance(input_shape, tuple | list)
        and len(input_shape) in (1, 3)
        and all(type(n) is int and 1 <= n <= LARGEST_EXTENT for n in input_shape)
    ):
        raise ValueError(
            f"input_shape must be (features,) or (channels, height, width), each in 1..{LARGEST_EXTENT}, "
            f"got {input_shape!r}"
        )
    if not 0 < divisor < math.inf:
        raise ValueError(f"divisor must be above 0 and finite, got {divisor!r}")


def _content(file: File, argument: str) -> tuple[bytes, str]:
    """A file's bytes, and what to call it."""
    if isinstance(file, bytes):
        return file, argument
    if hasattr(file, "read"):
        content = None if hasattr(file, "encoding") else file.read()  # only text has an encoding
        if not isinstance(content, bytes):
            raise TypeError(f"{argument} must be opened in binary mode, as by open(path, 'rb'), not as text")
        return content, Path(str(getattr(file, "name", argument))).name
    check_type(argument, file, "a path, bytes or an open binary file", str, os.PathLike)
    path = Path(file)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise ModelFileError(f"{path.name}: is no file")  # a device may never end
    return path.read_bytes(), path.name
