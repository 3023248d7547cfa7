"""What an operation of a packed network is: a record that can be run, and written to a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from bnnlab.bits import PackedImages, PackedMatrix
from bnnlab.deploy.ops.fields import annotations_of, check_fields, holds_array
from bnnlab.deploy.ops.signal import Effort, Signal

Value = NDArray[Any] | PackedMatrix | PackedImages
"""What flows between operations: numbers, `(n, features)` or `(n, channels, height, width)`, or packed signs."""


@dataclass(frozen=True, eq=False)
class Op:
    """One operation. Its fields are arrays, or plain values that JSON can hold; nothing else.

    What an operation prepares for running, such as weights laid out for a kernel, is derived from its fields when
    it first runs, and never saved.

    Raises:
        ValueError: If a field is not what its annotation says, or does not fit the others; it is named.
    """

    binary: ClassVar[bool] = False
    """Whether it multiplies signs with signs."""

    takes_pixels: ClassVar[bool] = False
    """Whether bytes are pixels to it."""

    arity: ClassVar[int | None] = 1
    """How many inputs it takes; None for any number from 1 on."""

    unbounded: ClassVar[tuple[str, ...]] = ()
    """Arrays of floats that may hold infinite ones."""

    def __post_init__(self) -> None:
        check_fields(self, self.unbounded)
        self.check()

    def __getstate__(self) -> dict[str, Any]:
        """Its fields alone: what is laid out for this CPU's kernel is neither pickled nor copied."""
        return {name: getattr(self, name) for name in annotations_of(type(self))}

    def check(self) -> None:
        """Refuse fields that do not fit each other; their types have been checked.

        Raises:
            ValueError: If they do not fit; one is named.
        """

    def output(self, *inputs: Any) -> Signal:
        """What comes out for one example.

        Raises:
            ValueError: If the operation cannot take such inputs.
        """
        raise NotImplementedError

    def effort(self, *inputs: Any) -> Effort:
        """What one example takes; of inputs that `output` accepts."""
        return Effort(self.output(*inputs).count, sum(signal.count for signal in inputs))

    def run(self, *inputs: Any) -> Value:
        """Compute the operation on its inputs.

        Raises:
            ValueError: If the inputs have the wrong shape.
        """
        raise NotImplementedError

    def tensors(self) -> dict[str, NDArray[Any]]:
        """The fields that hold an array, by name."""
        values = {
            name: getattr(self, name)
            for name, hint in annotations_of(type(self)).items()
            if holds_array(hint)
        }
        return {name: value for name, value in values.items() if value is not None}

    def attributes(self) -> dict[str, Any]:
        """The fields that are for plain values, by name."""
        return {
            name: getattr(self, name)
            for name, hint in annotations_of(type(self)).items()
            if not holds_array(hint)
        }


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
