"""What an operation of a packed network is: a record that can be run, and written to a file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bnnlab.bits import PackedImages, PackedMatrix

Value = NDArray[Any] | PackedMatrix | PackedImages
"""What flows between operations: numbers, `(n, features)` or `(n, channels, height, width)`, or packed signs."""


@dataclass(frozen=True, eq=False)
class Op:
    """One operation. Its fields are arrays, or plain values that JSON can hold; nothing else.

    What an operation prepares for running, such as weights laid out for a kernel, is derived from its fields when
    it first runs, and never saved.
    """

    binary: ClassVar[bool] = False
    """Whether it multiplies signs with signs."""

    def run(self, *inputs: Any) -> Value:
        """Compute the operation on its inputs.

        Raises:
            ValueError: If the inputs have the wrong shape.
        """
        raise NotImplementedError

    def tensors(self) -> dict[str, NDArray[Any]]:
        """The fields that are arrays, by name."""
        return {name: value for name, value in self._fields() if isinstance(value, np.ndarray)}

    def attributes(self) -> dict[str, Any]:
        """The other fields, by name."""
        return {name: value for name, value in self._fields() if not isinstance(value, np.ndarray)}

    def _fields(self) -> list[tuple[str, Any]]:
        return [(field.name, getattr(self, field.name)) for field in fields(self)]


def as_matrix(images: PackedImages) -> PackedMatrix:
    """Images of one pixel as signs of `(n, channels)`.

    Raises:
        ValueError: If they have more than one pixel, or their channels are in groups.
    """
    count, height, width, words = images.words.shape
    if (height, width, images.groups) != (1, 1, 1):
        raise ValueError(
            f"images of one pixel expected, got shape {images.shape} in {images.groups} group(s)"
        )
    return PackedMatrix(images.words.reshape(count, words), images.channels, "rows")
