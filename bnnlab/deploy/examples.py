"""What a packed network is shown, checked before it runs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def checked_examples(x: ArrayLike, shape: tuple[int, ...], takes_pixels: bool) -> tuple[NDArray[Any], bool]:
    """Examples as a network runs them: uint8 or float32.

    Args:
        x: As for `PackedModel.predict`.
        shape: Of one example.
        takes_pixels: Whether bytes are pixels to the network.

    Returns:
        `(n, *shape)`, and whether `x` was one example alone.

    Raises:
        ValueError: If `x` has another shape or dtype, or holds numbers that are not finite.
    """
    examples = np.asarray(x)
    single = examples.shape == shape
    if single:
        examples = examples[None]
    elif examples.shape[1:] != shape:
        examples = _in_shape(examples, shape)
    if examples.shape[1:] != shape or not (examples.dtype.kind == "f" or examples.dtype == np.uint8):
        raise ValueError(
            f"x must be float numbers or uint8 pixels of shape (n, {', '.join(map(str, shape))}), got "
            f"{examples.dtype} of shape {examples.shape}"
        )
    if examples.dtype != np.uint8:
        examples = _finite(examples)
    elif not takes_pixels:
        examples = examples.astype(np.float32)
    return examples, single


def _in_shape(examples: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Images in rows, rows for images, or images of one channel without saying so, if they fit."""
    in_rows = examples.ndim == 2 or len(shape) == 1
    fits = (1, *examples.shape[1:]) == shape or (
        in_rows and math.prod(examples.shape[1:]) == math.prod(shape)
    )
    return examples.reshape(len(examples), *shape) if fits else examples


def _finite(examples: NDArray[Any]) -> NDArray[np.float32]:
    """Numbers as float32.

    Raises:
        ValueError: If some are not finite.
    """
    numbers = examples
    if examples.dtype != np.float32:
        with np.errstate(over="ignore"):
            numbers = examples.astype(np.float32)
    finite = np.isfinite(numbers)
    if not finite.all():
        wrong = numbers.size - np.count_nonzero(finite)
        raise ValueError(f"x must hold finite numbers, got {wrong:,} of {numbers.size:,} that are not")
    return numbers
