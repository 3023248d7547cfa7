"""Which sign a weight has, by framework: where 0 and NaN go, and what a set bit stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

BitOrder = Literal["little", "big"]
Sign = Literal[-1, 1]

SMALLEST = np.finfo(np.float32).tiny
"""Magnitude of a weight whose sign is not that of its number here, so that its magnitude says nothing."""


@dataclass(frozen=True, slots=True)
class SignConvention:
    """Which sign a framework gives to what has none; None where it gives none, and such weights are refused.

    Attributes:
        zero: Of 0.0.
        negative_zero: Of -0.0.
        nan: Of NaN.
        bit_one: What a set bit, or a true boolean, stands for.
    """

    zero: Sign | None
    negative_zero: Sign | None
    nan: Sign | None
    bit_one: Sign = 1

    def __post_init__(self) -> None:
        for name in ("zero", "negative_zero", "nan", "bit_one"):
            value = getattr(self, name)
            if value not in (-1, 1) and (value is not None or name == "bit_one"):
                raise ValueError(
                    f"{name} must be -1 or 1{'' if name == 'bit_one' else ' or None'}, got {value!r}"
                )


CONVENTIONS: dict[str, SignConvention] = {
    "bnnlab": SignConvention(1, 1, -1),
    "bmxnet": SignConvention(1, 1, -1),
    "bitorch": SignConvention(1, 1, 1),  # what torch.sign makes 0, NaN too, becomes 1
    "brevitas": SignConvention(1, 1, -1),
    "larq": SignConvention(1, 1, None),
    "larq-compute-engine": SignConvention(1, 1, 1, bit_one=-1),  # the bit says x < 0
    "xnor-net": SignConvention(None, None, None),  # torch.sign as it is: three values
    "bnn-lab": SignConvention(-1, -1, -1, bit_one=-1),
}
"""Some frameworks, by their source code. ReActNet, IR-Net and BinaryNet.pytorch are as xnor-net."""


def unpack_signs(
    words: ArrayLike, depth: int, *, convention: SignConvention | str, bit_order: BitOrder = "little"
) -> NDArray[np.int8]:
    """Signs from the words of another framework; reshape them, and they can go into `latent_weights`.

    Args:
        words: `(outputs, words)` integers of 8 to 64 bits, signed or not, each row one output.
        depth: Signs in each row; what is left of the last word is dropped.
        convention: Says what a set bit stands for; or the name of one in `CONVENTIONS`.
        bit_order: Whether the first sign of a word is its lowest bit, ``"little"``, or its highest, ``"big"``.

    Returns:
        `(outputs, depth)` int8 of -1 and +1.

    Raises:
        ValueError: If `words` are not 2-D integers, or not as many as `depth` needs.
    """
    array = np.asarray(words)
    if array.ndim != 2 or array.dtype.kind not in "iu":
        raise ValueError(f"words must be 2-D integers, got {array.dtype} of shape {array.shape}")
    if bit_order not in ("little", "big"):
        raise ValueError(f"bit_order must be 'little' or 'big', got {bit_order!r}")
    width = 8 * array.dtype.itemsize
    if depth < 1 or array.shape[1] != -(-depth // width):
        raise ValueError(
            f"depth {depth} needs {-(-depth // width)} x {width} bits in each row, got {array.shape[1]} x {width}"
        )
    unsigned = array.astype(array.dtype.newbyteorder("=")).view(f"u{array.dtype.itemsize}")
    places = np.arange(width, dtype=unsigned.dtype)
    shifts = places if bit_order == "little" else places[::-1]
    bits = (unsigned[:, :, None] >> shifts & unsigned.dtype.type(1)).reshape(len(array), -1)[:, :depth]
    one = convention_named(convention).bit_one
    return np.where(bits == 1, one, -one).astype(np.int8)


def convention_named(convention: SignConvention | str) -> SignConvention:
    """A convention itself, or by its name in `CONVENTIONS`.

    Raises:
        ValueError: If there is none of that name.
    """
    if isinstance(convention, SignConvention):
        return convention
    if convention not in CONVENTIONS:
        raise ValueError(
            f"convention must be a SignConvention or one of {sorted(CONVENTIONS)}, got {convention!r}"
        )
    return CONVENTIONS[convention]


def as_latent(array: NDArray[Any], convention: SignConvention, name: str) -> NDArray[np.float32]:
    """Numbers, or booleans, as float32 whose signs here are those that the convention gives them.

    Args:
        array: Any shape.
        convention: Where they come from.
        name: Of the tensor, for messages.

    Raises:
        ValueError: If a number is infinite, or has no sign in the convention.
    """
    signs = _signs(array, convention, name)
    if array.dtype == np.bool_:
        return signs.astype(np.float32)
    with np.errstate(over="ignore", under="ignore"):
        numbers = array.astype(np.float32)
    if np.isinf(numbers).any():
        raise ValueError(f"tensor {name!r} must hold numbers that float32 can, got infinite ones")
    changed = ((numbers >= 0) != (signs > 0)) | np.isnan(numbers)
    result: NDArray[np.float32] = np.where(changed, signs * SMALLEST, numbers)
    return result


def _signs(array: NDArray[Any], convention: SignConvention, name: str) -> NDArray[np.int8]:
    if array.dtype == np.bool_:
        return np.where(array, convention.bit_one, -convention.bit_one).astype(np.int8)
    signs = np.where(array > 0, 1, -1).astype(np.int8)
    zero, negative = array == 0, np.signbit(array)
    for kind, where, sign in (
        ("0", zero & ~negative, convention.zero),
        ("-0.0", zero & negative, convention.negative_zero),
        ("NaN", np.isnan(array), convention.nan),
    ):
        if sign is None and where.any():
            raise ValueError(
                f"tensor {name!r} has {where.sum()} weight(s) of {kind}, which the convention gives no sign"
            )
        if sign is not None:
            signs[where] = sign
    return signs
